"""Tamil: one letter for voiced and voiceless, told apart by where it stands."""

import re
from typing import Final

from service.people.rules.scripts.indic import Block
from service.people.rules.scripts.script import Reading, Script

_BLOCK: Final = Block(
    0x0B80, own={0x1A: "s", 0x1F: "t", 0x24: "th", 0x29: "n", 0x31: "r", 0x33: "l", 0x34: "zh", 0x35: "v"},
    dropped=False,
)  # fmt: skip
_VOICED: Final = tuple(
    (re.compile(pattern), latin)
    for pattern, latin in (
        ("nk|nng", "ng"), ("(?<=[aeiou])k(?=[aeiou])", "g"), ("nt(?=[aeiou])", "nd"), ("nth", "nth"),
        ("(?<=[aeiou])t(?=[aeiou])", "d"), ("mp", "mb"), ("(?<=[aeiou])p(?=[aeiou])", "b"), ("ss", "ch"), ("ns", "nj"),
        ("rr", "tr"),
    )
)  # fmt: skip


def read(word: str) -> tuple[Reading, ...]:
    """Return a name voiced between vowels, and as it is written."""
    written = _BLOCK.spell(word)
    voiced = written
    for pattern, latin in _VOICED:
        voiced = pattern.sub(latin, voiced)
    return (voiced,), (written,), (voiced.replace("zh", "l").replace("th", "t"),)


SCRIPT: Final = Script("Tamil", ((0x0B80, 0x0BFF),), "Hunterian system; ISO 15919 for Tamil, without marks", read)
