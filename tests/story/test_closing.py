"""Where a case stands, when it is closed, and what opens it again."""

from collections.abc import Callable

import pytest

from service.acting import Role
from service.codes import (
    AllegationType,
    CaseClosure,
    EndOutcome,
    FindingOutcome,
    Freely,
    LocatingResult,
    ReopenReason,
    ReturnMode,
    StatementBound,
    WishPurpose,
    WishValue,
)
from service.story.errors import MoveNotAllowedError, RequirementMissingError
from service.story.kinds.added import Added
from service.story.kinds.alleged import Alleged
from service.story.kinds.closed import Closed
from service.story.kinds.ended import Ended
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.located import Located
from service.story.kinds.named import Named
from service.story.kinds.reopened import Reopened
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.kinds.wish_stated import WishStated
from service.story.log import Subject
from tests.cases.story import Story, finding

REFERRED = Closed(reason=CaseClosure.REFERRED)
AGAIN = Reopened(reason=ReopenReason.NEW_INFORMATION)


def advance(story: Story, person: Subject, status: str) -> None:
    """Bring a person to a status, on the tenth at the latest."""
    if status in {"verified", "rescued", "repatriated"}:
        story.record(person, "2022-09-03", finding())
    if status in {"rescued", "repatriated"}:
        story.record(person, "2022-09-05", Rescued())
    if status == "repatriated":
        home = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN")
        story.record(person, "2022-09-06", home, role=Role.LIAISON)
    if status == "ended":
        story.record(person, "2022-09-06", Ended(outcome=EndOutcome.LEFT_UNREPORTED))


@pytest.mark.parametrize(
    ("statuses", "of_case"),
    [
        ("received", "received"),
        ("verified", "verified"),
        ("rescued verified", "verified"),
        ("repatriated rescued", "rescued"),
        ("repatriated repatriated", "repatriated"),
        ("repatriated ended", "repatriated"),
        ("ended received rescued", "received"),
        ("ended ended", "closed"),
    ],
)
def test_a_case_stands_where_its_least_advanced_person_does(statuses: str, of_case: str) -> None:
    story = Story()
    for status in statuses.split():
        advance(story, story.add(), status)
    assert story.case.status.value == of_case
    assert sorted(status.value for status in story.case.tally.elements()) == sorted(statuses.split())


def test_a_case_without_persons_follows_its_own_finding() -> None:
    story = Story()
    assert story.case.status.value == "received"
    story.record(story.about, "2022-09-02", finding())
    assert story.case.status.value == "verified"
    story.record(story.about, "2022-09-03", finding(FindingOutcome.UNFOUNDED))
    assert story.case.status.value == "received"


def test_a_case_closes_by_itself_when_everybody_s_story_ended() -> None:
    story = Story()
    first, second = story.add(), story.add()
    advance(story, first, "ended")
    assert story.case.closure is None
    advance(story, second, "ended")
    assert story.case.closure is CaseClosure.ALL_PERSONS_FINAL
    story.add("2022-09-20")
    assert (story.case.closure, story.case.status.value) == (None, "received")


def test_nobody_closes_a_case_for_the_reason_that_closes_it_by_itself() -> None:
    story = Story()
    story.add()
    with pytest.raises(RequirementMissingError) as refused:
        story.record(story.about, "2022-09-20", Closed(reason=CaseClosure.ALL_PERSONS_FINAL))
    assert refused.value.members == {"missing": "ended"}


def test_a_case_is_not_closed_over_somebody_who_waits_to_go_home() -> None:
    story = Story()
    advance(story, story.add(), "received")
    advance(story, story.add(), "rescued")
    with pytest.raises(RequirementMissingError) as refused:
        story.record(story.about, "2022-09-20", REFERRED)
    assert refused.value.members == {"missing": "repatriated"}


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [(CaseClosure.UNFOUNDED, FindingOutcome.UNFOUNDED), (CaseClosure.FABRICATED, FindingOutcome.FABRICATED)],
)
def test_a_case_is_closed_as_untrue_after_that_was_found(reason: CaseClosure, outcome: FindingOutcome) -> None:
    story = Story()
    with pytest.raises(RequirementMissingError) as refused:
        story.record(story.about, "2022-09-20", Closed(reason=reason))
    assert refused.value.members == {"missing": "finding_made"}
    story.record(story.about, "2022-09-10", finding(FindingOutcome.UNFOUNDED))
    if outcome is FindingOutcome.FABRICATED:
        story.record(story.about, "2022-09-11", finding(outcome), role=Role.SUPERVISOR)
    story.record(story.about, "2022-09-20", Closed(reason=reason))
    assert (story.case.status.value, story.case.closure) == ("closed", reason)


FOUND_FIRST = {CaseClosure.ALL_PERSONS_FINAL, CaseClosure.UNFOUNDED, CaseClosure.FABRICATED}
OTHER_REASONS = sorted(set(CaseClosure) - FOUND_FIRST)


@pytest.mark.parametrize("reason", OTHER_REASONS)
def test_a_case_is_closed_once_until_it_is_opened_again(reason: CaseClosure) -> None:
    story = Story()
    with pytest.raises(MoveNotAllowedError) as refused:
        story.record(story.about, "2022-09-20", AGAIN)
    assert refused.value.members["allowed"] == ["closed"]
    story.record(story.about, "2022-09-20", Closed(reason=reason))
    with pytest.raises(MoveNotAllowedError) as refused:
        story.record(story.about, "2022-09-20", REFERRED)
    assert refused.value.members["allowed"] == ["reopened"]
    story.record(story.about, "2022-09-21", AGAIN)
    assert (story.case.closure, story.case.status.value) == (None, "received")
    story.record(story.about, "2022-09-22", REFERRED)


def test_what_opens_a_case_that_closed_by_itself_is_named() -> None:
    story = Story()
    advance(story, story.add(), "ended")
    for fact in (REFERRED, AGAIN):
        with pytest.raises(MoveNotAllowedError) as refused:
            story.record(story.about, "2022-09-20", fact)
        assert refused.value.members["allowed"] == ["added", "located", "rescued"]


NEWS: dict[str, Callable[[Story, Subject], object]] = {
    "added": lambda story, _: story.append(Subject(_.kind, story.about.id), "2022-09-22", Added(), by=story.about.id),
    "alleged": lambda story, _: story.record(
        story.about, "2022-09-22", Alleged(types=(AllegationType.KIDNAPPING,)), role=Role.OPERATOR
    ),
    "headcount_claimed": lambda story, _: story.record(
        story.about, "2022-09-22", HeadcountClaimed(bound=StatementBound.EXACT, low=2)
    ),
    "located": lambda story, person: story.record(person, "2022-09-22", Located(result=LocatingResult.HELD)),
    "rescued": lambda story, person: story.record(person, "2022-09-22", Rescued()),
    "named": lambda story, _: story.append(story.about, "2022-09-22", Named(), by=story.about.id),
    "reopened": lambda story, _: story.record(story.about, "2022-09-22", AGAIN),
}


@pytest.mark.parametrize("news", NEWS)
def test_new_information_opens_a_closed_case(news: str) -> None:
    story = Story()
    person = story.add()
    advance(story, person, "verified")
    story.record(story.about, "2022-09-20", REFERRED)
    assert story.case.status.value == "closed"
    NEWS[news](story, person)
    assert story.case.closure is None


def test_a_wish_is_no_news_and_leaves_a_case_closed() -> None:
    story = Story()
    person = story.add()
    story.record(story.about, "2022-09-20", REFERRED)
    wish = WishStated(purpose=WishPurpose.TESTIFY, value=WishValue.YES, freely=Freely.YES)
    story.record(person, "2022-09-22", wish)
    assert story.case.closure is CaseClosure.REFERRED
