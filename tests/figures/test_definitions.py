"""The table of definitions is whole, and says in words what it means."""

import pytest

from service.figures.rules.definitions import DEFINITIONS, Definition, Parts
from service.figures.rules.labels import LABELS, shown_codes
from service.ledger.models import LedgerEntry
from service.ledger.rules import Measure
from tests.figures.conftest import Office

ALL = pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=lambda found: found.name)


@ALL
def test_a_definition_says_what_is_counted_and_which_day_places_it(definition: Definition) -> None:
    assert definition.version >= 1
    assert definition.title[0].isupper()
    assert definition.counts.endswith(".")
    assert definition.dated_by.endswith(".")
    assert len(definition.counts) > 30
    assert DEFINITIONS[definition.name] is definition


@ALL
def test_every_dimension_is_a_column_of_the_ledger_with_words_for_its_codes(definition: Definition) -> None:
    for dimension in definition.dimensions.values():
        assert dimension.column in LedgerEntry.__table__.c
        assert all(label.strip() for label in LABELS[dimension.codes].values())
        assert LABELS[dimension.codes]
    assert set(definition.default_by) <= definition.dimensions.keys()


@ALL
def test_a_figure_whose_own_parts_overlap_is_broken_down_by_them(definition: Definition) -> None:
    own = [name for name, of in definition.dimensions.items() if of.parts is Parts.OVERLAPPING and of.measure is None]
    assert list(definition.default_by) == own or not own


def test_every_measure_is_asked_for_by_some_figure_or_check() -> None:
    asked = {definition.measure for definition in DEFINITIONS.values()}
    asked |= {of.measure for found in DEFINITIONS.values() for of in found.dimensions.values() if of.measure}
    for_checks_and_bounds = {
        Measure.CASES_STANDING, Measure.RESCUED_STANDING, Measure.ALLEGED_HIGH, Measure.ALLEGED_OPEN,
    }  # fmt: skip
    assert asked | for_checks_and_bounds == set(Measure)


def test_the_list_shows_every_definition_in_words(office: Office) -> None:
    listed = office.job.get("/v1/figures").json()["items"]
    assert [one["name"] for one in listed] == list(DEFINITIONS)
    for one in listed:
        assert one["kind"] == DEFINITIONS[one["name"]].kind.value
        assert {"version", "title", "unit", "counts", "dated_by", "dimensions"} <= one.keys()


def test_unknown_disputed_and_stateless_are_shown_though_nobody_is() -> None:
    assert shown_codes("nationality", [], []) == ["XXA", "ZZ-UNKNOWN", "ZZ-DISPUTED"]
    assert shown_codes("nationality", ["TWN"], []) == ["TWN", "XXA", "ZZ-UNKNOWN", "ZZ-DISPUTED"]
    assert shown_codes("nationality", ["TWN"], ["MYS"]) == ["MYS"]


def test_a_code_that_is_in_no_list_any_more_is_not_dropped() -> None:
    assert shown_codes("sex", ["retired"], [])[-1] == "retired"


@pytest.mark.parametrize("codes", sorted(set(LABELS) - {"nationality"}))
def test_short_lists_are_shown_whole(codes: str) -> None:
    assert shown_codes(codes, [], []) == list(LABELS[codes])
