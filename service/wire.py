"""The types of request and response bodies: every string is bounded, and what a copy brings along is removed.

Bodies are parsed in Pydantic's JSON mode with strict types. Unknown members are refused.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from service.codes import COUNTRIES, EFFECTIVE_NATIONALITIES, NATIONALITIES, PROVINCES
from service.text import UNSEEN, canonical_username, check_username, clean_line, clean_prose, without_unseen

EARLIEST: Final = date(1900, 1, 1)
"""No day in the register is earlier; an earlier one is a typing error."""

LATEST_YEAR: Final = 2200
"""Every instant in the register is before this year."""

BUDDHIST_ERA: Final = range(2400, 2700)
"""Years of the calendar of Thailand, Laos and Cambodia that are written in place of common ones, 543 years ahead."""

_INSTANT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"


class Given(BaseModel):
    """A request body or a part of one: unknown members are refused, nothing is coerced, and it is immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


class Shown(BaseModel):
    """A response body or a part of one. Absent and null mean the same."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Page(Shown):
    """One page of a list. The last page has no `next_cursor`."""

    next_cursor: str | None = None


def _not_blank(text: str) -> str:
    if not "".join(text.split()).strip(UNSEEN):
        raise ValueError("Must not be blank")
    return text


def _listed(codes: Any, words: str) -> BeforeValidator:
    """Return a validator that looks a code up, in upper or lower case, before its length is checked."""

    def check(code: object) -> object:
        if not isinstance(code, str):
            return code
        if not code.isascii() or code.upper() not in codes:
            raise ValueError(words)
        return code.upper()

    return BeforeValidator(check)


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean_line), AfterValidator(_not_blank)]
"""One line of text: a name, a title, a number as it was written."""

Prose = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(clean_prose), AfterValidator(_not_blank)]
"""Text of several lines in any script."""


def _username(text: str) -> str:
    name = canonical_username(text)
    if not 3 <= len(name) <= 64:
        raise ValueError("Must have 3 to 64 characters; invisible characters are not counted")
    check_username(name)
    return name


Username = Annotated[str, Field(min_length=3, max_length=64), AfterValidator(_username)]
Password = Annotated[str, Field(min_length=1, max_length=256)]

Nationality = Annotated[
    str,
    Field(min_length=3, max_length=3, description="ISO 3166-1 alpha-3 or ICAO Doc 9303-3, e.g. TWN, XXA."),
    _listed(NATIONALITIES, "Unknown nationality. Use a code of /v1/reference/nationalities, such as MYS, TWN or XXA"),
]
Country = Annotated[
    str,
    Field(min_length=3, max_length=3, description="ISO 3166-1 alpha-3."),
    _listed(COUNTRIES, "Unknown country. Use a code of /v1/reference/countries, such as VNM"),
]
EffectiveNationality = Annotated[
    str,
    Field(min_length=3, max_length=11, description="A nationality, ZZ-UNKNOWN or ZZ-DISPUTED."),
    _listed(EFFECTIVE_NATIONALITIES, "Unknown nationality. Use a code of /v1/reference/effective-nationalities"),
]
ProvinceCode = Annotated[
    str,
    Field(min_length=4, max_length=5, description="ISO 3166-2:KH, e.g. KH-18."),
    _listed(
        PROVINCES,
        "Unknown province. Use a code such as KH-18; /v1/reference/provinces?find=Sihanoukville finds it by name",
    ),
]
Language = Annotated[
    str, Field(min_length=2, max_length=35, pattern=r"^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$", description="BCP 47.")
]


def _visible(text: object) -> object:
    return without_unseen(text) if isinstance(text, str) else text


Reference = Annotated[
    str,
    Field(
        min_length=10,
        max_length=40,
        pattern=r"^[0-9A-Za-z -]+$",
        description="An id, or a reference such as KH22-7Q4F-0TMB-3KX7, in any case, with or without hyphens.",
    ),
    BeforeValidator(_visible),
]


def _check_year(day: date) -> None:
    if day < EARLIEST:
        raise ValueError(f"Must not be before {EARLIEST}")
    if day.year in BUDDHIST_ERA:
        raise ValueError("Must be a year of the common era; this is one of the Buddhist era: subtract 543")


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("Must be a calendar day such as 2022-09-20")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("Must be a day that exists") from None
    _check_year(day)
    return day


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "A calendar day in Asia/Phnom_Penh."}),
]


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(_INSTANT, value):
        raise ValueError("Must be an instant with its zone, such as 2022-09-20T08:00:00Z")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("Must be an instant that exists") from None
    if not EARLIEST.year < instant.year < LATEST_YEAR:
        raise ValueError(f"Must be after the year {EARLIEST.year} and before the year {LATEST_YEAR}")
    return instant.astimezone(UTC)


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "An instant (RFC 3339) with its zone."}),
]


def _moment(text: object) -> object:
    if not isinstance(text, str):
        return text
    match = re.fullmatch(r"([0-9]{4})(-[0-9]{2})?(-[0-9]{2})?(~)?", text)
    if match is None or (match[4] and not match[3]):
        raise ValueError(
            "Must be a day (2022-09-20), a month (2022-09), a year (2022) or an approximate day (2022-09-20~)"
        )
    try:
        day = date.fromisoformat(f"{match[1]}{match[2] or '-01'}{match[3] or '-01'}")
    except ValueError:
        raise ValueError("Must be a day that exists") from None
    _check_year(day)
    return text


def _date_of_birth(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
        raise ValueError("Must be a day (1998-05-12), a month (1998-05) or a year (1998)")
    return _moment(text)


DateOfBirth = Annotated[
    str,
    Field(min_length=4, max_length=10, pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"),
    BeforeValidator(_date_of_birth),
    Field(description="A date of birth in full or in part: 1998-05-12, 1998-05 or 1998."),
]

MomentText = Annotated[
    str,
    Field(min_length=4, max_length=11, pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}~?)?)?$"),
    BeforeValidator(_moment),
    Field(
        description="A calendar day in Asia/Phnom_Penh, as precise as it is known, in Extended Date/Time Format "
        "(ISO 8601-2:2019): 2022-09-20, 2022-09, 2022, or 2022-09-20~ for an approximate day."
    ),
]
