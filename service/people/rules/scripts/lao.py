"""Lao, by way of Thai: the blocks are parallel, and Lao writes every vowel. What Lao sounds otherwise is spelled so."""

import re
from typing import Final

from service.people.rules.scripts.script import Reading, Script
from service.people.rules.scripts.thai import INITIAL, spell

_BLOCKS_APART: Final = 0x80
_AS_THAI: Final[dict[int, int | str]] = {
    **{point: point - _BLOCKS_APART for point in range(0x0E81, 0x0EDA)},
    0x0E94: "ด", 0x0E95: "ต", 0x0E96: "ถ", 0x0E97: "ท", 0x0E8D: "ย", 0x0E8A: "ช", 0x0EA2: "ย", 0x0EA3: "ร",
    0x0EBB: "", 0x0EBD: "ຽ", 0x0EBC: "ล", 0x0ECD: "อ", 0x0E8E: "ช",
}  # fmt: skip
_INITIAL: Final = {**INITIAL, "ช": "x", "ว": "v", "ญ": "ny"}
_AS_SPOKEN: Final = {**_INITIAL, "ช": "s", "ว": "w", "ร": "l"}
_AM: Final = re.compile("ຳ|ໍາ")
_IA: Final = re.compile("([ก-ฮ])ຽ")
_SHORT: Final = re.compile("([เแ][ก-ฮ])ั")
_TONES: Final = re.compile("[\u0ec8-\u0ecc]")


def read(word: str) -> tuple[Reading, ...]:
    """Return the spelling of passports, and one by sound."""
    written = _AM.sub("ັມ", _TONES.sub("", word))
    thai = _SHORT.sub(r"\1", _IA.sub(r"เ\1ีย", written.translate(_AS_THAI)))
    return (spell(thai, _INITIAL),), (spell(thai, _AS_SPOKEN),)


SCRIPT: Final = Script(
    "Lao", ((0x0E81, 0x0EDF),), "BGN/PCGN 1966 system for Lao (French-based spellings left out), by sound", read
)
