"""Days: never in the future, never before an earlier step, as exactly as they are known."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.acting import Role
from service.codes import AllegationType, AuthorityKind, EndOutcome, LocatingResult, ReturnMode
from service.story.errors import FutureDayError, OutOfOrderError
from service.story.kinds.alleged import Alleged
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.moment import Moment, Precision
from tests.cases.story import Story, finding

HOME = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN")
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize("future", ["2022-10-02", "2022-10-02~", "2022-11", "2023"])
def test_a_day_that_has_not_come_is_refused(future: str) -> None:
    story = Story()
    with pytest.raises(FutureDayError, match="2022-10-01"):
        story.record(story.about, future, finding())


@pytest.mark.parametrize("begun", ["2022-10-01", "2022-10", "2022", "2022-10-01~", "2022-09"])
def test_a_day_month_or_year_that_has_begun_is_accepted(begun: str) -> None:
    story = Story()
    story.record(story.about, begun, finding())
    assert str(story.case.findings[0].on) == begun


@pytest.mark.parametrize("early", ["2022-08-31", "2022-08", "2021", "2022-08-31~"])
def test_nothing_happens_to_a_case_before_it_was_received(early: str) -> None:
    story = Story("2022-09-01")
    with pytest.raises(OutOfOrderError) as refused:
        story.record(story.about, early, Alleged(types=(AllegationType.KIDNAPPING,)))
    assert refused.value.members == {"step": "received", "step_on": "2022-09-01"}


def test_nothing_happens_to_a_person_before_they_became_known() -> None:
    story = Story()
    person = story.add("2022-09-05")
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-04", Located(result=LocatingResult.NOT_FOUND))
    assert refused.value.members == {"step": "received", "step_on": "2022-09-05"}


def test_each_step_names_the_step_it_would_come_before() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", finding())
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-04", Rescued())
    assert refused.value.members == {"step": "verified", "step_on": "2022-09-05"}
    story.record(person, "2022-09-10", Rescued())
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-09", HOME, role=Role.LIAISON)
    assert refused.value.members == {"step": "rescued", "step_on": "2022-09-10"}
    story.record(person, "2022-09-10", HOME, role=Role.LIAISON)
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-08", Rescued())
    assert refused.value.members == {"step": "repatriated", "step_on": "2022-09-10"}


def test_a_step_known_by_its_month_does_not_hide_the_day_of_the_step_before_it() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-10", finding())
    story.record(person, "2022-09", Rescued())
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-05", HOME, role=Role.LIAISON)
    assert refused.value.members == {"step": "verified", "step_on": "2022-09-10"}


def test_a_finding_made_after_the_rescue_stands_in_no_later_step_s_way() -> None:
    story = Story()
    person = story.rescued("2022-09-10", verified="2022-09-03")
    story.record(person, "2022-09-20", finding(lead=True, authority=AuthorityKind.MINISTRY))
    story.record(person, "2022-09-15", HOME, role=Role.LIAISON)
    assert [str(day) for _, day in story.person(person).path] == [
        "2022-09-01",
        "2022-09-03",
        "2022-09-10",
        "2022-09-15",
    ]


def test_the_same_day_is_not_before() -> None:
    story = Story()
    person = story.add("2022-09-01")
    story.record(person, "2022-09-01", finding())
    story.record(person, "2022-09-01", Rescued())
    story.record(person, "2022-09-01", Ended(outcome=EndOutcome.REMAINS_BY_CHOICE), role=Role.LIAISON)
    assert {day for _, day in story.person(person).path} == {date(2022, 9, 1)}


@pytest.mark.parametrize("loose", ["2022-09", "2022"])
def test_a_month_or_year_is_not_before_a_day_within_it_and_counts_no_earlier(loose: str) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-10", finding())
    story.record(person, loose, Rescued())
    step = story.person(person).steps[0]
    assert (str(step.moment), step.on) == (loose, date(2022, 9, 10))


def test_about_a_day_is_taken_at_its_word() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-10", finding())
    with pytest.raises(OutOfOrderError):
        story.record(person, "2022-09-09~", Rescued())
    story.record(person, "2022-09-10~", Rescued())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(DAYS, st.sampled_from(Precision))
def test_a_moment_is_read_as_it_is_written(day: date, precision: Precision) -> None:
    first = {Precision.MONTH: day.replace(day=1), Precision.YEAR: day.replace(month=1, day=1)}.get(precision, day)
    moment = Moment(first, precision)
    text = str(moment)
    lengths = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10, Precision.ABOUT: 11}
    assert len(text) == lengths[precision]
    assert Moment.of(text) == moment


@settings(max_examples=60, deadline=None, derandomize=True)
@given(DAYS, st.sampled_from(Precision))
def test_the_latest_day_of_a_moment_is_the_last_that_reads_the_same(day: date, precision: Precision) -> None:
    moment = Moment.of(str(Moment(day, precision)))
    latest = moment.latest
    prefix = str(moment).rstrip("~")
    assert latest.isoformat().startswith(prefix)
    assert not (latest + timedelta(days=1)).isoformat().startswith(prefix)
