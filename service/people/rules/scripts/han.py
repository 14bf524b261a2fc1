"""Han characters: Mandarin by Pinyin and by Wade-Giles, and Cantonese as Hong Kong spells it. Each folded first.

Of a family name that is read otherwise than the same character elsewhere, the reading of the family name comes first.
"""

import re
from typing import Final

from anyascii import anyascii

from service.codes.tables import rows
from service.people.rules.folding import fold
from service.people.rules.scripts.script import Reading, Script


def _by_folded(table: dict[str, str]) -> dict[str, str]:
    return {fold(sign): latin for sign, latin in table.items()}


_AS_FAMILY: Final = _by_folded({
    "单": "shan", "仇": "qiu", "曾": "zeng", "区": "ou", "解": "xie", "查": "zha", "任": "ren", "华": "hua", "朴": "piao",
    "盖": "ge", "翟": "zhai", "尉": "wei", "乐": "yue", "覃": "qin", "召": "shao", "缪": "miao", "洗": "xian", "冼": "xian",
    "燕": "yan", "应": "ying", "宁": "ning", "纪": "ji", "卜": "bu", "秘": "bi", "种": "chong", "黑": "he", "员": "yun",
    "折": "she", "逄": "pang", "繁": "po", "撒": "sa", "叶": "ye", "沈": "shen", "贾": "jia", "葛": "ge", "尧": "yao",
})  # fmt: skip
_TWO: Final = frozenset(
    fold(name) for name in "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 长孙 宇文 端木 独孤 南宫 西门 轩辕 闻人".split()
)  # fmt: skip
"""Family names of two characters."""

_USUAL: Final = _by_folded({
    "陈": "chan tan tran", "林": "lam lim", "黄": "wong ng huynh hoang", "张": "cheung teo truong", "李": "lee ly",
    "王": "wong ong vuong", "吴": "ng goh ngo", "刘": "lau low luu", "蔡": "choi chua thai", "杨": "yeung yeo duong",
    "许": "hui koh hua", "郑": "cheng tay trinh", "谢": "tse chia ta", "郭": "kwok kuek quach", "洪": "hung ang",
    "邱": "yau khoo khuu", "曾": "tsang chan tang", "廖": "liu liew lieu", "赖": "lai", "周": "chow chew chau",
    "叶": "yip yap diep", "苏": "so soh to", "吕": "lui loo la", "何": "ho hoe ha", "罗": "law loh la", "高": "ko kow cao",
    "梁": "leung neo luong", "徐": "tsui chee tu", "朱": "chu choo", "胡": "wu oh ho", "潘": "poon phua phan",
    "简": "kan", "钟": "chung cheong", "彭": "pang phang banh", "游": "yau yew", "沈": "sum sim tham", "余": "yu ee du",
    "冯": "fung pang phung", "邓": "tang dang", "江": "kong kang giang", "龙": "lung leong", "阮": "yuen nguyen",
    "范": "fan pham", "武": "mo vu vo", "裴": "pui bui", "董": "tung dong", "卢": "lo loh lu", "方": "fong png",
    "傅": "fu poh", "颜": "ngan gan nhan", "施": "sze see", "温": "wan oon on", "魏": "ngai goei nguy", "金": "kam kim",
})  # fmt: skip
"""Family names in Hong Kong, in Hokkien or Teochew, in Vietnam: what passports of those countries say."""

_JAPANESE: Final = _by_folded({
    "佐藤": "sato", "鈴木": "suzuki", "高橋": "takahashi", "田中": "tanaka", "伊藤": "ito", "渡辺": "watanabe",
    "山本": "yamamoto", "中村": "nakamura", "小林": "kobayashi", "加藤": "kato", "吉田": "yoshida", "山田": "yamada",
    "佐々木": "sasaki", "山口": "yamaguchi", "松本": "matsumoto", "井上": "inoue", "木村": "kimura", "斎藤": "saito",
    "清水": "shimizu", "山崎": "yamazaki yamasaki", "池田": "ikeda", "橋本": "hashimoto", "阿部": "abe",
    "石川": "ishikawa", "山下": "yamashita", "中島": "nakajima nakashima", "石井": "ishii", "小川": "ogawa",
    "前田": "maeda", "岡田": "okada", "長谷川": "hasegawa", "藤田": "fujita", "後藤": "goto", "近藤": "kondo",
    "村上": "murakami", "遠藤": "endo", "青木": "aoki", "坂本": "sakamoto", "斉藤": "saito", "福田": "fukuda",
    "太田": "ota", "西村": "nishimura", "藤井": "fujii", "金子": "kaneko", "岡本": "okamoto", "藤原": "fujiwara",
    "三浦": "miura", "中野": "nakano", "原田": "harada", "松田": "matsuda", "竹内": "takeuchi", "小野": "ono",
    "上田": "ueda", "森田": "morita", "安藤": "ando", "宮崎": "miyazaki", "横山": "yokoyama", "工藤": "kudo",
})  # fmt: skip
"""The commonest Japanese family names of more than one character, folded, as passports spell them."""

_CANTONESE: Final = {sign: row["reading"] for row in rows("cantonese") for sign in row["signs"]}

_HONG_KONG: Final = (
    {"gw": "kw", "g": "k", "z": "ch", "c": "ch", "d": "t", "b": "p", "j": "y", "ng": "ng"},
    {"oeng": "eung", "oek": "euk", "yun": "uen", "yut": "uet", "yu": "u", "eon": "un", "eot": "ut", "eoi": "ui",
     "aa": "a", "aai": "ai", "aau": "au", "aam": "am", "aan": "an", "aang": "ang", "aap": "ap", "aat": "at",
     "aak": "ak", "ou": "o"},
    {"si": "sze", "zi": "chi", "ci": "chi", "zyu": "chu", "jyu": "yu", "jyun": "yuen", "jyut": "yuet", "ji": "yi"},
)  # fmt: skip
_WADE_GILES: Final = (
    {"zh": "ch", "j": "ch", "q": "ch", "z": "ts", "c": "ts", "x": "hs", "r": "j", "g": "k", "d": "t", "b": "p"},
    {"ian": "ien", "ie": "ieh", "ong": "ung", "uo": "o", "ue": "ueh"},
    {"zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu", "si": "szu", "ge": "ko",
     "ke": "ko", "he": "ho", "e": "o", "yan": "yen", "ye": "yeh", "you": "yu", "guo": "kuo", "kuo": "kuo",
     "huo": "huo", "shuo": "shuo"},
)  # fmt: skip
"""Of each system: the initials, the finals, and whole syllables that follow neither."""

_PARTS: Final = re.compile("(?P<initial>[zcs]h|gw|kw|ng(?=.)|[bpmfdtnlgkhjqxzcsrwy]?)(?P<final>.*)")
_OF_JAPANESE_FORMS: Final = dict(
    zip(
        "伝価仮囲戯戻払浜糸繊蔵豊軽鉄缶欠",
        "chuan jia jia wei xi li fu bin si xian zang feng qing tie guan que".split(),
        strict=True,
    )
)
"""Characters that stand for a Chinese one too, and are read like it: anyascii has another sound for the form itself."""

_MANDARIN_SYLLABLE: Final = re.compile("[A-Z][a-z]*")


def read(word: str) -> list[Reading]:
    """Return a name in Mandarin, twice, in Cantonese, and with the family name as other countries spell it.

    A Japanese family name comes first, alone.
    """
    family = 2 if word[:2] in _TWO and len(word) > 2 else 1
    mandarin = [_mandarin(sign) for sign in word]
    first = _AS_FAMILY.get(word[0], mandarin[0])
    cantonese = [_CANTONESE.get(sign) for sign in word]
    readings = [
        _with_family([first, *mandarin[1:]], family),
        _with_family([_spelled(one, _WADE_GILES) for one in (first, *mandarin[1:])], family),
    ]
    usual = _USUAL.get(word[0], "").split() if family == 1 else []
    hong_kong = [_spelled(one, _HONG_KONG) if one else other for one, other in zip(cantonese, mandarin, strict=True)]
    readings += [_with_family([name, *hong_kong[1:]], family) for name in usual[:1] or hong_kong[:1]]
    if first != mandarin[0]:
        readings.append(_with_family(mandarin, family))
    readings += [(name, "".join(mandarin[family:])) for name in usual]
    return [*((name,) for name in _japanese(word)), *readings]


def _japanese(word: str) -> list[str]:
    """Return the readings of a Japanese family name; how a given name is read only its bearer knows."""
    return next((_JAPANESE[word[:signs]].split() for signs in (3, 2) if word[:signs] in _JAPANESE), [])


def _with_family(syllables: list[str], family: int) -> Reading:
    return "".join(syllables[:family]), "".join(syllables[family:])


def _mandarin(sign: str) -> str:
    found = _MANDARIN_SYLLABLE.match(anyascii(sign))
    return _OF_JAPANESE_FORMS.get(sign) or (found[0].lower() if found else "")


def _spelled(syllable: str, system: tuple[dict[str, str], dict[str, str], dict[str, str]]) -> str:
    initials, finals, whole = system
    found = _PARTS.fullmatch(syllable)
    if syllable in whole or found is None:
        return whole.get(syllable, syllable)
    initial, final = found["initial"], found["final"]
    return initials.get(initial, initial) + finals.get(final, final)


SCRIPT: Final = Script(
    "Han",
    ((0x3005, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
    "Hanyu Pinyin (ISO 7098) as anyascii 0.3.3 has it from Unihan; Wade-Giles without marks; service/codes/data/"
    "cantonese.csv (Unihan kCantonese), spelled as by the government of Hong Kong; family names: our own table",
    read,
)
