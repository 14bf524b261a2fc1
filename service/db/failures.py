"""What the database refused, named as an error of ours.

A driver's message repeats the values it was given, so it is never read, shown or logged: only the SQLSTATE and the
name of a constraint are.
"""

from typing import Final

from sqlalchemy import Constraint

from service.db.metadata import Table
from service.errors import DatabaseFailure, OutcomeUnknownError, RetryableError, ServiceError, UnavailableError

VIOLATED: Final = "violated"
"""The key in a constraint's `info` under which it names the error its violation stands for."""

RETRY_AT_ONCE: Final = frozenset({"40001", "40P01", "57P01", "57P02", "57P03", "25006", "08006", "08003", "08001"})
"""Serialization failure, deadlock, a server stopping, starting or demoted, connections lost before COMMIT."""

BROKEN: Final = frozenset({"57P01", "57P02", "08000", "08001", "08003", "08006", "08P01", "40003"})
"""The connection ended. What was under way may have been done just before."""

OVERLOADED: Final = frozenset({"53300", "53400", "57014", "55P03", "53100", "53200"})
"""Too many connections, a limit reached, a statement or lock timed out, no disk, no memory."""


UNTIMELY: Final = "SR001"
"""The database's own clock disagrees with when something is said to be recorded (`clock_tolerance`)."""


def failure_of(error: Exception, *, lost: bool = False) -> ServiceError:
    """Return the error of ours that an error of the driver stands for, where nothing was saved.

    Args:
        error: as raised by the driver.
        lost: the connection broke.
    """
    sqlstate, constraint = getattr(error, "sqlstate", None), getattr(error, "constraint_name", None)
    if lost or sqlstate in RETRY_AT_ONCE:
        return RetryableError("The register was interrupted. Nothing was saved. Try again.", retry_after=1)
    if sqlstate == UNTIMELY:
        return UntimelyError()
    if sqlstate in OVERLOADED:
        return UnavailableError("The register is very busy. Nothing was saved. Try again.", retry_after=2)
    declared = _declared_error(constraint)
    if declared is not None:
        return declared
    return DatabaseFailure(sqlstate, constraint)


def broken_pool() -> ServiceError:
    """Return the error for a database that cannot be reached or has no free connection."""
    return UnavailableError("The register cannot be reached. Nothing was saved. Try again.", retry_after=2)


class InsecureError(UnavailableError):
    """There is no connection by TLS that is as secure as the URL of the database demands.

    Attributes:
        words: what is wrong, for the operator; callers are told that the register cannot be reached.
    """

    def __init__(self, words: str) -> None:
        """Keep the sentence."""
        super().__init__("The register cannot be reached. Nothing was saved. Try again.", retry_after=5)
        self.words = words


class UntimelyError(UnavailableError):
    """The database refused an instant that is not of now by its own clock."""

    def __init__(self) -> None:
        """Say what is wrong, and who can correct it."""
        words = (
            "The clock of the service is not that of the database, or this arrived there too late. Nothing was saved. "
            "Try again; if it stays so, tell the operators of the register to set both clocks."
        )
        super().__init__(words, retry_after=5)


class SilentError(UnavailableError):
    """The database did not answer in time, and does not seem to be there at all."""


def silent() -> SilentError:
    """Return the error for a database that accepts what it is sent and says nothing."""
    return SilentError("The register does not answer. Nothing was saved. Try again.", retry_after=2)


def outcome_unknown() -> OutcomeUnknownError:
    """Return the error for a connection that broke while something was being saved."""
    return OutcomeUnknownError(
        "The connection broke while this was being saved. Send it again with the same Idempotency-Key.", retry_after=1
    )


def somebody_was_first() -> RetryableError:
    """Return the error for a version that is not the present one any more."""
    return RetryableError("Somebody changed the same record at the same time. Try again.", retry_after=1)


def drawn_twice() -> RetryableError:
    """Return the error for a random reference that exists already: another attempt draws another."""
    return RetryableError("The register was interrupted. Nothing was saved. Try again.", retry_after=1)


def _declared_error(constraint: str | None) -> ServiceError | None:
    if constraint is None:
        return None
    for table in Table.metadata.tables.values():
        for candidate in table.constraints | table.indexes:
            if isinstance(candidate, Constraint) and candidate.name == constraint and VIOLATED in candidate.info:
                made = candidate.info[VIOLATED]()
                return made if isinstance(made, ServiceError) else None
    return None
