"""What every fact is, and the values that facts share."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final

from annotated_types import Ge, Le, MaxLen, MinLen

NationalityCode = Annotated[str, MinLen(1), MaxLen(40)]
"""Looked up where an event is decided, so that a wrong one is told where the codes are."""

CountryCode = Annotated[str, MinLen(1), MaxLen(40)]
Province = Annotated[str, MinLen(4), MaxLen(5)]
LanguageTag = Annotated[str, MinLen(2), MaxLen(35)]
HeadCount = Annotated[int, Ge(0), Le(100_000)]
BirthYear = Annotated[int, Ge(1900), Le(2100)]
Age = Annotated[int, Ge(0), Le(120)]


class Cleared(StrEnum):
    """What a correction takes away again, so that it is not known any more."""

    LANGUAGE = "language"
    PROVINCE = "province"
    PRECISION = "precision"
    RELATIONSHIP = "relationship"
    BIRTH_YEAR = "birth_year"
    AGE = "age"
    NATIONALITY = "nationality"


_CONFIG: Final[Mapping[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What one event says."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG
