"""Every script without a file of its own: Greek, Georgian, Armenian, Ethiopic, Hebrew, Telugu and all others."""

import re
from typing import Final

from anyascii import anyascii

from service.people.rules.scripts.script import Reading, Script

_NO_LETTER: Final = re.compile("[^a-z]")


def read(word: str) -> tuple[Reading, ...]:
    """Return the letters of a word, sign for sign."""
    return ((_NO_LETTER.sub("", anyascii(word).casefold()),),)


SCRIPT: Final = Script("any other", ((0x80, 0x10FFFF),), "anyascii 0.3.3, sign for sign", read)
