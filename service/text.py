"""Validation and normalisation of text.

Names and notes arrive in Khmer, Thai, Chinese, Vietnamese and more, so almost every character is accepted. What a copy
from a phone or a chat brings along is no reason to refuse a report: bidirectional controls, tags and other invisible
format characters are removed, so that nobody is shown a reordered name, and every kind of line break is one. Joiners
that belong to a spelling stay (ADR 34). Refused are those that corrupt text: NUL and other controls, lone surrogates,
private use, non-characters, and long runs of combining marks. Text is stored in Unicode normalisation form C.

Source: design/trust.md section 5; Unicode Standard Annex 15; Unicode Technical Report 36 (bidirectional spoofing);
Unicode Standard chapters 9 and 12 (joiners).
"""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import Final

_SIGNS_KEPT: Final = 8192
"""Cached characters: more than the names and stories of a register use, and bounded whatever a client sends."""

COMBINING_MARKS_IN_A_ROW: Final = 8
"""More than any living orthography needs; Khmer and Thai syllables stay below five."""

JOINERS: Final = frozenset("\u200c\u200d")
"""Part of the spelling in Sinhala, Malayalam, Bengali, Persian and others, and of emoji."""

WORD_BREAK: Final = "\u200b"
"""Kept in prose, where Khmer and Thai separate words by it; dropped from names and identifiers."""

UNSEEN: Final = "".join(JOINERS) + WORD_BREAK + "\u034f\u115f\u1160\u2800\u3164\uffa0"
"""What a text may hold and nobody sees: text of these alone is blank."""

_SHOWN_FORMATS: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Arabic and Syriac signs of the category of invisible formats that are visible."""

_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_LINE_BREAKS: Final = frozenset("\n\t")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Co"})


class UnwelcomeTextError(ValueError):
    """The text contains a refused character. The message names the kind of character, never the text."""


def clean_prose(text: str) -> str:
    """Return prose, checked and normalised; line breaks, tabs, joiners and invisible word breaks are kept.

    Raises:
        UnwelcomeTextError: a control, surrogate or private character, or too many combining marks.
    """
    return _checked(_BREAKS.sub("\n", text), allowed=_LINE_BREAKS).strip()


def clean_line(text: str) -> str:
    """Return one line such as a name, checked and normalised; line breaks and tabs become spaces, joiners are kept.

    Raises:
        UnwelcomeTextError: as for prose.
    """
    line = _BREAKS.sub(" ", text).replace("\n", " ").replace("\t", " ").replace(WORD_BREAK, "")
    return " ".join(_checked(line, allowed=frozenset()).split())


def without_unseen(text: str) -> str:
    """Return text without the invisible characters that a copy brings along, joiners and word breaks among them."""
    return "".join(character for character in text if character not in UNSEEN and not _is_unseen(character))


def canonical_username(text: str) -> str:
    """Return the form in which a user name is stored, looked up and throttled: NFKC, case folded, all of it visible.

    Raises:
        UnwelcomeTextError: white space inside, or a refused character.
    """
    name = unicodedata.normalize("NFKC", clean_line(unicodedata.normalize("NFKC", without_unseen(text)))).casefold()
    if " " in name:
        raise UnwelcomeTextError("a user name holds no spaces")
    return name


_LIKE_LATIN: Final = frozenset(
    {"CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU", "DESERET", "OSAGE", "GOTHIC", "OLD", "GLAGOLITIC"}
)
"""Scripts in which whole words look like words in Latin letters."""

_ALIKE_IN_LATIN: Final = str.maketrans({"0": "o", "1": "l", "m": "rn"})
"""Of ASCII, what Unicode's list of confusable characters (UTS 39) holds to be alike once it is in lower case."""


def check_username(name: str) -> None:
    """Raise unless a canonical name suits a new user: letters of one script, and of none that looks like Latin ones.

    Source: Unicode Technical Standard 39, "Unicode Security Mechanisms", sections 4 and 5.2 (single script).

    Raises:
        UnwelcomeTextError: it could be taken for another name.
    """
    signs = {sign for sign in name if not sign.isascii() and not _is_mark(sign)}
    scripts = {_script(sign) for sign in name if not sign.isascii() or sign.isalpha()} - {"COMBINING"}
    if not all(sign.isalnum() for sign in signs):
        raise UnwelcomeTextError("signs between the letters of a user name are those of ASCII: . - _ @")
    if len(scripts) > 1:
        raise UnwelcomeTextError("a user name is written in letters of one script")
    if scripts & _LIKE_LATIN or any(map(_is_odd_latin, signs)):
        raise UnwelcomeTextError("these letters look like Latin ones: write the user name in plain Latin letters")


def likeness(name: str) -> str:
    """Return what two canonical user names have in common that a reader could confuse: accents, 0 and o, 1 and l."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not _is_latin_mark(sign))
    return bare.replace("đ", "d").translate(_ALIKE_IN_LATIN)


def _script(sign: str) -> str:
    """Return the script of a letter, a mark or a digit: the first word of its Unicode name."""
    return unicodedata.name(sign, "UNNAMED").replace("-", " ").partition(" ")[0]


def _is_latin_mark(sign: str) -> bool:
    return _script(sign) == "COMBINING"


def _is_odd_latin(sign: str) -> bool:
    """Whether a Latin letter is none with an accent: of those without a decomposition only Vietnamese has one."""
    return _script(sign) == "LATIN" and sign != "đ" and not unicodedata.normalize("NFKD", sign)[0].isascii()


def _checked(text: str, *, allowed: frozenset[str]) -> str:
    if text.isascii() and text.isprintable():
        return text
    seen = "".join(character for character in text if not _is_unseen(character))
    if any(map(_is_refused, set(seen) - allowed)):
        raise UnwelcomeTextError("control, surrogate or private characters are not accepted")
    if any(marks and len(list(row)) > COMBINING_MARKS_IN_A_ROW for marks, row in groupby(seen, key=_is_mark)):
        raise UnwelcomeTextError("too many combining marks in a row")
    return _joined_where_written(unicodedata.normalize("NFC", seen))


def _joined_where_written(text: str) -> str:
    """Return text with its joiners only where one can belong to a spelling: after a visible sign that is not ASCII."""
    if JOINERS.isdisjoint(text):
        return text
    kept: list[str] = []
    for character in text:
        before = kept[-1] if kept else " "
        if character not in JOINERS or not (before.isascii() or before.isspace() or before in UNSEEN):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(_SIGNS_KEPT)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@lru_cache(_SIGNS_KEPT)
def _is_unseen(character: str) -> bool:
    """Whether a character is invisible and means nothing: bidirectional controls, tags, soft hyphens and the like."""
    if character in JOINERS or character == WORD_BREAK or character in _SHOWN_FORMATS:
        return False
    return unicodedata.category(character) == "Cf" or 0xE0000 <= ord(character) <= 0xE007F


@lru_cache(_SIGNS_KEPT)
def _is_refused(character: str) -> bool:
    point = ord(character)
    return (
        unicodedata.category(character) in _REFUSED_CATEGORIES or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE
    )
