"""Nobody is overridden by one embassy alone, nor declared dead or not to exist by one agency (ADR 43)."""

from dataclasses import replace
from typing import Final
from uuid import UUID

import pytest

from service.acting import Role
from service.codes import (
    EndOutcome,
    Freely,
    LocatingResult,
    PersonStatus,
    ReturnDecision,
    ReturnMode,
    WishPurpose,
    WishValue,
)
from service.errors import InvalidError
from service.story.errors import MayNotRecordError, RequirementMissingError, StandingEventsError
from service.story.kinds.described import Described
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.rescued import Rescued
from service.story.kinds.wish_stated import WishStated
from tests.cases.story import AGENCY, BY_ROLE, FILER, Story, finding
from tests.story.test_returns_and_ends import DEPORTATIONS, home, wish

TAKE_TWO: Final = (EndOutcome.DECEASED, EndOutcome.NOT_EXIST)


@pytest.mark.parametrize("mode", ReturnMode)
def test_a_liaison_records_no_deportation(mode: ReturnMode) -> None:
    story = Story()
    person = story.rescued()
    if mode in DEPORTATIONS:
        with pytest.raises(MayNotRecordError, match="officer or a supervisor"):
            story.record(person, "2022-09-20", home(mode), role=Role.LIAISON)
        story.record(person, "2022-09-20", home(mode), role=Role.SUPERVISOR)
    else:
        story.record(person, "2022-09-20", home(mode), role=Role.LIAISON)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.SUPERVISOR])
@pytest.mark.parametrize(
    ("known", "decides"),
    [
        (Described(age=15, guardian_known=True), True),
        (Described(birth_year=2005, guardian_known=True), True),
        (Described(age=15), False),
        (Described(guardian_known=True), False),
        (Described(age=18, guardian_known=True), False),
        (Described(birth_year=2004, guardian_known=True), False),
    ],
)
def test_a_guardian_decides_for_a_minor_with_a_guardian_on_record_only(
    known: Described, role: Role, *, decides: bool
) -> None:
    story = Story()
    person = story.rescued()
    story.append(person, "2022-09-10", known, by=FILER)
    decided = home(decided_by=ReturnDecision.GUARDIAN)
    if decides:
        story.record(person, "2022-09-20", decided, role=role)
        return
    with pytest.raises(RequirementMissingError) as refused:
        story.record(person, "2022-09-20", decided, role=role)
    assert refused.value.members == {"missing": "guardian"}


def test_a_guardian_decides_no_longer_once_the_minor_is_of_age() -> None:
    story = Story()
    person = story.rescued()
    story.append(person, "2021-09-01", Described(age=17, guardian_known=True), by=FILER)
    with pytest.raises(RequirementMissingError):
        story.record(person, "2022-09-20", home(decided_by=ReturnDecision.GUARDIAN), role=Role.LIAISON)


@pytest.mark.parametrize("decision", ReturnDecision)
def test_an_embassy_makes_nobody_a_minor_by_its_own_word(decision: ReturnDecision) -> None:
    story = Story()
    person = story.rescued()
    liaison = BY_ROLE[Role.LIAISON]
    made_minor = Described(age=16, guardian_known=True)
    story.append(person, "2022-09-10", made_minor, by=liaison.id, agency=liaison.agency_id)
    with pytest.raises((RequirementMissingError, MayNotRecordError)):
        story.record(person, "2022-09-20", home(decided_by=decision), role=Role.LIAISON)
    story.record(person, "2022-09-20", home(decided_by=decision), role=Role.SUPERVISOR)


def test_a_liaison_names_a_court_for_a_minor_with_a_guardian_on_record_only() -> None:
    story = Story()
    person = story.rescued()
    decided = home(decided_by=ReturnDecision.COURT)
    with pytest.raises(MayNotRecordError, match="supervisor"):
        story.record(person, "2022-09-20", decided, role=Role.LIAISON)
    story.append(person, "2022-09-10", Described(age=15, guardian_known=True), by=FILER)
    story.record(person, "2022-09-20", decided, role=Role.LIAISON)


def embassy_heard(value: WishValue, freely: Freely = Freely.YES) -> WishStated:
    return WishStated(purpose=WishPurpose.RETURN_HOME, value=value, freely=freely, embassy_heard=True)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.SUPERVISOR])
@pytest.mark.parametrize(
    ("said", "blocked"),
    [
        ([wish(WishValue.NO), embassy_heard(WishValue.YES)], True),
        ([wish(WishValue.NO), embassy_heard(WishValue.UNDECIDED)], True),
        ([embassy_heard(WishValue.NO), embassy_heard(WishValue.YES)], True),
        ([wish(WishValue.NO), embassy_heard(WishValue.YES), wish(WishValue.YES)], False),
        ([wish(WishValue.YES), embassy_heard(WishValue.NO)], True),
        ([embassy_heard(WishValue.YES)], False),
        ([embassy_heard(WishValue.NO, Freely.NO), embassy_heard(WishValue.YES)], False),
    ],
)
def test_a_yes_that_only_the_embassy_heard_undoes_no_free_no(
    said: list[WishStated], role: Role, *, blocked: bool
) -> None:
    story = Story()
    person = story.rescued()
    for one in said:
        story.record(person, "2022-09-12", one, role=Role.LIAISON if one.embassy_heard else Role.OPERATOR)
    if blocked:
        with pytest.raises(RequirementMissingError, match="operator or a supervisor"):
            story.record(person, "2022-09-20", home(), role=role)
    else:
        story.record(person, "2022-09-20", home(), role=role)


@pytest.mark.parametrize("outcome", TAKE_TWO)
def test_a_death_and_that_there_is_nobody_take_two_persons_of_two_agencies(outcome: EndOutcome) -> None:
    story = Story()
    person = story.add()
    for alone in (BY_ROLE[Role.LIAISON], replace(BY_ROLE[Role.SUPERVISOR], agency_id=AGENCY)):
        with pytest.raises(RequirementMissingError, match="two agencies") as refused:
            story.decide(person, "2022-09-20", Ended(outcome=outcome), alone)
        assert refused.value.members == {"missing": "ended"}
    for role in (Role.OFFICER, Role.VERIFIER):
        with pytest.raises(MayNotRecordError, match="liaison or a supervisor"):
            story.record(person, "2022-09-20", Ended(outcome=outcome), role=role)
    story.record(person, "2022-09-20", Ended(outcome=outcome, reported=True), role=Role.LIAISON)
    assert (story.person(person).status, story.case.closure) == (PersonStatus.RECEIVED, None)
    with pytest.raises(RequirementMissingError):
        story.record(person, "2022-09-20", Ended(outcome=outcome), role=Role.LIAISON)
    story.record(person, "2022-09-20", Ended(outcome=outcome), role=Role.SUPERVISOR)
    assert story.person(person).outcome is outcome


@pytest.mark.parametrize("outcome", TAKE_TWO)
def test_a_supervisor_is_the_second_for_whom_another_agency_has_reported(outcome: EndOutcome) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-20", Ended(outcome=outcome), role=Role.SUPERVISOR)
    assert story.person(person).outcome is outcome


@pytest.mark.parametrize("outcome", TAKE_TWO)
def test_the_second_is_neither_a_colleague_nor_the_same_person_elsewhere(outcome: EndOutcome) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-20", Ended(outcome=outcome, reported=True), role=Role.LIAISON)
    liaison = BY_ROLE[Role.LIAISON]
    for other in (replace(liaison, id=UUID(int=900)), replace(liaison, agency_id=UUID(int=901))):
        with pytest.raises(RequirementMissingError):
            story.decide(person, "2022-09-20", Ended(outcome=outcome), other)
    story.decide(person, "2022-09-20", Ended(outcome=outcome), replace(liaison, id=UUID(int=1), agency_id=UUID(int=2)))


@pytest.mark.parametrize("met", [Located(result=LocatingResult.NOT_HELD), Rescued()])
def test_whoever_is_met_was_wrongly_reported_dead(met: Located | Rescued) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-03", finding())
    story.reported(person, "2022-09-04", EndOutcome.DECEASED)
    story.record(person, "2022-09-05", met)
    with pytest.raises(RequirementMissingError):
        story.record(person, "2022-09-20", Ended(outcome=EndOutcome.DECEASED), role=Role.LIAISON)


@pytest.mark.parametrize("outcome", TAKE_TWO)
def test_a_report_on_which_an_end_rests_is_not_voided_before_it(outcome: EndOutcome) -> None:
    story = Story()
    person = story.add()
    report = story.reported(person, "2022-09-04", outcome)
    end = story.record(person, "2022-09-05", Ended(outcome=outcome), role=Role.SUPERVISOR)
    with pytest.raises(StandingEventsError) as refused:
        story.void(report)
    assert refused.value.members["rests"] == [f"ended as {outcome.value}, on one agency's word"]
    assert refused.value.members["events"] == [str(end.id)]
    story.void(end)
    story.void(report)


@pytest.mark.parametrize("outcome", sorted(set(EndOutcome) - set(TAKE_TWO)))
def test_no_other_end_is_only_reported(outcome: EndOutcome) -> None:
    story = Story()
    with pytest.raises(InvalidError, match="reported"):
        story.record(story.add(), "2022-09-20", Ended(outcome=outcome, reported=True), role=Role.SUPERVISOR)


@pytest.mark.parametrize("outcome", TAKE_TWO)
def test_a_death_recorded_before_two_had_to_say_so_stands(outcome: EndOutcome) -> None:
    story = Story()
    person = story.add()
    story.append(person, "2022-09-05", Ended(outcome=outcome), by=BY_ROLE[Role.SUPERVISOR].id)
    assert story.person(person).outcome is outcome
    wrong = story.record(person, "2022-09-02", wish(WishValue.NO), role=Role.OPERATOR)
    story.void(wrong)


@pytest.mark.parametrize("outcome", TAKE_TWO)
def test_two_embassies_of_one_state_are_one_voice(outcome: EndOutcome) -> None:
    story = Story()
    person = story.add()
    liaison = BY_ROLE[Role.LIAISON]
    reported = Ended(outcome=outcome, reported=True, speaks_for=("MYS", "TWN"))
    story.append(person, "2022-09-20", reported, by=liaison.id, agency=liaison.agency_id)
    same_state = replace(liaison, id=UUID(int=900), agency_id=UUID(int=901), nationalities=frozenset({"TWN", "VNM"}))
    with pytest.raises(RequirementMissingError, match="embassies of one state are one"):
        story.decide(person, "2022-09-20", Ended(outcome=outcome), same_state)
    story.decide(person, "2022-09-20", Ended(outcome=outcome), replace(same_state, nationalities=frozenset({"VNM"})))


def test_a_wrong_find_after_an_older_end_on_one_word_is_voided() -> None:
    """Ends of before the rule stand (ADR 43): what they lacked from the start does not keep what came later."""
    story = Story()
    person = story.add()
    liaison = BY_ROLE[Role.LIAISON]
    end = Ended(outcome=EndOutcome.NOT_EXIST)
    story.append(person, "2022-09-05", end, by=liaison.id, agency=liaison.agency_id)
    found = story.record(person, "2022-09-07", Located(result=LocatingResult.HELD))
    assert story.person(person).status is PersonStatus.RECEIVED
    story.void(found)
    assert story.person(person).outcome is EndOutcome.NOT_EXIST


def test_an_end_does_not_come_back_without_the_report_it_had() -> None:
    story = Story()
    person = story.add()
    report = story.reported(person, "2022-09-04", EndOutcome.NOT_EXIST)
    end = story.record(person, "2022-09-05", Ended(outcome=EndOutcome.NOT_EXIST), role=Role.SUPERVISOR)
    found = story.record(person, "2022-09-07", Located(result=LocatingResult.HELD))
    story.void(report)
    with pytest.raises(StandingEventsError) as refused:
        story.void(found)
    assert refused.value.members["rests"] == ["ended as not_exist, on one agency's word"]
    story.void(end)
    story.void(found)


def test_a_report_alone_is_nothing_to_void_first() -> None:
    """Nothing rests on what was only reported, and by it nothing stands."""
    story = Story()
    person = story.add()
    verified = story.record(person, "2022-09-03", finding())
    rescue = story.record(person, "2022-09-04", Rescued())
    story.reported(person, "2022-09-05", EndOutcome.DECEASED)
    with pytest.raises(StandingEventsError) as refused:
        story.void(verified)
    assert refused.value.members["events"] == [str(rescue.id)]
