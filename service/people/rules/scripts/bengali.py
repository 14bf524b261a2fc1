"""Bengali, for names of Bangladesh, where passports spell the unwritten vowel a or o, and z in Arabic names."""

from typing import Final

from service.people.rules.scripts.indic import Block
from service.people.rules.scripts.script import Reading, Script

_OWN: Final = {
    0x19: "ng", 0x2B: "f", 0x2F: "j", 0x35: "v", 0x36: "sh", 0x37: "sh", 0x38: "s", 0x4E: "t", 0x5C: "r", 0x5D: "rh", 0x5F: "y",
}  # fmt: skip
_AS_A: Final = Block(0x0980, own=_OWN)
_AS_O: Final = Block(0x0980, own=_OWN, unwritten="o")
_ARABIC: Final = Block(0x0980, own={**_OWN, 0x1C: "z", 0x2F: "z", 0x36: "s"})


def read(word: str) -> tuple[Reading, ...]:
    """Return a name with a, with o, and as an Arabic name: Rahim, Rohim, Aziz."""
    written = word.replace("\u09af\u09bc", "\u09df")
    return (_AS_A.spell(written),), (_AS_O.spell(written),), (_ARABIC.spell(written, within=True),)


SCRIPT: Final = Script(
    "Bengali", ((0x0980, 0x09FF),), "Hunterian system; BGN/PCGN 1964 table for Bengali, without marks", read
)
