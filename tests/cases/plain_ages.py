"""Ages, in the plainest way: every day on which somebody may have been born is tried.

What is told is a number, `{"low": ..., "high": ...}` or `{"about": ...}`, which is two years either side. A told age
grows on the anniversaries of the day on which it was told, and on no other day: whoever was told a minor stays one
until then, unless everybody born in the birth year told besides is of age.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any


def age_group(on: date, birth_year: Any, age: tuple[Any, date] | None) -> str:
    """Try every day on which somebody may have been born; one that fits year and age, where any does."""
    by_year = births_of_year(bounds(birth_year)) if birth_year is not None else []
    by_age = births_of_age(bounds(age[0]), age[1]) if age is not None else []
    both = [born for born in by_age if by_year and by_year[0] <= born <= by_year[-1]]
    of_age = {age_on(born, on) >= 18 for born in both or by_year or by_age}
    if len(of_age) == 1:
        return "adult" if of_age.pop() else "minor"
    if age is None or on < age[1] or (by_year and not both):
        return "unknown"
    anniversaries = age_on(age[1], on)
    return "minor" if bounds(age[0])[1] + anniversaries < 18 else "unknown"


@cache
def births_of_year(years: tuple[int, int]) -> list[date]:
    """Every day of the years."""
    return days(date(years[0], 1, 1), date(years[1], 12, 31))


@cache
def births_of_age(ages: tuple[int, int], told_on: date) -> list[date]:
    """Every day on which somebody who had such an age then may have been born."""
    near = days(date(told_on.year - ages[1] - 2, 1, 1), told_on)
    return [born for born in near if ages[0] <= age_on(born, told_on) <= ages[1]]


def bounds(told: Any) -> tuple[int, int]:
    """The lowest and the highest number that may be meant."""
    if isinstance(told, int):
        return told, told
    return (told["about"] - 2, told["about"] + 2) if "about" in told else (told["low"], told["high"])


def age_on(born: date, day: date) -> int:
    """Completed years; who is born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
