"""What is learned late, or twice, or by two authorities at once (design, section 9)."""

from typing import Any, Final
from uuid import UUID

import pytest

from service.acting import Role
from service.cases.rules.projection import case_columns, person_columns
from service.codes import (
    AuthorityKind,
    CaseClosure,
    CaseStatus,
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
from service.story.errors import OutOfOrderError, RequirementMissingError
from service.story.kinds.closed import Closed
from service.story.kinds.described import Described
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.kinds.wish_stated import WishStated
from service.story.log import Subject
from tests.cases.story import FILER, Story, finding

HOME: Final = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN")
TAIPEI, KUALA_LUMPUR = UUID(int=61), UUID(int=62)
UNFOUNDED: Final = finding(FindingOutcome.UNFOUNDED)


def test_a_positive_finding_opens_a_closed_case_and_it_closes_again() -> None:
    story = Story()
    story.record(story.about, "2022-09-02", UNFOUNDED)
    story.record(story.about, "2022-09-03", Closed(reason=CaseClosure.UNFOUNDED))
    story.record(story.about, "2022-09-04", finding(FindingOutcome.INCONCLUSIVE))
    assert story.case.status is CaseStatus.CLOSED
    found = story.record(story.about, "2022-09-05", finding())
    assert (story.case.status, story.case.closure) == (CaseStatus.VERIFIED, None)
    story.void(found)
    assert story.case.closed is CaseClosure.UNFOUNDED
    story.record(story.about, "2022-09-05", finding())
    story.record(story.about, "2022-09-06", Closed(reason=CaseClosure.REFERRED))
    assert story.case.closure is CaseClosure.REFERRED


def shown_findings(story: Story, person: Subject) -> list[tuple[str, str, bool]]:
    found: list[dict[str, Any]] = person_columns(story.case, story.person(person))["findings"]
    return [(one["authority"], one["outcome"], one["leads"]) for one in found]


def test_authorities_stand_side_by_side_and_the_leading_one_drives_the_status() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding(authority=AuthorityKind.POLICE))
    denial = finding(FindingOutcome.NOT_A_VICTIM, authority=AuthorityKind.NCCT)
    story.record(person, "2022-09-03", denial)
    assert shown_findings(story, person) == [("police", "presumed_victim", True), ("ncct", "not_a_victim", False)]
    assert story.person(person).status is PersonStatus.VERIFIED
    leading = finding(FindingOutcome.NOT_A_VICTIM, authority=AuthorityKind.NCCT, lead=True)
    taken = story.record(person, "2022-09-04", leading)
    assert shown_findings(story, person) == [("police", "presumed_victim", False), ("ncct", "not_a_victim", True)]
    assert story.person(person).status is PersonStatus.RECEIVED
    story.void(taken)
    assert story.person(person).status is PersonStatus.VERIFIED


def test_the_findings_on_a_case_are_shown_with_it() -> None:
    story = Story()
    story.record(story.about, "2022-09-02", finding(confinement=True, extortion=False))
    [shown] = case_columns(story.case)["findings"]
    assert shown == {
        "authority": "police", "outcome": "presumed_victim", "standard": "reasonable_grounds",
        "evidence": ["site_visit"], "confinement": True, "extortion": False, "on": "2022-09-02", "leads": True,
    }  # fmt: skip


def test_a_finding_after_the_rescue_leaves_the_day_of_the_rescue() -> None:
    story = Story()
    person = story.rescued("2022-09-10", verified="2022-09-03")
    story.record(person, "2022-09-20", finding())
    assert [(status.value, day.day) for status, day in story.person(person).path] == [
        ("received", 1), ("verified", 3), ("rescued", 10),
    ]  # fmt: skip


def test_a_rescue_learned_after_the_return_is_refused_and_names_the_step() -> None:
    story = Story()
    person = story.rescued("2022-09-10")
    story.record(person, "2022-09-20", HOME, role=Role.LIAISON)
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-15", Rescued(), role=Role.OFFICER)
    assert refused.value.members == {"step": "repatriated", "step_on": "2022-09-20"}
    story.record(person, "2022-09-25", Rescued(), role=Role.OFFICER)


def stated(value: WishValue, freely: Freely = Freely.YES) -> WishStated:
    return WishStated(purpose=WishPurpose.RETURN_HOME, value=value, freely=freely)


@pytest.mark.parametrize("freely", [Freely.NO, Freely.UNKNOWN])
def test_what_could_not_be_said_freely_decides_nothing(freely: Freely) -> None:
    story = Story()
    person = story.rescued()
    story.record(person, "2022-09-11", stated(WishValue.NO, freely))
    story.record(person, "2022-09-12", HOME, role=Role.LIAISON)
    other = story.rescued()
    story.record(other, "2022-09-11", stated(WishValue.NO))
    story.record(other, "2022-09-12", stated(WishValue.YES, freely))
    with pytest.raises(RequirementMissingError):
        story.record(other, "2022-09-13", HOME, role=Role.LIAISON)
    [shown] = person_columns(story.case, story.person(other))["wishes"]
    assert (shown["value"], shown["freely"]) == ("yes", freely.value)


def test_a_minor_who_says_no_goes_home_only_by_somebody_elses_decision() -> None:
    story = Story()
    person = story.rescued()
    story.append(person, "2022-09-10", Described(age=14, guardian_known=True), by=FILER)
    story.record(person, "2022-09-11", stated(WishValue.NO))
    with pytest.raises(RequirementMissingError, match="decided_by"):
        story.record(person, "2022-09-12", HOME, role=Role.LIAISON)
    home = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN", decided_by=ReturnDecision.GUARDIAN)
    story.record(person, "2022-09-12", home, role=Role.LIAISON)
    assert person_columns(story.case, story.person(person))["guardian_known"] is True


@pytest.mark.parametrize("result", sorted(set(LocatingResult) - {LocatingResult.HELD, LocatingResult.NOT_HELD}))
def test_whoever_had_left_or_only_has_a_similar_name_was_not_found(result: LocatingResult) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", Located(result=result))
    with pytest.raises(RequirementMissingError):
        story.record(person, "2022-09-03", Ended(outcome=EndOutcome.NOT_LOCATED), role=Role.LIAISON)
    story.record(person, "2022-09-03", Located(result=result))
    story.record(person, "2022-09-04", Ended(outcome=EndOutcome.NOT_LOCATED), role=Role.LIAISON)
    story.record(person, "2022-09-05", Located(result=result))
    assert story.person(person).outcome is EndOutcome.NOT_LOCATED
    story.record(person, "2022-09-06", Located(result=LocatingResult.HELD))
    assert story.person(person).status is PersonStatus.RECEIVED


def test_somebody_of_two_states_is_shown_to_both_until_a_supervisor_decides() -> None:
    story = Story()
    person = story.add()
    confirmed = NationalitySource.CONFIRMED_BY_STATE
    taiwanese = NationalityAsserted(nationality="TWN", source=confirmed)
    malaysian = NationalityAsserted(nationality="MYS", source=confirmed)
    story.record(person, "2022-09-02", taiwanese, role=Role.LIAISON, agency=TAIPEI)
    assert story.person(person).disclosed_to == ("TWN",)
    story.record(person, "2022-09-03", malaysian, role=Role.LIAISON, agency=KUALA_LUMPUR)
    columns = person_columns(story.case, story.person(person))
    assert (columns["nationality"], columns["nationalities"]) == ("TWN", ["TWN", "MYS"])
    assert (columns["shown_to"], columns["disclosed_to"]) == (["MYS", "TWN"], "TWN")
    decided = NationalityAsserted(nationality="MYS", source=confirmed, decision=True)
    story.record(person, "2022-09-04", decided, role=Role.SUPERVISOR)
    assert story.person(person).disclosed_to == ("MYS",)
    shown = person_columns(story.case, story.person(person))["assertions"]
    assert [(one["nationality"], one["decision"]) for one in shown] == [("TWN", False), ("MYS", False), ("MYS", True)]
