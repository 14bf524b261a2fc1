"""Burmese typed in Zawgyi, an older encoding on the same code points in the order in which it is seen. Pure.

It is recognised by what Unicode never has: a vowel or medial before its consonant, a virama that stacks nothing. Short
words without any of these read alike in both and stay as they are.

Source: Unicode FAQ, Myanmar scripts and languages; Unicode Technical Note 11 (order within a syllable); the published
character map of Zawgyi-One.
"""

import re
from typing import Final

_KINZI: Final = "\x01"
_CONSONANT: Final = "\u1000-\u1021\u1023-\u102a\u103f\u104e"

_OF_ZAWGYI: Final = re.compile(
    rf"(?:^|[^{_CONSONANT}\u1039\u103a-\u103e\u1060-\u109f])\u1031"  # a vowel that nothing stands before
    r"|(?:^|[^\u1000-\u109f])[\u103b-\u103e]"  # a medial that nothing stands before
    rf"|\u1039(?![{_CONSONANT}])"  # a virama with nothing below it
    r"|\u1031\u103b"
)

_STACKED: Final = {
    0x1060: 0x1000, 0x1061: 0x1001, 0x1062: 0x1002, 0x1063: 0x1003, 0x1065: 0x1005, 0x1066: 0x1006, 0x1067: 0x1006,
    0x1068: 0x1007, 0x1069: 0x1008, 0x106C: 0x100B, 0x106D: 0x100C, 0x1070: 0x100F, 0x1071: 0x1010, 0x1072: 0x1010,
    0x1073: 0x1011, 0x1074: 0x1011, 0x1075: 0x1012, 0x1076: 0x1013, 0x1077: 0x1014, 0x1078: 0x1015, 0x1079: 0x1016,
    0x107A: 0x1017, 0x107B: 0x1018, 0x107C: 0x1019, 0x1085: 0x101C, 0x1093: 0x1018,
}  # fmt: skip
_SIGNS: Final = {
    **{sign: "\u1039" + chr(below) for sign, below in _STACKED.items()},
    **dict.fromkeys((0x103B, *range(0x107E, 0x1085)), "\u103c"),
    **dict.fromkeys((0x103A, 0x107D), "\u103b"),
    **dict.fromkeys((0x103D, 0x1087), "\u103e"),
    **dict.fromkeys((0x1094, 0x1095), "\u1037"),
    0x1033: "\u102f", 0x1034: "\u1030", 0x1039: "\u103a", 0x103C: "\u103d", 0x105A: "\u102b\u103a", 0x1064: _KINZI,
    0x106A: "\u1009", 0x106B: "\u100a", 0x106E: "\u100d\u1039\u100d", 0x106F: "\u100d\u1039\u100e", 0x1086: "\u103f",
    0x1088: "\u103e\u102f", 0x1089: "\u103e\u1030", 0x108A: "\u103d\u103e", 0x108B: _KINZI + "\u102d",
    0x108C: _KINZI + "\u102e", 0x108D: _KINZI + "\u1036", 0x108E: "\u102d\u1036", 0x108F: "\u1014", 0x1090: "\u101b",
    0x1091: "\u100f\u1039\u100d", 0x1092: "\u100b\u1039\u100c", 0x1096: "\u1039\u1010\u103d",
    0x1097: "\u100b\u1039\u100b",
}  # fmt: skip

_SYLLABLE: Final = re.compile(
    rf"(?P<e>\u1031?)(?P<ra>\u103c?)(?P<base>[{_CONSONANT}])(?P<more>(?:\u1039[\u1000-\u1021]|[\u103b-\u103e{_KINZI}])*)"
)
_SIGNS_AFTER: Final = re.compile("[\u102b-\u1032\u1036-\u1038\u103a]{2,}")
_ORDER: Final = "\u1031\u102d\u102e\u1032\u102f\u1030\u102b\u102c\u1036\u1037\u103a\u1038"


def as_unicode(text: str) -> str:
    """Return text in Unicode where it is Zawgyi; any other text as it is."""
    if not _OF_ZAWGYI.search(text):
        return text
    syllables = _SYLLABLE.sub(_as_spoken, text.translate(_SIGNS))
    found = _SIGNS_AFTER.sub(lambda signs: "".join(sorted(signs[0], key=_ORDER.index)), syllables)
    return text if _KINZI in found or _OF_ZAWGYI.search(found) else found


def _as_spoken(syllable: re.Match[str]) -> str:
    more = syllable["more"]
    medials = sorted({*syllable["ra"], *re.findall("[\u103b-\u103e]", more)})
    stacked = "".join(re.findall("\u1039[\u1000-\u1021]", more))
    kinzi = "\u1004\u103a\u1039" if _KINZI in more else ""
    return kinzi + syllable["base"] + stacked + "".join(medials) + syllable["e"]
