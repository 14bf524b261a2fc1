"""Minor, adult or unknown on a given day. Pure.

An age or a birth year is told as a number, as a range, or as "about" a number. A told age grows on the anniversaries
of the day on which it was told, and on no other day (ADR 0042): whoever was told a minor stays one until then, and an
adult is only who must be one.

Source: Convention on the Rights of the Child, article 1: under eighteen; Council of Europe Convention on Action against
Trafficking in Human Beings, article 10 (3): presumed a child where the age is uncertain.
"""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Final, Protocol

from service.codes import AgeGroup
from service.story.moment import Moment

MAJORITY: Final = 18

SLACK_YEARS: Final = 1
"""How far a stated age may lie from the birth year stated with it: people round, and some count from one at birth."""

ABOUT_YEARS: Final = 2
"""How far the truth may lie from a number told as "about", either way.

People round to 0 and 5, and no number is further than this from the nearest of them. Source: United Nations, Methods of
Appraisal of Quality of Basic Data for Population Estimates (Manual II, 1955), on heaped ages.
"""

_CONFIG: Final[Mapping[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Between:
    """A range: from a number to another, both included."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class About:
    """Two years more or less than a number."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    about: int


Told = int | Between | About
"""An age in whole years or a birth year, as it was told."""


def range_of(told: Told) -> Between:
    """Return the lowest and the highest number that may be meant."""
    if isinstance(told, int):
        return Between(told, told)
    if isinstance(told, About):
        return Between(max(0, told.about - ABOUT_YEARS), told.about + ABOUT_YEARS)
    return told


def latest_of(told: Told) -> int:
    """Return the highest number that was named."""
    return told if isinstance(told, int) else told.about if isinstance(told, About) else told.high


@dataclass(frozen=True, slots=True)
class AgeStated:
    """An age that was true on a day."""

    years: Told
    on: date

    def in_years(self) -> Between:
        """Return the lowest and the highest age it may have been."""
        return range_of(self.years)


@dataclass(frozen=True, slots=True)
class Births:
    """The days between which somebody was born, both included."""

    earliest: date
    latest: date

    @classmethod
    def in_year(cls, told: Told) -> "Births":
        """Return the days of a birth year."""
        years = range_of(told)
        return cls(date(years.low, 1, 1), date(years.high, 12, 31))

    @classmethod
    def at_age(cls, stated: AgeStated) -> "Births":
        """Return the days on which somebody of a stated age may have been born."""
        years = stated.in_years()
        return cls(_years_before(stated.on, years.high + 1) + timedelta(days=1), _years_before(stated.on, years.low))

    def and_also(self, other: "Births") -> "Births | None":
        """Return the days that fit both; None where none does."""
        both = Births(max(self.earliest, other.earliest), min(self.latest, other.latest))
        return both if both.earliest <= both.latest else None

    def ages_on(self, first: date, last: date) -> Between:
        """Return the lowest and the highest age between two days."""
        return Between(_age(self.latest, first), _age(self.earliest, last))

    def group_on(self, day: date) -> AgeGroup:
        """Return the age group on a day: only where every birthday agrees."""
        ages = self.ages_on(day, day)
        if ages.low >= MAJORITY:
            return AgeGroup.ADULT
        return AgeGroup.MINOR if ages.high < MAJORITY else AgeGroup.UNKNOWN


class Born(Protocol):
    """What one call tells of when somebody was born."""

    @property
    def date_of_birth(self) -> str | None:
        """A day, a month or a year (ISO 8601-2)."""

    @property
    def birth_year(self) -> Told | None:
        """The calendar year."""

    @property
    def age(self) -> Told | None:
        """In whole years, on the day on which it was told."""


def fits(age: Told, births: Births, *, first: date, last: date) -> bool:
    """Whether an age on a day fits the days of birth told with it, within `SLACK_YEARS`.

    Args:
        age: in whole years.
        births: of a birth year, or of a date of birth.
        first: the first day on which it may have been said.
        last: the last one, included.
    """
    possible, told = births.ages_on(first, last), range_of(age)
    return told.low <= possible.high + SLACK_YEARS and possible.low - SLACK_YEARS <= told.high


def births_told(text: str) -> Births:
    """Return the days of a date of birth, in full or in part."""
    moment = Moment.of(text)
    return Births(moment.on, moment.latest)


def age_in_clear(births: Births, told: Moment) -> int | None:
    """Return the age that is recorded of a date of birth, which is itself sealed.

    None where its year alone makes an adult, or where the date or the day does not say the age (ADR 0042).
    """
    if Births.in_year(births.earliest.year).group_on(told.on) is AgeGroup.ADULT:
        return None
    ages = births.ages_on(told.on, told.latest)
    return ages.low if ages.low == ages.high else None


def age_group(on: date, *, birth_year: Told | None, stated: AgeStated | None) -> AgeGroup:
    """Return the age group on a day: unknown only where what may be true reaches across `MAJORITY`.

    Where a birth year and a stated age contradict each other, the year counts.
    """
    births = None if birth_year is None else Births.in_year(birth_year)
    if stated is not None:
        at_age = Births.at_age(stated)
        both = at_age if births is None else births.and_also(at_age)
        births, stated = (births, None) if both is None else (both, stated)
    if births is None:
        return AgeGroup.UNKNOWN
    group = births.group_on(on)
    if group is AgeGroup.UNKNOWN and stated is not None and _still_minor(stated, on):
        return AgeGroup.MINOR
    return group


def common_year(years: list[Told]) -> Told | None:
    """Return the birth year that fits all that were told; None where none does."""
    ranges = [range_of(told) for told in years]
    both = Between(max(one.low for one in ranges), min(one.high for one in ranges))
    return both if both.low <= both.high else None


def _still_minor(stated: AgeStated, on: date) -> bool:
    """Whether a told age is a minor's still: it grows on the anniversaries of its day."""
    return on >= stated.on and stated.in_years().high + _age(stated.on, on) < MAJORITY


def _age(born: date, on: date) -> int:
    """Return completed years; a birthday of 29 February falls on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _years_before(day: date, years: int) -> date:
    """Return the latest birth date of somebody who has completed so many years on a day."""
    leap_day = (day.month, day.day) == (2, 29) and not isleap(day.year - years)
    return date(day.year - years, day.month, 28 if leap_day else day.day)
