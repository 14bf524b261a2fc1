"""Readings of personal data: what they are put on record with, and whether they were."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.acting import Acting


class UnrecordedReadingError(Exception):
    """A defect: something personal was read, and it was not put on record."""


@dataclass(frozen=True)
class ReadingNote:
    """What a reading is put on record with (`audit.actions.reading_note_of`).

    Attributes:
        acting: who reads, in which request.
        action: what, as the audit log calls it.
        purpose: why what is sealed is opened, as a code; None leaves it sealed.
        values: the same for a statement that records itself, by the names of its parameters
            (`audit.queries.on_record`).
    """

    acting: Acting
    action: str
    purpose: str | None
    values: Mapping[str, Any]


@dataclass
class Readings:
    """What was read of people on one connection, and whether the audit log says so."""

    found: bool = field(default=False)
    recorded: bool = field(default=False)

    def check(self) -> None:
        """Raise UnrecordedReadingError where something was found and nothing is on record."""
        if self.found and not self.recorded:
            raise UnrecordedReadingError("Something personal was read: record it, or read what is not personal.")
