"""How an age or a birth year that is not known exactly stands in columns: a number, or in its place a range. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from service.story.ages import About, AgeStated, Between, Told, range_of


def birth_columns(birth_year: Told | None, stated: AgeStated | None) -> dict[str, Any]:
    """Return the columns of what was told of when somebody was born."""
    age = stated.years if stated else None
    return {
        "birth_year": _number(birth_year),
        "birth_year_range": _range(birth_year),
        "stated_age": _number(age),
        "stated_age_range": _range(age),
        "stated_age_on": stated.on if stated else None,
    }


def birth_year_in(row: Mapping[str, Any]) -> Told | None:
    """Return the birth year in a row, as it was told."""
    return _told(row["birth_year"], row["birth_year_range"])


def stated_age_in(row: Mapping[str, Any]) -> AgeStated | None:
    """Return the age in a row, as it was told, with its day."""
    years, on = _told(row["stated_age"], row["stated_age_range"]), row["stated_age_on"]
    return None if years is None else AgeStated(years, date.fromisoformat(on) if isinstance(on, str) else on)


def as_shown(told: Told) -> dict[str, int]:
    """Return the lowest and the highest number that may be meant, and the one that was told as "about"."""
    return asdict(range_of(told)) | (asdict(told) if isinstance(told, About) else {})


def _number(told: Told | None) -> int | None:
    return told if isinstance(told, int) else None


def _range(told: Told | None) -> dict[str, int] | None:
    return None if told is None or isinstance(told, int) else asdict(told)


def _told(number: int | None, range_: Mapping[str, int] | None) -> Told | None:
    if range_ is None:
        return number
    return About(**range_) if "about" in range_ else Between(**range_)
