"""Statistics of the measurements."""

from collections.abc import Sequence
from math import ceil
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of all values do not exceed (nearest rank).

    Args:
        values: at least one, in any order.
        share: above 0, at most 1; 0.99 for p99.

    Raises:
        ValueError: there are no values, or the share is none.
    """
    if not values or not 0 < share <= 1:
        raise ValueError("percentile: give at least one value, and a share above 0 and at most 1")
    return sorted(values)[ceil(share * len(values)) - 1]


def median_ratio(measured: Sequence[float], reference: Sequence[float]) -> float:
    """Return the median of the ratios of paired rounds: a disturbance of the machine affects both sides of a pair.

    Raises:
        ValueError: the rounds do not pair, or a reference is nothing.
    """
    if not measured or len(measured) != len(reference) or any(value <= 0 for value in reference):
        raise ValueError("ratio: every round needs both values, and a reference above 0")
    return median(one / other for one, other in zip(measured, reference, strict=True))


def growth(values: Sequence[float]) -> float:
    """Return the ratio of the last value to the first.

    Raises:
        ValueError: there is no first value, or it is nothing.
    """
    if not values or values[0] <= 0:
        raise ValueError("growth: the first value must be above 0")
    return values[-1] / values[0]
