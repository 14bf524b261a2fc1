"""What a rescue, a return and an end rest on."""

from typing import Final

import pytest

from service.acting import Role
from service.codes import (
    EndOutcome,
    FindingOutcome,
    Freely,
    LocatingResult,
    NationalitySource,
    PersonStatus,
    ReturnDecision,
    ReturnMode,
    WishPurpose,
    WishValue,
)
from service.errors import InvalidError
from service.story.errors import (
    MayNotRecordError,
    MoveNotAllowedError,
    RequirementMissingError,
)
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.wish_stated import WishStated
from service.story.log import Subject
from tests.cases.story import BY_ROLE, Story, finding

DEPORTATIONS = {ReturnMode.DEPORTED, ReturnMode.DEPORTED_INSTEAD_OF_JAIL}


def home(
    mode: ReturnMode = ReturnMode.EMBASSY_ASSISTED, to: str = "TWN", decided_by: ReturnDecision | None = None
) -> Repatriated:
    return Repatriated(mode=mode, to_country=to, decided_by=decided_by)


def wish(value: WishValue, freely: Freely = Freely.YES, purpose: WishPurpose = WishPurpose.RETURN_HOME) -> WishStated:
    return WishStated(purpose=purpose, value=value, freely=freely)


def try_end(story: Story, person: Subject, outcome: EndOutcome) -> None:
    story.decide(person, "2022-09-28", Ended(outcome=outcome), BY_ROLE[Role.SUPERVISOR])


def test_nobody_is_rescued_before_the_report_was_verified() -> None:
    story = Story()
    person = story.add()
    with pytest.raises(MoveNotAllowedError) as refused:
        story.record(person, "2022-09-10", Rescued())
    assert refused.value.members["allowed"] == ["ended", "finding_made", "located", "rescue_refused"]


def test_somebody_whose_story_ended_unverified_is_verified_before_a_rescue() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", Ended(outcome=EndOutcome.LEFT_UNREPORTED))
    with pytest.raises(RequirementMissingError) as refused:
        story.record(person, "2022-09-10", Rescued())
    assert refused.value.members == {"missing": "finding_made"}
    story.record(person, "2022-09-06", finding())
    story.record(person, "2022-09-10", Rescued())
    assert story.person(person).status is PersonStatus.RESCUED


@pytest.mark.parametrize("province", ["KH-99", "abcd", "KH 18"])
def test_a_rescue_names_a_province_of_the_list_or_none(province: str) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-03", finding())
    with pytest.raises(InvalidError, match="provinces"):
        story.record(person, "2022-09-10", Rescued(province=province))
    story.record(person, "2022-09-10", Rescued(province="KH-18"))


@pytest.mark.parametrize("country", ["KHM", "XXA", "ZZZ", "tw"])
def test_home_is_a_country_other_than_cambodia(country: str) -> None:
    story = Story()
    person = story.rescued()
    with pytest.raises(InvalidError, match="other than Cambodia"):
        story.record(person, "2022-09-20", home(to=country), role=Role.LIAISON)


def test_cambodians_are_rescued_but_not_repatriated() -> None:
    story = Story()
    person = story.rescued()
    khmer = NationalityAsserted(nationality="KHM", source=NationalitySource.CLAIMED_SELF)
    story.record(person, "2022-09-11", khmer)
    assert story.person(person).status is PersonStatus.RESCUED
    with pytest.raises(RequirementMissingError) as refused:
        story.record(person, "2022-09-20", home(), role=Role.LIAISON)
    assert refused.value.members == {"missing": "nationality"}


@pytest.mark.parametrize("mode", ReturnMode)
def test_somebody_who_freely_said_no_goes_home_by_deportation_or_decision_only(mode: ReturnMode) -> None:
    story = Story()
    person = story.rescued()
    story.record(person, "2022-09-12", wish(WishValue.NO))
    if mode in DEPORTATIONS:
        story.decide(person, "2022-09-20", home(mode), BY_ROLE[Role.OFFICER])
        return
    for role in (Role.LIAISON, Role.SUPERVISOR):
        with pytest.raises(RequirementMissingError) as refused:
            story.decide(person, "2022-09-20", home(mode), BY_ROLE[role])
        assert refused.value.members == {"missing": "wish_stated"}
    story.decide(person, "2022-09-20", home(mode, decided_by=ReturnDecision.COURT), BY_ROLE[Role.SUPERVISOR])


@pytest.mark.parametrize(
    ("said", "blocked"),
    [
        ([wish(WishValue.NO)], True),
        ([wish(WishValue.NO, Freely.NO)], False),
        ([wish(WishValue.NO, Freely.UNKNOWN)], False),
        ([wish(WishValue.NO), wish(WishValue.YES)], False),
        ([wish(WishValue.NO), wish(WishValue.UNDECIDED)], False),
        ([wish(WishValue.NO), wish(WishValue.YES, Freely.NO)], True),
        ([wish(WishValue.YES), wish(WishValue.NO)], True),
        ([wish(WishValue.NO, purpose=WishPurpose.TESTIFY)], False),
        ([wish(WishValue.NO), wish(WishValue.YES, purpose=WishPurpose.TESTIFY)], True),
        ([wish(WishValue.NO), wish(WishValue.NOT_ASKED)], True),
        ([wish(WishValue.NO), wish(WishValue.COULD_NOT_ANSWER_FREELY)], True),
        ([], False),
    ],
)
def test_the_last_wish_that_was_freely_stated_counts(said: list[WishStated], blocked: bool) -> None:
    story = Story()
    person = story.rescued()
    for one in said:
        story.record(person, "2022-09-12", one)
    if blocked:
        with pytest.raises(RequirementMissingError):
            story.record(person, "2022-09-20", home(), role=Role.LIAISON)
    else:
        story.record(person, "2022-09-20", home(), role=Role.LIAISON)


@pytest.mark.parametrize("mode", ReturnMode)
def test_an_officer_records_deportations_only(mode: ReturnMode) -> None:
    story = Story()
    person = story.rescued()
    if mode in DEPORTATIONS:
        story.record(person, "2022-09-20", home(mode), role=Role.OFFICER)
    else:
        with pytest.raises(MayNotRecordError):
            story.record(person, "2022-09-20", home(mode), role=Role.OFFICER)


def test_a_human_may_be_rescued_and_return_twice() -> None:
    story = Story()
    person = story.rescued("2022-09-05")
    story.record(person, "2022-09-06", home(), role=Role.LIAISON)
    story.record(person, "2022-09-20", Rescued())
    assert story.person(person).status is PersonStatus.RESCUED
    story.record(person, "2022-09-25", home(), role=Role.LIAISON)
    assert [step.status.value for step in story.person(person).steps] == ["rescued", "repatriated"] * 2


REFUSALS: list[tuple[list[WishStated | RescueRefused], bool]] = [
    ([], False),
    ([RescueRefused(freely=Freely.YES)], True),
    ([RescueRefused(freely=Freely.NO)], False),
    ([RescueRefused(freely=Freely.UNKNOWN)], False),
    ([wish(WishValue.NO, purpose=WishPurpose.BE_RESCUED)], True),
    ([wish(WishValue.NO, Freely.NO, WishPurpose.BE_RESCUED)], False),
    ([wish(WishValue.NO, purpose=WishPurpose.RETURN_HOME)], False),
    ([RescueRefused(freely=Freely.YES), wish(WishValue.YES, purpose=WishPurpose.BE_RESCUED)], False),
    ([RescueRefused(freely=Freely.YES), wish(WishValue.YES, Freely.NO, WishPurpose.BE_RESCUED)], True),
    ([wish(WishValue.YES, purpose=WishPurpose.BE_RESCUED), RescueRefused(freely=Freely.YES)], True),
]


@pytest.mark.parametrize(("said", "possible"), REFUSALS)
def test_a_story_ends_in_a_refused_rescue_when_the_last_free_word_was_no(
    said: list[WishStated | RescueRefused], possible: bool
) -> None:
    story = Story()
    person = story.add()
    for one in said:
        story.record(person, "2022-09-12", one)
    if possible:
        try_end(story, person, EndOutcome.REFUSED_RESCUE)
    else:
        with pytest.raises(RequirementMissingError) as refused:
            try_end(story, person, EndOutcome.REFUSED_RESCUE)
        assert refused.value.members == {"missing": "rescue_refused"}


NOT_FOUND, MOVED = LocatingResult.NOT_FOUND, LocatingResult.MOVED
HELD, NOT_HELD = LocatingResult.HELD, LocatingResult.NOT_HELD


@pytest.mark.parametrize(
    ("efforts", "possible"),
    [
        ([], False),
        ([("2022-09-05", NOT_FOUND)], False),
        ([("2022-09-05", NOT_FOUND), ("2022-09-05", NOT_FOUND)], False),
        ([("2022-09-05", NOT_FOUND), ("2022-09-06", NOT_FOUND)], True),
        ([("2022-09-05", NOT_FOUND), ("2022-09-06", MOVED)], True),
        ([("2022-09-05", NOT_FOUND), ("2022-09-06", HELD)], False),
        ([("2022-09-05", NOT_FOUND), ("2022-09-06", NOT_HELD)], False),
        ([("2022-09-05", NOT_FOUND), ("2022-09-06", NOT_FOUND), ("2022-09-07", HELD)], False),
        ([("2022-09-05", HELD), ("2022-09-06", NOT_FOUND), ("2022-09-07", NOT_FOUND)], True),
    ],
)
def test_nobody_is_not_located_before_two_vain_efforts_on_different_days(
    efforts: list[tuple[str, LocatingResult]], possible: bool
) -> None:
    story = Story()
    person = story.add()
    for day, result in efforts:
        story.record(person, day, Located(result=result))
    if possible:
        try_end(story, person, EndOutcome.NOT_LOCATED)
    else:
        with pytest.raises(RequirementMissingError) as refused:
            try_end(story, person, EndOutcome.NOT_LOCATED)
        assert refused.value.members == {"missing": "located"}


RESTING: Final = {EndOutcome.REFUSED_RESCUE, EndOutcome.NOT_LOCATED, EndOutcome.HOME_IN_CAMBODIA}
"""Outcomes that rest on something recorded before."""

TAKE_TWO: Final = {EndOutcome.DECEASED, EndOutcome.NOT_EXIST}


@pytest.mark.parametrize("outcome", sorted(set(EndOutcome) - RESTING - TAKE_TWO))
def test_every_other_outcome_needs_nothing_more(outcome: EndOutcome) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-28", Ended(outcome=outcome))
    assert (story.person(person).status, story.person(person).outcome) == (PersonStatus.ENDED, outcome)


def not_located(story: Story) -> Subject:
    person = story.add()
    story.record(person, "2022-09-05", Located(result=NOT_FOUND))
    story.record(person, "2022-09-07", Located(result=NOT_FOUND))
    story.record(person, "2022-09-08", Ended(outcome=EndOutcome.NOT_LOCATED))
    return person


@pytest.mark.parametrize(("result", "status"), [(HELD, "received"), (NOT_HELD, "received"), (NOT_FOUND, "ended")])
def test_somebody_not_located_is_open_again_when_found(result: LocatingResult, status: str) -> None:
    story = Story()
    person = not_located(story)
    story.record(person, "2022-09-12", Located(result=result))
    assert story.person(person).status.value == status
    assert story.person(person).outcome is (EndOutcome.NOT_LOCATED if status == "ended" else None)


def test_somebody_found_again_keeps_their_verification_and_old_efforts_are_spent() -> None:
    story = Story()
    person = not_located(story)
    story.record(person, "2022-09-02", finding(FindingOutcome.TRAFFICKING_CONFIRMED))
    story.record(person, "2022-09-12", Located(result=HELD))
    assert story.person(person).status is PersonStatus.VERIFIED
    with pytest.raises(RequirementMissingError):
        try_end(story, person, EndOutcome.NOT_LOCATED)
