"""What was reported of an operation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.cases.actions.case_file import CaseFile
from service.cases.actions.targets import Target
from service.operations.models import OperationRecord
from service.operations.rules.outcomes import Tally
from service.operations.schemas.given import MetGiven

Met = Target[MetGiven]
"""Somebody an operation met or looked for, and what is told of them."""


@dataclass
class Found:
    """People found whom nobody had asked for.

    Attributes:
        opened: a case for each nationality found.
        lines: the people of each line, in the order in which they were sent.
    """

    opened: dict[str | None, CaseFile] = field(default_factory=dict)
    lines: list[list[Met]] = field(default_factory=list)


@dataclass(frozen=True)
class Reported:
    """What was reported of an operation, and what it amounts to."""

    operation: OperationRecord
    persons: Sequence[Met]
    found: Found
    tally: Tally
    recorded_at: datetime
