"""Minor, adult or unknown: never said of somebody who may be otherwise.

The plain model tries every day on which the person may have been born.
"""

from datetime import date, timedelta

import pytest

from service.story.ages import AgeStated, age_group, fits
from tests.cases import plain_ages

ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize("birth_year", [2003, 2004])
def test_a_birth_year_says_minor_or_adult_when_every_birthday_in_it_does(birth_year: int) -> None:
    for on in plain_ages.days(date(birth_year + 17, 12, 25), date(birth_year + 19, 1, 5)):
        expected = plain_ages.age_group(on, birth_year, None)
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
        assert found == plain_ages.age_group(on, None, (years, stated_on)), on


def close_to(year: int, day: date) -> list[date]:
    """The days around a calendar day of another year."""
    middle = date(year, day.month, min(day.day, 28)) + ONE_DAY * max(0, day.day - 28)
    return [middle + ONE_DAY * step for step in (-2, -1, 0, 1, 2)]


def test_nothing_known_is_unknown_and_a_birth_year_outweighs_a_stated_age() -> None:
    day = date(2022, 9, 10)
    assert age_group(day, birth_year=None, stated=None).value == "unknown"
    assert age_group(day, birth_year=2010, stated=AgeStated(40, day)).value == "minor"


@pytest.mark.parametrize("first", [date.fromisoformat(day) for day in BOUNDARIES])
@pytest.mark.parametrize("days", [0, 29, 365])
def test_an_age_fits_a_birth_year_within_a_year_of_what_any_birthday_in_it_makes(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    for birth_year in (2000, 2003, 2004, 2021, 2022):
        births = [born for born in plain_ages.days(date(birth_year, 1, 1), date(birth_year, 12, 31)) if born <= first]
        ages = {plain_ages.age_on(born, on) for born in births for on in (first, last)}
        for age in range(120) if ages else ():
            expected = any(abs(age - true) <= 1 for true in ages)
            assert fits(age, birth_year, first=first, last=last) == expected, (age, birth_year)
