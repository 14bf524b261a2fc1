"""How many people a reporter says are concerned: which claims are whole, and what the numbers can mean. Pure."""

from dataclasses import dataclass
from typing import Final

from service.codes import StatementBound

_UNBOUNDED_ABOVE: Final = frozenset({StatementBound.AT_LEAST, StatementBound.UNQUANTIFIED})


@dataclass(frozen=True, slots=True)
class HeadcountClaim:
    """How many people the reporter says are concerned. It is never expanded into persons."""

    bound: StatementBound
    low: int | None
    high: int | None


def headcount_fault(bound: StatementBound, low: int | None, high: int | None) -> str | None:
    """Return what is wrong with the numbers of a claim, in words; None where nothing is."""
    if bound is StatementBound.UNQUANTIFIED:
        return None if low is None and high is None else "An unquantified claim has no numbers: leave them out."
    if bound is StatementBound.AT_MOST:
        return None if high is not None and low is None else "Give the number in `high`, and leave `low` out."
    if low is None:
        return "Give the number in `low`."
    if bound is StatementBound.RANGE:
        return None if high is not None and low <= high else "Give the lower number in `low`, the higher in `high`."
    return None if high is None or high == low else "Only a range has two numbers: leave `high` out."


def headcount_bounds(claim: HeadcountClaim) -> tuple[int, int | None]:
    """Return the least and the most a claim can mean; the most is None where it is open."""
    if claim.bound in _UNBOUNDED_ABOVE:
        return claim.low or 0, None
    if claim.bound is StatementBound.AT_MOST:
        return 0, claim.high
    low = claim.low or 0
    return low, low if claim.high is None else claim.high
