"""Thai by the Royal Thai General System, without its signs of tone and length.

Vowels are partly unwritten and syllables are not marked: where three and more consonants follow each other the reading is
a guess, of which the consonants are right.
"""

import re
from collections.abc import Mapping
from typing import Final

from service.people.rules.scripts.script import Reading, Script

INITIAL: Final = dict(
    zip(
        "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮฤฦ",
        "k kh kh kh kh kh ng ch ch ch s ch y d t th th th n d t th th th n b p ph f ph f ph m y r l w s s s h l - h rue lue".split(),
        strict=True,
    )
)  # fmt: skip
_FINAL: Final = dict(
    zip(
        "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮฤฦ",
        "k k k k k k ng t t t t t n t t t t t n t t t t t n p p p p p p p m i n n o t t t - n - - - -".split(),
        strict=True,
    )
)  # fmt: skip

_C: Final = "[ก-ฮ]"
_CLUSTERS: Final = "ทร|ศร|สร|[กขคปพตผ]ร|[กขคปพผ]ล|[กขค]ว(?=[ะ-ู])|ห[งญนมยรลว]|อย"
_FRONT: Final = f"(?P<begin>{_CLUSTERS}|{_C})"
_BARE: Final = f"(?P<begin>{_C})"
_VOWEL: Final = "[ะ-ูเ-ไ็]"
_END: Final = f"(?:(?P<end>{_C})(?![ะ-ูาำ็]|รร))?"

_SHAPES: Final = tuple(
    (re.compile(shape.replace("X", _FRONT).replace("B", _BARE).replace("F", _END).replace("G", _END[:-1])), latin)
    for shape, latin in (
        ("เXียะ?F", "ia"), ("เXือะ?F", "uea"), ("เXาะ", "o"), ("เXา", "ao"), ("เX็F", "e"), ("เXิF", "oe"),
        ("เXย", "oei"), ("เXอะ?F", "oe"), ("เXะ", "e"), ("เXF", "e"), ("แX[็ะ]?F", "ae"), ("โXะ?F", "o"),
        ("[ใไ]Xย?", "ai"), ("Xัวะ?", "ua"), ("Xัย", "ai"), ("XัF", "a"), ("Xรร(?=[ก-ฮ](?![ะ-ูาำ็]))F", "a"),
        ("Xรร", "an"), ("Xว(?=[ก-ฮ](?![ะ-ูาำ็]))F", "ua"), ("XําF?", "am"), ("Xำ", "am"), ("XะF?", "a"), ("XาF", "a"),
        ("X[ิี]F", "i"), ("X[ึื]อ?F", "ue"), ("X[ุู]F", "u"), ("X็อF", "o"), ("Xอ(?!" + _VOWEL + ")F", "o"),
        ("XG", "o"), ("BG", "o"), ("B", "a"),
    )
)  # fmt: skip
"""Shapes of a syllable with what its vowel is spelled like, in the order in which they are tried."""

_RESPELLED: Final = tuple(
    (re.compile(written), spoken)
    for written, spoken in (
        ("[ทตด]ร\u0e4c", ""), ("[ก-ฮ][ิุ]?\u0e4c", ""), ("(?<=[ิุั])([ตกทค])ร(?![ะ-ูาำ็])", r"\1"), ("เพชร", "เพ็ด"), ("เจริญ", "จะเริน"),
        ("ลักษ(?![ะ-ูาำ็])", "ลัก"), ("เกียรติ", "เกียด"), ("(?<=[าูุั])([ตฒม])[ิุ](?![ก-ฮ]?[าัี])", r"\1"), ("กมล", "กะมน"),
        ("สุร(?=[ก-ฮ])", "สุระ"), ("ธน(?=[ก-ฮ])", "ธะนะ"), ("ธนา", "ทะนา"), ("นคร", "นะคอน"), ("ราช(?=[ก-ฮ])", "ราด"),
        ("วร(?=[ก-ฟภ-ยล-ฮ])", "วะระ"), ("สมุท", "สะหมุด"), ("ศักด(?![ะ-ูาำ็])", "ศัก"), ("รัตน(?=$|[ก-ฮ])", "รัดตะนะ"),
    )
)  # fmt: skip
"""What is written in names and not spoken, or spoken and not written; in this order."""

_LEADING_H: Final = re.compile("ห(?=[งญนมยรลว])|อ(?=ย)")
_TONES: Final = re.compile("[\u0e48-\u0e4b\u0e4d\u0e4e\u0e3a\u0e2f]")
_AS_IN_PASSPORTS: Final = {**INITIAL, "จ": "j", **dict.fromkeys("ผพภ", "p"), **dict.fromkeys("ฐฑฒถทธ", "t")}
_ORN: Final = re.compile("(?<=[ptk]h)on(?![aeioug])|(?<=[ptk])on(?=$)")


def read(word: str) -> tuple[Reading, ...]:
    """Return the standard's spelling, and two that passports have: Phorn, Jan, Tip."""
    written = re.sub("ํ([่-๋]?)า", r"ำ\1", word)
    for pattern, spoken in _RESPELLED:
        written = pattern.sub(spoken, written)
    written = _TONES.sub("", written.replace("\u0e4c", ""))
    spelled = spell(written, INITIAL)
    return (spelled,), (_ORN.sub("orn", spelled),), (_ORN.sub("orn", spell(written, _AS_IN_PASSPORTS)),)


def spell(written: str, initials: Mapping[str, str]) -> str:
    """Return the spelling of Thai without signs of tone, with these initials."""
    found: list[str] = []
    place = 0
    while place < len(written):
        for shape, vowel in _SHAPES:
            syllable = shape.match(written, place)
            if syllable is not None:
                found.append(_spelled(syllable, vowel, initials))
                place = syllable.end()
                break
        else:
            place += 1
    return "".join(found)


def _spelled(syllable: re.Match[str], vowel: str, initials: Mapping[str, str]) -> str:
    parts = syllable.groupdict()
    begin = _LEADING_H.sub("", parts["begin"])
    end = parts.get("end")
    onset = "s" if begin in {"ทร", "สร"} else "".join(map(initials.__getitem__, begin))
    onset = onset.replace("-", "")
    if onset in {"rue", "lue"}:
        onset, vowel = onset[:1], "ue" if vowel in {"o", "a"} else vowel
    final = _FINAL[end].replace("-", "") if end else ""
    return onset + vowel + final


SCRIPT: Final = Script(
    "Thai",
    ((0x0E01, 0x0E5B),),
    "Royal Thai General System of Transcription (Royal Institute 1999), tables 1 and 2",
    read,
)
