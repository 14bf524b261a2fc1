"""How many people a reporter says are concerned: which claims are whole, and what the numbers can mean. Pure."""

from typing import Final

from service.codes import StatementBound
from service.story.kinds.headcount_claimed import HeadcountClaimed

_UNBOUNDED_ABOVE: Final = frozenset({StatementBound.AT_LEAST, StatementBound.UNQUANTIFIED})


def headcount_fault(bound: StatementBound, low: int | None, high: int | None) -> str | None:
    """Answer what is wrong with the numbers of a claim, in words, or None."""
    if bound is StatementBound.UNQUANTIFIED:
        return None if low is None and high is None else "An unquantified claim has no numbers."
    if bound is StatementBound.AT_MOST:
        return None if high is not None and low is None else "A claim of at most gives `high` only."
    if low is None:
        return "Give the number in `low`."
    if bound is StatementBound.RANGE:
        return None if high is not None and low <= high else "A range gives `low` and `high`, in order."
    return None if high is None or high == low else "Only a range gives both `low` and `high`."


def headcount_bounds(fact: HeadcountClaimed) -> tuple[int, int | None]:
    """Answer the least and the most a claim can mean; the most is None where it is open."""
    if fact.bound in _UNBOUNDED_ABOVE:
        return fact.low or 0, None
    if fact.bound is StatementBound.AT_MOST:
        return 0, fact.high
    low = fact.low or 0
    return low, low if fact.high is None else fact.high
