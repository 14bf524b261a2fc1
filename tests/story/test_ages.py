"""Minor, adult or unknown: never said of somebody who may be otherwise.

The plain model tries every day on which the person may have been born.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.story.ages import (
    About,
    AgeStated,
    Between,
    Births,
    Told,
    age_group,
    age_in_clear,
    births_told,
    common_year,
    fits,
)
from service.story.moment import Moment
from tests.plain import ages

ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize("birth_year", [2003, 2004])
def test_a_birth_year_says_minor_or_adult_when_every_birthday_in_it_does(birth_year: int) -> None:
    for on in ages.days(date(birth_year + 17, 12, 25), date(birth_year + 19, 1, 5)):
        expected = ages.age_group(on, birth_year, None)
        assert age_group(on, birth_year=birth_year, stated=None).value == expected, on


BOUNDARIES = [
    "2022-09-10", "2024-02-28", "2024-02-29", "2024-03-01", "2023-02-28", "2023-03-01", "2022-01-01", "2022-12-31",
]  # fmt: skip


@pytest.mark.parametrize("stated_on", [date.fromisoformat(day) for day in BOUNDARIES])
@pytest.mark.parametrize("years", [0, 16, 17, 18, 19])
def test_a_stated_age_moves_with_the_calendar_both_ways(stated_on: date, years: int) -> None:
    turning = stated_on.year - years + 18
    near = [date(year, *day) for year in range(turning - 1, turning + 2) for day in ((1, 1), (7, 1), (12, 31))]
    same_day = [around for year in range(turning - 1, turning + 3) for around in close_to(year, stated_on)]
    for on in near + same_day:
        found = age_group(on, birth_year=None, stated=AgeStated(years, stated_on)).value
        assert found == ages.age_group(on, None, (years, stated_on)), on


def close_to(year: int, day: date) -> list[date]:
    """The days around a calendar day of another year."""
    middle = date(year, day.month, min(day.day, 28)) + ONE_DAY * max(0, day.day - 28)
    return [middle + ONE_DAY * step for step in (-2, -1, 0, 1, 2)]


def test_nothing_known_is_unknown_and_a_birth_year_outweighs_a_stated_age() -> None:
    day = date(2022, 9, 10)
    assert age_group(day, birth_year=None, stated=None).value == "unknown"
    assert age_group(day, birth_year=2010, stated=AgeStated(40, day)).value == "minor"


def told(number: Any) -> Told | None:
    """As the service has what the plain model calls by its members."""
    if number is None or isinstance(number, int):
        return number
    return About(**number) if "about" in number else Between(**number)


def numbers(low: int, high: int) -> st.SearchStrategy[Any]:
    """Something told as a number, a range or "about"."""
    one = st.integers(low, high)
    ranges = st.tuples(one, st.integers(1, 6)).map(lambda drawn: {"low": drawn[0], "high": sum(drawn)})
    return st.none() | one | one | ranges | one.map(lambda number: {"about": number})


DAYS = st.dates(date(2021, 1, 1), date(2025, 12, 31)) | st.sampled_from([date.fromisoformat(day) for day in BOUNDARIES])


@settings(max_examples=400, deadline=None, derandomize=True)
@given(numbers(2001, 2008), numbers(12, 22), DAYS, DAYS | st.integers(-400, 800))
def test_whatever_is_told_the_group_is_unknown_only_where_it_reaches_across_eighteen(
    year: Any, age: Any, stated_on: date, asked: date | int
) -> None:
    on = asked if isinstance(asked, date) else stated_on + timedelta(days=asked)
    stated = None if age is None else (age, stated_on)
    as_told = None if age is None else AgeStated(told(age) or 0, stated_on)
    found = age_group(on, birth_year=told(year), stated=as_told).value
    assert found == ages.age_group(on, year, stated), (year, stated, on)


TOLD = date(2022, 9, 20)
LATER: list[tuple[Any, str, str]] = [
    (17, "2022-09-22", "minor"), (17, "2023-09-19", "minor"), (17, "2023-09-20", "adult"), (16, "2023-12-31", "minor"),
    (18, "2022-09-20", "adult"), (18, "2022-09-18", "unknown"), (17, "2022-09-18", "minor"),
    (18, "2021-09-20", "minor"),
    ({"low": 16, "high": 20}, "2022-09-20", "unknown"), ({"low": 18, "high": 20}, "2022-09-20", "adult"),
    ({"low": 15, "high": 17}, "2022-12-20", "minor"), ({"low": 15, "high": 17}, "2023-09-20", "unknown"),
    ({"low": 15, "high": 17}, "2025-09-20", "adult"), ({"about": 18}, "2022-09-22", "unknown"),
    ({"about": 15}, "2022-09-22", "minor"), ({"about": 20}, "2022-09-22", "adult"),
]  # fmt: skip


@pytest.mark.parametrize(("age", "on", "group"), LATER)
def test_an_age_told_on_a_day_is_not_forgotten_on_the_next(age: Any, on: str, group: str) -> None:
    day = date.fromisoformat(on)
    assert ages.age_group(day, None, (age, TOLD)) == group
    assert age_group(day, birth_year=None, stated=AgeStated(told(age) or 0, TOLD)).value == group


def test_a_birth_year_and_an_age_narrow_each_other() -> None:
    days = [date.fromisoformat(day) for day in ("2022-09-20", "2022-12-30", "2022-12-31")]
    groups = [age_group(day, birth_year=2004, stated=AgeStated(17, TOLD)).value for day in days]
    assert groups == ["minor", "minor", "adult"]
    assert age_group(TOLD, birth_year=2004, stated=None).value == "unknown"


def test_years_told_in_several_rows_are_one_where_they_fit() -> None:
    assert common_year([2004]) == Between(2004, 2004)
    assert common_year([About(2004), 2002, Between(1999, 2003)]) == Between(2002, 2002)
    assert common_year([2004, Between(2005, 2006)]) is None


CLEAR: list[tuple[str, str, int | None]] = [
    ("2004-12-31", "2022-09-20", 17), ("2004-09-20", "2022-09-20", 18), ("2004-09-21", "2022-09-20", 17),
    ("2005-06", "2022-09-20", 17), ("2004-09", "2022-09-20", None), ("2004", "2022-09-20", None),
    ("2004-12-31", "2022-09", 17), ("2004-09-15", "2022-09", None), ("2003-12-31", "2022-09-20", None),
    ("1990-05-12", "2022-09-20", None),
]  # fmt: skip


@pytest.mark.parametrize(("born", "on", "age"), CLEAR)
def test_of_a_date_of_birth_the_age_is_in_clear_only_where_its_year_makes_no_adult(
    born: str, on: str, age: int | None
) -> None:
    assert age_in_clear(births_told(born), Moment.of(on)) == age


@pytest.mark.parametrize("first", [date.fromisoformat(day) for day in BOUNDARIES])
@pytest.mark.parametrize("days", [0, 29, 365])
def test_an_age_fits_a_birth_year_within_a_year_of_what_any_birthday_in_it_makes(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    for birth_year in (2000, 2003, 2004, 2021, 2022):
        births = [born for born in ages.days(date(birth_year, 1, 1), date(birth_year, 12, 31)) if born <= first]
        possible = {ages.age_on(born, on) for born in births for on in (first, last)}
        for age in range(120) if possible else ():
            expected = any(abs(age - true) <= 1 for true in possible)
            assert fits(age, Births.in_year(birth_year), first=first, last=last) == expected, (age, birth_year)
            near = any(abs(near - true) <= 1 for true in possible for near in range(age, age + 3))
            assert fits(Between(age, age + 2), Births.in_year(birth_year), first=first, last=last) == near
