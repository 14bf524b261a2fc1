"""What may be voided, and what then is as if it had never been."""

from uuid import UUID

import pytest

from service.acting import Role
from service.codes import EndOutcome, LocatingResult, NationalitySource, ReturnMode, SuspectStage
from service.errors import NotFoundError
from service.story.errors import StandingEventsError
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.kinds.stage_reached import StageReached
from service.story.log import in_force
from service.story.voiding import check_void
from tests.cases.story import Story, finding

HOME = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN")


def test_steps_are_voided_from_the_last_to_the_first() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-03", finding())
    rescued = story.record(person, "2022-09-05", Rescued())
    home = story.record(person, "2022-09-06", HOME, role=Role.LIAISON)
    with pytest.raises(StandingEventsError) as refused:
        story.void(rescued)
    assert refused.value.members["events"] == [str(home.id)]
    story.void(home)
    assert story.person(person).status.value == "rescued"
    story.void(rescued)
    assert story.person(person).status.value == "verified"


def test_a_person_is_voided_after_everything_about_them() -> None:
    story = Story()
    person, other = story.add(), story.add()
    added = story.events[1]
    said = NationalityAsserted(nationality="TWN", source=NationalitySource.CLAIMED_SELF)
    assertion = story.record(person, "2022-09-03", said)
    story.record(other, "2022-09-03", said)
    with pytest.raises(StandingEventsError) as refused:
        story.void(added)
    assert refused.value.members["events"] == [str(assertion.id)]
    story.void(assertion)
    story.void(added)
    assert set(story.case.persons) == {other.id}


def test_an_offender_is_voided_after_their_stages() -> None:
    story = Story()
    offender = story.name_offender()
    stage = story.record(offender, "2022-09-05", StageReached(stage=SuspectStage.ARRESTED))
    with pytest.raises(StandingEventsError):
        story.void(story.events[1])
    story.void(stage)
    story.void(story.events[1])
    assert not story.case.offenders


def test_a_finding_on_the_whole_case_does_not_hold_a_person_in_it() -> None:
    story = Story()
    person = story.add()
    story.record(story.about, "2022-09-03", finding())
    story.void(story.events[1])
    assert person.id not in story.case.persons


def test_facts_beside_the_way_are_voided_freely() -> None:
    story = Story()
    person = story.add()
    effort = story.record(person, "2022-09-02", Located(result=LocatingResult.NOT_FOUND))
    story.record(person, "2022-09-03", finding())
    story.record(person, "2022-09-05", Ended(outcome=EndOutcome.NOT_HELD))
    story.void(effort)
    assert story.person(person).efforts == []


def test_the_first_contact_is_never_voided() -> None:
    story = Story()
    with pytest.raises(NotFoundError):
        story.void(story.events[0])


def test_a_void_is_not_voided_and_nothing_is_voided_twice() -> None:
    story = Story()
    made = story.record(story.about, "2022-09-03", finding())
    void = story.void(made)
    for event in (made, void):
        with pytest.raises(NotFoundError):
            story.void(event)
    with pytest.raises(NotFoundError):
        check_void(story.events, UUID(int=0))


def test_what_is_voided_stays_in_the_log() -> None:
    story = Story()
    made = story.record(story.about, "2022-09-03", finding())
    story.void(made)
    assert made in story.events
    assert [event.kind.value for event in in_force(story.events)] == ["received"]
    assert story.case.status.value == "received"
    assert story.case.seq == 3
