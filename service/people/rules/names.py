"""The words by which a name is found: as written and in Latin letters, without titles and without family name. Pure.

Where a title or a family name is written in one piece with the given name, both readings are kept; nothing is guessed.

Source: design/matching.md section 3; Royal Society of Thailand, abbreviations of titles; Standard Korean Language
Dictionary: family names have one or two syllables.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Final

from service.people.rules.folding import APOSTROPHES, bigrams, fold, is_character, is_hangul, pieces, words
from service.people.rules.scripts.registry import latin
from service.people.rules.scripts.script import Reading
from service.people.rules.sounds import sounds_of

_TITLES: Final = frozenset(
    word
    for written in ("mr", "mrs", "ms", "miss", "mdm", "madam", "dr", "sir", "prof", "shri", "smt",
                    "นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง",
                    "លោក", "លោកស្រី", "អ្នកស្រី", "កញ្ញា", "ທ້າວ", "ນາງ", "ນາງສາວ",
                    "ဦး", "ဒေါ်", "先生", "小姐", "女士", "太太", "씨", "님", "さん", "様", "श्री", "श्रीमती", "सुश्री",
                    "জনাব", "শ্রী", "திரு", "திருமதி", "செல்வி", "මහතා", "මිය", "السيد", "السيدة", "الشيخ", "جناب",
                    "господин", "госпожа")
    for word in words(written)
)  # fmt: skip
"""Left out of a name where they stand as words of their own and something is left."""

_ABBREVIATED: Final = {
    fold(short): fold(long)
    for short, long in {
        "น.ส.": "นางสาว", "ด.ช.": "เด็กชาย", "ด.ญ.": "เด็กหญิง", "ดร.": "ดร. ", "মোঃ": "মোহাম্মদ ", "মো:": "মোহাম্মদ ",
        "মো.": "মোহাম্মদ ", "মোসাঃ": "মোসাম্মৎ ", "md.": "mohammad ", "mohd.": "mohammad ",
    }.items()
}  # fmt: skip
_SHORT: Final = re.compile(r"(?<!\S)(" + "|".join(map(re.escape, _ABBREVIATED)) + ")")

_BEFORE: Final = ("นางสาว", "นาย", "นาง", "เด็กชาย", "เด็กหญิง", "คุณ", "លោកស្រី", "លោក", "អ្នកស្រី", "អ្នកនាង", "កញ្ញា",
                  "ນາງສາວ", "ນາງ", "ທ້າວ", "ທ່ານ", "ဒေါ်", "ဦး", "မောင်", "ကို")  # fmt: skip
_AFTER: Final = ("先生", "小姐", "女士", "太太", "씨", "님", "さん", "様")
_GLUED: Final = re.compile(
    "(?:" + "|".join(map(fold, _BEFORE)) + ")(?P<rest>.+)|(?P<begin>.+)(?:" + "|".join(map(fold, _AFTER)) + ")"
)
"""Titles that are written in one piece with the name."""

_LEANING: Final = frozenset("ะาำๅະາຳ")
"""Thai and Lao vowels that belong to the consonant before them: no name begins with one."""

_APART: Final = str.maketrans(dict.fromkeys(APOSTROPHES, " "))
_MARKS: Final = frozenset(APOSTROPHES)
_LEAST_PART: Final = 3
"""Signs of what stands beside an apostrophe, to be looked for alone: Neill of O'Neill, but not O."""

_LEAST_NAME: Final = 2

MOST_WORDS: Final = 12
MOST_SIGNS: Final = 100
"""Of one name, that are read in Latin letters: what comes after these is found as it is written."""


@dataclass(frozen=True)
class Found:
    """By what a name is found.

    Attributes:
        parts: words and parts of words, as they are written and in Latin letters.
        wholes: all of the name in one piece, in each of its readings.
        sounds: the consonants of its words and of every two of them.
    """

    parts: set[str]
    wholes: set[str]
    sounds: set[str]


def read_name(name: str) -> Found:
    """Return the words of a name, all of it in one piece, and how it sounds, in each of its readings."""
    folded = _SHORT.sub(lambda found: _ABBREVIATED[found[0]], fold(name))
    found = words(folded)
    tokens = [word for word in found if word not in _TITLES] or found
    whole = "".join(tokens) or "".join(folded.split())
    untitled = [_without_title(token) for token in tokens]
    parts = {*tokens, *untitled, *_beside_apostrophes(name)}
    for token in {*tokens, *untitled}:
        parts.update(_within(token, alone=len(tokens) == 1))
    spelled = Found(parts, {one for one in (whole, "".join(untitled)) if one}, set())
    signs = accumulate(map(len, untitled))
    begin = [token for token, so_far in zip(untitled, signs, strict=True) if so_far <= MOST_SIGNS]
    for reading in _in_latin(begin[:MOST_WORDS]):
        _add(spelled, reading)
    return spelled


def _in_latin(tokens: list[str]) -> Iterator[list[Reading]]:
    """Yield the name in Latin letters, each word in its first reading, then each in its second, and so on."""
    readings = [latin(token) or ((token,),) for token in tokens]
    for at in range(max(map(len, readings), default=0)):
        yield [reading[min(at, len(reading) - 1)] for reading in readings]


def _add(found: Found, reading: list[Reading]) -> None:
    """Add one reading: its parts, those of a word together, those without the first, and all, also turned around."""
    joined = ["".join(parts) for parts in reading]
    for parts in reading:
        found.parts.update(parts, ("".join(parts), "".join(parts[1:])))
    if len(reading) == 1:
        found.wholes.add("".join((*reading[0][1:], reading[0][0])))
    found.parts.discard("")
    found.wholes.add("".join(joined))
    found.sounds.update(sounds_of(joined if len(joined) > 1 else reading[0]))


def _without_title(token: str) -> str:
    """Return a word without the title it is written in one piece with; the word where there is none."""
    found = _GLUED.fullmatch(token)
    rest = (found["rest"] or found["begin"]) if found else ""
    begins_inside = rest[:1] in _LEANING or unicodedata.category(rest[:1] or " ").startswith("M")
    return token if len(rest) < _LEAST_NAME or begins_inside else rest


def _within(token: str, *, alone: bool) -> Iterator[str]:
    """Yield what a word in characters or in Hangul is found by, for family and given name are written as one piece."""
    for piece, _ in pieces(token):
        if len(piece) > _LEAST_NAME and is_character(piece[0]):
            yield from bigrams(piece)
    for hangul, signs in groupby(token, key=is_hangul):
        piece = "".join(signs)
        if hangul and len(piece) > _LEAST_NAME:
            yield from {*bigrams(piece), piece[1:], piece[2:]} - {piece[-1]}
        elif hangul and alone and len(piece) == _LEAST_NAME:
            yield piece[1:]


def _beside_apostrophes(name: str) -> set[str]:
    apart = " ".join(word.translate(_APART) for word in name.split() if not _MARKS.isdisjoint(word))
    return {part for part in words(apart) if len(part) >= _LEAST_PART}
