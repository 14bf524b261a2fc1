"""From events to state: `fold(events)`. Pure, total, and blind to who asks.

The fold never refuses: whatever stands in the log counts. What may be put into the log is `decide`'s business.
"""

from collections.abc import Generator, Iterable
from typing import TypeVar

from service.story.case import Case
from service.story.kinds.received import begin
from service.story.kinds.registry import KINDS
from service.story.log import Event, in_force

Result = TypeVar("Result")


def fold(events: Iterable[Event]) -> Case | None:
    """Return what a case's events amount to; None before anything was received.

    Raises:
        TypeError: the log does not begin with what was received.
    """
    return in_one_piece(folding(events))


def in_one_piece(work: Generator[None, None, Result]) -> Result:
    """Return what a work comes to, without a pause where it would let others in."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: Result = done.value
            return result


def folding(events: Iterable[Event]) -> Generator[None, None, Case | None]:
    """Fold as `fold` does, and yield between events: a long log need not be folded in one piece."""
    log = list(events)
    case: Case | None = None
    for event in in_force(log):
        yield
        if case is None:
            case = begin(event)
        else:
            apply(case, event)
    if case is not None:
        case.seq = max(event.seq for event in log)
        case.recorded_at = max(event.recorded_at for event in log)
    return case


def apply(case: Case, event: Event) -> None:
    """Add one event to a state that the fold has made."""
    kind = KINDS[event.kind]
    if kind.opens_case(event.fact):
        case.closed = None
    if event.operation_id is not None:
        case.operation_days.append(event.occurred.on)
    kind.apply(case, event, event.fact)
    case.forget(event.subject.id)
    case.seq = event.seq
    case.recorded_at = event.recorded_at
