"""Khmer: consonants of two series, each vowel sign with a sound for either; spelled as names usually are."""

import re
from typing import Final

from service.people.rules.scripts.script import Reading, Script, longest_first

_FIRST: Final = dict(zip("កខចឆដឋណតថបផឝឞសហឡអ", "k kh ch chh d th n t th b ph s s s h l -".split(), strict=True))
_SECOND: Final = dict(zip("គឃងជឈញឌឍទធនពភមយរលវ", "k kh ng ch chh nh d th t th n p ph m y r l v".split(), strict=True))
_CONSONANT: Final = {sign: latin.replace("-", "") for sign, latin in {**_FIRST, **_SECOND}.items()}
_FINAL: Final = {
    "ក": "k", "ខ": "k", "គ": "k", "ឃ": "k", "ង": "ng", "ច": "ch", "ជ": "ch", "ឆ": "ch", "ញ": "nh", "ដ": "t", "ឋ": "t",
    "ឌ": "t", "ឍ": "t", "ណ": "n", "ត": "t", "ថ": "t", "ទ": "t", "ធ": "t", "ន": "n", "ប": "p", "ផ": "p", "ព": "p",
    "ភ": "p", "ម": "m", "យ": "y", "រ": "r", "ល": "l", "វ": "v", "ស": "s", "ឡ": "l", "ហ": "h",
}  # fmt: skip

_VOWELS: Final = {
    "": ("a", "o"), "ា": ("a", "ea"), "ិ": ("i", "i"), "ី": ("ei", "i"), "ឹ": ("oe", "eu"), "ឺ": ("eu", "eu"),
    "ុ": ("o", "u"), "ូ": ("o", "ou"), "ួ": ("uo", "uo"), "ើ": ("aeu", "eu"), "ឿ": ("oea", "oea"), "ៀ": ("ie", "ie"),
    "េ": ("e", "e"), "ែ": ("ae", "e"), "ៃ": ("ai", "ey"), "ោ": ("ao", "o"), "ៅ": ("au", "ov"), "ុំ": ("om", "um"),
    "ំ": ("am", "um"), "ាំ": ("am", "oam"), "ះ": ("ah", "eah"), "ិះ": ("eh", "ih"), "ុះ": ("oh", "uh"), "េះ": ("eh", "eh"),
    "ោះ": ("aoh", "uoh"), "័": ("a", "oa"), "ុ័": ("o", "u"), "ៈ": ("a", "ea"), "ាះ": ("ah", "eah"),
}  # fmt: skip
_USUAL: Final = {
    "ា": ("a", "a"), "ី": ("ey", "y"), "ូ": ("o", "u"), "ៃ": ("ay", "ai"), "": ("o", "o"), "ិ": ("e", "i"),
    "ឹ": ("eu", "eu"), "ើ": ("oeu", "eu"), "ែ": ("e", "e"), "ោ": ("ao", "or"), "ៅ": ("ov", "ov"), "ួ": ("ou", "ou"),
    "ៀ": ("ea", "ea"), "ុ": ("o", "o"), "័": ("a", "a"), "ំ": ("om", "om"), "ឿ": ("oeu", "oeu"),
}  # fmt: skip
"""What many names have instead."""

_INDEPENDENT: Final = {
    "ឥ": "e", "ឦ": "ei", "ឧ": "u", "ឩ": "ou", "ឪ": "ov", "ឫ": "roe", "ឬ": "rue", "ឭ": "loe", "ឮ": "lue", "ឯ": "ae",
    "ឰ": "ai", "ឱ": "ao", "ឲ": "ao", "ឳ": "au",
}  # fmt: skip

_SYLLABLE: Final = re.compile(
    "(?P<head>[ក-អ](?:[៉៊]?្[ក-អ])*[៉៊]?(?:្[ក-អ])*)(?P<vowel>[ា-ះៈ័]*)"
    "(?P<end>(?<![ំះ])(?P<final>[ក-ហ])(?:់|(?![ា-ៈ័៉៊្]|[ក-ហ](?:$|[ក-អ][ា-ៈ័៉៊្]))))?"
    "|(?P<alone>[ឣ-ឳ])"
)
_SILENT: Final = re.compile("[ក-អ][ិុ]?៍|[៌៎៏័](?=៍)|[៌៍៎៏]")
_SONORANT: Final = frozenset("ងញណនមយរលវ")
_TO_FIRST: Final = "៉"
_TO_SECOND: Final = "៊"
_BY_LENGTH: Final = longest_first(_VOWELS)


def read(word: str) -> tuple[Reading, ...]:
    """Return the spelling by the standard, with the inherent vowels as one, and as names often have it."""
    written = _SILENT.sub("", word)
    found = list(_SYLLABLE.finditer(written))
    standard, usual, plain = (
        "".join(_spelled(one, table) for one in found) for table in (_VOWELS, {**_VOWELS, **_USUAL}, _PLAIN)
    )
    return (standard,), (usual,), (plain,)


_PLAIN: Final = {
    **_VOWELS, "": ("a", "a"), "ា": ("a", "a"), "ី": ("i", "i"), "ិ": ("i", "i"), "ុ": ("o", "o"), "ូ": ("u", "u"),
    "័": ("a", "a"), "ំ": ("am", "am"), "ាំ": ("am", "am"),
}  # fmt: skip
"""For names of Pali and Sanskrit, in which both series sound alike."""


def _spelled(syllable: re.Match[str], vowels: dict[str, tuple[str, str]]) -> str:
    if syllable["alone"]:
        return _INDEPENDENT.get(syllable["alone"], "a")
    head = syllable["head"]
    vowel = next(one for one in _BY_LENGTH if syllable["vowel"].startswith(one))
    consonants = [sign for sign in head if sign in _CONSONANT]
    onset = "".join(map(_CONSONANT.__getitem__, consonants))
    return onset + vowels[vowel][_series(head, consonants)] + _FINAL.get(syllable["final"] or "", "")


def _series(head: str, consonants: list[str]) -> int:
    """Return 0 or 1: which of a vowel's sounds follows."""
    if _TO_FIRST in head or _TO_SECOND in head:
        return int(_TO_SECOND in head)
    governing = next((sign for sign in reversed(consonants) if sign not in _SONORANT), consonants[-1])
    if consonants[0] in _SONORANT and len(consonants) > 1 and governing in _SONORANT:
        governing = consonants[0]
    return int(governing in _SECOND)


SCRIPT: Final = Script(
    "Khmer",
    ((0x1780, 0x17D3), (0x17DD, 0x17DD)),
    "UNGEGN romanization system for Khmer (BGN/PCGN 1972) without marks; spellings common in names: our own table",
    read,
)
