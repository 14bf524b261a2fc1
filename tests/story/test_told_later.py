"""What was said first and told later undoes nothing that was said after it."""

from uuid import UUID

import pytest

from service.acting import Role
from service.codes import CustodyKind, EndOutcome, Freely, WishPurpose, WishValue
from service.story.errors import RequirementMissingError
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.ended import Ended
from service.story.kinds.wish_stated import WishStated
from service.story.log import Subject
from tests.cases.story import BY_ROLE, Story


def wish(story: Story, person: Subject, purpose: WishPurpose, value: WishValue, on: str) -> None:
    story.record(person, on, WishStated(purpose=purpose, value=value, freely=Freely.YES), role=Role.OPERATOR)


def test_an_older_yes_that_is_told_later_does_not_show_somebody_to_their_embassy() -> None:
    story = Story()
    person = story.add()
    wish(story, person, WishPurpose.INFORM_EMBASSY, WishValue.NO, "2022-09-20")
    wish(story, person, WishPurpose.INFORM_EMBASSY, WishValue.YES, "2022-09-10")
    assert story.person(person).hidden_from_states
    wish(story, person, WishPurpose.INFORM_EMBASSY, WishValue.YES, "2022-09-21")
    assert not story.person(person).hidden_from_states


def test_an_older_yes_that_is_told_later_sends_nobody_home() -> None:
    story = Story()
    person = story.add()
    wish(story, person, WishPurpose.RETURN_HOME, WishValue.NO, "2022-09-20")
    wish(story, person, WishPurpose.RETURN_HOME, WishValue.YES, "2022-09-10")
    assert story.person(person).last_free_wish(WishPurpose.RETURN_HOME) is WishValue.NO


def test_whoever_is_taken_into_custody_was_wrongly_reported_dead() -> None:
    story = Story()
    person = story.add()
    dead, liaison = Ended(outcome=EndOutcome.DECEASED), BY_ROLE[Role.LIAISON]
    story.append(
        person, "2022-09-10", Ended(outcome=EndOutcome.DECEASED, reported=True), by=UUID(int=77), agency=UUID(int=78)
    )
    story.decide(person, "2022-09-14", dead, liaison)
    story.record(person, "2022-09-12", CustodyStarted(custody=CustodyKind.IMMIGRATION_DEPOT), role=Role.OFFICER)
    with pytest.raises(RequirementMissingError):
        story.decide(person, "2022-09-14", dead, liaison)
