"""What is counted on a day of which only the month or year is known is counted as such; nothing else is."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given

from service.codes import FindingOutcome
from service.ledger.rules import Bag, Cell, Measure
from service.story.counting import contributions
from service.story.fold import fold
from service.story.log import Event
from service.story.moment import Precision
from tests.cases.story import Story, finding
from tests.story.logs import EXAMPLES, stories

EXACT_ALWAYS = {
    Measure.CASES_RECEIVED, Measure.CASES_STANDING, Measure.CASES_COMPLETE, Measure.DAYS_IN_STATUS,
    Measure.ALLEGED_LOW, Measure.ALLEGED_HIGH, Measure.ALLEGED_OPEN, Measure.ALLEGED_ABOUT, Measure.ALLEGED_UNSAID,
}  # fmt: skip
"""What is dated by the case, which is received on a day; and stays, which have two days."""


def known_to(events: list[Event], precision: Precision) -> Bag:
    """What is counted if of every event the same day is said, known so exactly; the case's own day is always exact."""
    first, *later = events
    return contributions(
        fold([first, *(replace(event, occurred=replace(event.occurred, precision=precision)) for event in later)])
    )


def amounts(bag: Bag) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for contribution, amount in bag.items():
        found[contribution.cell] += amount
    return found


@EXAMPLES
@given(stories())
def test_how_exactly_a_day_is_known_changes_no_other_number(story: Story) -> None:
    exact, vague = (amounts(known_to(story.events, how)) for how in (Precision.DAY, Precision.YEAR))
    assert not any(cell.measure is Measure.FITTED for cell in exact)
    assert exact == {cell: amount for cell, amount in vague.items() if cell.measure is not Measure.FITTED}
    assert amounts(known_to(story.events, Precision.ABOUT)) == exact, "about is taken at its word"


@EXAMPLES
@given(stories())
def test_where_no_day_is_known_all_is_fitted_but_what_the_request_dates(story: Story) -> None:
    vague = amounts(known_to(story.events, Precision.MONTH))
    sums: Counter[str] = Counter()
    fitted: Counter[str] = Counter()
    for cell, amount in vague.items():
        if cell.measure is Measure.FITTED:
            fitted[cell.detail] += amount
        elif cell.measure not in EXACT_ALWAYS:
            sums[cell.measure.value] += amount
            sums[f"{cell.measure.value}:{cell.detail}"] += amount
    operations = any(event.operation_id for event in story.events)
    if operations:
        del sums[Measure.CASES_INTERVENED.value], sums[f"{Measure.CASES_INTERVENED.value}:-"]
        del fitted[Measure.CASES_INTERVENED.value], fitted[f"{Measure.CASES_INTERVENED.value}:-"]
    assert +fitted == +sums
    assert -fitted == -sums


def test_of_two_entries_on_one_day_the_exact_one_is_not_called_fitted() -> None:
    story = Story()
    person = story.add("2022-09-01")
    story.record(person, "2022-09", finding())
    story.record(person, "2022-09", finding(FindingOutcome.UNFOUNDED))
    assert [day for _, day in story.person(person).path] == [date(2022, 9, 1)] * 3
    fitted = [found.cell.detail for found in contributions(story.case) if found.cell.measure is Measure.FITTED]
    assert Measure.PERSONS_VERIFIED.value in fitted
    assert Measure.PERSONS_RECEIVED.value not in fitted
