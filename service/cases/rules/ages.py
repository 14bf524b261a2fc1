"""Minor, adult or unknown on a given day. Pure.

Source: Convention on the Rights of the Child, article 1: under eighteen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from service.reference.rules import AgeGroup

MAJORITY: Final = 18


@dataclass(frozen=True, slots=True)
class AgeStated:
    """An age in whole years that was true on a day."""

    years: int
    on: date


def age_group(on: date, *, birth_year: int | None, stated: AgeStated | None) -> AgeGroup:
    """Answer the age group on a day: only where every birthday that fits what is known agrees.

    A birth year outweighs a stated age.
    """
    if birth_year is not None:
        return _group(on.year - birth_year - 1, on.year - birth_year)
    if stated is None:
        return AgeGroup.UNKNOWN
    if on >= stated.on:
        return _group(stated.years + _whole_years(stated.on, on), stated.years + _begun_years(stated.on, on))
    return _group(stated.years - _begun_years(on, stated.on), stated.years - _whole_years(on, stated.on))


def _group(youngest: int, oldest: int) -> AgeGroup:
    if youngest >= MAJORITY:
        return AgeGroup.ADULT
    return AgeGroup.MINOR if oldest < MAJORITY else AgeGroup.UNKNOWN


def _whole_years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _begun_years(start: date, end: date) -> int:
    whole = _whole_years(start, end)
    return whole if (start.month, start.day) == (end.month, end.day) else whole + 1
