"""Hangul: the Revised Romanisation, syllable by syllable as in names, and how family names are really spelled."""

from typing import Final

from service.people.rules.scripts.script import Reading, Script

_INITIAL: Final = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWEL: Final = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(" ")
_FINAL: Final = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")
_MCCUNE: Final = {"eo": "o", "eu": "u", "yeo": "yo", "wo": "wo"}
_SOFT: Final = {"g": "k", "d": "t", "b": "p", "j": "ch", "r": "r"}

_FAMILY: Final = {
    "김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang", "조": "cho", "윤": "yoon",
    "장": "chang", "임": "lim", "오": "oh", "신": "shin", "권": "kwon", "황": "hwang", "류": "ryu", "유": "yoo",
    "노": "roh", "백": "paik", "문": "moon", "배": "bae", "주": "joo", "우": "woo", "구": "koo", "심": "shim",
    "성": "sung", "곽": "kwak", "길": "kil", "공": "kong", "현": "hyun", "변": "byun", "여": "yeo", "추": "choo",
    "남궁": "namgung", "황보": "hwangbo", "선우": "sunwoo", "제갈": "jegal", "독고": "dokgo", "서문": "suhmoon",
}  # fmt: skip
_COMPOUND: Final = frozenset(name for name in _FAMILY if len(name) > 1)
_FIRST_SYLLABLE: Final = 0xAC00


def read(word: str) -> tuple[Reading, ...]:
    """Return the standard's spelling, that with the family name as families spell it, and the older standard's."""
    family = 2 if word[:2] in _COMPOUND and len(word) > 2 else 1
    standard, older = (
        ("".join(syllables[:family]), "".join(syllables[family:]))
        for syllables in ([_syllable(sign, older=older) for sign in word] for older in (False, True))
    )
    usual = (_FAMILY.get(word[:family], standard[0]), standard[1])
    return standard, usual, older


def _syllable(sign: str, *, older: bool) -> str:
    place = ord(sign) - _FIRST_SYLLABLE
    if not 0 <= place < len(_INITIAL) * len(_VOWEL) * len(_FINAL):
        return ""
    rest, final = divmod(place, len(_FINAL))
    initial, vowel = divmod(rest, len(_VOWEL))
    first, second = _INITIAL[initial], _VOWEL[vowel]
    if older:
        first, second = _SOFT.get(first, first), _MCCUNE.get(second, second)
    return first + second + _FINAL[final]


SCRIPT: Final = Script(
    "Hangul",
    ((0xAC00, 0xD7A3),),
    "Revised Romanization of Korean (Ministry of Culture and Tourism 2000-8), personal names by syllable; "
    "McCune-Reischauer 1939 without marks; family names as most bearers spell them",
    read,
)
