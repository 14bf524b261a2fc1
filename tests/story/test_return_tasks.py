"""Tasks on the way home: Cambodia's and the home state's, side by side."""

from typing import Any

import pytest

from service.acting import Role
from service.cases.rules.projection import person_columns
from service.codes import NationalitySource, ReturnStep, ReturnStepReason, ReturnStepState
from service.errors import InvalidError
from service.story.errors import MayNotRecordError, OutOfOrderError
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.return_step import ReturnStepTaken
from tests.cases.story import SPOKEN_FOR, Story


def task(
    step: str = "travel_document", state: str = "in_progress", country: str = "TWN", reason: str | None = None
) -> ReturnStepTaken:
    return ReturnStepTaken(
        step=ReturnStep(step),
        state=ReturnStepState(state),
        country=country,
        reason=ReturnStepReason(reason) if reason else None,
    )


def standing(story: Story) -> list[dict[str, Any]]:
    person = next(iter(story.case.persons.values()))
    tasks: list[dict[str, Any]] = person_columns(story.case, person)["return_tasks"]
    return tasks


def test_return_steps_in_two_countries_stand_side_by_side() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", task("family_assessment"), role=Role.LIAISON)
    story.record(person, "2022-09-06", task("family_assessment", country="KHM"), role=Role.OFFICER)
    story.record(person, "2022-09-07", task("family_assessment", "blocked", reason="awaits_court"), role=Role.LIAISON)
    step = "family_assessment"
    assert standing(story) == [
        {"step": step, "state": "in_progress", "country": "KHM", "reason": None, "on": "2022-09-06"},
        {"step": step, "state": "blocked", "country": "TWN", "reason": "awaits_court", "on": "2022-09-07"},
    ]


def test_the_word_before_stands_again_when_the_last_is_voided() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-05", task(), role=Role.LIAISON)
    done = story.record(person, "2022-09-06", task(state="done"), role=Role.LIAISON)
    with pytest.raises(OutOfOrderError) as refused:
        story.record(person, "2022-09-05", task(state="todo"), role=Role.LIAISON)
    assert refused.value.members == {"step": "return_step", "step_on": "2022-09-06"}
    story.void(done)
    assert [one["state"] for one in standing(story)] == ["in_progress"]


@pytest.mark.parametrize("state", list(ReturnStepState))
def test_a_reason_is_given_where_a_task_is_blocked_or_not_needed(state: ReturnStepState) -> None:
    story = Story()
    person = story.add()
    needed = state.value in {"not_needed", "blocked"}
    right, wrong = ("waived", None) if needed else (None, "waived")
    with pytest.raises(InvalidError, match="blocked or not_needed"):
        story.record(person, "2022-09-05", task(state=state.value, reason=wrong), role=Role.LIAISON)
    story.record(person, "2022-09-05", task(state=state.value, reason=right), role=Role.LIAISON)


def test_the_departure_is_an_event_of_its_own() -> None:
    story = Story()
    with pytest.raises(InvalidError, match="repatriated"):
        story.record(story.add(), "2022-09-05", task("departed", "done"), role=Role.LIAISON)


def test_an_officer_speaks_of_cambodias_tasks_only() -> None:
    story = Story()
    person = story.add()
    with pytest.raises(MayNotRecordError, match="KHM"):
        story.record(person, "2022-09-05", task(), role=Role.OFFICER)
    for role in (Role.OFFICER, Role.LIAISON):
        story.record(person, "2022-09-05", task(country="KHM"), role=role)


def test_a_liaison_speaks_of_its_own_states_tasks_and_of_cambodias() -> None:
    story = Story()
    person, stateless = story.add(), story.add()
    claimed = NationalityAsserted(nationality="XXA", source=NationalitySource.CLAIMED_SELF)
    story.record(stateless, "2022-09-05", claimed, role=Role.VERIFIER)
    for country in sorted(SPOKEN_FOR):
        story.record(person, "2022-09-05", task(country=country), role=Role.LIAISON)
    with pytest.raises(MayNotRecordError, match="KHM"):
        story.record(person, "2022-09-05", task(country="VNM"), role=Role.LIAISON)
    story.record(stateless, "2022-09-05", task(country="VNM"), role=Role.LIAISON)


def test_a_task_is_some_states() -> None:
    story = Story()
    with pytest.raises(InvalidError, match="reference/countries"):
        story.record(story.add(), "2022-09-05", task(country="XXA"), role=Role.LIAISON)
