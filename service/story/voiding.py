"""Which events may be voided: those without which every event that stays could still have happened. Pure."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final
from uuid import UUID

from service.codes import EndOutcome, PersonStatus, ReturnMode
from service.errors import NotFoundError
from service.story.errors import StandingEventsError
from service.story.fold import folding, in_one_piece
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

_ADDING: Final = frozenset({Kind.ADDED, Kind.NAMED})

_NAMED: Final = (
    "An operation names this case as the one it was made for. Correct `case` of the operation: that takes this event "
    "back."
)

_Footless = tuple[UUID | None, str]
"""Whose story, or None for the case's, and what in it lost what it rests on, in words."""


def check_void(events: Sequence[Event], event_id: UUID) -> Event:
    """Return the event to be voided.

    Raises:
        NotFoundError: the case has no such event in force, or it is what was received.
        StandingEventsError: something that stays rests on it; `rests` says what, `events` names later ones to void.
    """
    [found] = find_voidable(events, [event_id])
    refused = in_one_piece(refusals(events, [found]))
    if refused:
        raise refused[found.id]
    return found


def find_voidable(events: Sequence[Event], ids: Sequence[UUID]) -> list[Event]:
    """Return the events of a case that have these ids, in the order of the ids.

    Raises:
        NotFoundError: one of them is not in force, or it is what was received.
    """
    standing = {event.id: event for event in in_force(events) if event.kind is not Kind.RECEIVED}
    if not standing.keys() >= set(ids):
        raise NotFoundError
    return [standing[id_] for id_ in ids]


def refusals(
    events: Sequence[Event], voided: Sequence[Event]
) -> Generator[None, None, Mapping[UUID, StandingEventsError]]:
    """Return why events of a case cannot be voided together, by their ids; nothing where they can.

    Something that loses what it rests on speaks against the events about the same subject, or against all of them.
    """
    gone = {event.id for event in voided}
    standing = in_force(events)
    remaining = [event for event in standing if event.id not in gone]
    stood = yield from _footless(events, standing)
    footless = yield from _footless(events, remaining)
    rests: defaultdict[UUID, list[str]] = defaultdict(list)
    for subject_id, words in (Counter(footless) - Counter(stood)).elements():
        about = [event for event in voided if event.subject.id == subject_id] or voided
        for event in about:
            rests[event.id].append(words)
    of_subject: defaultdict[UUID, list[Event]] = defaultdict(list)
    for event in remaining:
        of_subject[event.subject.id].append(event)
    refused: dict[UUID, StandingEventsError] = {}
    for event in voided:
        yield
        later = [other for other in of_subject[event.subject.id] if other.seq > event.seq]
        if event.kind is Kind.OPERATION_MADE:
            refused[event.id] = StandingEventsError(_NAMED, rests=["an operation that names the case"], events=[])
            continue
        if event.kind in _ADDING and later:
            rests[event.id].append("recorded about somebody who would not be there")
        if rests[event.id]:
            refused[event.id] = _refusal(event, later, rests[event.id])
    return refused


def _refusal(voided: Event, later: Sequence[Event], rests: list[str]) -> StandingEventsError:
    """Return why an event cannot be voided.

    Args:
        voided: the event.
        later: what was recorded later about the same subject, and stays.
        rests: what would lose what it rests on, in words.
    """
    resting = _STEPS | ({Kind.CUSTODY_ENDED} if voided.kind is Kind.CUSTODY_STARTED else frozenset())
    whole = voided.kind in _ADDING
    ids = [str(event.id) for event in later if whole or (event.kind in resting and not is_report(event.fact))]
    words = "Void what rests on it first, the latest event first."
    if voided.kind is Kind.FINDING_MADE:
        words += " Without it the latest finding by day of the authority that leads does not verify: see `lead`."
    return StandingEventsError(words, rests=rests, events=ids)


def _footless(events: Sequence[Event], standing: Sequence[Event]) -> Generator[None, None, list[_Footless]]:
    """Return what in a case stands without the facts it rests on; what an older end lacked from the start is none.

    Args:
        events: all that was ever recorded in the case.
        standing: what is in force.
    """
    case = yield from folding(standing)
    found: list[_Footless] = list(_loose_ends(standing))
    if case is None:
        return found
    if case.closed is not None and case.tally[PersonStatus.RESCUED]:
        found.append((None, "the case is closed"))
    for person in case.persons.values():
        yield
        found += ((person.id, words) for words in _footless_steps(person))
        lacking = list(_lacking(person))
        if lacking:
            then = yield from folding(events[: _place_of_end(events, standing, person.id)])
            lacked = [] if then is None else _lacking(then.persons[person.id])
            found += ((person.id, words) for words in (Counter(lacking) - Counter(lacked)).elements())
    return found


def _loose_ends(events: Sequence[Event]) -> Iterator[_Footless]:
    """Return every end of a custody that never started."""
    held: set[UUID] = set()
    for event in events:
        if event.kind is Kind.CUSTODY_STARTED:
            held.add(event.subject.id)
        elif event.kind is Kind.CUSTODY_ENDED:
            if event.subject.id not in held:
                yield event.subject.id, "the end of a custody that never started"
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
