"""Percentiles, ratios and growth are what they are called."""

import pytest

from bench.arithmetic import growth, median_ratio, percentile
from bench.targets import PEERS, Verdict, of_memory, of_ratio, of_tail


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50.0), (0.99, 99.0), (0.991, 100.0), (1.0, 100.0), (0.001, 1.0), (0.01, 1.0)]
)
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(share: float, expected: float) -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert percentile(values, share) == expected
    assert sum(value <= expected for value in values) >= share * len(values)


def test_of_one_value_every_percentile_is_that_value() -> None:
    assert {percentile([7.0], share) for share in (0.01, 0.5, 0.99, 1.0)} == {7.0}


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 0.0), ([1.0], 1.01), ([1.0], -0.5)])
def test_there_is_no_percentile_of_nothing(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, share)


def test_a_ratio_pairs_each_round_with_its_neighbour() -> None:
    """The medians of the sides would say 300 / 1000; a round that was slow on both sides says nothing of the ratio."""
    assert median_ratio([500.0, 10.0, 300.0], [1000.0, 20.0, 1000.0]) == 0.5


@pytest.mark.parametrize("sides", [([], []), ([1.0], []), ([1.0], [0.0]), ([1.0, 2.0], [1.0])])
def test_rounds_without_both_sides_have_no_ratio(sides: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="both values"):
        median_ratio(*sides)


def test_growth_is_the_last_by_the_first() -> None:
    assert growth([2.0, 9.0, 5.0]) == 2.5
    with pytest.raises(ValueError, match="first value"):
        growth([0.0, 1.0])


def test_a_verdict_includes_its_bound() -> None:
    assert [Verdict("", found, 0.4, at_least=True).met for found in (0.39, 0.4, 0.41)] == [False, True, True]
    assert [Verdict("", found, 4.0, at_least=False).met for found in (3.9, 4.0, 4.1)] == [True, True, False]


def test_a_share_of_pgbench_is_judged_beside_what_the_peers_reached_of_theirs() -> None:
    own, *beside = of_ratio("file", 0.4)
    assert (own.found, own.met) == (0.4, True)
    assert [round(verdict.found, 1) for verdict in beside] == [8.6, 4.7]
    assert len(of_ratio("read", 0.2)) == 1 + len(PEERS)
    assert len(of_ratio("event", 0.4)) == 1


def test_tails_and_memory_are_bounded_from_above() -> None:
    assert of_tail("read", 4.1).met is False
    assert [verdict.met for verdict in of_memory(119.0, 1.0, 100_000)] == [True, True]
    assert [verdict.met for verdict in of_memory(121.0, 1.2, 100_000)] == [False, False]
