"""Events and the two clocks. Pure.

`occurred` is when it happened: a calendar day in Asia/Phnom_Penh, as exactly as it is known. `recorded_at` is when the
register learned of it: an instant in UTC, never earlier than that of the event before it in the same case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.story.fact import Fact
from service.story.kinds.names import Kind, SubjectKind
from service.story.moment import Moment


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
        subject: to what.
        occurred: when it happened.
        recorded_at: when it was recorded, UTC.
        recorded_by: the principal.
        agency_id: the principal's agency then.
        fact: what it says.
        operation_id: of the operation in which it happened, where one is known.
        group_id: of those that were recorded as one group, such as the returns of one flight.
    """

    id: UUID
    seq: int
    subject: Subject
    occurred: Moment
    recorded_at: datetime
    recorded_by: UUID
    agency_id: UUID
    fact: Fact
    operation_id: UUID | None = None
    group_id: UUID | None = None

    @property
    def kind(self) -> Kind:
        """What happened."""
        return self.fact.event_kind


def in_force(events: Iterable[Event]) -> list[Event]:
    """Return the events that were not voided, in the order of the log, without the voids themselves."""
    log = sorted(events, key=lambda event: event.seq)
    voided = {event.fact.voids for event in log}
    return [event for event in log if event.id not in voided and event.kind is not Kind.VOIDED]
