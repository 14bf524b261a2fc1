"""Nothing stands without the facts it needs, and nobody's word is lost under another's."""

from datetime import date
from typing import Final
from uuid import UUID

import pytest

from service.acting import Role
from service.cases.schemas.filing import PersonCreate
from service.codes import (
    AuthorityKind,
    CaseClosure,
    EndOutcome,
    FindingOutcome,
    LocatingResult,
    PersonStatus,
    ReturnMode,
)
from service.errors import InvalidError
from service.ledger.rules import NONE, Measure, as_stay
from service.story.counting import contributions
from service.story.decide import check_born
from service.story.errors import OutOfOrderError, StandingEventsError
from service.story.kinds.closed import Closed
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.log import Event
from service.story.moment import Moment
from service.story.standing import by_authority
from tests.cases.story import Story, finding

ELSEWHERE: Final = UUID(int=77)
HOME: Final = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN")


def _days(story: Story, measure: Measure) -> dict[str, date]:
    return {
        found.cell.detail: found.cell.occurred_on
        for found in contributions(story.case)
        if found.cell.measure is measure
    }


def _rests(story: Story, event: Event) -> list[str]:
    with pytest.raises(StandingEventsError) as refused:
        story.void(event)
    rests = refused.value.members["rests"]
    assert isinstance(rests, list)
    return rests


def test_two_agencies_of_one_kind_keep_each_their_own_finding() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding(authority=AuthorityKind.IMMIGRATION))
    denial = finding(FindingOutcome.NOT_A_VICTIM, authority=AuthorityKind.IMMIGRATION)
    story.record(person, "2022-09-03", denial, agency=ELSEWHERE)
    assert len(by_authority(story.person(person).findings)) == 2
    assert story.person(person).status is PersonStatus.VERIFIED


def test_a_category_stays_on_the_day_it_was_first_found_while_it_is_found_again() -> None:
    story = Story()
    story.record(story.about, "2022-09-02", finding(FindingOutcome.LABOUR_DISPUTE))
    story.record(story.about, "2022-09-20", finding(FindingOutcome.LABOUR_DISPUTE))
    assert _days(story, Measure.CASES_BY_FINDING) == {"labour_dispute": date(2022, 9, 2)}
    story.record(story.about, "2022-09-22", finding(FindingOutcome.DEBT_SETTLEMENT))
    assert _days(story, Measure.CASES_BY_FINDING) == {"debt_settlement": date(2022, 9, 22)}


def test_nobody_counts_before_the_case_was_received() -> None:
    story = Story(received="2022-08-20")
    person = story.add("2022")
    assert story.person(person).path[0] == (PersonStatus.RECEIVED, date(2022, 8, 20))


def test_every_entry_stays_in_the_province_in_which_it_happened() -> None:
    story = Story(province="KH-18")
    person = story.add()
    story.record(person, "2022-09-03", finding())
    story.record(person, "2022-09-04", Rescued(province="KH-1"), role=Role.OFFICER)
    story.record(person, "2022-09-10", HOME, role=Role.LIAISON)
    story.record(person, "2022-09-20", Rescued(province="KH-12"), role=Role.OFFICER)
    counted = [
        found.cell
        for found, amount in contributions(story.case).items()
        if found.subject_id == person.id and amount > 0
    ]
    places = {(cell.measure.value, cell.detail): cell.province for cell in counted}
    assert (
        places["persons_received", NONE] == places["persons_verified", NONE] == places["status", "verified"] == "KH-18"
    )
    assert places["persons_rescued", NONE] == places["status", "repatriated"] == "KH-1"
    assert places["days_in_status", as_stay("repatriated", 10)] == "KH-1"
    rescues = {cell.province for cell in counted if (cell.measure, cell.detail) == (Measure.STATUS, "rescued")}
    assert rescues == {"KH-1", "KH-12"}


def test_somebody_found_again_after_a_rescue_awaits_return_again() -> None:
    story = Story()
    person = story.rescued()
    for day in ("2022-09-11", "2022-09-12"):
        story.record(person, day, Located(result=LocatingResult.NOT_FOUND))
    story.record(person, "2022-09-13", Ended(outcome=EndOutcome.NOT_LOCATED), role=Role.LIAISON)
    story.record(person, "2022-09-14", Located(result=LocatingResult.HELD))
    assert story.person(person).status is PersonStatus.RESCUED


def test_nobody_is_found_before_the_day_they_were_given_up() -> None:
    story = Story()
    person = story.add()
    for day in ("2022-09-02", "2022-09-03"):
        story.record(person, day, Located(result=LocatingResult.NOT_FOUND))
    story.record(person, "2022-09-05", Ended(outcome=EndOutcome.NOT_LOCATED), role=Role.LIAISON)
    with pytest.raises(OutOfOrderError):
        story.record(person, "2022-09-04", Located(result=LocatingResult.HELD))


def test_the_finding_under_a_rescue_stays_until_another_carries_it() -> None:
    story = Story()
    person = story.add()
    first = story.record(person, "2022-09-02", finding())
    story.record(person, "2022-09-04", Rescued(), role=Role.OFFICER)
    assert _rests(story, first) == ["rescued right after received"]
    story.record(person, "2022-09-05", finding())
    assert _rests(story, first) == ["rescued right after received"]
    story.record(person, "2022-09-03", finding())
    story.void(first)
    assert [day.day for _, day in story.person(person).path] == [1, 3, 4]


def test_a_return_stays_while_the_case_is_closed_on_it() -> None:
    story = Story()
    person = story.rescued()
    home = story.record(person, "2022-09-20", HOME, role=Role.LIAISON)
    story.record(story.about, "2022-09-21", Closed(reason=CaseClosure.REFERRED))
    assert _rests(story, home) == ["the case is closed"]


def test_an_end_keeps_the_efforts_it_rests_on() -> None:
    story = Story()
    person = story.add()
    efforts = [story.record(person, day, Located(result=LocatingResult.MOVED)) for day in ("2022-09-02", "2022-09-03")]
    story.record(person, "2022-09-05", Ended(outcome=EndOutcome.NOT_LOCATED), role=Role.LIAISON)
    assert _rests(story, efforts[0]) == ["ended as not located, without two efforts"]


def test_nobody_is_born_after_the_day_it_was_told() -> None:
    check_born(Moment.of("2022-09"), [("#", PersonCreate(birth_year=2022))])
    with pytest.raises(InvalidError):
        check_born(Moment.of("2022-09"), [("#", PersonCreate(birth_year=2023))])
