"""Names in Latin letters, held against what others published: standards, and spellings of places and of passports."""

import gc
import hashlib
import tracemalloc
import unicodedata
from functools import _lru_cache_wrapper
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.people.rules.folding import words
from service.people.rules.names import MOST_WORDS
from service.people.rules.scripts.registry import MOST_READINGS, MOST_SIGNS, SCRIPTS, latin
from service.people.rules.sounds import skeleton, sounds_of
from service.people.rules.terms import TERMS_VERSION, SearchBy, Sought, TermKind, name_terms

BY_THE_STANDARD: Final = {
    # Royal Institute of Thailand: provinces and districts as the Royal Thai General System spells them
    "กรุงเทพ": "krungthep", "สงขลา": "songkhla", "ภูเก็ต": "phuket", "เชียงใหม่": "chiangmai", "ขอนแก่น": "khonkaen",
    "ชลบุรี": "chonburi", "ลำปาง": "lampang", "น่าน": "nan", "แพร่": "phrae", "ตรัง": "trang", "ระนอง": "ranong", "เลย": "loei",
    "หนองคาย": "nongkhai", "ปัตตานี": "pattani", "ยะลา": "yala", "กระบี่": "krabi", "พะเยา": "phayao", "ตาก": "tak",
    # Ministry of Culture and Tourism 2000-8, chapter 3, section 4: the personal names given as examples
    "민용하": "minyongha", "송나리": "songnari", "한복남": "hanboknam", "홍빛나": "hongbitna",
    # Hepburn: cities as the Geospatial Information Authority of Japan spells them, without marks
    "とうきょう": "tokyo", "きょうと": "kyoto", "さっぽろ": "sapporo", "おおさか": "osaka", "ナゴヤ": "nagoya", "ぎふ": "gifu",
    # ICAO Doc 9303-3, section 6, table B
    "щукин": "shchukin", "юлия": "iuliia", "жанна": "zhanna", "хасан": "khasan", "цой": "tsoi",
    # ISO 7098: cities
    "北京": "beijing", "哈尔滨": "haerbin", "廣州": "guangzhou", "西安": "xian", "青岛": "qingdao",
    # Survey of India: states and cities
    "बिहार": "bihar", "असम": "asam", "पुणे": "pune", "मैसूर": "maisur", "कानपुर": "kanapur",
    # BGN/PCGN 1970: syllables in its table of finals
    "အောင်": "aung", "ကောက်": "kauk", "မိုင်း": "maing", "ဝင်း": "win", "ဆန်း": "san", "လှ": "hla", "ကျော်": "kyaw", "သိန်း": "thein",
    # BGN/PCGN 1966: towns
    "ວຽງຈັນ": "viangchan", "ສະຫວັນ": "savan", "ປາກເຊ": "pakxe",
}  # fmt: skip

IN_SOME_READING: Final = {
    # government of Hong Kong: its name for anybody, and districts
    "陳大文": "chan taiman", "元朗": "yuen long", "旺角": "wong kok", "葵涌": "kwai chung",
    # Wade-Giles, without marks, as in Taiwan
    "徐志摩": "hsu chihmo", "謝長庭": "hsieh changting", "宋子文": "sung tzuwen", "何大文": "ho tawen", "鄭人豪": "cheng jenhao",
    # passports of Malaysia, Singapore, Vietnam: the family name
    "林": "lim", "黃": "ng", "陳": "tan", "張": "teo", "阮": "nguyen",
    # family names as most bearers spell them (National Institute of Korean Language, survey of passports)
    "이도현": "lee dohyeon", "박서준": "park seojun", "최별하": "choi byeolha",
    # Japanese family names
    "渡辺": "watanabe", "長谷川": "hasegawa", "高橋": "takahashi",
    # Constitution of Bangladesh and its passports: names of Arabic origin
    "রহিম": "rahim", "আজিজ": "aziz", "ইসলাম": "islam", "করিম": "karim", "ফাতেমা": "fatema", "সালমা": "salma",
    "कमला": "kamla", "राजकुमार": "rajkumar", "तामाङ": "tamang", "सुनीता": "sunita", "गुरुङ": "gurung",
    "முருகன்": "murugan", "செல்வம்": "selvam", "தமிழ்": "tamil", "கண்ணன்": "kannan",
    "පෙරේරා": "perera", "නිමල්": "nimal", "කුමාර": "kumara", "සිල්වා": "silva", "චන්ද්‍රිකා": "chandrika",
    "محمد": "mohammed", "عبدالغفور": "abdulghafur", "سمير": "samir", "طاهر": "tahir", "جواد": "javad", "پرویز": "parviz",
    "گلناز": "galnaz", "نجمة": "najma", "الحداد": "alhadad", "علی": "ali", "أحمد": "ahmed",
    # towns and names as the gazetteer and the identity cards of Cambodia have them
    "កំពង់ចាម": "kampongcham", "សៀមរាប": "siemreap", "សុខ": "sok", "សុភា": "sophea", "ដារ៉ា": "dara", "ស្រី": "srey",
    "បូរី": "bory", "សំណាង": "samnang", "ផល្លា": "phalla", "ធារ៉ា": "theara", "ចាន់": "chan", "ហេង": "heng",
    "အောင်ထက်ခိုင်": "aung htet khaing", "စုမြတ်နွယ်": "su myat nwe", "သီဟဇော်": "thi ha zaw", "စန္ဒာ": "sanda", "မြင့်": "myint",
    "ထွန်း": "htun", "ဖြိုး": "phyo", "ညွန့်": "nyunt", "ချို": "cho", "ရှိန်": "shein", "ငြိမ်း": "nyein",
    "พรทิพย์": "pontip", "ใจดี": "jaidi", "สุรศักดิ์": "surasak", "ธนพล": "thanaphon", "กมล": "kamon", "แก้ว": "kaeo", "วงศ์": "wong",
    "שרה": "srh", "ნინო": "nino", "አበበ": "abebe", "Ελένη": "eleni",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BY_THE_STANDARD))
def test_the_first_reading_is_that_of_the_standard(name: str) -> None:
    [word] = words(name)
    assert "".join(latin(word)[0]) == BY_THE_STANDARD[name]


@pytest.mark.parametrize("name", sorted(IN_SOME_READING))
def test_a_spelling_in_use_is_among_the_readings(name: str) -> None:
    [word] = words(name)
    assert tuple(IN_SOME_READING[name].split()) in {tuple(filter(None, reading)) for reading in latin(word)}


TOLD_TWICE: Final = {
    "Khmer": ("សុខ ចាន់ដារ៉ា", "Sok Chandara"),
    "Khmer, Latin turned around": ("សុខ សុភា", "SOPHEA Sok"),
    "Burmese": ("အောင်ထက်ခိုင်", "Aung Htet Khaing"),
    "Burmese with a title": ("ဒေါ်စုမြတ်နွယ်", "Su Myat Nwe"),
    "Thai": ("สมชาย ใจดี", "Somchai Jaidee"),
    "Thai with a title": ("นางสาวพรทิพย์ แก้วลอง", "Pornthip Kaewlong"),
    "Lao": ("ບຸນມີ ແກ້ວ", "Bounmy Keo"),
    "Chinese": ("王小明", "Wang Xiaoming"),
    "Chinese, given name first": ("王小明", "Xiao Ming Wang"),
    "Taiwan": ("謝長庭", "Hsieh Chang-ting"),
    "Hong Kong": ("陳大文", "CHAN Tai-man"),
    "Malaysia": ("陳美華", "Tan Mei Hua"),
    "Korean": ("김도현별", "Kim Dohyeon-byeol"),
    "Japanese": ("渡辺 たかし", "Takashi WATANABE"),
    "Arabic": ("محمد سمير", "Mohamed Sameer"),
    "Urdu": ("پرویز خان", "Parvez Khan"),
    "Bengali": ("মোঃ রহিম", "Md. Rahim"),
    "Nepali": ("सुनीता तामाङ", "Sunita Tamang"),
    "Tamil": ("முருகன்", "Murugan"),
    "Sinhala": ("නිමල් පෙරේරා", "Nimal Perera"),
    "Russian": ("Юлия Щукина", "Yulia Shchukina"),
    "Vietnamese": ("Trần Thị Đào", "Tran Thi Dao"),
}


@pytest.mark.parametrize("what", sorted(TOLD_TWICE))
def test_a_name_is_found_in_another_script_and_the_other_way_round(what: str) -> None:
    native, spelled = TOLD_TWICE[what]
    shared = name_terms(native) & name_terms(spelled)
    assert len(shared) > 1 or any(kind is TermKind.WHOLE_NAME for kind, _ in shared)
    assert Sought.of(SearchBy.NAME, spelled).terms & name_terms(native)


@pytest.mark.parametrize("what", sorted(TOLD_TWICE))
def test_another_name_agrees_in_less(what: str) -> None:
    native, spelled = TOLD_TWICE[what]
    of_name = len(name_terms(native) & name_terms(spelled))
    others = [other for key, (other, _) in TOLD_TWICE.items() if other != native]
    assert all(len(name_terms(other) & name_terms(spelled)) < of_name for other in others)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chandara", "Jantara"),
        ("Somphon", "Sompon"),
        ("Mohammed", "Muhammad"),
        ("Dzhamal", "Jamal"),
        ("Vichet", "Wijit"),
    ],
)
def test_what_ears_confuse_sounds_alike(one: str, other: str) -> None:
    assert skeleton(one.casefold()) == skeleton(other.casefold()) != ""


def test_short_words_are_looked_for_by_sound_only_together() -> None:
    assert set(sounds_of(["lin", "mei"])) == set()
    assert set(sounds_of(["sok", "dara"])) == {"SK TR", "SKTR"}
    assert "CNTR" in set(sounds_of(["chan", "dara"])) & set(sounds_of(["chandara"]))


ANY: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
OF_ONE_SCRIPT: Final = st.sampled_from([script for script in SCRIPTS if script.name != "any other"]).flatmap(
    lambda script: st.text(
        st.sampled_from(
            [chr(point) for first, last in script.ranges for point in range(first, min(last, first + 600))]
        ),
        max_size=80,
    )
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(st.one_of(ANY, OF_ONE_SCRIPT))
def test_any_text_is_read_or_left_and_never_more_than_so_much(text: str) -> None:
    for word in words(text):
        readings = latin(word)
        assert len(readings) <= MOST_READINGS
        assert readings == latin(word)
        assert sum(len(part) for reading in readings for part in reading) <= 16 * MOST_READINGS * MOST_SIGNS
        assert all(latin(part) == () for reading in readings for part in reading if part.isascii())
    told = name_terms(text)
    assert name_terms(unicodedata.normalize("NFD", text)) == told
    assert {term for term in told if term[1].isascii()} <= told


@settings(deadline=None, derandomize=True, max_examples=400)
@given(OF_ONE_SCRIPT)
def test_what_a_script_reads_is_lower_case_latin(text: str) -> None:
    for word in words(text):
        for reading in latin(word):
            assert all(sign.isdecimal() or "a" <= sign <= "z" for part in reading for sign in part), reading


@pytest.mark.parametrize(
    "sign", ["ก", "ក", "က", "王", "김", "あ", "م", "র", "र", "ம", "ක", "щ", "ກ", "א", "a", "กร", "ក្", "က္"]
)
def test_a_hostile_name_has_a_bounded_number_of_terms(sign: str) -> None:
    assert len(name_terms(sign * 5000)) < 10_000 + 200
    assert len(name_terms(f"{sign * 30} " * 200)) < MOST_READINGS * MOST_WORDS * 100


def test_what_comes_after_the_first_signs_of_a_name_is_found_as_it_is_written() -> None:
    name = " ".join(["สมชาย"] * 19 + ["ใจดี"] + ["พรทิพย์"])
    found = {text for kind, text in name_terms(name) if kind is TermKind.NAME}
    assert {"somchai", "สมชาย", "พรทิพย์"} <= found
    assert "phonthip" not in found


def test_memory_does_not_grow_with_the_names_that_were_read() -> None:
    def read(first: int) -> int:
        for number in range(first, first + 400):
            name_terms(
                "".join(chr(0x0E01 + number // 7**place % 40) for place in range(9)) + f" 王{chr(0x4E00 + number % 40)}"
            )
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    read(0)
    tracemalloc.start()
    try:
        before = read(0)
        assert read(400) - before < 100_000
    finally:
        tracemalloc.stop()


def test_no_reading_is_kept() -> None:
    """What somebody wrote stays in no cache: only single signs do, of which there are so many."""
    name_terms("ทดสอบไม่เก็บ ปลอม")
    caches = [found for found in gc.get_objects() if isinstance(found, _lru_cache_wrapper)]
    held = [found for found in caches if "people.rules" in (found.__module__ or "")]
    assert held
    assert not any("ทดสอบไม่เก็บ" in repr(gc.get_referents(found)) for found in held)


def test_every_script_names_its_source_with_a_year_or_an_edition() -> None:
    assert [script.name for script in SCRIPTS if not any(sign.isdecimal() for sign in script.source)] == []
    assert len({script.name for script in SCRIPTS}) == len(SCRIPTS)


READ_BY_VERSION: Final = {3: "1189120ab22f3016"}


def test_whoever_changes_a_table_raises_the_version() -> None:
    """Records are given new search keys only for a new version: put the digest of the new one here, with its number."""
    names = [
        *sorted(BY_THE_STANDARD),
        *sorted(IN_SOME_READING),
        *(name for pair in TOLD_TWICE.values() for name in pair),
    ]
    told = "\n".join(f"{name}: {sorted(name_terms(name))}" for name in names)
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == READ_BY_VERSION[TERMS_VERSION]
