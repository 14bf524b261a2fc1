"""Words for "nothing is known". They are kept as typed, and are no knowledge. Pure.

Source: background/matching.md section 5 (placeholders are nothing); service/codes/data/placeholders.csv.
"""

import re
import unicodedata
from typing import Final

from service.codes.tables import rows
from service.people.rules.folding import fold, words

_KNOWN: Final = frozenset(" ".join(words(row["text"])) for row in rows("placeholders"))
_IN_ONE_PIECE: Final = frozenset(known.replace(" ", "") for known in _KNOWN if not known.isascii())
_FILLING: Final = frozenset(
    {"name", "names", "person", "victim", "male", "female", "man", "woman", "boy", "girl", "number", "no", "the", "is"}
)
"""Beside a word for nothing these say nothing of who somebody is: "unknown male 2"."""

_CROSSED_OUT: Final = re.compile(r"x+|0+")
_MEANS_NOTHING: Final = frozenset({"P", "Z", "Sm", "Sk", "Cf"})


def tells(text: str) -> bool:
    """Whether a name, a place or a way to reach somebody says anything, and not only that nothing is known."""
    if all(_is_punctuation(sign) for sign in text):
        return False
    found = words(text)
    if all(map(_CROSSED_OUT.fullmatch, found)):
        return not found and bool(fold(text))
    bare = [word for word in found if not word.isdecimal()]
    readings = (bare, [word for word in bare if word not in _FILLING])
    return not any(" ".join(one) in _KNOWN or "".join(one) in _IN_ONE_PIECE for one in readings if one)


def _is_punctuation(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category in _MEANS_NOTHING or category[0] in _MEANS_NOTHING
