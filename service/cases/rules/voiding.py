"""Which events may be taken back. Pure."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.cases.rules.errors import StandingEventsError
from service.cases.rules.events import Event, in_force
from service.cases.rules.facts import Kind
from service.errors import NotFoundError

_STEPS: Final = frozenset({Kind.RESCUED, Kind.REPATRIATED, Kind.ENDED})


def check_void(events: Sequence[Event], event_id: UUID) -> Event:
    """Accept that an event is taken back, and answer it.

    Raises:
        NotFoundError: the case has no such event in force, or it is one that cannot be taken back.
        StandingEventsError: later events rest on it; the member `events` names them.
    """
    standing = in_force(events)
    found = next((event for event in standing if event.id == event_id), None)
    if found is None or found.kind is Kind.RECEIVED:
        raise NotFoundError
    resting = [event for event in standing if event.seq > found.seq and _rests_on(event, found)]
    if resting:
        ids = [str(event.id) for event in resting]
        raise StandingEventsError("Void the later events first, the latest one first.", events=ids)
    return found


def _rests_on(later: Event, earlier: Event) -> bool:
    """A step rests on the step before it; everything about somebody rests on their being there at all."""
    if later.subject != earlier.subject:
        return False
    if earlier.kind in {Kind.ADDED, Kind.NAMED}:
        return True
    return earlier.kind in _STEPS and later.kind in _STEPS
