"""Every end but death may be followed by more; after a death nothing begins, and no end contradicts what stands."""

from datetime import date
from typing import Final

import pytest

from service.acting import Role
from service.cases.rules.projection import person_columns
from service.codes import (
    CustodyKind,
    EndOutcome,
    FindingOutcome,
    Freely,
    LocatingResult,
    NationalitySource,
    PersonStatus,
    ReturnMode,
    WishPurpose,
    WishValue,
)
from service.ledger.rules import Measure
from service.story.counting import contributions
from service.story.errors import MoveNotAllowedError, OutOfOrderError, RequirementMissingError, StandingEventsError
from service.story.fact import Fact
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.wish_stated import WishStated
from service.story.log import Event, Subject
from tests.cases.story import Story, finding

HELD: Final = Located(result=LocatingResult.HELD)
BY_EMBASSY: Final = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN")
BY_THEMSELVES: Final = Repatriated(mode=ReturnMode.SELF_ARRANGED, to_country="TWN")
DEPOT: Final = CustodyStarted(custody=CustodyKind.IMMIGRATION_DEPOT)
WISH: Final = WishStated(purpose=WishPurpose.RETURN_HOME, value=WishValue.YES, freely=Freely.YES)
OF_THE_LIVING: Final[list[Fact]] = [DEPOT, WISH, HELD, Rescued(), RescueRefused(freely=Freely.YES), BY_THEMSELVES]

GOES_ON: Final = sorted(set(EndOutcome) - {EndOutcome.DECEASED})


def ended(story: Story, outcome: EndOutcome, on: str = "2022-09-10") -> Subject:
    """Add somebody, verified, whose story ends with an outcome, whatever that rests on."""
    person = story.add()
    story.record(person, "2022-09-03", finding())
    _end(story, person, outcome, on)
    return person


def _end(story: Story, person: Subject, outcome: EndOutcome, on: str) -> Event:
    if outcome is EndOutcome.REFUSED_RESCUE:
        story.record(person, "2022-09-04", RescueRefused(freely=Freely.YES), role=Role.OFFICER)
    if outcome is EndOutcome.NOT_LOCATED:
        for day in ("2022-09-04", "2022-09-05"):
            story.record(person, day, Located(result=LocatingResult.NOT_FOUND))
    if outcome is EndOutcome.HOME_IN_CAMBODIA:
        cambodian = NationalityAsserted(nationality="KHM", source=NationalitySource.CLAIMED_SELF)
        story.record(person, "2022-09-04", cambodian)
    if outcome in {EndOutcome.DECEASED, EndOutcome.NOT_EXIST}:
        story.reported(person, on, outcome)
    return story.record(person, on, Ended(outcome=outcome), role=Role.SUPERVISOR)


def _counted(story: Story, measure: Measure) -> dict[tuple[str, date], int]:
    cells = {found.cell: amount for found, amount in contributions(story.case).items()}
    return {(cell.detail, cell.occurred_on): amount for cell, amount in cells.items() if cell.measure is measure}


@pytest.mark.parametrize("outcome", GOES_ON)
def test_whoever_is_found_held_is_open_again_whatever_the_end(outcome: EndOutcome) -> None:
    story = Story()
    person = ended(story, outcome)
    story.record(person, "2022-09-12", HELD)
    assert story.person(person).status is PersonStatus.VERIFIED


@pytest.mark.parametrize("outcome", GOES_ON)
def test_whoever_lives_can_be_brought_out_after_any_end(outcome: EndOutcome) -> None:
    story = Story()
    person = ended(story, outcome)
    story.record(person, "2022-09-12", Rescued(), role=Role.OFFICER)
    assert story.person(person).status is PersonStatus.RESCUED


@pytest.mark.parametrize("outcome", sorted(set(GOES_ON) - {EndOutcome.HOME_IN_CAMBODIA}))
def test_whoever_lives_can_go_home_after_any_end_and_was_not_rescued_by_that(outcome: EndOutcome) -> None:
    story = Story()
    person = ended(story, outcome)
    story.record(person, "2022-09-12", BY_EMBASSY, role=Role.LIAISON)
    assert story.person(person).status is PersonStatus.REPATRIATED
    assert _counted(story, Measure.JOURNEYS_HOME) == {("embassy_assisted", date(2022, 9, 12)): 1}
    assert not _counted(story, Measure.PERSONS_RESCUED)
    assert not _counted(story, Measure.PERSONS_ENDED)


@pytest.mark.parametrize("verified", [False, True])
def test_whoever_nobody_brought_out_goes_home_by_their_own_means_alone(*, verified: bool) -> None:
    story = Story()
    person = story.add()
    if verified:
        story.record(person, "2022-09-03", finding())
    with pytest.raises(MoveNotAllowedError):
        story.record(person, "2022-09-12", BY_EMBASSY, role=Role.LIAISON)
    story.record(person, "2022-09-12", BY_THEMSELVES, role=Role.LIAISON)
    assert _counted(story, Measure.PERSONS_REPATRIATED) == {("self_arranged", date(2022, 9, 12)): 1}
    assert not _counted(story, Measure.PERSONS_RESCUED)
    with pytest.raises(MoveNotAllowedError):
        story.record(person, "2022-09-13", BY_THEMSELVES, role=Role.LIAISON)


def test_the_end_under_a_return_stays_where_nobody_had_brought_the_person_out() -> None:
    story = Story()
    person = ended(story, EndOutcome.IMPRISONED)
    end = story.events[-1]
    story.record(person, "2022-09-12", BY_EMBASSY, role=Role.LIAISON)
    with pytest.raises(StandingEventsError) as refused:
        story.void(end)
    assert refused.value.members["rests"] == ["repatriated right after verified"]


def test_whoever_was_rescued_ended_and_is_held_again_is_rescued_again() -> None:
    story = Story()
    person = story.rescued()
    story.record(person, "2022-09-11", Ended(outcome=EndOutcome.RETURNED_TO_WORK), role=Role.LIAISON)
    held = story.record(person, "2022-09-12", HELD)
    story.record(person, "2022-09-13", Rescued(), role=Role.OFFICER)
    assert _counted(story, Measure.PERSONS_RESCUED) == {("-", date(2022, 9, 10)): 1}
    with pytest.raises(MoveNotAllowedError):
        story.record(person, "2022-09-14", Rescued(), role=Role.OFFICER)
    story.void(held)
    assert story.person(person).status is PersonStatus.RESCUED


def test_a_cambodian_comes_home_by_an_end_of_their_own_and_nobody_else_does() -> None:
    story = Story()
    person = story.rescued()
    with pytest.raises(RequirementMissingError):
        story.record(person, "2022-09-12", Ended(outcome=EndOutcome.HOME_IN_CAMBODIA), role=Role.LIAISON)
    cambodian = NationalityAsserted(nationality="KHM", source=NationalitySource.CLAIMED_SELF)
    said = story.record(person, "2022-09-11", cambodian)
    story.record(person, "2022-09-12", Ended(outcome=EndOutcome.HOME_IN_CAMBODIA), role=Role.LIAISON)
    assert _counted(story, Measure.PERSONS_ENDED) == {("home_in_cambodia", date(2022, 9, 12)): 1}
    with pytest.raises(StandingEventsError) as refused:
        story.void(said)
    assert refused.value.members["rests"] == ["ended as home in Cambodia, without that nationality"]


@pytest.mark.parametrize("fact", OF_THE_LIVING, ids=lambda fact: fact.event_kind.value)
def test_nothing_begins_after_a_death(fact: Fact) -> None:
    story = Story()
    person = ended(story, EndOutcome.DECEASED)
    with pytest.raises(MoveNotAllowedError) as refused:
        story.record(person, "2022-09-11", fact)
    assert "died on 2022-09-10" in str(refused.value)


@pytest.mark.parametrize("fact", [Rescued(), BY_THEMSELVES], ids=lambda fact: fact.event_kind.value)
def test_no_step_is_told_late_of_somebody_who_died(fact: Fact) -> None:
    story = Story()
    person = ended(story, EndOutcome.DECEASED)
    for day in ("2022-09-09", "2022-09-10"):
        with pytest.raises((MoveNotAllowedError, OutOfOrderError)):
            story.record(person, day, fact)
    assert story.person(person).outcome is EndOutcome.DECEASED


def test_what_was_before_a_death_may_be_told_after_it() -> None:
    story = Story()
    person = ended(story, EndOutcome.DECEASED)
    story.record(person, "2022-09-05", DEPOT, role=Role.OFFICER)
    story.record(person, "2022-09-06", WISH, role=Role.LIAISON)
    story.record(person, "2022-09-12", DocumentsChecked(), role=Role.OFFICER)
    held = story.person(person).custodies[0]
    assert (held.started.on, held.ended and held.ended.on) == (date(2022, 9, 5), date(2022, 9, 10))


def test_a_death_ends_a_custody() -> None:
    story = Story()
    person = story.rescued()
    story.record(person, "2022-09-11", DEPOT, role=Role.OFFICER)
    death = _end(story, person, EndOutcome.DECEASED, "2022-09-12")
    assert story.person(person).custody is None
    with pytest.raises(RequirementMissingError):
        story.record(person, "2022-09-13", CustodyEnded(), role=Role.OFFICER)
    story.void(death)
    assert story.person(person).custody is not None


CONTRADICTED: Final[list[tuple[EndOutcome, list[Fact]]]] = [
    (EndOutcome.NOT_EXIST, [Rescued()]),
    (EndOutcome.NOT_HELD, [Rescued()]),
    (EndOutcome.REFUSED_RESCUE, [RescueRefused(freely=Freely.YES), Rescued()]),
    (EndOutcome.NOT_EXIST, [HELD]),
    (EndOutcome.NOT_EXIST, [DEPOT]),
    (EndOutcome.NOT_EXIST, [DEPOT, CustodyEnded()]),
    (EndOutcome.NOT_LOCATED, [*2 * [Located(result=LocatingResult.NOT_FOUND)], DEPOT]),
]


@pytest.mark.parametrize(("outcome", "standing"), CONTRADICTED)
def test_an_end_that_contradicts_what_stands_is_refused(outcome: EndOutcome, standing: list[Fact]) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-03", finding())
    told = [story.record(person, f"2022-09-{day:02}", fact) for day, fact in enumerate(standing, 4)]
    with pytest.raises(MoveNotAllowedError) as refused:
        story.record(person, "2022-09-12", Ended(outcome=outcome), role=Role.SUPERVISOR)
    assert (refused.value.members["to"], refused.value.members["allowed"]) == ("ended", ["voided"])
    if outcome is EndOutcome.NOT_EXIST:
        for event in reversed(told):
            story.void(event)
        story.reported(person, "2022-09-12", outcome)
        told = []
    for event in reversed(told):
        if event.fact not in {RescueRefused(freely=Freely.YES), Located(result=LocatingResult.NOT_FOUND)}:
            story.void(event)
    story.record(person, "2022-09-12", Ended(outcome=outcome), role=Role.SUPERVISOR)


@pytest.mark.parametrize(("nationality", "stands"), [("KHM", "at_home"), ("TWN", "awaiting_return")])
def test_a_cambodian_who_was_rescued_awaits_no_return(nationality: str, stands: str) -> None:
    story = Story()
    person = story.rescued()
    said = NationalityAsserted(nationality=nationality, source=NationalitySource.CLAIMED_SELF)
    story.record(person, "2022-09-11", said)
    assert _counted(story, Measure.RESCUED_STANDING) == {(stands, date(2022, 9, 10)): 1}


def test_a_language_alone_counts_under_no_nationality() -> None:
    story = Story()
    person = story.add()
    for source, counted in (
        (NationalitySource.LANGUAGE_INFERRED, "ZZ-UNKNOWN"),
        (NationalitySource.CLAIMED_SELF, "VNM"),
    ):
        story.record(person, "2022-09-02", NationalityAsserted(nationality="VNM", source=source), role=Role.OPERATOR)
        cells = [found.cell for found in contributions(story.case) if found.cell.measure is Measure.PERSONS_RECEIVED]
        assert [cell.nationality for cell in cells] == [counted]
        assert story.person(person).effective_nationality.code == "VNM"


def test_whoever_only_speaks_khmer_awaits_a_return_and_can_have_one() -> None:
    story = Story()
    person = story.rescued()
    guess = NationalityAsserted(nationality="KHM", source=NationalitySource.LANGUAGE_INFERRED)
    story.record(person, "2022-09-11", guess, role=Role.OPERATOR)
    assert _counted(story, Measure.RESCUED_STANDING) == {("awaiting_return", date(2022, 9, 10)): 1}
    assert person_columns(story.case, story.person(person))["awaiting_return"]
    home = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="VNM")
    story.record(person, "2022-09-20", home, role=Role.SUPERVISOR)
    assert story.person(person).status is PersonStatus.REPATRIATED


def test_that_nothing_could_be_verified_is_no_intervention() -> None:
    story = Story()
    story.record(story.about, "2022-09-02", finding(FindingOutcome.NOT_VERIFIABLE))
    assert not _counted(story, Measure.CASES_INTERVENED)
    story.record(story.about, "2022-09-04", finding(FindingOutcome.UNFOUNDED))
    assert _counted(story, Measure.CASES_INTERVENED) == {("-", date(2022, 9, 4)): 1}


def test_the_finding_under_the_rescue_of_somebody_found_again_stays() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", Ended(outcome=EndOutcome.NOT_HELD), role=Role.SUPERVISOR)
    story.record(person, "2022-09-06", HELD)
    verified = story.record(person, "2022-09-07", finding())
    story.record(person, "2022-09-08", Rescued(), role=Role.OFFICER)
    with pytest.raises(StandingEventsError) as refused:
        story.void(verified)
    assert refused.value.members["rests"] == ["rescued right after received"]
