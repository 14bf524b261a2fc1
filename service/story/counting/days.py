"""The days on which something is counted, and whether they were fitted. Pure."""

from collections.abc import Iterable, Iterator

from service.ledger.rules import Cell, as_fitted
from service.story.moment import Moment


def first_moments(dated: Iterable[tuple[str, Moment]]) -> dict[str, Moment]:
    """Return the first moment of each code. It may lie before the request: custody, papers and arrests often do."""
    firsts: dict[str, Moment] = {}
    for code, moment in dated:
        firsts[code] = earliest([moment, firsts.get(code, moment)])
    return firsts


def earliest(moments: Iterable[Moment]) -> Moment:
    """Return the moment that counts first; of one day the one that is known exactly."""
    return min(moments, key=lambda moment: (moment.on, moment.is_fitted))


def placed(cell: Cell, *, fitted: bool, amount: int = 1) -> Iterator[tuple[Cell, int]]:
    """Return a cell and how much counts in it; where its day was fitted, the cells that say so as well."""
    yield cell, amount
    if fitted:
        yield from ((told, amount) for told in as_fitted(cell))
