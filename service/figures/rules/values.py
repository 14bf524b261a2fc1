"""What stands in a cell of a figure, by its form. Pure: from sums of the ledger to what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """What a cell holds."""

    COUNT = "count"
    BOUNDS = "bounds"
    SHARE = "share"
    SPREAD = "spread"


@dataclass(frozen=True)
class Count:
    """So many."""

    value: int


@dataclass(frozen=True)
class Bounds:
    """A sum of claims: at least `low`, at most `high`, unless some claims are open-ended: then there is no `high`."""

    low: int
    high: int | None
    open_ended: int


@dataclass(frozen=True)
class Share:
    """So many, of so many: numerator and denominator, never one without the other."""

    value: int
    base: int


@dataclass(frozen=True)
class Spread:
    """So many measurements, their median and their ninetieth percentile; no percentile of nothing."""

    count: int
    median: int | None
    p90: int | None


Value = Count | Bounds | Share | Spread

COLUMNS: Final[Mapping[Form, tuple[str, ...]]] = {
    Form.COUNT: ("value",),
    Form.BOUNDS: ("low", "high", "open_ended"),
    Form.SHARE: ("value", "base"),
    Form.SPREAD: ("count", "median", "p90"),
}
"""Names of what a cell holds, in a table's order. They never change inside `/v1`."""


def bounds_of(low: int, high: int, open_ended: int) -> Bounds:
    """Answer the bounds of summed claims."""
    return Bounds(low, None if open_ended else high, open_ended)


def spread_of(times: Mapping[int, int]) -> Spread:
    """Answer the spread of measurements.

    Args:
        times: how often each was measured.
    """
    return Spread(sum(times.values()), nearest_rank(times, 50), nearest_rank(times, 90))


def nearest_rank(times: Mapping[int, int], percent: int) -> int | None:
    """Answer the smallest measurement that at least so many percent do not exceed; None of nothing.

    It is always a measurement that was made, never one between two.

    Source: Hyndman and Fan, Sample Quantiles in Statistical Packages, The American Statistician 50 (1996), definition
    1, the inverse of the empirical distribution function.
    """
    rank = -(-sum(times.values()) * percent // 100)
    for measured in sorted(times):
        rank -= times[measured]
        if rank <= 0:
            return measured
    return None
