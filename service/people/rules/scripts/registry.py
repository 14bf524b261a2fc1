"""Which script reads what. A new script is a file beside this one, and its name in `SCRIPTS`."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final

from anyascii import anyascii

from service.people.rules.scripts import (
    arabic,
    bengali,
    burmese,
    cyrillic,
    devanagari,
    han,
    hangul,
    kana,
    khmer,
    lao,
    others,
    sinhala,
    tamil,
    thai,
)
from service.people.rules.scripts.script import Reading, Script

SCRIPTS: Final = tuple(
    script.SCRIPT
    for script in (
        khmer, burmese, thai, lao, han, hangul, kana, arabic, bengali, devanagari, tamil, sinhala, cyrillic, others
    )
)  # fmt: skip
"""In the order in which they are asked."""

MOST_SIGNS: Final = 64
"""Of one word: the longest that is read. What a longer one says is found as it is written."""

MOST_READINGS: Final = 8
_NO_LETTER: Final = re.compile("[^a-z0-9]")
_SIGNS_KEPT: Final = 8192
"""What holds for a sign is kept, and nothing that somebody wrote."""


def latin(word: str) -> tuple[Reading, ...]:
    """Return how a folded word is spelled in Latin letters, the standard's spelling first; nothing for a Latin word.

    Where a word is of several scripts, the first readings of its pieces stand together, then the second, and so on.
    """
    if word.isascii() or len(word) > MOST_SIGNS:
        return ()
    pieces = [tuple(dict.fromkeys(readings)) for readings in _pieces(word)]
    most = min(max(map(len, pieces), default=0), MOST_READINGS)
    chosen = ([readings[min(at, len(readings) - 1)] for readings in pieces if readings] for at in range(most))
    whole = (tuple(filter(None, (_plain(part) for reading in one for part in reading))) for one in chosen)
    return tuple(reading for reading in dict.fromkeys(whole) if reading)


def _plain(part: str) -> str:
    """Return a part in which signs that its script's table lacks are spelled too."""
    return part if part.isascii() else _NO_LETTER.sub("", anyascii(part).casefold())


def _pieces(word: str) -> Iterator[list[Reading]]:
    for script, signs in groupby(word, key=_script_of):
        piece = "".join(signs)
        yield [(piece,)] if script is None else list(script.read(piece))


@lru_cache(_SIGNS_KEPT)
def _script_of(sign: str) -> Script | None:
    """Return the script of a sign; None for a Latin letter or a digit without marks."""
    return next((script for script in SCRIPTS if script.holds(sign)), None)
