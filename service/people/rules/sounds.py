"""The consonants of a name as they sound: what stays the same however a name was put into Latin letters. Pure.

Vowels are left out and consonants that systems and ears confuse are one: Phan and Pan, Chandara and Jandara. That says
little of a short name, so short ones count only together with another.

Source: background/matching.md section 6 (consonant skeletons); the classes are those of the tables in `scripts`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

LEAST_ALONE: Final = 3
"""Consonants of a word that is looked for alone."""

LEAST_TOGETHER: Final = 4
"""Consonants of two words, or of a whole name, that are looked for together."""

MOST_UNITS: Final = 5
"""Words of a name of which every two are looked for together."""

_CLASSES: Final = {
    "C": "t?ch|tsh|ts|tz|dz|zh|j",
    "S": "sh|hs|x|[sz]|c(?=[eiy])",
    "G": "ng(?![aeiouy])",
    "N": "n[yh]?",
    "K": "kh|gh|[kgcq]",
    "T": "th|dh|[td]",
    "P": "ph|bh|[pbf]",
    "M": "m",
    "L": "l",
    "R": "r(?![bcdfghjklmnpqstvwxz])",
    "W": "[vw](?=[aeiouy])",
    "H": "^h",
    "Y": "^y(?=[aeiou])",
}
"""What each letter of a skeleton stands for. Every other letter is a vowel, or is heard as one."""

_HEARD: Final = re.compile("|".join(f"(?P<{name}>{sounds})" for name, sounds in _CLASSES.items()))
_DOUBLED: Final = re.compile(r"(.)\1+")


def skeleton(latin: str) -> str:
    """Return the consonants of a word in Latin letters, a letter for each class of sounds."""
    return "".join(found.lastgroup or "" for found in _HEARD.finditer(_DOUBLED.sub(r"\1", latin)))


def sounds_of(units: Sequence[str]) -> Iterator[str]:
    """Yield what a name sounds like: each long word, every two words in any order, all of it in one piece."""
    heard = [found for found in map(skeleton, units[:MOST_UNITS]) if found]
    yield from (one for one in heard if len(one) >= LEAST_ALONE)
    for one, other in combinations(sorted(heard), 2):
        if len(one) + len(other) >= LEAST_TOGETHER:
            yield f"{one} {other}"
    whole = "".join(heard)
    if len(whole) >= LEAST_TOGETHER:
        yield whole
