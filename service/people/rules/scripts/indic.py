"""What the scripts that descend from Brahmi share: their blocks are parallel, so one table by place serves them.

A consonant has an unwritten vowel after it, which some languages leave out at the end and before the last syllable.

Source: Unicode Standard, chapter 12 (blocks after ISCII 1991); Hunterian system of the Survey of India, without marks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_CONSONANTS: Final = dict(
    zip(
        range(0x15, 0x3A),
        "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l zh v sh sh s h".split(),
        strict=True,
    )
)
_INDEPENDENT: Final = {
    0x05: "a", 0x06: "a", 0x07: "i", 0x08: "i", 0x09: "u", 0x0A: "u", 0x0B: "ri", 0x0C: "li", 0x0D: "e", 0x0E: "e",
    0x0F: "e", 0x10: "ai", 0x11: "o", 0x12: "o", 0x13: "o", 0x14: "au",
}  # fmt: skip
_DEPENDENT: Final = {
    0x3E: "a", 0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "u", 0x43: "ri", 0x44: "ri", 0x45: "e", 0x46: "e", 0x47: "e",
    0x48: "ai", 0x49: "o", 0x4A: "o", 0x4B: "o", 0x4C: "au", 0x57: "",
}  # fmt: skip
_AFTER: Final = {0x01: "n", 0x02: "n", 0x03: "h"}
_NUKTA: Final = 0x3C
_VIRAMA: Final = 0x4D
_DOTTED: Final = {"k": "q", "kh": "kh", "g": "gh", "j": "z", "d": "r", "dh": "rh", "ph": "f", "y": "y", "b": "r"}
_LIPS: Final = re.compile("n(?=[pb]|m)")


@dataclass(frozen=True)
class Block:
    """One script of the family.

    Attributes:
        first: code point at which its block begins.
        own: spellings that are its own, by place in the block.
        unwritten: how the vowel after a consonant is spelled.
        dropped: whether it is left out at the end of a word.
    """

    first: int
    own: Mapping[int, str] = field(default_factory=dict)
    unwritten: str = "a"
    dropped: bool = True

    def spell(self, word: str, *, within: bool = False) -> str:
        """Return the spelling of a word.

        Args:
            word: folded.
            within: whether the unwritten vowel is left out between single consonants too, as in Kamla.
        """
        units = self._units(word)
        for at in range(len(units) - 1, 0, -1):
            consonant, _, unwritten = units[at]
            after = units[at + 1] if at + 1 < len(units) else None
            alone = bool(units[at - 1][1]) and (within and after[0] and after[1] if after else self.dropped)
            if unwritten and alone:
                units[at] = (consonant, "", False)
        return _LIPS.sub("m", "".join(consonant + vowel for consonant, vowel, _ in units))

    def _units(self, word: str) -> list[tuple[str, str, bool]]:
        """Return consonants, the vowel after them, and whether that is the unwritten one."""
        units: list[tuple[str, str, bool]] = []
        for sign in word:
            place = ord(sign) - self.first
            if place in _CONSONANTS or place in self.own:
                units.append((self.own.get(place, _CONSONANTS.get(place, "")), self.unwritten, True))
            elif place in _INDEPENDENT:
                units.append(("", _INDEPENDENT[place], False))
            elif place in _AFTER:
                units.append((_AFTER[place], "", False))
            elif units:
                units[-1] = _marked(units[-1], place)
        return units


def _marked(unit: tuple[str, str, bool], place: int) -> tuple[str, str, bool]:
    consonant, vowel, open_ = unit
    if place == _NUKTA:
        return _DOTTED.get(consonant, consonant), vowel, open_
    if place == _VIRAMA:
        return consonant, "", False
    return (consonant, _DEPENDENT[place], False) if place in _DEPENDENT else unit
