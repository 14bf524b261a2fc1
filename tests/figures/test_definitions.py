"""The table of definitions is whole, says in words what it means, and keeps every version as it was published."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from service.figures.rules.answering import HOW_EXACT_CLAIMS_ARE, Question
from service.figures.rules.definitions import (
    DEFINITIONS,
    FILTERS,
    VERSIONS,
    Definition,
    Dimension,
    Parts,
    version_under,
)
from service.ledger.models import LedgerEntry
from service.ledger.rules import Measure
from service.story.counting import RULES_VERSION
from tests.figures import published
from tests.figures.conftest import Office

EVERY = [version for versions in VERSIONS.values() for version in versions]
ALL = pytest.mark.parametrize("definition", EVERY, ids=lambda found: f"{found.name}-{found.version}")
DIMENSIONS = {id(found): found for version in EVERY for found in version.dimensions.values()}.values()
NATIONALITY = DEFINITIONS["persons_rescued"].dimensions["nationality"]


@ALL
def test_a_definition_says_what_is_counted_and_which_day_places_it(definition: Definition) -> None:
    assert definition.version >= 1
    assert definition.title[0].isupper()
    assert definition.counts.endswith(".")
    assert definition.dated_by.endswith(".")
    assert len(definition.counts) > 30
    assert definition in VERSIONS[definition.name]


@ALL
def test_every_dimension_is_a_column_of_the_ledger_with_words_for_its_codes(definition: Definition) -> None:
    for dimension in definition.dimensions.values():
        assert dimension.column in LedgerEntry.__table__.c
        assert all(label.strip() for label in dimension.codes.values())
        assert dimension.codes
        assert dimension.name in FILTERS
    assert set(definition.default_by) <= definition.dimensions.keys()


@ALL
def test_a_figure_whose_own_parts_overlap_is_broken_down_by_them(definition: Definition) -> None:
    own = [name for name, of in definition.dimensions.items() if of.parts is Parts.OVERLAPPING and of.measure is None]
    assert list(definition.default_by) == own or not own


def test_every_measure_is_asked_for_by_some_figure_or_check() -> None:
    asked = {measure for found in DEFINITIONS.values() for measure in (found.measure, *found.bounds)}
    asked |= {of.measure for found in DEFINITIONS.values() for of in found.dimensions.values() if of.measure}
    asked |= {found.closure.right for found in DEFINITIONS.values() if found.closure}
    assert asked | {Measure.FITTED, *HOW_EXACT_CLAIMS_ARE} == set(Measure)


def test_the_total_of_a_filter_that_is_counted_apart_is_counted_there_too() -> None:
    standing = Dimension("standing", "detail", {"open": "Open"}, measure=Measure.CASES_STANDING)
    received = DEFINITIONS["cases_received"]
    definition = replace(received, dimensions={**received.dimensions, standing.name: standing})
    day = date(2022, 9, 1)
    question = Question(definition, (day, day), datetime(2022, 10, 1, tzinfo=UTC), by=("standing",))
    assert (question.measure, question.whole_measure) == (Measure.CASES_STANDING, Measure.CASES_RECEIVED)
    narrowed = replace(question, by=(), filters={"standing": ("open",)})
    assert (narrowed.measure, narrowed.whole_measure) == (Measure.CASES_STANDING, Measure.CASES_STANDING)


def test_every_query_parameter_is_a_dimension_of_some_figure() -> None:
    assert set(FILTERS) == {found.name for found in DIMENSIONS}


def test_versions_are_numbered_from_one_and_each_replaced_the_one_before_with_later_rules() -> None:
    for versions in VERSIONS.values():
        assert [found.version for found in versions] == list(range(1, len(versions) + 1))
        began = [found.from_rules for found in versions]
        assert began[0] == 0
        assert began == sorted(set(began))
        assert began[-1] <= RULES_VERSION
        assert len({(found.unit, found.kind, found.form, found.default_by) for found in versions}) == 1


def test_a_published_version_is_never_edited() -> None:
    """A changed meaning is a new version. Words (`in words`) that only say the same better are pinned anew."""
    meanings = published.meanings()
    assert {key for key, digest in published.pinned().items() if meanings.get(key) != digest} == set()


def test_every_version_and_dimension_is_pinned_when_it_is_published() -> None:
    assert published.meanings().keys() - published.pinned().keys() == set()


def test_the_version_in_force_is_the_latest_of_the_rules_or_the_first() -> None:
    assert [version_under("cases_intervened", rules).version for rules in range(8)] == [1, 1, 2, 2, 3, 3, 3, 4]
    assert version_under("persons_detained", 1).version == 1


def test_the_list_shows_every_definition_in_words(office: Office) -> None:
    listed = office.job.get("/v1/figures").json()["items"]
    assert [one["name"] for one in listed] == list(DEFINITIONS)
    earlier = {one["name"]: [before["version"] for before in one["earlier_versions"]] for one in listed}
    assert {name: versions for name, versions in earlier.items() if versions} == {
        "cases_intervened": [1, 2, 3], "persons_rescued": [1], "persons_awaiting_return": [1],
    }  # fmt: skip
    for one in listed:
        assert one["kind"] == DEFINITIONS[one["name"]].kind.value
        assert {"version", "title", "unit", "counts", "dated_by", "dimensions"} <= one.keys()


def test_unknown_disputed_and_stateless_are_shown_though_nobody_is() -> None:
    assert NATIONALITY.shown([], []) == ["XXA", "ZZ-UNKNOWN", "ZZ-DISPUTED"]
    assert NATIONALITY.shown(["TWN"], []) == ["TWN", "XXA", "ZZ-UNKNOWN", "ZZ-DISPUTED"]
    assert NATIONALITY.shown(["TWN"], ["MYS"]) == ["MYS"]


def test_a_code_that_is_in_no_list_any_more_is_not_dropped() -> None:
    assert DEFINITIONS["persons_rescued"].dimensions["sex"].shown(["retired"], [])[-1] == "retired"
    assert replace(NATIONALITY, codes={}).label_of("TWN") == "TWN"


@pytest.mark.parametrize(
    "dimension", [found for found in DIMENSIONS if found is not NATIONALITY], ids=lambda found: found.name
)
def test_short_lists_are_shown_whole(dimension: Dimension) -> None:
    assert dimension.shown([], []) == list(dimension.codes)
