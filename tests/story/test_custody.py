"""In whose hands a person is: one pair at a time, in the order of days, whatever was voided."""

from datetime import date
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.acting import Role
from service.cases.rules.projection import person_columns
from service.codes import CustodyKind, DocumentType
from service.errors import ConflictError, InvalidError
from service.ledger.rules import Measure
from service.story.counting import contributions
from service.story.errors import (
    MayNotRecordError,
    MoveNotAllowedError,
    OutOfOrderError,
    RequirementMissingError,
    StandingEventsError,
)
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.log import Event, Subject
from tests.cases.story import Story
from tests.story.logs import EXAMPLES

DEPOT: Final = CustodyStarted(custody=CustodyKind.IMMIGRATION_DEPOT)
SHELTER: Final = CustodyStarted(custody=CustodyKind.SHELTER)
EMBASSY: Final = CustodyStarted(custody=CustodyKind.EMBASSY_CARE)
OVER: Final = CustodyEnded()


def times(story: Story, person: Subject) -> list[tuple[str, str, str | None]]:
    return [
        (found.kind.value, str(found.started), str(found.ended) if found.ended else None)
        for found in story.person(person).custodies
    ]


@pytest.mark.parametrize("kind", list(CustodyKind))
def test_somebody_may_be_in_any_hands(kind: CustodyKind) -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", CustodyStarted(custody=kind), role=Role.OFFICER)
    columns = person_columns(story.case, story.person(person))
    assert (columns["in_custody"], columns["custody"]) == (True, kind.value)


def test_a_transfer_closes_what_was_before_on_its_day() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", DEPOT, role=Role.OFFICER)
    story.record(person, "2022-09-08", SHELTER, role=Role.OFFICER)
    story.record(person, "2022-09-09", OVER, role=Role.OFFICER)
    assert times(story, person) == [
        ("immigration_depot", "2022-09-05", "2022-09-08"),
        ("shelter", "2022-09-08", "2022-09-09"),
    ]
    assert person_columns(story.case, story.person(person))["custody"] is None


def test_the_same_hands_again_while_they_hold_are_refused_with_what_is_in_force() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", DEPOT, role=Role.OFFICER)
    with pytest.raises(MoveNotAllowedError, match="since 2022-09-05") as refused:
        story.record(person, "2022-09-08", DEPOT, role=Role.OFFICER)
    assert refused.value.members["from"] == "immigration_depot"
    story.record(person, "2022-09-08", OVER, role=Role.OFFICER)
    story.record(person, "2022-09-08", DEPOT, role=Role.OFFICER)


def test_days_of_custody_stand_in_order() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", DEPOT, role=Role.OFFICER)
    for fact in (SHELTER, OVER):
        with pytest.raises(OutOfOrderError) as refused:
            story.record(person, "2022-09-04", fact, role=Role.OFFICER)
        assert refused.value.members == {"step": "custody_started", "step_on": "2022-09-05"}
    story.record(person, "2022-09-07", OVER, role=Role.OFFICER)
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-06", SHELTER, role=Role.OFFICER)
    assert refused.value.members == {"step": "custody_ended", "step_on": "2022-09-07"}


def test_a_custody_that_began_before_the_call_is_recorded_and_counted_on_its_day() -> None:
    story = Story()
    person = story.add("2022-09-05")
    story.record(person, "2022-08-04", DEPOT, role=Role.OFFICER)
    assert str(story.person(person).custodies[0].started) == "2022-08-04"
    assert [
        found.cell.occurred_on for found in contributions(story.case) if found.cell.measure is Measure.PERSONS_DETAINED
    ] == [date(2022, 8, 4)]


def test_a_month_reaches_no_further_back_than_the_custody_before() -> None:
    story = Story()
    person = story.add("2022-09-03")
    story.record(person, "2022-09", DEPOT, role=Role.OFFICER)
    story.record(person, "2022-09-10", SHELTER, role=Role.OFFICER)
    story.record(person, "2022-09", OVER, role=Role.OFFICER)
    days = [
        (found.started.on.day, found.ended.on.day if found.ended else 0) for found in story.person(person).custodies
    ]
    assert days == [(1, 10), (10, 10)]


def test_what_never_started_does_not_end() -> None:
    story = Story()
    person = story.add()
    with pytest.raises(RequirementMissingError) as refused:
        story.record(person, "2022-09-05", OVER, role=Role.OFFICER)
    assert refused.value.members == {"missing": "custody_started"}


def test_a_liaison_speaks_of_its_own_hands_only() -> None:
    story = Story()
    person = story.add()
    with pytest.raises(MayNotRecordError):
        story.record(person, "2022-09-05", DEPOT, role=Role.LIAISON)
    story.record(person, "2022-09-05", DEPOT, role=Role.OFFICER)
    with pytest.raises(MayNotRecordError):
        story.record(person, "2022-09-06", OVER, role=Role.LIAISON)
    story.record(person, "2022-09-06", EMBASSY, role=Role.LIAISON)
    story.record(person, "2022-09-07", OVER, role=Role.LIAISON)


def test_a_start_stays_while_its_end_stands() -> None:
    story = Story()
    person = story.add()
    start = story.record(person, "2022-09-05", DEPOT, role=Role.OFFICER)
    end = story.record(person, "2022-09-06", OVER, role=Role.OFFICER)
    with pytest.raises(StandingEventsError) as refused:
        story.void(start)
    assert refused.value.members == {"rests": ["the end of a custody that never started"], "events": [str(end.id)]}
    story.void(end)
    story.void(start)
    assert times(story, person) == []


def test_taking_a_transfer_back_leaves_the_hands_before_it() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", DEPOT, role=Role.OFFICER)
    transfer = story.record(person, "2022-09-06", SHELTER, role=Role.OFFICER)
    story.void(transfer)
    assert times(story, person) == [("immigration_depot", "2022-09-05", None)]


STEPS: Final = st.lists(
    st.tuples(st.sampled_from(["immigration_depot", "shelter", "prison", "end", "void"]), st.integers(1, 28)),
    max_size=25,
)


@EXAMPLES
@given(steps=STEPS)
def test_custody_agrees_with_a_plain_list_of_hands(steps: list[tuple[str, int]]) -> None:
    """The plain model: a list of (day, hands or none), in the order it was recorded; days never decrease."""
    story = Story()
    person = story.add()
    told: list[tuple[date, str | None]] = []
    recorded: list[Event] = []
    for what, number in steps:
        day = date(2022, 9, number)
        if what == "void":
            if recorded:
                story.void(recorded.pop())
                told.pop()
            continue
        now = told[-1][1] if told else None
        hands = None if what == "end" else what
        fits = now != hands and (not told or day >= told[-1][0])
        fact = OVER if hands is None else CustodyStarted(custody=CustodyKind(hands))
        try:
            recorded.append(story.record(person, day.isoformat(), fact, role=Role.OFFICER))
        except ConflictError:
            assert not fits
        else:
            assert fits
            told.append((day, hands))
    expected = [
        (hands, str(day), str(told[place + 1][0]) if place + 1 < len(told) else None)
        for place, (day, hands) in enumerate(told)
        if hands
    ]
    assert times(story, person) == expected


def test_papers_are_named_once_and_the_latest_look_counts() -> None:
    story = Story()
    person = story.add()
    passport, permit = DocumentType.PASSPORT, DocumentType.WORK_PERMIT
    assert person_columns(story.case, story.person(person))["missing_documents"] is None
    with pytest.raises(InvalidError, match="once"):
        story.record(person, "2022-09-05", DocumentsChecked(missing=(passport, passport)))
    story.record(person, "2022-09-05", DocumentsChecked(missing=(passport, permit)))
    story.record(person, "2022-09-20", DocumentsChecked())
    story.record(person, "2022-09-10", DocumentsChecked(missing=(passport,)))
    assert person_columns(story.case, story.person(person))["missing_documents"] == []
