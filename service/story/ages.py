"""Minor, adult or unknown on a given day. Pure.

Source: Convention on the Rights of the Child, article 1: under eighteen.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from service.codes import AgeGroup

MAJORITY: Final = 18

SLACK_YEARS: Final = 1
"""How far a stated age may lie from the birth year stated with it: people round, and some count from one at birth."""


@dataclass(frozen=True, slots=True)
class AgeStated:
    """An age in whole years that was true on a day."""

    years: int
    on: date


class Born(Protocol):
    """What one call tells of when somebody was born."""

    @property
    def birth_year(self) -> int | None:
        """The calendar year."""

    @property
    def age(self) -> int | None:
        """In whole years, on the day on which it was told."""


def fits(age: int, birth_year: int, *, first: date, last: date) -> bool:
    """Whether an age on a day fits a birth year, within `SLACK_YEARS`.

    Args:
        age: in whole years.
        birth_year: the calendar year.
        first: the first day on which it may have been said.
        last: the last one, included.
    """
    youngest, oldest = _age(date(birth_year, 12, 31), first), _age(date(birth_year, 1, 1), last)
    return youngest - SLACK_YEARS <= age <= oldest + SLACK_YEARS


def age_group(on: date, *, birth_year: int | None, stated: AgeStated | None) -> AgeGroup:
    """Return the age group on a day: only where every birthday that fits what is known agrees.

    A birth year outweighs a stated age.
    """
    if birth_year is not None:
        return _group(date(birth_year, 1, 1), date(birth_year, 12, 31), on)
    if stated is None:
        return AgeGroup.UNKNOWN
    earliest = _years_before(stated.on, stated.years + 1) + timedelta(days=1)
    return _group(earliest, _years_before(stated.on, stated.years), on)


def _group(earliest: date, latest: date, on: date) -> AgeGroup:
    """Return the age group of somebody born between two days."""
    if _age(latest, on) >= MAJORITY:
        return AgeGroup.ADULT
    return AgeGroup.MINOR if _age(earliest, on) < MAJORITY else AgeGroup.UNKNOWN


def _age(born: date, on: date) -> int:
    """Return completed years; a birthday of 29 February falls on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _years_before(day: date, years: int) -> date:
    """Return the latest birth date of somebody who has completed so many years on a day."""
    leap_day = (day.month, day.day) == (2, 29) and not isleap(day.year - years)
    return date(day.year - years, day.month, 28 if leap_day else day.day)
