"""Validation and normalisation of text.

Names and notes arrive in Khmer, Thai, Chinese, Vietnamese and more, so almost every character is accepted. Refused are
those that corrupt, hide or reorder text: NUL and other controls, lone surrogates, bidirectional controls, tags, private
use, non-characters, and long runs of combining marks. Text is stored in Unicode normalisation form C.

Source: design/trust.md section 5; Unicode Standard Annex 15; Unicode Technical Report 36 (bidirectional spoofing).
"""

import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import Final

_SIGNS_KEPT: Final = 8192
"""Cached characters: more than the names and stories of a register use, and bounded whatever a client sends."""

COMBINING_MARKS_IN_A_ROW: Final = 8
"""More than any living orthography needs; Khmer and Thai syllables stay below five."""

ZERO_WIDTH: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff")
"""Kept in prose, where Khmer and Thai separate words by U+200B; dropped from names and identifiers."""

_LINE_BREAKS: Final = frozenset("\n\t")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Co"})
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


class UnwelcomeTextError(ValueError):
    """The text contains a refused character. The message names the kind of character, never the text."""


def clean_prose(text: str) -> str:
    """Return prose, checked and normalised; line breaks, tabs and zero-width characters are kept.

    Raises:
        UnwelcomeTextError: a control, surrogate, bidirectional or private character, or too many combining marks.
    """
    return _checked(text.replace("\r\n", "\n"), allowed=_LINE_BREAKS).strip()


def clean_line(text: str) -> str:
    """Return one line such as a name, checked and normalised; zero-width characters are dropped.

    Raises:
        UnwelcomeTextError: as for prose, and for line breaks.
    """
    visible = "".join(character for character in text if character not in ZERO_WIDTH)
    return " ".join(_checked(visible, allowed=frozenset()).split())


def canonical_username(text: str) -> str:
    """Return the form in which a user name is stored, looked up and throttled: NFKC, case folded.

    Raises:
        UnwelcomeTextError: white space inside, or a refused character.
    """
    name = unicodedata.normalize("NFKC", clean_line(unicodedata.normalize("NFKC", text))).casefold()
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
    if any(map(_is_refused, set(text) - allowed)):
        raise UnwelcomeTextError("control, surrogate, bidirectional or private characters are not accepted")
    if any(marks and len(list(row)) > COMBINING_MARKS_IN_A_ROW for marks, row in groupby(text, key=_is_mark)):
        raise UnwelcomeTextError("too many combining marks in a row")
    return unicodedata.normalize("NFC", text)


@lru_cache(_SIGNS_KEPT)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@lru_cache(_SIGNS_KEPT)
def _is_refused(character: str) -> bool:
    point = ord(character)
    return (
        unicodedata.category(character) in _REFUSED_CATEGORIES
        or character in _BIDI_CONTROLS
        or 0xE0000 <= point <= 0xE007F
        or 0xFDD0 <= point <= 0xFDEF
        or point & 0xFFFE == 0xFFFE
    )
