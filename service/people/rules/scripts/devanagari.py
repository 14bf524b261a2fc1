"""Devanagari, for names of Nepal and India."""

from typing import Final

from service.people.rules.scripts.indic import Block
from service.people.rules.scripts.script import Reading, Script

_OWN: Final = {0x19: "ng", 0x1E: "ny"}
_BLOCK: Final = Block(0x0900, own=_OWN)
_KEPT: Final = Block(0x0900, own=_OWN, dropped=False)


def read(word: str) -> tuple[Reading, ...]:
    """Return a name as in Hindi, with the vowel within left out, and as in Nepali and Sanskrit, with all vowels."""
    return (_BLOCK.spell(word),), (_BLOCK.spell(word, within=True),), (_KEPT.spell(word),)


SCRIPT: Final = Script(
    "Devanagari", ((0x0900, 0x097F),), "Hunterian system (Government of India 1872), without marks", read
)
