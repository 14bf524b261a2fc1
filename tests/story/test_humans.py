"""Persons joined across cases count as one human (design/matching.md section 8)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given

from service.acting import Role
from service.codes import AgeGroup, EndOutcome, NationalitySource, PersonStatus, ReturnMode, Sex
from service.ledger.rules import Cell, Measure
from service.story.ages import About, Between
from service.story.case import Case
from service.story.counting import contributions_of, contributions_of_human
from service.story.fold import fold
from service.story.human import Human, HumanRow
from service.story.kinds.described import Described
from service.story.kinds.ended import Ended
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.log import Subject
from tests.cases.story import FILER, RECEIVED, TODAY, Story, finding
from tests.story.logs import EXAMPLES, FIRST, stories

HUMAN = UUID(int=99)
DAYS = [FIRST + timedelta(days=step) for step in range(-35, (TODAY - FIRST).days + 2)]

ONE_OF_EACH = {
    Measure.PERSONS_RECEIVED, Measure.PERSONS_VERIFIED, Measure.PERSONS_RESCUED, Measure.PERSONS_REPATRIATED,
    Measure.PERSONS_ENDED, Measure.PERSONS_DETAINED, Measure.PERSONS_UNDOCUMENTED,
}  # fmt: skip


def joined(*rows: tuple[Case, Subject | UUID]) -> Human:
    found = [(case, subject.id if isinstance(subject, Subject) else subject) for case, subject in rows]
    return Human.joined(HUMAN, [HumanRow(case, case.persons[id_]) for case, id_ in found])


def told_elsewhere(case: Case, number: int = 1000) -> Case:
    """The same case, as somebody else filed it."""
    return replace(case, id=UUID(int=number))


def of(human: Human, measure: Measure) -> list[tuple[str, date, int]]:
    """Where a human counts in a measure: detail, day and how much."""
    cells = contributions_of_human(human)
    return sorted((cell.detail, cell.occurred_on, n) for cell, n in cells.items() if cell.measure is measure and n)


def status_on(cells: Iterable[tuple[Cell, int]], day: date) -> Counter[str]:
    standing: Counter[str] = Counter()
    for cell, amount in cells:
        if cell.measure is Measure.STATUS and cell.occurred_on <= day:
            standing[cell.detail] += amount
    return +standing


@EXAMPLES
@given(stories(), stories())
def test_two_persons_joined_count_as_one_human(one: Story, other: Story) -> None:
    """Against the plain statement of the page: once in each measure, in the status of the most advanced row."""
    cases = [folded(one), told_elsewhere(folded(other))]
    rows = [(case, next(iter(case.persons))) for case in cases if case.persons]
    if len(rows) < 2:
        return
    cells = contributions_of_human(joined(*rows)).items()
    alone = [contributions_of(case, id_).items() for case, id_ in rows]
    totals: Counter[Measure] = Counter()
    for cell, amount in cells:
        totals[cell.measure] += amount
    for measure in ONE_OF_EACH:
        each = [sum(n for cell, n in counted if cell.measure is measure) for counted in alone]
        expected = int(all(each)) if measure is Measure.PERSONS_ENDED else int(any(each))
        assert totals[measure] == expected, measure
    assert totals[Measure.RESCUED_STANDING] == totals[Measure.PERSONS_RESCUED]
    since = {cell.detail for cell, _ in cells if cell.measure is Measure.RESCUED_STANDING}
    assert since <= {"awaiting_return", "at_home", "repatriated", "ended"}
    for day in DAYS:
        apart = [next(iter(standing)) for counted in alone if (standing := status_on(counted, day))]
        assert status_on(cells, day) == ({most_advanced(apart): 1} if apart else {}), day


def most_advanced(statuses: list[str]) -> str:
    order = ["received", "verified", "rescued", "repatriated"]
    return max((found for found in statuses if found != "ended"), key=order.index, default="ended")


@EXAMPLES
@given(stories())
def test_the_same_story_told_twice_counts_as_told_once(story: Story) -> None:
    case = folded(story)
    for id_ in case.persons:
        human = joined((case, id_), (told_elsewhere(case), id_))
        assert contributions_of_human(human) == contributions_of(case, id_)


@EXAMPLES
@given(stories(), stories())
def test_the_order_in_which_rows_are_joined_changes_nothing(one: Story, other: Story) -> None:
    first, second = folded(one), told_elsewhere(folded(other))
    if not first.persons or not second.persons:
        return
    rows = [(first, next(iter(first.persons))), (second, next(iter(second.persons)))]
    assert contributions_of_human(joined(*rows)) == contributions_of_human(joined(*reversed(rows)))


def folded(story: Story) -> Case:
    case = fold(story.events)
    assert case is not None
    return case


def home(story: Story, person: Subject, on: str, mode: ReturnMode = ReturnMode.EMBASSY_ASSISTED) -> None:
    story.record(person, on, Repatriated(mode=mode, to_country="TWN"), role=Role.SUPERVISOR)


@pytest.mark.parametrize(("again", "journeys"), [("2022-09-20", 1), ("2022-09-21", 1), ("2022-09-22", 2)])
def test_a_departure_told_twice_is_one_journey_and_a_later_one_another(again: str, journeys: int) -> None:
    one, other = Story(), Story()
    aunt, embassy = one.rescued(), other.rescued()
    home(one, aunt, "2022-09-20")
    home(other, embassy, again)
    human = joined((folded(one), aunt), (told_elsewhere(folded(other)), embassy))
    assert sum(n for _, _, n in of(human, Measure.JOURNEYS_HOME)) == journeys
    assert of(human, Measure.PERSONS_REPATRIATED) == [("embassy_assisted", date(2022, 9, 20), 1)]


def test_a_row_that_tells_of_two_journeys_of_a_day_keeps_both() -> None:
    one, other = Story(), Story()
    aunt, embassy = one.rescued(), other.rescued()
    home(one, aunt, "2022-09-20")
    home(other, embassy, "2022-09-20")
    other.record(embassy, "2022-09-20", Rescued(), role=Role.OFFICER)
    home(other, embassy, "2022-09-20")
    human = joined((folded(one), aunt), (told_elsewhere(folded(other)), embassy))
    assert sum(n for _, _, n in of(human, Measure.JOURNEYS_HOME)) == 2


def test_a_human_whose_rescued_row_has_ended_still_awaits_the_return() -> None:
    one, other = Story(), Story()
    gone, known = one.rescued(), other.add()
    one.record(gone, "2022-09-15", Ended(outcome=EndOutcome.REMAINS_BY_CHOICE), role=Role.SUPERVISOR)
    human = joined((folded(one), gone), (told_elsewhere(folded(other)), known))
    assert of(human, Measure.RESCUED_STANDING) == [("awaiting_return", date(2022, 9, 10), 1)]


def test_a_rescue_that_one_row_tells_of_somebody_home_already_in_another_stands_with_the_rescued() -> None:
    one, other = Story(), Story()
    gone, rescued = one.add(), other.rescued("2022-09-10")
    left = Repatriated(mode=ReturnMode.SELF_ARRANGED, to_country="TWN")
    one.record(gone, "2022-09-08", left, role=Role.LIAISON)
    human = joined((folded(one), gone), (told_elsewhere(folded(other)), rescued))
    assert of(human, Measure.PERSONS_RESCUED) == [("-", date(2022, 9, 10), 1)]
    assert of(human, Measure.RESCUED_STANDING) == [("repatriated", date(2022, 9, 10), 1)]


def test_firsts_are_the_earliest_of_all_rows() -> None:
    one, other = Story(province="KH-18"), Story(province="KH-2")
    early, late = one.rescued("2022-09-10", verified="2022-09-08"), other.rescued("2022-09-12", verified="2022-09-03")
    human = joined((folded(one), early), (told_elsewhere(folded(other)), late))
    assert of(human, Measure.PERSONS_VERIFIED) == [("-", date(2022, 9, 3), 1)]
    assert of(human, Measure.PERSONS_RESCUED) == [("-", date(2022, 9, 10), 1)]
    assert human.path[0] == (PersonStatus.RECEIVED, date.fromisoformat(RECEIVED))


def test_the_province_is_that_of_the_first_rescue_else_of_the_earliest_case() -> None:
    one, other = Story("2022-09-02", province="KH-18"), Story(province="KH-2")
    reported, raided = one.add("2022-09-02"), other.add()
    human = joined((folded(one), reported), (told_elsewhere(folded(other)), raided))
    assert human.whereabouts == [(date.min, "KH-2")]
    one.record(reported, "2022-09-04", finding())
    one.record(reported, "2022-09-05", Rescued(province="KH-8"), role=Role.OFFICER)
    human = joined((folded(one), reported), (told_elsewhere(folded(other)), raided))
    assert human.whereabouts == [(date.min, "KH-2"), (date(2022, 9, 5), "KH-8")]


def test_a_story_has_ended_only_where_it_has_ended_in_every_row() -> None:
    one, other = Story(), Story()
    gone, known = one.rescued(), other.add()
    one.record(gone, "2022-09-15", Ended(outcome=EndOutcome.REMAINS_BY_CHOICE), role=Role.SUPERVISOR)
    human = joined((folded(one), gone), (told_elsewhere(folded(other)), known))
    assert (human.end, human.path[-1][0]) == (None, PersonStatus.RECEIVED)
    other.record(known, "2022-09-18", Ended(outcome=EndOutcome.LEFT_UNREPORTED), role=Role.SUPERVISOR)
    human = joined((folded(one), gone), (told_elsewhere(folded(other)), known))
    assert of(human, Measure.PERSONS_ENDED) == [("left_unreported", date(2022, 9, 18), 1)]
    assert human.path[-1] == (PersonStatus.ENDED, date(2022, 9, 18))


def test_the_strongest_assertion_of_any_row_is_the_nationality() -> None:
    one, other = Story(), Story()
    aunt, embassy = one.add(), other.add()
    claimed = NationalityAsserted(nationality="VNM", source=NationalitySource.CLAIMED_REPORTER)
    one.record(aunt, "2022-09-02", claimed, role=Role.OPERATOR)
    confirmed = NationalityAsserted(nationality="TWN", source=NationalitySource.CONFIRMED_BY_STATE)
    other.record(embassy, "2022-09-03", confirmed, role=Role.LIAISON)
    assert joined((folded(one), aunt), (told_elsewhere(folded(other)), embassy)).nationality.code == "TWN"


def test_assertions_of_several_rows_count_in_the_order_in_which_they_were_recorded() -> None:
    """A state that denies what a supervisor decided before is heard, in whichever case either was recorded."""
    one, other = Story(), Story("2022-09-02")
    denied, decided = one.add(), other.add("2022-09-02")
    source = NationalitySource.CLAIMED_SELF
    settled = NationalityAsserted(nationality="TWN", source=source, decision=True)
    other.record(decided, "2022-09-03", settled, role=Role.SUPERVISOR)
    one.pause = timedelta(days=5)
    denial = NationalityAsserted(nationality="TWN", source=NationalitySource.DENIED_BY_STATE)
    one.record(denied, "2022-09-04", denial, role=Role.LIAISON)
    assert joined((folded(one), denied), (told_elsewhere(folded(other)), decided)).nationality.code == "ZZ-UNKNOWN"


def test_two_persons_of_one_case_are_joined_the_same_in_any_order() -> None:
    story = Story()
    first, second = story.add(), story.add()
    case = folded(story)
    assert joined((case, second), (case, first)).rows == joined((case, first), (case, second)).rows


@pytest.mark.parametrize(
    ("one", "other", "sex", "group"),
    [
        (Described(sex=Sex.FEMALE), Described(), Sex.FEMALE, AgeGroup.UNKNOWN),
        (Described(sex=Sex.FEMALE), Described(sex=Sex.MALE), Sex.UNKNOWN, AgeGroup.UNKNOWN),
        (Described(birth_year=1990), Described(age=12), Sex.UNKNOWN, AgeGroup.ADULT),
        (Described(birth_year=1990), Described(birth_year=2015), Sex.UNKNOWN, AgeGroup.UNKNOWN),
        (Described(age=30), Described(age=12), Sex.UNKNOWN, AgeGroup.UNKNOWN),
        (Described(age=30), Described(), Sex.UNKNOWN, AgeGroup.ADULT),
        (Described(birth_year=About(2005)), Described(birth_year=Between(2007, 2010)), Sex.UNKNOWN, AgeGroup.MINOR),
        (Described(birth_year=About(2005)), Described(birth_year=Between(2008, 2010)), Sex.UNKNOWN, AgeGroup.UNKNOWN),
        (Described(birth_year=2004), Described(age=17), Sex.UNKNOWN, AgeGroup.MINOR),
        (Described(birth_year=2004, age=17), Described(), Sex.UNKNOWN, AgeGroup.MINOR),
        (Described(birth_year=2004, age=17), Described(age=18), Sex.UNKNOWN, AgeGroup.UNKNOWN),
        (Described(birth_year=2004, age=17), Described(birth_year=2010), Sex.UNKNOWN, AgeGroup.UNKNOWN),
    ],
)
def test_what_two_rows_contradict_is_unknown(one: Described, other: Described, sex: Sex, group: AgeGroup) -> None:
    first, second = Story(), Story()
    persons = [first.add(), second.add()]
    first.append(persons[0], RECEIVED, one, by=FILER)
    second.append(persons[1], RECEIVED, other, by=FILER)
    human = joined((folded(first), persons[0]), (told_elsewhere(folded(second)), persons[1]))
    assert (human.sex, human.age_group(TODAY)) == (sex, group)
