"""From events to state: `fold(events)`. Pure, total, and blind to who asks.

The fold never refuses: whatever stands in the log counts. What may be put into the log is `decide`'s business.
"""

from collections.abc import Iterable
from typing import Final

from service.codes import POSITIVE
from service.story.case import Case
from service.story.effects import EFFECTS
from service.story.fact import Fact
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.names import Kind
from service.story.kinds.received import Received
from service.story.log import Event, in_force

REOPENING: Final = frozenset(
    {Kind.ADDED, Kind.ALLEGED, Kind.HEADCOUNT_CLAIMED, Kind.LOCATED, Kind.RESCUED, Kind.NAMED, Kind.REOPENED}
)
"""New information: a closed case on which one of these is recorded is open again; so it is on a positive finding."""


def fold(events: Iterable[Event]) -> Case | None:
    """Answer what a case's events amount to; None before anything was received."""
    log = list(events)
    case: Case | None = None
    for event in in_force(log):
        if case is None:
            case = _received(event)
        else:
            apply(case, event)
    if case is not None:
        case.seq = max(event.seq for event in log)
        case.recorded_at = max(event.recorded_at for event in log)
    return case


def apply(case: Case, event: Event) -> None:
    """Add one event to a state that the fold has made."""
    if event.kind in REOPENING or _verifies(event.fact):
        case.closed = None
    if event.operation_id is not None:
        case.operation_days.append(event.occurred.on)
    effect = EFFECTS.get(type(event.fact))
    if effect is not None:
        effect(case, event, event.fact)
    case.forget(event.subject.id)
    case.seq = event.seq
    case.recorded_at = event.recorded_at


def _received(event: Event) -> Case:
    if not isinstance(event.fact, Received):
        raise TypeError("a case's log begins with what was received")
    return Case(
        id=event.subject.id,
        filer=event.recorded_by,
        agency_id=event.agency_id,
        received_on=event.occurred,
        received=event.fact,
        seq=event.seq,
        recorded_at=event.recorded_at,
    )


def _verifies(fact: Fact) -> bool:
    return isinstance(fact, FindingMade) and fact.outcome in POSITIVE
