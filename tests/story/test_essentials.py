"""The five essentials, a way to reach somebody, and what a head-count claim can mean."""

from fractions import Fraction
from itertools import product
from math import floor

import pytest

from service.acting import Role
from service.codes import AllegationType, NationalitySource, StatementBound
from service.errors import InvalidError
from service.story.essentials import WEIGHTS, completeness
from service.story.headcounts import headcount_bounds, headcount_fault
from service.story.kinds.alleged import Alleged
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.nationality_asserted import NationalityAsserted
from tests.cases.story import Story

ORDER = ["location", "names", "nationality", "crime", "offender", "contact"]
POINTS = [25, 20, 15, 20, 10, 10]


def claim(nationality: str = "TWN", source: str = "claimed_self") -> NationalityAsserted:
    return NationalityAsserted(nationality=nationality, source=NationalitySource(source))


@pytest.mark.parametrize("present", list(product([False, True], repeat=6)))
def test_each_essential_has_its_weight_and_what_is_missing_is_asked_in_order(present: tuple[bool, ...]) -> None:
    place, names, nationality, crime, offender, contact = present
    story = Story(place_given=place, contact_given=contact)
    person = story.add(named=names)
    if nationality:
        story.record(person, "2022-09-02", claim())
    if crime:
        story.record(story.about, "2022-09-02", Alleged(types=(AllegationType.KIDNAPPING,)))
    if offender:
        story.name_offender()
    judged = completeness(story.case)
    assert judged.score == sum(points for points, there in zip(POINTS, present, strict=True) if there)
    missing = [name for name, there in zip(ORDER, present, strict=True) if not there]
    assert [essential.value for essential in judged.missing] == missing
    assert all(essential.label.endswith((".", "?")) for essential in judged.missing)


def test_an_offender_who_is_unknown_to_the_reporter_satisfies_that_essential() -> None:
    assert completeness(Story(offender_unknown=True).case).score == 10


def test_a_case_without_a_single_person_has_no_names_and_no_nationality() -> None:
    story = Story(province="KH-18")
    assert completeness(story.case).score == 0
    assert [essential.value for essential in completeness(story.case).missing] == ORDER


@pytest.mark.parametrize("listed", range(1, 21))
def test_a_list_counts_by_the_share_that_is_complete(listed: int) -> None:
    for named in range(listed + 1):
        story = Story()
        for place in range(listed):
            story.add(named=place < named)
        judged = completeness(story.case)
        assert judged.score == floor(Fraction(20 * named, listed))
        assert ("names" in [essential.value for essential in judged.missing]) == (named < listed)


def test_a_denial_alone_answers_no_question_of_nationality() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", claim(source="denied_by_state"), role=Role.SUPERVISOR)
    assert completeness(story.case).score == 0
    story.record(person, "2022-09-02", claim("MYS", "language_inferred"))
    assert completeness(story.case).score == 15


def test_the_weights_are_a_hundred_together() -> None:
    assert [WEIGHTS[essential] for essential in WEIGHTS] == POINTS
    assert sum(POINTS) == 100


BOUNDS: dict[str, list[tuple[int | None, int | None, tuple[int, int | None] | None]]] = {
    "exact": [(3, None, (3, 3)), (3, 3, (3, 3)), (3, 4, None), (None, None, None), (None, 3, None), (0, None, (0, 0))],
    "about": [(3, None, (3, 3)), (3, 5, None), (None, None, None)],
    "at_least": [(3, None, (3, None)), (3, 3, (3, None)), (3, 5, None), (None, 5, None)],
    "at_most": [(None, 5, (0, 5)), (3, 5, None), (3, None, None), (None, None, None)],
    "range": [(3, 5, (3, 5)), (3, 3, (3, 3)), (5, 3, None), (3, None, None), (None, 5, None)],
    "unquantified": [(None, None, (0, None)), (3, None, None), (None, 3, None)],
}


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_claim_means_what_its_bound_says_or_is_refused(bound: str) -> None:
    for low, high, meant in BOUNDS[bound]:
        fact = HeadcountClaimed(bound=StatementBound(bound), low=low, high=high)
        story = Story()
        assert (headcount_fault(fact.bound, low, high) is None) == (meant is not None), (low, high)
        if meant is None:
            with pytest.raises(InvalidError):
                story.record(story.about, "2022-09-02", fact)
        else:
            story.record(story.about, "2022-09-02", fact)
            assert story.case.headcount is not None
            assert headcount_bounds(story.case.headcount) == meant


def test_every_bound_is_tried() -> None:
    assert BOUNDS.keys() == {bound.value for bound in StatementBound}


def test_the_latest_claim_counts_and_is_never_turned_into_persons() -> None:
    story = Story()
    for low in (20, 30):
        story.record(story.about, "2022-09-02", HeadcountClaimed(bound=StatementBound.AT_LEAST, low=low))
    assert story.case.headcount is not None
    assert story.case.headcount.low == 30
    assert not story.case.persons
