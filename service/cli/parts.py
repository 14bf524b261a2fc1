"""The parts of `safe-return check`, and what is wanted of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What is checked, part by part."""

    LOGS = "logs"
    SUMS = "sums"
    OPERATIONS = "operations"
    SEARCHES = "searches"
    AUDIT = "audit"
    ACCOUNTS = "accounts"
    DATABASE = "database"
    KEYS = "keys"
    MARK = "mark"


@dataclass(frozen=True)
class Wanted:
    """What is to be checked.

    Attributes:
        parts: of the register; none for all.
        quick: of the logs only those written to since the last whole check, and no sums.
        sealed: also open every sealed record, on record, and compare its search keys.
        processes: in how many to check; None for one a processor, where the register is not small.
    """

    parts: Sequence[Part] = ()
    quick: bool = False
    sealed: bool = False
    processes: int | None = None

    @property
    def all_parts(self) -> frozenset[Part]:
        """Return the parts of the register to check."""
        return frozenset(self.parts or Part) - ({Part.SUMS} if self.quick else set())

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.all_parts == frozenset(Part)
