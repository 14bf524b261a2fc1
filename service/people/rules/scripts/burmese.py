"""Burmese: syllable by syllable, as the onset and the rime of each are commonly spelled. Zawgyi is converted before.

Names are written without spaces, and in Latin letters with one before each syllable: every syllable is a part.
"""

import re
from typing import Final

from service.people.rules.scripts.script import Reading, Script, longest_first

_CONSONANT: Final = dict(
    zip(
        "ကခဂဃငစဆဇဈညဉဋဌဍဎဏတထဒဓနပဖဗဘမယရလဝသဟဠအဿဣဥဧဩ",
        "k kh g g ng s s z z ny ny t ht d d n t ht d d n p ph b b m y y l w th h l - th i u e aw".split(),
        strict=True,
    )
)
_MEDIAL: Final = {
    "ကျ": "ky", "ကြ": "ky", "ချ": "ch", "ခြ": "ch", "ဂျ": "gy", "ဂြ": "gy", "ငြ": "ny", "ရှ": "sh", "လျ": "ly", "လျှ": "sh",
    "သျှ": "sh", "ကျွ": "kyw", "ကြွ": "kyw", "ချွ": "chw", "ခြွ": "chw", "ရွ": "yw", "ရွှ": "shw", "ယှ": "sh", "မြှ": "hmy",
}  # fmt: skip
"""Consonants with medials that are spelled otherwise than the sum of both."""

_ALONE: Final = {"ျ": "y", "ြ": "y", "ွ": "w", "ှ": "h"}

_RIME: Final = {
    "": "a", "ာ": "a", "ါ": "a", "ိ": "i", "ီ": "i", "ု": "u", "ူ": "u", "ေ": "e", "ဲ": "e", "ော": "aw", "ော်": "aw",
    "ေါ": "aw", "ေါ်": "aw", "ံ": "an", "ို": "o", "ိုု": "o", "ယ်": "e", "ည်": "i", "ဉ်": "in", "က်": "et", "င်": "in", "စ်": "it",
    "တ်": "at", "န်": "an", "ပ်": "at", "မ်": "an", "ိတ်": "eik", "ိပ်": "eik", "ိန်": "ein", "ိမ်": "ein", "ိံ": "ein",
    "ုတ်": "ok", "ုပ်": "ok", "ုန်": "on", "ုမ်": "on", "ုံ": "on", "ောက်": "auk", "ောင်": "aung", "ေါင်": "aung",
    "ိုက်": "aik", "ိုင်": "aing", "ိုယ်": "o", "ွန်": "un", "ွမ်": "un", "ွတ်": "ut", "ွပ်": "ut", "ွဉ်": "un", "ယ": "e",
    "ဏ်": "an", "ဒ်": "at", "လ်": "al", "သ်": "at", "ဂ်": "et", "ုဒ်": "ok", "ုဏ်": "on", "ုလ်": "ul", "ာဏ်": "an",
    "ိဋ်": "eik", "ိဏ်": "ein", "ာန်": "an", "ာတ်": "at", "ိဒ်": "eik", "ုဂ်": "ok", "ရ်": "a", "ဗ်": "at", "ေး": "e",
}  # fmt: skip
_USUAL: Final = {
    "မြင့်": "myint", "ကြီး": "gyi", "ထွန်း": "tun", "ထွေး": "htwe", "ဖြိုး": "phyo", "ခင်": "khin", "သိန်း": "thein", "ကျော်": "kyaw",
    "ညွန့်": "nyunt", "ညို": "nyo", "ခိုင်": "khaing", "လှိုင်": "hlaing", "ဝေ": "wai", "ဦး": "oo", "စိုး": "soe", "မိုး": "moe",
    "ဖြူ": "phyu", "သူ": "thu", "မူ": "mu", "နိုင်": "naing", "သန့်": "thant", "ဇင်": "zin", "ဖေ": "pe", "ဘ": "ba", "မြ": "mya",
    "စံ": "san", "ရဲ": "ye", "ထက်": "htet", "နွယ်": "nwe", "ဆွေ": "swe", "ရွှေ": "shwe", "သွယ်": "thwe", "ဇော်": "zaw",
    "ဖုန်း": "phone", "သီ": "thi", "ကို": "ko", "မို့": "moh", "သိုက်": "thaik", "တိုး": "toe", "ကျိုး": "kyoe", "ချို": "cho",
    "နှင်း": "hnin", "မှူး": "hmu", "သိင်္ဂီ": "thingi", "ညီ": "nyi", "ဟန်": "han", "မင်း": "min", "စစ်": "sit", "ပြည့်": "pyae",
    "ဖြိုးဖြိုး": "phyo", "သွင်": "thwin", "သက်": "thet", "ဇာ": "zar", "ခ": "kha", "သဇင်": "thazin", "လတ်": "latt",
}  # fmt: skip
"""Syllables whose common spelling does not follow from the table."""

_SYLLABLE: Final = re.compile(
    "(?P<base>[က-အဿဣဤဥဦဧဩဪဉည])(?P<stacked>္[က-အ])?(?P<medial>[ျြွှ]*)(?P<rime>[ါ-ူေဲံိ့း]*(?:(?:္?[က-အ]့?့်?)|်)?[့း]*)"
)
_TONE: Final = re.compile("[့း]")


def read(word: str) -> tuple[Reading, ...]:
    """Return the syllables as they are usually spelled, by the table alone, and with long vowels spelled twice.

    Syllables that share a pair of stacked consonants are one part: Sanda.
    """
    spoken = _unstacked(word)
    found = list(_SYLLABLE.finditer(spoken))
    by_table = [_by_table(one) for one in found]
    usual = [_USUAL.get(one[0], latin) for one, latin in zip(found, by_table, strict=True)]
    lengthened = [_LENGTHENED.get(latin, latin) for latin in usual]
    joined = [spoken[one.start() - 1 : one.start()] == _JOINED for one in found]
    return tuple(_parts(latin, joined) for latin in (usual, by_table, lengthened))


def _parts(syllables: list[str], joined: list[bool]) -> Reading:
    parts: list[str] = []
    for syllable, belongs in zip(syllables, joined, strict=True):
        if belongs and parts:
            parts[-1] += syllable
        else:
            parts.append(syllable)
    return tuple(parts)


_JOINED: Final = "\x00"
"""Stands where a pair of stacked consonants was taken apart."""

_LENGTHENED: Final = {
    "mu": "moo", "hla": "hlar", "yi": "yee", "ma": "mar", "phyu": "phyoo", "su": "suu", "na": "nar", "da": "dar",
    "tun": "htun", "nwe": "nway", "htwe": "htway", "swe": "sway", "oo": "u", "wai": "way", "lin": "linn",
    "min": "minn", "win": "winn", "san": "sann", "zin": "zinn", "si": "see", "ni": "nee",
}  # fmt: skip


def _unstacked(word: str) -> str:
    """Return a word in which the consonant above another is the end of its syllable, as it is spoken."""
    return re.sub("(?:\u1004\u103a|(?P<above>[က-အ]))\u1039", lambda found: (found["above"] or "င") + "်" + _JOINED, word)


def _by_table(syllable: re.Match[str]) -> str:
    medial = "".join(sorted(syllable["medial"]))
    rime = _TONE.sub("", syllable["rime"])
    if medial.endswith("ွ") and "ွ" + rime in _RIME:
        medial, rime = medial.removesuffix("ွ"), "ွ" + rime
    onset = _onset(syllable["base"], medial)
    spelled = _RIME.get(rime)
    if spelled is None:
        begins = next((one for one in _BY_LENGTH if rime.startswith(one)), "")
        spelled = _RIME[begins]
    if onset in _VOWELS:
        return onset + (spelled[1:] if rime else "")
    return onset + spelled


_VOWELS: Final = frozenset({"i", "u", "e", "aw"})
_BY_LENGTH: Final = longest_first(_RIME)


def _onset(base: str, medial: str) -> str:
    for length in range(len(medial), 0, -1):
        if base + medial[:length] in _MEDIAL:
            rest = "".join(_ALONE[sign] for sign in medial[length:] if sign != "ှ")
            return _MEDIAL[base + medial[:length]] + rest
    breathed = "h" * ("ှ" in medial)
    latin = _CONSONANT.get(base, "").replace("-", "")
    return breathed + latin + "".join(_ALONE[sign] for sign in medial if sign != "ှ")


SCRIPT: Final = Script(
    "Burmese",
    ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
    "BGN/PCGN 1970 agreement for Burmese without marks of tone; spellings common in passports: our own table",
    read,
)
