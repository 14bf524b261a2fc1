"""Which events may be voided: those without which every event that stays could still have happened. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final
from uuid import UUID

from service.codes import EndOutcome, PersonStatus, ReturnMode
from service.errors import NotFoundError
from service.story.case import Case
from service.story.errors import StandingEventsError
from service.story.fold import fold
from service.story.kinds.ended import EFFORTS_BEFORE_NOT_LOCATED, TWO_SAY_SO, is_report
from service.story.kinds.kind import always
from service.story.kinds.names import Kind
from service.story.kinds.registry import KINDS
from service.story.log import Event, in_force
from service.story.person import Entry, Person
from service.story.standing import Step

_STEPS: Final = frozenset(kind.name for kind in KINDS.values() if kind.is_step is always) | {Kind.ENDED}

_FOLLOWS: Final = {
    PersonStatus.RECEIVED: frozenset({PersonStatus.ENDED}),
    PersonStatus.RESCUED: frozenset({PersonStatus.VERIFIED, PersonStatus.REPATRIATED, PersonStatus.ENDED}),
    PersonStatus.REPATRIATED: frozenset({PersonStatus.RESCUED, PersonStatus.ENDED}),
    PersonStatus.ENDED: frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED, PersonStatus.RESCUED}),
}
"""Which statuses each step can follow."""


def check_void(events: Sequence[Event], event_id: UUID) -> Event:
    """Return the event to be voided.

    Raises:
        NotFoundError: the case has no such event in force, or it is what was received.
        StandingEventsError: something that stays rests on it; `rests` says what, `events` names later ones to void.
    """
    standing = in_force(events)
    found = next((event for event in standing if event.id == event_id), None)
    if found is None or found.kind is Kind.RECEIVED:
        raise NotFoundError
    remaining = [event for event in standing if event.id != event_id]
    stood = Counter([*_footless(fold(standing)), *_footless_ends(events, standing), *_loose_ends(standing)])
    footless = [*_footless(fold(remaining)), *_footless_ends(events, remaining), *_loose_ends(remaining)]
    rests = list((Counter(footless) - stood).elements())
    later = [event for event in remaining if event.subject == found.subject and event.seq > found.seq]
    if found.kind in {Kind.ADDED, Kind.NAMED} and later:
        rests.append("recorded about somebody who would not be there")
    if rests:
        resting = _STEPS | ({Kind.CUSTODY_ENDED} if found.kind is Kind.CUSTODY_STARTED else frozenset())
        whole = found.kind in {Kind.ADDED, Kind.NAMED}
        ids = [str(event.id) for event in later if whole or (event.kind in resting and not is_report(event.fact))]
        words = "Void what rests on it first, the latest event first."
        if found.kind is Kind.FINDING_MADE:
            words += " Without it the latest finding by day of the authority that leads does not verify: see `lead`."
        raise StandingEventsError(words, rests=rests, events=ids)
    return found


def _footless(case: Case | None) -> Iterator[str]:
    """Return what in a case stands without the facts it rests on, in words."""
    if case is None:
        return
    if case.closed is not None and case.tally[PersonStatus.RESCUED]:
        yield "the case is closed"
    for person in case.persons.values():
        yield from _footless_steps(person)


def _loose_ends(events: Sequence[Event]) -> Iterator[str]:
    """Return every end of a custody that never started, in words."""
    held: set[UUID] = set()
    for event in events:
        if event.kind is Kind.CUSTODY_STARTED:
            held.add(event.subject.id)
        elif event.kind is Kind.CUSTODY_ENDED:
            if event.subject.id not in held:
                yield "the end of a custody that never started"
            held.discard(event.subject.id)


def _can_follow(before: Entry, entry: Entry) -> bool:
    """Whether an entry can follow another: findings always can, and whoever was found again is brought out again."""
    step = entry.step
    if step is None or before.status in _FOLLOWS[step.status]:
        return True
    if step.departure is not None:
        return step.departure is ReturnMode.SELF_ARRANGED and before.status is not PersonStatus.REPATRIATED
    found_again = before.status is PersonStatus.RESCUED and before.step is not None and before.step.rescue is None
    return step.rescue is not None and found_again


def _is_confirmed(person: Person, end: Step) -> bool:
    return end.outcome is None or end.told_by is None or person.was_reported(end.outcome, to=end.told_by)


def _footless_steps(person: Person) -> Iterator[str]:
    for before, entry in pairwise(person.way):
        if not _can_follow(before, entry):
            yield f"{entry.status.value} right after {before.status.value}"


def _footless_ends(events: Sequence[Event], standing: Sequence[Event]) -> Iterator[str]:
    """Return every end that lost what it rested on, in words; what an older end lacked from the start it never lost.

    Args:
        events: all that was ever recorded in the case.
        standing: what is in force.
    """
    case = fold(standing)
    for person in [] if case is None else case.persons.values():
        lacking = list(_lacking(person))
        if lacking:
            then = fold(events[: _place_of_end(events, standing, person.id)])
            lacked = [] if then is None else _lacking(then.persons[person.id])
            yield from (Counter(lacking) - Counter(lacked)).elements()


def _place_of_end(events: Sequence[Event], standing: Sequence[Event], person_id: UUID) -> int:
    """Return how many events there were once the latest end of a person that stands had been recorded."""
    ends = [event for event in standing if event.subject.id == person_id and event.kind is Kind.ENDED]
    last = max(event.seq for event in ends if not is_report(event.fact))
    return sum(event.seq <= last for event in events)


def _lacking(person: Person) -> Iterator[str]:
    """Return what the end of a person's story lacks, in words."""
    if person.outcome is EndOutcome.REFUSED_RESCUE and not person.refused_freely:
        yield "ended as refused, without a refusal"
    if person.outcome is EndOutcome.NOT_LOCATED and len(person.vain_efforts) < EFFORTS_BEFORE_NOT_LOCATED:
        yield "ended as not located, without two efforts"
    if person.outcome in TWO_SAY_SO and not _is_confirmed(person, person.steps[-1]):
        yield f"ended as {person.outcome.value}, on one agency's word"
    if person.outcome is EndOutcome.HOME_IN_CAMBODIA and not person.effective_nationality.is_cambodian:
        yield "ended as home in Cambodia, without that nationality"
