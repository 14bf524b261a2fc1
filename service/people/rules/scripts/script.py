"""What a script is to the reading of names: where its signs stand, and how a run of them is spelled in Latin letters.

A reading is a tuple of parts, in order, which are found in one piece: family and given name in Chinese and Korean, every
syllable in Burmese. A part may be empty. The first reading is the standard's; further ones are spellings in use besides.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Reading = tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """One script.

    Attributes:
        name: for people.
        ranges: of the code points of its signs.
        source: of the table: the standard it follows, with its year or edition.
        read: return the readings of a folded run of its signs; it may return the same one twice, and odd ones for odd
            runs, but never raises and takes time in proportion to the length.
    """

    name: str
    ranges: tuple[tuple[int, int], ...]
    source: str
    read: Callable[[str], Iterable[Reading]]

    def holds(self, sign: str) -> bool:
        """Whether a sign is of this script."""
        point = ord(sign)
        return any(first <= point <= last for first, last in self.ranges)


def longest_first(spellings: Iterable[str]) -> list[str]:
    """Return what to look for at each place, so that no beginning hides what is longer."""
    return sorted(spellings, key=len, reverse=True)
