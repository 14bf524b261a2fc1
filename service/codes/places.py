"""Provinces of Cambodia, and how precisely a place is known."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from service.codes.code import Code
from service.codes.tables import rows


class PlacePrecision(Code):
    """How precisely a place is known, or may be shown.

    Source: press report of September 2022 and foreign ministry clarification of 9 September 2022 (provinces,
    towns, companies); the rest are Safe Return's own. ``building`` and ``coordinates`` are for operations.
    """

    COUNTRY = "country", "Country"
    PROVINCE = "province", "Province"
    TOWN = "town", "Town or district"
    SITE = "site", "Named compound or company"
    BUILDING = "building", "Building, floor or room"
    COORDINATES = "coordinates", "Coordinates"


@dataclass(frozen=True)
class Province:
    """A province of Cambodia, or its autonomous municipality.

    Attributes:
        code: ISO 3166-2:KH, for example ``KH-18``.
        name: Name in ISO 3166-2.
        aliases: Other spellings in use, and towns that reports name in place of the province.

    """

    code: str
    name: str
    aliases: tuple[str, ...]


PROVINCES: Final[Mapping[str, Province]] = MappingProxyType(
    {
        row["code"]: Province(row["code"], row["name"], tuple(filter(None, row["aliases"].split("|"))))
        for row in rows("provinces")
    }
)
"""The 25 provinces by code. Source: ISO 3166-2:KH; aliases are Safe Return's own."""


def find_province(text: str) -> str | None:
    """Return the code of the province that a text names, or ``None``.

    Codes, names and aliases are compared without regard to case, accents, spaces and punctuation, and with or
    without the word "province" at the end. Nothing is guessed: a part of a name or a misspelling finds none.
    """
    return _CODES.get(_fold(text).removesuffix("province"))


def _fold(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).casefold() if letter.isalnum())


_CODES: Final = {
    _fold(spelling): province.code
    for province in PROVINCES.values()
    for spelling in (province.code, province.name, *province.aliases)
}
