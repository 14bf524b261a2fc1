"""Stages of the law: learned in any order, standing in one."""

from collections.abc import Iterator
from itertools import permutations
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cases.rules.projection import offender_columns
from service.codes import SuspectStage
from service.errors import ConflictError
from service.story.errors import MoveNotAllowedError, OutOfOrderError
from service.story.kinds.stage_reached import StageReached
from service.story.log import Subject
from tests.cases.story import Story
from tests.story.logs import EXAMPLES

LEVELS: Final = [
    ["suspected"], ["detained", "arrested", "released_no_charge"], ["sent_to_court"], ["charged"], ["prosecuted"],
    ["convicted", "acquitted"], ["deported"],
]  # fmt: skip
LEVEL_OF: Final = {stage: level for level, stages in enumerate(LEVELS) for stage in stages}


def reach(story: Story, offender: Subject, *stages: tuple[str, str]) -> None:
    for stage, day in stages:
        story.record(offender, day, StageReached(stage=SuspectStage(stage)))


def stage_of(story: Story) -> str:
    return next(iter(story.case.offenders.values())).stage.value


WAY: Final = (
    ("suspected", "2022-09-02"),
    ("detained", "2022-09-03"),
    ("charged", "2022-09-09"),
    ("convicted", "2022-09-20"),
)


@pytest.mark.parametrize("order", sorted(permutations(range(4))))
def test_stages_are_learned_in_any_order_and_shown_in_that_of_their_days(order: tuple[int, ...]) -> None:
    story = Story()
    offender = story.name_offender()
    reach(story, offender, *(WAY[place] for place in order))
    columns = offender_columns(story.case, story.an_offender(offender))
    assert [(one["stage"], one["on"]) for one in columns["stages"]] == list(WAY)
    assert columns["stage"] == "convicted"


def test_a_stage_fits_between_its_neighbours() -> None:
    story = Story()
    offender = story.name_offender()
    reach(story, offender, ("detained", "2022-09-05"), ("charged", "2022-09-09"))
    with pytest.raises(OutOfOrderError, match="before the step 'detained'") as before:
        reach(story, offender, ("sent_to_court", "2022-09-04"))
    assert before.value.members == {"step": "detained", "step_on": "2022-09-05"}
    with pytest.raises(OutOfOrderError, match="after the step 'charged'") as after:
        reach(story, offender, ("sent_to_court", "2022-09-10"))
    assert after.value.members == {"step": "charged", "step_on": "2022-09-09"}
    reach(story, offender, ("sent_to_court", "2022-09"))


def test_detention_and_arrest_come_again_after_a_release() -> None:
    story = Story()
    offender = story.name_offender()
    reach(story, offender, ("detained", "2022-09-05"), ("arrested", "2022-09-06"))
    with pytest.raises(MoveNotAllowedError) as refused:
        reach(story, offender, ("arrested", "2022-09-07"))
    assert refused.value.members["from"] == "arrested"
    assert "arrested" not in refused.value.members["allowed"]  # type: ignore[operator]
    reach(story, offender, ("released_no_charge", "2022-09-08"))
    assert stage_of(story) == "released_no_charge"
    with pytest.raises(MoveNotAllowedError):
        reach(story, offender, ("released_no_charge", "2022-09-09"))
    reach(story, offender, ("arrested", "2022-09-10"))
    assert stage_of(story) == "arrested"
    reach(story, offender, ("released_no_charge", "2022-09-11"))


@pytest.mark.parametrize("judgment", ["convicted", "acquitted"])
def test_after_a_judgment_there_is_only_deportation(judgment: str) -> None:
    story = Story()
    offender = story.name_offender()
    reach(story, offender, (judgment, "2022-09-05"))
    for stage in LEVEL_OF:
        if stage != "deported":
            with pytest.raises(ConflictError):
                reach(story, offender, (stage, "2022-09-06"))
    reach(story, offender, ("deported", "2022-09-06"))
    assert stage_of(story) == "deported"


def test_deportation_ends_any_stage() -> None:
    for stage in (None, *LEVEL_OF):
        story = Story()
        offender = story.name_offender()
        if stage not in {None, "deported"}:
            reach(story, offender, (str(stage), "2022-09-05"))
        reach(story, offender, ("deported", "2022-09-05"))
        for late in LEVEL_OF:
            with pytest.raises(ConflictError):
                reach(story, offender, (late, "2022-09-06"))


def test_to_be_named_is_no_stage_of_its_own() -> None:
    story = Story()
    offender = story.name_offender()
    assert stage_of(story) == "named"
    with pytest.raises(MoveNotAllowedError):
        reach(story, offender, ("named", "2022-09-05"))


def test_a_voided_stage_is_not_reached() -> None:
    story = Story()
    offender = story.name_offender()
    reach(story, offender, ("charged", "2022-09-05"))
    story.void(story.events[-1])
    assert stage_of(story) == "named"
    reach(story, offender, ("charged", "2022-09-07"))


def accepted(told: list[tuple[str, int]]) -> Iterator[bool]:
    """The plain model: whether a chronicle is one that can have happened, told from its first day to its last."""
    once = [stage for stage, _ in told if stage not in {"detained", "arrested", "released_no_charge"}]
    yield len(once) == len(set(once))
    yield not {"convicted", "acquitted"} <= set(once)
    yield all(one[1] <= other[1] for one in told for other in told if LEVEL_OF[one[0]] < LEVEL_OF[other[0]])


@EXAMPLES
@given(
    told=st.lists(
        st.tuples(st.sampled_from(sorted(set(LEVEL_OF) - {"released_no_charge"})), st.integers(1, 9)), max_size=12
    )
)
def test_what_is_accepted_is_a_chronicle_that_can_have_happened(told: list[tuple[str, int]]) -> None:
    story = Story()
    offender = story.name_offender()
    chronicle: list[tuple[str, int]] = []
    for stage, day in told:
        wider = [*chronicle, (stage, day)]
        fits = all(accepted(wider)) and stage not in {one for one, _ in chronicle}
        try:
            reach(story, offender, (stage, f"2022-09-{day:02}"))
        except ConflictError:
            assert not fits
        else:
            assert fits
            chronicle = wider
    if chronicle:
        assert LEVEL_OF[stage_of(story)] == max(LEVEL_OF[stage] for stage, _ in chronicle)
