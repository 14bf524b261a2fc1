"""What the tables of the case file share: checks of closed lists, and the errors that constraints stand for."""

from sqlalchemy import (
    CheckConstraint,
)

from service.codes.code import Code
from service.errors import RetryableError
from service.story.kinds.names import Kind, SubjectKind
from service.story.moment import Precision


def one_of(column: str, codes: type[Kind | SubjectKind | Precision | Code]) -> CheckConstraint:
    """Return the check that a column holds one of some codes, named after the column."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def drawn_twice() -> RetryableError:
    """Return the error for a random reference that exists already: another attempt draws another."""
    return RetryableError("The register was interrupted. Nothing was saved. Try again.", retry_after=1)
