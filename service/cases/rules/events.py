"""Events and the two clocks. Pure.

`occurred` is when it happened: a calendar day in Asia/Phnom_Penh, as exactly as it is known. `recorded_at` is when the
register learned of it: an instant in UTC, never earlier than that of the event before it in the same case.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from service.cases.rules.facts import Fact, Kind, SubjectKind, Voided


class Precision(StrEnum):
    """How exactly a day is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar day, as exactly as it is known.

    Attributes:
        on: the day; of a month or year its first.
        precision: how exactly.
    """

    on: date
    precision: Precision = Precision.DAY

    @property
    def latest(self) -> date:
        """The last day it may have been. `about` is taken at its word: the day itself."""
        if self.precision is Precision.MONTH:
            return self.on.replace(day=monthrange(self.on.year, self.on.month)[1])
        if self.precision is Precision.YEAR:
            return self.on.replace(month=12, day=31)
        return self.on

    def not_before(self, day: date) -> "Moment":
        """Answer the same moment, as exactly known, but no earlier than what it follows."""
        return replace(self, on=max(self.on, day))

    @classmethod
    def of(cls, text: str) -> "Moment":
        """Read Extended Date/Time Format: `2022-09-20`, `2022-09`, `2022`, `2022-09-20~` (ISO 8601-2:2019)."""
        if text.endswith("~"):
            return cls(date.fromisoformat(text[:-1]), Precision.ABOUT)
        precision = {4: Precision.YEAR, 7: Precision.MONTH}.get(len(text), Precision.DAY)
        return cls(date.fromisoformat(text + "-01-01"[len(text) - 4 :]), precision)

    def __str__(self) -> str:
        """Write it as it is read."""
        day = self.on.isoformat()
        shortened = {Precision.YEAR: day[:4], Precision.MONTH: day[:7], Precision.ABOUT: day + "~"}
        return shortened.get(self.precision, day)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: the case itself, or a person or offender in it."""

    kind: SubjectKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one subject, as it was recorded once and for all.

    Attributes:
        id: of the event.
        seq: its place in the case's log, from 1.
        kind: what happened.
        subject: to what.
        occurred: when it happened.
        recorded_at: when it was recorded, UTC.
        recorded_by: the principal.
        agency_id: the principal's agency then.
        fact: what it says.
        operation_id: of the operation in which it happened, where one is known.
    """

    id: UUID
    seq: int
    kind: Kind
    subject: Subject
    occurred: Moment
    recorded_at: datetime
    recorded_by: UUID
    agency_id: UUID
    fact: Fact
    operation_id: UUID | None = None


def known_at(events: Iterable[Event], instant: datetime) -> list[Event]:
    """Answer the events recorded at an instant or before."""
    return [event for event in events if event.recorded_at <= instant]


def in_force(events: Iterable[Event]) -> list[Event]:
    """Answer the events that were not taken back, in the order of the log, without the voids themselves."""
    log = sorted(events, key=lambda event: event.seq)
    taken_back = {event.fact.event_id for event in log if isinstance(event.fact, Voided)}
    return [event for event in log if event.id not in taken_back and event.kind is not Kind.VOIDED]
