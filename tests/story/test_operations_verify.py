"""An operation is a verification (ADR 0017): what its findings may say, who says so, and what rests on them."""

from typing import Final
from uuid import UUID

import pytest

from service.acting import Role
from service.codes import (
    NEGATIVE,
    OPEN,
    AuthorityKind,
    FindingOutcome,
    IntakeChannel,
    PersonStatus,
)
from service.story.errors import FilerVerifiesError, MayNotRecordError, MoveNotAllowedError, StandingEventsError
from service.story.kinds.rescued import Rescued
from tests.cases.story import FILER, Story, finding, somebody

RAID: Final = UUID(int=900)
VISIT: Final = UUID(int=901)


def test_an_operation_finds_and_rescues_on_one_day() -> None:
    story = Story()
    person = story.add()
    with pytest.raises(MoveNotAllowedError):
        story.record(person, "2022-09-10", Rescued(), role=Role.OFFICER, operation=RAID)
    story.record(person, "2022-09-10", finding(), role=Role.OFFICER, operation=RAID)
    story.record(person, "2022-09-10", Rescued(), role=Role.OFFICER, operation=RAID)
    assert story.person(person).status is PersonStatus.RESCUED
    assert [step.operation_id for step in story.person(person).steps] == [RAID]


@pytest.mark.parametrize("role", list(Role))
def test_only_who_brings_people_out_finds_in_an_operation(role: Role) -> None:
    story = Story()
    person = story.add()
    if role in {Role.OFFICER, Role.LIAISON}:
        story.record(person, "2022-09-10", finding(), role=role, operation=RAID)
        assert story.person(person).status is PersonStatus.VERIFIED
        return
    with pytest.raises(MayNotRecordError, match="liaison, officer"):
        story.record(person, "2022-09-10", finding(), role=role, operation=RAID)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LIAISON])
def test_without_an_operation_they_find_nothing(role: Role) -> None:
    story = Story()
    with pytest.raises(MayNotRecordError):
        story.record(story.add(), "2022-09-10", finding(), role=role)


@pytest.mark.parametrize("outcome", sorted(NEGATIVE | OPEN))
def test_an_operation_says_what_is_so(outcome: FindingOutcome) -> None:
    story = Story()
    with pytest.raises(MayNotRecordError, match="positive findings only"):
        story.record(story.add(), "2022-09-10", finding(outcome), operation=RAID)


@pytest.mark.parametrize("channel", list(IntakeChannel))
def test_the_filer_verifies_by_an_operation_only_whom_it_met_in_the_field(channel: IntakeChannel) -> None:
    story = Story(channel=channel)
    person = story.add()
    filer = somebody(FILER, Role.OFFICER)
    if channel is IntakeChannel.FIELD:
        story.decide(person, "2022-09-10", finding(), filer, operation=RAID)
    else:
        with pytest.raises(FilerVerifiesError):
            story.decide(person, "2022-09-10", finding(), filer, operation=RAID)


def test_the_filer_of_a_case_met_in_the_field_verifies_no_other_way() -> None:
    story = Story(channel=IntakeChannel.FIELD)
    with pytest.raises(FilerVerifiesError):
        story.decide(story.add(), "2022-09-10", finding(), somebody(FILER, Role.VERIFIER))


def test_a_rescue_rests_on_its_operation_whatever_the_leading_authority_found() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding(FindingOutcome.UNFOUNDED, authority=AuthorityKind.NCCT, lead=True))
    found = story.record(person, "2022-09-10", finding(), operation=RAID)
    assert story.person(person).status is PersonStatus.RECEIVED
    with pytest.raises(MoveNotAllowedError):
        story.record(person, "2022-09-10", Rescued(), role=Role.OFFICER, operation=VISIT)
    rescue = story.record(person, "2022-09-10", Rescued(), role=Role.OFFICER, operation=RAID)
    assert story.person(person).status is PersonStatus.RESCUED
    with pytest.raises(StandingEventsError) as refused:
        story.void(found)
    assert refused.value.members["rests"] == ["rescued right after received"]
    story.void(rescue)
    story.void(found)
    assert story.person(person).status is PersonStatus.RECEIVED
