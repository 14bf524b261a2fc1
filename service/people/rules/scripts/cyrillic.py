"""Cyrillic, as passports spell it, and as newspapers do."""

from typing import Final

from service.people.rules.scripts.script import Reading, Script

_PASSPORT: Final = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "є": "ie", "ґ": "g", "ђ": "d", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѕ": "dz",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "ҳ": "h", "ҷ": "j", "җ": "j",
})  # fmt: skip
_NEWSPAPER: Final = str.maketrans(
    {"ъ": "", "ю": "yu", "я": "ya", "є": "ye", "ј": "y", "љ": "l", "њ": "n", "ћ": "ch", "х": "h"}
)


def read(word: str) -> tuple[Reading, ...]:
    """Return the spelling of a passport, and that of newspapers."""
    return (word.translate(_PASSPORT),), (word.translate(_NEWSPAPER).translate(_PASSPORT),)


SCRIPT: Final = Script(
    "Cyrillic",
    ((0x0400, 0x052F),),
    "ICAO Doc 9303-3, 8th edition, section 6, table B; BGN/PCGN 1947 for Russian in the second reading",
    read,
)
