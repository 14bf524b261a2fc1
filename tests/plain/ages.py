"""How old somebody is: every day on which they may have been born is tried.

What is told is a number, `{"low": ..., "high": ...}` or `{"about": ...}`, which is two years either side. Source:
design/domain.md section 6, docs/adr/0042.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any


def age_group(on: date, birth_year: Any, age: tuple[Any, date] | None) -> str:
    """Return minor or adult where every birthday that fits says so. Where year and age contradict, the year counts.

    A told age grows on the anniversaries of its telling only: whoever was told a minor stays one until then, and an
    adult is only who must be one.
    """
    told = (None, None) if age is None else (bounds(age[0]), age[1])
    return group(on, None if birth_year is None else bounds(birth_year), *told)


@cache
def group(on: date, years: tuple[int, int] | None, ages: tuple[int, int] | None, told_on: date | None) -> str:
    """Return the group of somebody born in some years, of some age on a day."""
    of_year = births_in(*years) if years else frozenset()
    of_age = births_of(*ages, told_on) if ages and told_on else frozenset()
    both = of_year & of_age
    of_legal_age = {age_on(born, on) >= 18 for born in both or of_year or of_age}
    if len(of_legal_age) == 1:
        return "adult" if of_legal_age.pop() else "minor"
    counts = ages and told_on and told_on <= on and (both or not of_year)
    return "minor" if counts and ages and told_on and ages[1] + age_on(told_on, on) < 18 else "unknown"


@cache
def births_in(first: int, last: int) -> frozenset[date]:
    """Return every day of some years."""
    return frozenset(days(date(first, 1, 1), date(last, 12, 31)))


@cache
def births_of(youngest: int, oldest: int, told_on: date) -> frozenset[date]:
    """Return every day on which somebody who had such an age then may have been born."""
    near = days(date(told_on.year - oldest - 2, 1, 1), told_on)
    return frozenset(born for born in near if youngest <= age_on(born, told_on) <= oldest)


def bounds(told: Any) -> tuple[int, int]:
    """Return the lowest and the highest number that may be meant."""
    if isinstance(told, int):
        return told, told
    return (told["about"] - 2, told["about"] + 2) if "about" in told else (told["low"], told["high"])


def age_on(born: date, day: date) -> int:
    """Return completed years; who is born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def days(first: date, last: date) -> list[date]:
    """Return every day from one to another."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
