"""The days on which something is counted. Pure."""

from collections.abc import Iterable
from datetime import date


def first_days(dated: Iterable[tuple[str, date]], *, not_before: date) -> dict[str, date]:
    """Return the first day of each code. A day known only as a month or year may lie before what it follows."""
    firsts: dict[str, date] = {}
    for code, day in dated:
        firsts[code] = min(max(day, not_before), firsts.get(code, date.max))
    return firsts
