"""The values of a cell, by the form of its figure. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """The form of a figure's cells."""

    COUNT = "count"
    BOUNDS = "bounds"
    SHARE = "share"
    SPREAD = "spread"


@dataclass(frozen=True)
class Count:
    """A count."""

    value: int


@dataclass(frozen=True)
class Bounds:
    """A sum of claims: at least `low` and at most `high`. Where a claim is open-ended there is no `high`."""

    low: int
    high: int | None
    open_ended: int


@dataclass(frozen=True)
class Share:
    """A share: numerator and denominator, never one without the other."""

    value: int
    base: int


@dataclass(frozen=True)
class Spread:
    """The number of measurements, their median and ninetieth percentile; no percentile of nothing."""

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
"""Names of what a cell holds, in the order of a table's columns. They never change inside `/v1`."""


FITTED: Final = "fitted"
ABOUT: Final = "about"
WITHOUT_NUMBER: Final = "without_number"

VAGUE: Final[Mapping[Form, tuple[str, ...]]] = {
    Form.COUNT: (FITTED,),
    Form.BOUNDS: (ABOUT, WITHOUT_NUMBER),
    Form.SHARE: (),
    Form.SPREAD: (),
}
"""What an answer says of how exact its total is. The names never change inside `/v1`."""


def bounds_of(low: int, high: int, open_ended: int) -> Bounds:
    """Return the bounds of summed claims."""
    return Bounds(low, None if open_ended else high, open_ended)


def spread_of(times: Mapping[int, int]) -> Spread:
    """Return the spread of measurements.

    Args:
        times: how often each was measured.
    """
    return Spread(sum(times.values()), nearest_rank(times, 50), nearest_rank(times, 90))


def nearest_rank(times: Mapping[int, int], percent: int) -> int | None:
    """Return the smallest measurement that at least `percent` percent of them do not exceed; None of nothing.

    It is always one of the measurements, never a value between two.

    Source: Hyndman and Fan, Sample Quantiles in Statistical Packages, The American Statistician 50 (1996), definition
    1, the inverse of the empirical distribution function.
    """
    rank = -(-sum(times.values()) * percent // 100)
    for measured in sorted(times):
        rank -= times[measured]
        if rank <= 0:
            return measured
    return None
