"""By which terms a name, a number, a text is found; in many scripts, and whatever people leave out."""

import hmac
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.people.rules import SealedKind
from service.people.rules import terms as rules
from service.people.rules.burmese import as_unicode
from service.people.rules.folding import APOSTROPHES, bigrams, fold, words
from service.people.rules.reaching import MOST_TOLD, contacts_told
from service.people.rules.terms import (
    MOST_TEXT_TERMS,
    SearchBy,
    Sought,
    Term,
    TermKind,
    contact_terms,
    document_terms,
    key_of,
    name_terms,
    terms_of,
    text_terms,
)

ONE_NAME = {
    "case and order": ("Lin Mei Hua", "HUA mei lin"),
    "accents": ("José Álvarez", "Jose Alvarez"),
    "Vietnamese": ("Nguyễn Thị Đào", "nguyen thi dao"),
    "composed and not": ("Nguyễn", unicodedata.normalize("NFD", "Nguyễn")),
    "hyphen": ("Mei-Hua Lin", "mei hua lin"),
    "glued": ("Mei Hua", "Meihua"),
    "full width": ("\uff2c\uff29\uff2e Mei", "lin mei"),
    "German": ("Strauß", "STRAUSS"),
    "Danish": ("Sørensen", "sorensen"),
    "Turkish": ("\u0130lker I\u015f\u0131k", "ilker isik"),
    "Thai with a joiner": ("สมชาย ใจดี", "ใจดี\u200bสมชาย".replace("\u200b", " \u200b")),
    "Khmer": ("សុខ ចាន់ដារ៉ា", "ចាន់ដារ៉ា\u200b សុខ"),
    "Lao": ("ສົມສັກ ແກ້ວ", "ແກ້ວ ສົມສັກ"),
    "Burmese": ("အောင် ဆန်း", "ဆန်း အောင်"),
    "Zawgyi": (
        "\u1031\u1021\u102c\u1004\u1039\u1031\u1000\u103a\u102c\u1039\u1011\u103c\u1014\u1039\u1038\u103b\u1019\u1004\u1037\u1039",
        "အောင်ကျော်ထွန်းမြင့်",
    ),
    "Arabic vowels": ("مُحَمَّد أحمد", "محمد احمد"),
    "Arabic and Persian letters": ("علی", "على"),
    "Hebrew": ("שָׁלוֹם", "שלום"),
    "Han": ("王小明", "王 小明"),
    "traditional and simplified": ("陳美華測", "陈美华测"),
    "simplified and traditional": ("张伟试", "張偉試"),
    "Taiwan and Hong Kong": ("溫啟賢", "温啓賢"),
    "Japanese and Chinese": ("渡辺 広沢", "渡邊 廣澤"),
    "Hangul": ("김 영희", "영희 김"),
    "Cyrillic": ("Андрей Ёлкин", "елкин андреи"),
    "title": ("Mr. Lin Mei", "Lin Mei"),
    "title of three letters": ("Mrs. Lin Mei", "Lin Mei"),
    "handle": ("@Tiger_Boy99", "tiger boy99"),
    "emoji around": ("🌸小美🌸", "小美"),
    "Uzbek letters and a keyboard": ("To\u02bblqinjon G\u02bbaffor", "to'lqinjon g'affor"),
    "no apostrophe at all": ("To\u02bblqinjon G\u02bbaffor", "Tolqinjon Gaffor"),
    "Irish": ("Sean O\u2019Kestrelly", "okestrelly sean"),
    "an accent for an apostrophe": ("D\u00b4Example Lin", "d`example lin"),
    "Ukrainian": ("Лук\u02bcян", "Лукян"),
    "only emoji": ("🐯 🐯", "🐯🐯"),
    "digits of another script": ("Room ១២", "room 12"),
}


def as_written(name: str) -> set[Term]:
    """Return the terms of a name in its own script; names that differ may be one in Latin letters."""
    return {(kind, text) for kind, text in name_terms(name) if name.isascii() or not text.isascii()}


APOSTROPHIC = {
    "Uzbek letters and a keyboard", "no apostrophe at all", "Irish", "an accent for an apostrophe", "Ukrainian"
}  # fmt: skip
"""Found by the parts beside the apostrophe as well, where there is one."""


@pytest.mark.parametrize("what", sorted(ONE_NAME))
def test_two_ways_to_write_a_name_share_a_term(what: str) -> None:
    one, other = ONE_NAME[what]
    assert name_terms(one) & name_terms(other)


@pytest.mark.parametrize("what", sorted({*ONE_NAME} - {"glued", "Han", "only emoji", *APOSTROPHIC}))
def test_they_share_every_word(what: str) -> None:
    one, other = ({text for kind, text in name_terms(name) if kind is TermKind.NAME} for name in ONE_NAME[what])
    assert one == other != set()


@pytest.mark.parametrize(
    ("one", "other"),
    [("กา", "กำ"), ("សុខ", "សូខ"), ("ကို", "ကု"), ("張", "章"), ("Lin", "Ling"), ("فاطمة", "فارس")],
)
def test_vowel_signs_and_other_letters_tell_names_apart(one: str, other: str) -> None:
    assert not as_written(one) & as_written(other)


def test_a_given_name_in_characters_is_found_without_the_family_name() -> None:
    assert name_terms("王小明") & name_terms("小明")
    assert not name_terms("สมชาย") & name_terms("สม")


@pytest.mark.parametrize("mark", APOSTROPHES)
def test_an_apostrophe_of_any_kind_is_nothing_inside_a_word(mark: str) -> None:
    for typed in (f"O{mark}Kestrelly", "OKestrelly"):
        assert (TermKind.NAME, "okestrelly") in name_terms(typed)
    assert (TermKind.NAME, "kestrelly") in name_terms(f"O{mark}Kestrelly")
    assert (TermKind.NAME, "o") not in name_terms(f"O{mark}Kestrelly")
    assert text_terms(f"the mother{mark}s number") == text_terms("the mothers number")


GLUED_TITLES = {
    "Mr": ("นายสมพงษ์ทดสอบ ใจงามลอง", "สมพงษ์ทดสอบ"),
    "Mrs": ("นางพิมพ์ลอง", "พิมพ์ลอง"),
    "Miss": ("นางสาวพิมพ์ลอง", "พิมพ์ลอง"),
    "an abbreviation": ("น.ส.พิมพ์ลอง", "นางสาวพิมพ์ลอง"),
    "an abbreviation apart": ("น.ส. พิมพ์ลอง", "พิมพ์ลอง"),
    "a boy": ("ด.ช.สมพงษ์ลอง", "เด็กชายสมพงษ์ลอง"),
    "a doctor": ("ดร.สมพงษ์ลอง", "สมพงษ์ลอง"),
    "Lao": ("ທ້າວສົມສັກລອງ", "ສົມສັກລອງ"),
    "Khmer": ("លោកស្រីសុខលំអ", "សុខលំអ"),
    "Burmese": ("ဒေါ်အောင်မြင့်", "အောင်မြင့်"),
    "Chinese": ("歐陽明珠先生", "歐陽明珠"),
    "Korean": ("김도현별씨", "김도현별"),
}


@pytest.mark.parametrize("what", sorted(GLUED_TITLES))
def test_a_title_in_one_piece_with_the_name_is_left_out_of_a_further_term(what: str) -> None:
    written, asked = GLUED_TITLES[what]
    both = name_terms(written) & name_terms(asked)
    assert {TermKind.NAME, TermKind.WHOLE_NAME} & {kind for kind, _ in both}
    assert any(len(text) > 2 for _, text in both)
    assert not as_written(written) & as_written("นายอื่นลอง 先生 김씨")


def test_what_only_begins_like_a_title_is_no_title() -> None:
    assert as_written("นายิกา") == {(TermKind.NAME, "นายิกา"), (TermKind.WHOLE_NAME, "นายิกา")}
    assert as_written("นาย") == {(TermKind.NAME, "นาย"), (TermKind.WHOLE_NAME, "นาย")}


@pytest.mark.parametrize("asked", ["도현별", "도현", "현별", "김도현별", "김 도현별"])
def test_a_korean_given_name_is_found_without_the_family_name(asked: str) -> None:
    assert name_terms("김도현별") & name_terms(asked)


def test_a_korean_family_name_of_two_syllables_and_a_given_name_of_one() -> None:
    assert (TermKind.NAME, "별하") in name_terms("남궁별하")
    assert name_terms("김별") & name_terms("별")
    assert not name_terms("김도현") & name_terms("이수현")


IN_ZAWGYI = {
    "ကျော်": "\u1031\u1000\u103a\u102c\u1039",
    "မြင့်": "\u103b\u1019\u1004\u1037\u1039",
    "ခိုင်": "\u1001\u102d\u102f\u1004\u1039",
    "ကြွယ်": "\u107e\u1000\u103c\u101a\u1039",
    "ရွှေ": "\u1031\u101b\u108a",
    "စန္ဒာ ဝင်း": "\u1005\u1014\u1075\u102c \u101d\u1004\u1039\u1038",
    "မင်္ဂလာ ကျော်": "\u1019\u1002\u1064\u101c\u102c \u1031\u1000\u103a\u102c\u1039",
    "ညွန့်": "\u106b\u103c\u1014\u1094\u1039",
}
"""Names in Unicode and as a keyboard for Zawgyi types them, by its character map."""


@pytest.mark.parametrize("name", sorted(IN_ZAWGYI))
def test_a_name_typed_in_zawgyi_is_the_same_in_unicode(name: str) -> None:
    assert name_terms(IN_ZAWGYI[name]) == name_terms(name)
    assert text_terms(IN_ZAWGYI[name]) == text_terms(name)


@pytest.mark.parametrize("name", [*IN_ZAWGYI, "အောင် ဆန်း", "ဦးမောင်မောင်", "ၵႃႈ", "မင်္ဂလာ"])
def test_what_is_unicode_is_not_taken_for_zawgyi(name: str) -> None:
    assert as_unicode(name) == name


def test_a_title_alone_is_a_name() -> None:
    assert name_terms("Dr") == {(TermKind.NAME, "dr"), (TermKind.WHOLE_NAME, "dr")}


ONE_NUMBER = (
    "+855 12 345 678", "012 345 678", "012-345-678", "(012) 345678", "00855 12345678", "0 12.345.678", "០១២ ៣៤៥ ៦៧៨",
    "WhatsApp: +855 (0)12 345 678", "012\u2013345\u2013678", "098 765 432 / 012 345 678", "+85598765432 +85512345678",
)  # fmt: skip


@pytest.mark.parametrize("written", ONE_NUMBER)
def test_a_number_is_one_however_it_is_written(written: str) -> None:
    assert (TermKind.CONTACT, "12345678") in contact_terms(written)


def test_other_numbers_and_scraps_are_other_terms() -> None:
    assert not contact_terms("012 345 678") & contact_terms("012 345 679")
    assert contact_terms("117") == contact_terms("000000") == contact_terms("+") == frozenset()
    assert contact_terms("@Example_Recruiter") == contact_terms("example recruiter") != frozenset()
    assert contact_terms("Some.One@example.org") == contact_terms("some.one@EXAMPLE.org")


ONE_HANDLE = (
    "@boss_testdrei", "boss_testdrei", "Boss_TestDrei", "https://t.me/boss_testdrei", "t.me/boss_testdrei",
    "http://telegram.me/boss_testdrei", "tg://resolve?domain=boss_testdrei", "Telegram @boss_testdrei",
    "telegram: boss_testdrei", "TG boss_testdrei", "LINE ID: boss_testdrei", "Line: @boss_testdrei",
    "https://line.me/ti/p/~boss_testdrei", "https://www.facebook.com/boss_testdrei", "fb.com/boss_testdrei?ref=1",
    "m.me/boss_testdrei", "https://instagram.com/boss_testdrei/", "https://www.tiktok.com/@boss_testdrei",
    "微信boss_testdrei", "微信号\uff1aboss_testdrei", "WeChat ID boss_testdrei", "x.com/boss_testdrei",
    "https://zalo.me/boss_testdrei", "ไลน์ boss_testdrei", "តេឡេក្រាម boss_testdrei",
)  # fmt: skip


@pytest.mark.parametrize("written", ONE_HANDLE)
def test_a_handle_and_the_link_to_it_are_one_contact(written: str) -> None:
    for asked in ONE_HANDLE:
        assert contact_terms(written) & contact_terms(asked) >= {(TermKind.CONTACT, "bosstestdrei")}
    assert not contact_terms(written) & contact_terms("https://t.me/other_test")


def test_a_service_alone_is_no_handle_and_links_to_numbers_are_numbers() -> None:
    assert contact_terms("Telegram") == {(TermKind.CONTACT, "telegram")}
    assert contact_terms("https://wa.me/85512345678") & contact_terms("012 345 678")
    assert not contact_terms("https://t.me/one_test") & contact_terms("https://t.me/two_test")
    assert contact_terms("linea_test") == {(TermKind.CONTACT, "lineatest")}


@pytest.mark.parametrize(("typed", "asked"), [("EO7712341", "E07712341"), ("AI 123456", "a1-123456"), ("0O1I", "O0I1")])
def test_letter_o_and_digit_zero_are_one_in_a_document(typed: str, asked: str) -> None:
    assert document_terms(typed) == document_terms(asked)
    assert not document_terms(typed) & document_terms("E07712342")


def test_a_document_is_its_letters_and_digits() -> None:
    assert document_terms("ab-0000 123") == document_terms("AB0000123") == {(TermKind.DOCUMENT, "AB0000123")}
    assert document_terms("--") == frozenset()


def test_texts_are_found_by_words_and_by_neighbouring_signs() -> None:
    assert text_terms("The gate, by the PORT.") == {(TermKind.TEXT, word) for word in ("the", "gate", "by", "port")}
    assert text_terms("西港大楼") == {(TermKind.TEXT, pair) for pair in ("西港", "港大", "大楼")}
    assert (TermKind.TEXT, "ตึ") in text_terms("ตึกสีเหลือง")
    assert text_terms("5号楼 A-12") >= {(TermKind.TEXT, "5"), (TermKind.TEXT, "号楼"), (TermKind.TEXT, "12")}
    assert text_terms("5號樓") == text_terms("5号楼")


TOLD = {
    "012 771 602": "Call back mother on 012 771 602 after 8pm",
    "+855 12 771 602": "2 people, 012 771 602 5 of them ill",
    "012771602": "her number is 012-771-602.",
    "@boss_testdrei": "he uses t.me/boss_testdrei for it",
    "boss_testdrei": "write to @boss_testdrei",
    "some.one@example.org": "or to Some.One@example.org.",
    "345 678 9": "លេខ ៣៤៥ ៦៧៨ ៩",
}


@pytest.mark.parametrize("asked", sorted(TOLD))
def test_a_number_or_handle_within_a_story_has_the_terms_of_a_contact(asked: str) -> None:
    told = TOLD[asked]
    assert contact_terms(asked) & text_terms(told)
    for kind in (SealedKind.NARRATIVE, SealedKind.NOTE, SealedKind.DESCRIPTION, SealedKind.PLACE):
        assert Sought.of(SearchBy.PHONE, asked).agreement([(kind, {"text": told})])
    assert not contact_terms("012 771 603") & text_terms(told)


def test_the_ways_to_reach_somebody_in_one_text_are_bounded() -> None:
    told = " ".join(f"@user_test_{number} 012 771 {number:03}," for number in range(500))
    assert len(contacts_told(told)) == MOST_TOLD


def test_a_document_within_a_story_has_the_terms_of_a_document() -> None:
    assert document_terms("E0-7712341") & text_terms("His passport EO7712341 was taken")
    assert {kind for kind, _ in text_terms("He came in 2022 with 25 others")} == {TermKind.TEXT}


def test_a_very_long_text_has_a_bounded_number_of_terms() -> None:
    assert len(text_terms(" ".join(f"w{number}" for number in range(MOST_TEXT_TERMS * 2)))) == MOST_TEXT_TERMS


def test_a_text_must_hold_every_word_and_every_run_as_it_is() -> None:
    told = [(SealedKind.NARRATIVE, {"text": "港大楼在西港"}), (SealedKind.PLACE, {"text": "Building 5"})]
    assert Sought.of(SearchBy.TEXT, "西港").agreement(told)
    assert Sought.of(SearchBy.TEXT, "building 西港").agreement(told)
    assert not Sought.of(SearchBy.TEXT, "西港大楼").agreement(told)
    assert not Sought.of(SearchBy.TEXT, "building 6").agreement(told)
    assert not Sought.of(SearchBy.TEXT, "...").agreement(told)


def test_every_kind_of_sealed_record_has_terms() -> None:
    reporter = {"name": "Lin Example", "contacts": [{"kind": "phone", "value": "+855 12 345 678"}]}
    contents: dict[SealedKind, dict[str, Any]] = {
        SealedKind.NAME: {"text": "Lin"},
        SealedKind.DOCUMENT: {"number": "A1"},
        SealedKind.CONTACT: {"value": "@lin"},
        SealedKind.REPORTER: reporter,
        SealedKind.GUARDIAN: {"names": [{"text": "Lin"}], "contacts": [{"kind": "phone", "value": "+855 12 345 679"}]},
    }
    found = {kind: {term[0] for term in terms_of(kind, contents.get(kind, {"text": "told"}))} for kind in SealedKind}
    assert found[SealedKind.REPORTER] == {TermKind.NAME, TermKind.WHOLE_NAME, TermKind.SOUND, TermKind.CONTACT}
    assert found[SealedKind.GUARDIAN] == {TermKind.CONTACT}
    assert [kind for kind, terms in found.items() if not terms] == [SealedKind.BIRTH], "a date finds nobody"
    assert terms_of(SealedKind.REPORTER, {"wants_updates": True}) == frozenset()


def test_a_key_is_the_first_64_bits_of_an_hmac() -> None:
    digest = hmac.new(b"k" * 32, b"name\0lin", "sha256").digest()
    assert key_of(b"k" * 32, (TermKind.NAME, "lin")) == int.from_bytes(digest[:8], "big", signed=True)
    assert len({key_of(key, (kind, "lin")) for key in (b"k" * 32, b"l" * 32) for kind in TermKind}) == 2 * len(TermKind)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=30)


@settings(deadline=None, derandomize=True)
@given(NAMES)
def test_folding_ends(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(re.fullmatch(r"\S+", word) for word in words(text))


@settings(deadline=None, derandomize=True)
@given(NAMES, st.sampled_from([str.upper, str.lower, str.casefold, lambda name: unicodedata.normalize("NFD", name)]))
def test_a_name_is_found_however_it_is_spelled(name: str, spelled: object) -> None:
    assert callable(spelled)
    assert name_terms(spelled(name)) == name_terms(name)


@settings(deadline=None, derandomize=True)
@given(st.text(min_size=2, max_size=20))
def test_neighbours_cover_a_run(run: str) -> None:
    assert {sign for pair in bigrams(run) for sign in pair} == set(run)


def test_the_length_of_a_key_is_the_rule_of_the_table() -> None:
    assert rules.KEY_BYTES * 8 == 64
