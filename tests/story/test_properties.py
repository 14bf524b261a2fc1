"""What is true of every log that the rules accept."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.cases.rules.projection import case_columns, offender_columns, person_columns
from service.codes import VoidReason
from service.errors import ServiceError
from service.ledger.rules import Bag, Cell, Contribution, Entry, Measure, difference
from service.story.case import Case
from service.story.counting import contributions, contributions_of
from service.story.fold import apply, fold, in_one_piece
from service.story.kinds.names import Kind
from service.story.kinds.voided import Voided
from service.story.log import Event, in_force
from service.story.voiding import check_void, refusals
from tests.cases.story import TODAY, Story
from tests.story.logs import EXAMPLES, FIRST, stories

DAYS = [FIRST + timedelta(days=step) for step in range(-35, (TODAY - FIRST).days + 2)]
FLOWS = set(Measure) - {Measure.STATUS, Measure.RESCUED_STANDING, Measure.FITTED}
"""Not what moves, nor what says of other entries that their day was fitted."""


def columns(case: Case) -> list[object]:
    """Every row that the log amounts to."""
    persons = [person_columns(case, person) for person in case.persons.values()]
    return [case_columns(case), persons, [offender_columns(case, offender) for offender in case.offenders.values()]]


def folded(events: list[Event]) -> Case:
    case = fold(events)
    assert case is not None
    return case


def timeless(case: Case) -> Case:
    """The state without its place in the log."""
    return replace(case, seq=0, recorded_at=case.recorded_at.min)


def entries_by_event(story: Story) -> list[tuple[Event, list[Entry]]]:
    """What each event writes into the ledger."""
    written, before = [], Bag()
    for place, event in enumerate(story.events, start=1):
        after = contributions(fold(story.events[:place]))
        written.append((event, list(difference(before, after))))
        before = after
    return written


def _refused(events: list[Event], event: Event) -> bool:
    try:
        check_void(events, event.id)
    except ServiceError:
        return True
    return False


def summed(entries: list[Entry]) -> Counter[Contribution]:
    total: Counter[Contribution] = Counter()
    for entry in entries:
        total[Contribution(entry.subject_id, entry.cell)] += entry.delta
    return total


def nonzero(bag: Counter[Contribution]) -> dict[Contribution, int]:
    return {found: amount for found, amount in bag.items() if amount}


def upto(bag: Bag, measure: Measure, day: date) -> int:
    return sum(
        amount for found, amount in bag.items() if found.cell.measure is measure and found.cell.occurred_on <= day
    )


@EXAMPLES
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_read_does_not_matter(story: Story, random: Random) -> None:
    shuffled = random.sample(story.events, len(story.events))
    assert folded(shuffled) == folded(story.events) == folded(story.events)


@EXAMPLES
@given(stories())
def test_applying_each_event_as_it_comes_equals_folding_them_all(story: Story) -> None:
    state = folded(story.events[:1])
    for place, event in enumerate(story.events[1:], start=2):
        if event.kind is Kind.VOIDED:
            state = folded(story.events[:place])
        else:
            apply(state, event)
        refolded = folded(story.events[:place])
        assert state == refolded
        assert columns(state) == columns(refolded)
        assert contributions(state) == contributions(refolded)


@EXAMPLES
@given(stories())
def test_an_event_about_somebody_changes_what_follows_for_them_and_the_case_alone(story: Story) -> None:
    for place, event in enumerate(story.events[1:], start=1):
        before, after = folded(story.events[:place]), folded(story.events[: place + 1])
        if event.kind is Kind.VOIDED or event.subject.id == before.id:
            continue
        others = (before.persons.keys() | before.offenders.keys()) - {event.subject.id}
        for other in others:
            assert contributions_of(before, other) == contributions_of(after, other)
        for id_ in others & before.persons.keys():
            assert person_columns(before, before.persons[id_]) == person_columns(after, after.persons[id_])
        for id_ in others & before.offenders.keys():
            assert offender_columns(before, before.offenders[id_]) == offender_columns(after, after.offenders[id_])


@EXAMPLES
@given(stories())
def test_what_was_voided_was_never_there(story: Story) -> None:
    without = folded(in_force(story.events))
    assert timeless(folded(story.events)) == timeless(without)
    assert contributions(folded(story.events)) == contributions(without)


@EXAMPLES
@given(stories())
def test_voiding_any_event_equals_never_having_recorded_it(story: Story) -> None:
    last = story.events[-1]
    for event in story.events:
        try:
            check_void(story.events, event.id)
        except ServiceError:
            continue
        fact = Voided(event_id=event.id, reason=VoidReason.WRONG_DATE)
        void = replace(last, id=UUID(int=7), seq=last.seq + 1, subject=event.subject, fact=fact)
        voided, without = [*story.events, void], [other for other in story.events if other.id != event.id]
        assert timeless(folded(voided)) == timeless(folded(without))
        assert contributions(folded(voided)) == contributions(folded(without))
        assert folded(voided).seq == last.seq + 1


@EXAMPLES
@given(stories(), st.randoms(use_true_random=False))
def test_what_may_be_voided_one_by_one_may_be_voided_together(story: Story, chance: Random) -> None:
    kept, together = list(story.events), list[Event]()
    for event in reversed(story.events):
        if chance.random() < 0.5 and not _refused(kept, event):
            kept, together = [other for other in kept if other.id != event.id], [*together, event]
    assert not in_one_piece(refusals(story.events, together))


@EXAMPLES
@given(stories())
def test_the_ledger_as_known_at_a_moment_is_what_the_log_said_then(story: Story) -> None:
    """Nothing recorded later can change a sum over what was recorded by then."""
    written = entries_by_event(story)
    for moment in {event.recorded_at for event in story.events}:
        then = summed([entry for event, entries in written if event.recorded_at <= moment for entry in entries])
        log_then = [event for event in story.events if event.recorded_at <= moment]
        assert nonzero(then) == nonzero(contributions(fold(log_then)))


@EXAMPLES
@given(stories())
def test_no_flow_is_ever_less_than_nothing(story: Story) -> None:
    running: Counter[Contribution] = Counter()
    for _, entries in entries_by_event(story):
        for entry in entries:
            running[Contribution(entry.subject_id, entry.cell)] += entry.delta
        flows = {found: amount for found, amount in running.items() if found.cell.measure in FLOWS}
        assert min(flows.values()) >= 0


@EXAMPLES
@given(stories())
def test_each_human_counts_once_however_much_happened(story: Story) -> None:
    several = {Measure.RESCUED_BY, Measure.CASES_BY_FINDING, Measure.RESCUED_FOUND, Measure.DETAINED_IN}
    several |= {Measure.PAPERS_MISSING, Measure.STAGES_REACHED, Measure.PURSUED_IN_ROLE}
    every_time = {Measure.JOURNEYS_HOME, Measure.ARRESTS, Measure.DAYS_IN_STATUS}
    once = FLOWS - several - every_time - {Measure.ALLEGED_LOW, Measure.ALLEGED_HIGH}
    counted: Counter[tuple[Measure, UUID]] = Counter()
    ways: Counter[tuple[UUID, Cell]] = Counter()
    for found, amount in contributions(story.case).items():
        if found.cell.measure in once:
            counted[found.cell.measure, found.subject_id] += amount
        elif found.cell.measure in several:
            ways[found.subject_id, found.cell] += amount
    assert set(counted.values()) <= {0, 1}
    assert set(ways.values()) <= {0, 1}


@EXAMPLES
@given(stories())
def test_every_person_is_in_exactly_one_status_on_every_day(story: Story) -> None:
    case = story.case
    moves = [(found, n) for found, n in contributions(case).items() if found.cell.measure is Measure.STATUS]
    for person in case.persons.values():
        for day in DAYS:
            standing: Counter[str] = Counter()
            for found, amount in moves:
                if found.subject_id == person.id and found.cell.occurred_on <= day:
                    standing[found.cell.detail] += amount
            assert min(standing.values(), default=0) >= 0
            assert sum(standing.values()) == (1 if day >= person.added.on else 0)
            assert day < DAYS[-1] or standing[person.status.value] == 1


@EXAMPLES
@given(stories())
def test_no_cell_of_a_stock_is_negative_on_any_day_in_any_breakdown(story: Story) -> None:
    stocks = {Measure.STATUS, Measure.RESCUED_STANDING}
    moves = [(found.cell, n) for found, n in contributions(story.case).items() if found.cell.measure in stocks]
    for day in DAYS:
        cells: Counter[Cell] = Counter()
        for cell, amount in moves:
            if cell.occurred_on <= day:
                cells[cell._replace(occurred_on=FIRST)] += amount
        assert min(cells.values(), default=0) >= 0


@EXAMPLES
@given(stories())
def test_the_closures_hold_on_every_day_and_at_every_moment(story: Story) -> None:
    equal = [
        (Measure.CASES_RECEIVED, Measure.CASES_STANDING),
        (Measure.PERSONS_RECEIVED, Measure.STATUS),
        (Measure.PERSONS_RESCUED, Measure.RESCUED_STANDING),
    ]
    for place in range(1, len(story.events) + 1):
        bag = contributions(fold(story.events[:place]))
        for day in {found.cell.occurred_on for found in bag} | {DAYS[0], DAYS[-1]}:
            for left, right in equal:
                assert upto(bag, left, day) == upto(bag, right, day)


@EXAMPLES
@given(stories())
def test_the_measures_fit_together_on_every_day(story: Story) -> None:
    bag = contributions(story.case)
    for day in DAYS:
        received = upto(bag, Measure.PERSONS_RECEIVED, day)
        rescued = upto(bag, Measure.PERSONS_RESCUED, day)
        repatriated = upto(bag, Measure.PERSONS_REPATRIATED, day)
        assert upto(bag, Measure.JOURNEYS_HOME, day) >= repatriated
        assert upto(bag, Measure.RESCUED_BY, day) >= rescued
        verified, ended = upto(bag, Measure.PERSONS_VERIFIED, day), upto(bag, Measure.PERSONS_ENDED, day)
        assert received >= max(rescued, repatriated, verified, ended)
        assert upto(bag, Measure.CASES_RECEIVED, day) >= upto(bag, Measure.CASES_INTERVENED, day)
