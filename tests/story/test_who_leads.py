"""A refusal that rests on who leads, or on what is latest, says so, and names `lead`."""

from uuid import UUID

import pytest

from service.acting import Role
from service.codes import AuthorityKind, EndOutcome, FindingOutcome
from service.errors import ConflictError
from service.story.errors import MoveNotAllowedError, RequirementMissingError, StandingEventsError
from service.story.kinds.ended import Ended
from service.story.kinds.rescued import Rescued
from service.story.log import Subject
from tests.cases.story import Story, finding

ELSEWHERE = UUID(int=70)
UNFOUNDED = finding(FindingOutcome.UNFOUNDED)


def refused(story: Story, subject: Subject, on: str = "2022-09-12") -> ConflictError:
    with pytest.raises((MoveNotAllowedError, RequirementMissingError)) as error:
        story.record(subject, on, Rescued(), role=Role.OFFICER)
    return error.value


def test_a_rescue_refused_on_the_leaders_latest_finding_names_it() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-03", finding())
    story.record(person, "2022-09-04", finding(authority=AuthorityKind.NGO), agency=ELSEWHERE)
    story.record(person, "2022-09-10", UNFOUNDED)
    for words in ("police", "'unfounded' on 2022-09-10", "latest", "`lead`"):
        assert words in refused(story, person).detail
    story.record(person, "2022-09-05", finding(authority=AuthorityKind.NGO, lead=True), agency=ELSEWHERE)
    story.record(person, "2022-09-12", Rescued(), role=Role.OFFICER)


def test_a_rescue_after_an_end_refused_on_the_leaders_latest_finding_names_it() -> None:
    story = Story()
    person = story.rescued()
    story.record(person, "2022-09-11", UNFOUNDED)
    story.record(person, "2022-09-11", Ended(outcome=EndOutcome.REMAINS_BY_CHOICE), role=Role.LIAISON)
    assert "'unfounded' on 2022-09-11" in refused(story, person).detail
    assert "`lead`" in refused(story, person).detail


def test_where_nobody_found_anything_a_refusal_names_no_authority() -> None:
    story = Story()
    assert "lead" not in refused(story, story.add()).detail


def test_a_finding_that_a_rescue_rests_on_is_not_taken_back_and_the_refusal_names_who_would_lead() -> None:
    story = Story()
    person = story.add()
    verified = story.record(person, "2022-09-03", finding())
    story.record(person, "2022-09-05", Rescued(), role=Role.OFFICER)
    with pytest.raises(StandingEventsError, match=r"latest finding by day of the authority that leads.*`lead`"):
        story.void(verified)
