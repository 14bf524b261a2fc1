"""Every script is welcome; what hides, reorders or corrupts is not."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text import UnwelcomeTextError, canonical_username, clean_line, clean_prose

NAMES = [
    "ស៊ុខ ចាន់ថា",
    "林志玲",
    "สมชาย ใจดี",
    "Nguyễn Thị Ánh",
    "محمد",
    "Ольга",
    "김민수",
    "O'Brien-Łukasz",
    "नेपाल",
    "ශ්\u200dරීමාලි",
    "ന്\u200dറെ",
    "র\u200d্যাব",
    "می\u200cترسم",
    "\u0601 ١٢",
    "👩‍👧",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_stay_what_they_are(name: str) -> None:
    assert clean_line(name) == clean_prose(name) == unicodedata.normalize("NFC", name)


CORRUPTING = {
    "nul": "\x00", "bell": "\x07", "escape": "\x1b", "delete": "\x7f", "lone surrogate": "\ud800", "private": "\ue000",
    "private plane": "\U000f0000", "non-character": "\ufdd0", "last of a plane": "\U0001ffff",
}  # fmt: skip


@pytest.mark.parametrize("kind", CORRUPTING)
def test_what_corrupts_is_refused_and_not_repeated(kind: str) -> None:
    for clean in (clean_line, clean_prose, canonical_username):
        with pytest.raises(UnwelcomeTextError) as refused:
            clean(f"lin{CORRUPTING[kind]}da")
        assert "linda" not in str(refused.value)
        assert CORRUPTING[kind] not in str(refused.value)


BROUGHT_ALONG = (
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    "\u00ad\u2060\u2061\ufeff\ufff9\U000e0041\U000e007f"
)


@pytest.mark.parametrize("mark", BROUGHT_ALONG, ids=ascii)
def test_marks_that_a_copy_brings_along_fall_away_and_nothing_is_shown_reordered(mark: str) -> None:
    for clean in (clean_line, clean_prose):
        assert clean(f"{mark}+855 12{mark} 771 241{mark}") == "+855 12 771 241"
    assert canonical_username(f"li{mark}nda") == "linda"


@pytest.mark.parametrize("pause", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\t"])
def test_every_break_is_a_space_in_a_line_and_a_break_in_prose(pause: str) -> None:
    assert clean_line(f"Lin{pause}Mei") == "Lin Mei"
    assert clean_prose(f"Lin{pause}Mei") == ("Lin\tMei" if pause == "\t" else "Lin\nMei")


def test_zero_width_characters_stay_where_they_belong_to_a_spelling() -> None:
    assert clean_prose("ខ្ញុំ\u200bចង់") == "ខ្ញុំ\u200bចង់"
    assert clean_line("ខ្ញុំ\u200bចង់") == "ខ្ញុំចង់"
    for joiner in "\u200c\u200d":
        assert clean_line(f"{joiner}li{joiner}n") == clean_prose(f"li{joiner}n") == "lin"


def test_a_line_has_single_spaces_and_none_around_it() -> None:
    assert clean_line("  Lin \u3000 Chan\u00a0Tha  ") == "Lin Chan Tha"
    assert clean_line(" \u200b ") == ""


def test_stacks_of_marks_are_refused_above_what_any_script_needs() -> None:
    assert clean_line("a" + "\u0323" * 8)
    with pytest.raises(UnwelcomeTextError):
        clean_line("a" + "\u0323" * 9)
    assert clean_line("a\u0301" * 40)


def test_one_person_has_one_user_name_however_it_is_typed() -> None:
    typed = ["Chan", "chan", "CHAN", "\uff23\uff48\uff41\uff4e", " chan ", "ch\u200ban"]
    assert {canonical_username(text) for text in typed} == {"chan"}
    assert canonical_username("e\u0301va") == canonical_username("\u00c9VA")
    with pytest.raises(UnwelcomeTextError):
        canonical_username("two words")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    for clean in (clean_line, clean_prose, canonical_username):
        try:
            once = clean(text)
        except UnwelcomeTextError:
            continue
        assert clean(once) == once
        assert "\x00" not in once
