"""Folding: one spelling for what people write in many ways. Only search keys are made of it; originals are kept.

Every script stays as it is, Chinese in any form of its characters; `scripts` spells names in Latin letters. What holds
for a sign is kept by the sign, of which there are only so many; nothing that somebody wrote is. Pure.

Source: design/matching.md section 3; Unicode Standard Annex 15 (NFKC) and chapter 3.13 (case folding).
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final

from service.codes.tables import rows
from service.people.rules.burmese import as_unicode

_SIGNS_KEPT: Final = 8192
"""More different signs than the names and stories of a register hold; what a stranger sends fills no memory."""

_DIACRITICS: Final = (
    (0x0300, 0x036F),  # Latin, Greek, Cyrillic: Vietnamese tones, accents
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic signs
    (0x064B, 0x065F),  # Arabic short vowels
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x17B4, 0x17B5),  # Khmer inherent vowels, never shown
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
"""Marks people leave out. Vowel and tone signs of Thai, Lao, Khmer, Burmese and Indic scripts are letters, and stay."""

_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAA7F),
)
_CHARACTERS: Final = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # Kana
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts whose names are written as one piece as well; those of `_UNSPACED` put a space between names."""

_ONE_SPELLING: Final = str.maketrans(
    {
        "\u0111": "d", "\u00f0": "d", "\u0127": "h", "\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0167": "t",
        "\u00e6": "ae", "\u0153": "oe", "\u00fe": "th",
        "\u0640": None, "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647",
    }
)  # fmt: skip
"""Latin letters that do not decompose, such as that of Vietnamese; Arabic and Persian forms of one letter."""


APOSTROPHES: Final = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u0374\u055a\u05f3\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd"
    "\u1ffe\u2018\u2019\u201a\u201b\u2032\u2035\ua78b\ua78c\uff07\uff40"
)
"""Apostrophes, letters and accents that look like one, and what keyboards offer in their place."""

_NO_APOSTROPHE: Final = str.maketrans("", "", APOSTROPHES)


_ONE_CHARACTER: Final = {
    ord(variant): row["sign"] for row in rows("han_variants") for variant in row["variants"]
}  # fmt: skip
"""Traditional, simplified and Japanese forms of one character; all of them stand for one."""


def fold(text: str) -> str:
    """Return text without case, width, joiners, diacritics and apostrophes, digits as 0 to 9, one form of each sign."""
    text = text.translate(_NO_APOSTROPHE)
    if text.isascii():
        return text.casefold()
    shown = "".join(map(_shown, as_unicode(unicodedata.normalize("NFKC", text)).translate(_NO_APOSTROPHE)))
    apart = unicodedata.normalize("NFKD", shown.casefold())
    bare = "".join(map(_bare, apart))
    return (
        unicodedata.normalize("NFKC", bare.translate(_ONE_SPELLING)).translate(_NO_APOSTROPHE).translate(_ONE_CHARACTER)
    )


def words(text: str) -> list[str]:
    """Return the runs of letters and digits in folded text, in order."""
    return "".join(map(_of_word, fold(text))).split()


def pieces(word: str) -> Iterator[tuple[str, bool]]:
    """Yield each piece of a word and whether it is of a script written without spaces; cut where one begins or ends."""
    if word.isascii():
        yield word, False
        return
    for unspaced, signs in groupby(word, key=_is_unspaced):
        yield "".join(signs), unspaced


@lru_cache(_SIGNS_KEPT)
def is_character(sign: str) -> bool:
    """Whether a sign is Han or Kana."""
    return _within(sign, _CHARACTERS)


@lru_cache(_SIGNS_KEPT)
def is_hangul(sign: str) -> bool:
    """Whether a sign is a Hangul syllable."""
    return "\uac00" <= sign <= "\ud7a3"


def bigrams(piece: str) -> set[str]:
    """Return every two neighbouring signs; a single sign as it is."""
    return {piece[at : at + 2] for at in range(len(piece) - 1)} or {piece}


@lru_cache(_SIGNS_KEPT)
def _shown(sign: str) -> str:
    return "" if unicodedata.category(sign) == "Cf" else sign


@lru_cache(_SIGNS_KEPT)
def _bare(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return "" if _within(sign, _DIACRITICS) else sign if value is None else str(value)


@lru_cache(_SIGNS_KEPT)
def _of_word(sign: str) -> str:
    return sign if unicodedata.category(sign)[0] in "LMN" else " "


@lru_cache(_SIGNS_KEPT)
def _is_unspaced(sign: str) -> bool:
    return _within(sign, _UNSPACED) or is_character(sign)


def _within(sign: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    point = ord(sign)
    return any(first <= point <= last for first, last in ranges)
