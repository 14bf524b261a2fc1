"""The days on which something is counted. Pure."""

from collections.abc import Iterable
from datetime import date


def first_days(dated: Iterable[tuple[str, date]]) -> dict[str, date]:
    """Return the first day of each code. It may lie before the request: custody, papers and arrests often do."""
    firsts: dict[str, date] = {}
    for code, day in dated:
        firsts[code] = min(day, firsts.get(code, date.max))
    return firsts
