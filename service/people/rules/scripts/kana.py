"""Hiragana and katakana by Hepburn; long vowels as passports leave them out, and as they are typed."""

import re
from typing import Final

from service.people.rules.scripts.script import Reading, Script

_ROWS: Final = (
    ("あいうえお", "a i u e o"), ("かきくけこ", "ka ki ku ke ko"), ("さしすせそ", "sa shi su se so"),
    ("たちつてと", "ta chi tsu te to"), ("なにぬねの", "na ni nu ne no"), ("はひふへほ", "ha hi fu he ho"),
    ("まみむめも", "ma mi mu me mo"), ("やゆよ", "ya yu yo"), ("らりるれろ", "ra ri ru re ro"), ("わゐゑを", "wa i e o"),
    ("がぎぐげご", "ga gi gu ge go"), ("ざじずぜぞ", "za ji zu ze zo"), ("だぢづでど", "da ji zu de do"),
    ("ばびぶべぼ", "ba bi bu be bo"), ("ぱぴぷぺぽ", "pa pi pu pe po"), ("ぁぃぅぇぉ", "a i u e o"), ("ゔんゕゖ", "vu n ka ke"),
)  # fmt: skip
_KANA: Final = {sign: latin for signs, spelled in _ROWS for sign, latin in zip(signs, spelled.split(), strict=True)}
_SMALL: Final = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
_HISSING: Final = ("shi", "chi", "ji")
"""After which a small sign only changes the vowel: shi, sha."""

_TO_HIRAGANA: Final = {point: point - 0x60 for point in range(0x30A1, 0x30F7)}
_LONG: Final = re.compile("ou|oo|uu|aa|ii(?!$)")


def read(word: str) -> tuple[Reading, ...]:
    """Return the spelling without marks of length, and that with each sign as it is typed."""
    typed = _typed(word.translate(_TO_HIRAGANA))
    return (_LONG.sub(lambda found: found[0][0], typed),), (typed,)


def _typed(word: str) -> str:
    found: list[str] = []
    doubled = False
    for sign in word:
        if sign == "っ":
            doubled = True
        elif sign in _SMALL and found and found[-1].endswith("i"):
            before = found.pop()
            soft = "" if before.endswith(_HISSING) else "y"
            found.append(before[:-1] + soft + _SMALL[sign])
        else:
            latin = _KANA.get(sign, "")
            found.append(("t" if latin.startswith("ch") else latin[:1]) * doubled + latin)
            doubled = False
    return "".join(found)


SCRIPT: Final = Script(
    "Kana", ((0x3040, 0x30FF),), "Hepburn, as Japanese passports use it (Passport Act enforcement rules of 1989)", read
)
