"""The ground of every shape on the wire: strict in, plain out, every string bounded and clean.

Bodies are read in Pydantic's JSON mode with strict types; unknown members are refused.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from service.codes import COUNTRIES, EFFECTIVE_NATIONALITIES, NATIONALITIES, PROVINCES
from service.text import ZERO_WIDTH, canonical_username, clean_line, clean_prose

EARLIEST: Final = date(1900, 1, 1)
"""No day in the register lies before it; an earlier one is a slip of the keyboard."""

LATEST_YEAR: Final = 2200
"""No instant in the register lies in it or later."""

_INSTANT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"


class Given(BaseModel):
    """What a caller sends: unknown members are refused, nothing is coerced, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


class Shown(BaseModel):
    """What a caller is shown. Absent and null mean the same."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Page(Shown):
    """One page of a list; the last has no `next_cursor`."""

    next_cursor: str | None = None


def _not_blank(text: str) -> str:
    if not text.strip("".join(ZERO_WIDTH)):
        raise ValueError("This must not be blank")
    return text


def _listed(codes: Any, words: str) -> BeforeValidator:
    """Look a code up, in any case, before its length is looked at: the words say where the codes are."""

    def check(code: object) -> object:
        if not isinstance(code, str):
            return code
        if not code.isascii() or code.upper() not in codes:
            raise ValueError(words)
        return code.upper()

    return BeforeValidator(check)


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean_line), AfterValidator(_not_blank)]
"""One line: a name, a title, a number as it was written."""

Prose = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(clean_prose), AfterValidator(_not_blank)]
"""Running text in any script."""


def _username(text: str) -> str:
    name = canonical_username(text)
    if not 3 <= len(name) <= 64:
        raise ValueError("3 to 64 characters, counted without those that are not shown")
    return name


Username = Annotated[str, Field(min_length=3, max_length=64), AfterValidator(_username)]
Password = Annotated[str, Field(min_length=1, max_length=256)]

Nationality = Annotated[
    str,
    Field(min_length=3, max_length=3, description="ISO 3166-1 alpha-3 or ICAO Doc 9303-3, e.g. TWN, XXA."),
    _listed(NATIONALITIES, "Use a code of /v1/reference/nationalities, such as MYS, TWN or XXA"),
]
Country = Annotated[
    str,
    Field(min_length=3, max_length=3, description="ISO 3166-1 alpha-3."),
    _listed(COUNTRIES, "Use a code of /v1/reference/countries, such as VNM"),
]
EffectiveNationality = Annotated[
    str,
    Field(min_length=3, max_length=11, description="A nationality, ZZ-UNKNOWN or ZZ-DISPUTED."),
    _listed(EFFECTIVE_NATIONALITIES, "Use a code of /v1/reference/effective-nationalities"),
]
ProvinceCode = Annotated[
    str,
    Field(min_length=4, max_length=5, description="ISO 3166-2:KH, e.g. KH-18."),
    _listed(PROVINCES, "Use a code such as KH-18; /v1/reference/provinces?find=Sihanoukville finds it by any spelling"),
]
Language = Annotated[
    str, Field(min_length=2, max_length=35, pattern=r"^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$", description="BCP 47.")
]
Reference = Annotated[
    str,
    Field(
        min_length=10,
        max_length=40,
        pattern=r"^[0-9A-Za-z -]+$",
        description="An id, or a reference such as KH22-7Q4F-0TMB-3KX7, in any case, hyphens or none.",
    ),
]


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("Send a calendar day such as 2022-09-20")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("There is no such day") from None
    if day < EARLIEST:
        raise ValueError("This day lies too far back")
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
        raise ValueError("Send an instant such as 2022-09-20T08:00:00Z")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("There is no such instant") from None
    if not EARLIEST.year < instant.year < LATEST_YEAR:
        raise ValueError("This instant lies too far away")
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
        raise ValueError("Send a day such as 2022-09-20, a month 2022-09, a year 2022, or about a day 2022-09-20~")
    try:
        day = date.fromisoformat(f"{match[1]}{match[2] or '-01'}{match[3] or '-01'}")
    except ValueError:
        raise ValueError("There is no such day") from None
    if day < EARLIEST:
        raise ValueError("This day lies too far back")
    return text


MomentText = Annotated[
    str,
    Field(min_length=4, max_length=11, pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}~?)?)?$"),
    BeforeValidator(_moment),
    Field(
        description="A calendar day in Asia/Phnom_Penh as exactly as it is known, in Extended Date/Time Format "
        "(ISO 8601-2:2019): 2022-09-20, 2022-09, 2022, or 2022-09-20~ for about that day."
    ),
]
