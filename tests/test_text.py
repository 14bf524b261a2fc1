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
    "👩‍👧",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_stay_what_they_are(name: str) -> None:
    expected = unicodedata.normalize("NFC", name).replace("\u200d", "")
    assert clean_line(name) == expected
    assert clean_prose(name) == unicodedata.normalize("NFC", name)


HIDING = {
    "nul": "\x00", "bell": "\x07", "escape": "\x1b", "delete": "\x7f", "next line": "\x85", "lone surrogate": "\ud800",
    "left-to-right override": "\u202d", "right-to-left override": "\u202e", "isolate": "\u2066", "mark": "\u200f",
    "arabic mark": "\u061c", "tag": "\U000e0041", "private": "\ue000", "private plane": "\U000f0000",
    "non-character": "\ufdd0", "last of a plane": "\U0001ffff", "carriage return": "\r",
}  # fmt: skip


@pytest.mark.parametrize("kind", HIDING)
def test_what_hides_or_reorders_is_refused_and_not_repeated(kind: str) -> None:
    for clean in (clean_line, clean_prose, canonical_username):
        with pytest.raises(UnwelcomeTextError) as refused:
            clean(f"lin{HIDING[kind]}da")
        assert "linda" not in str(refused.value)
        assert HIDING[kind] not in str(refused.value)


def test_lines_and_tabs_belong_in_prose_only() -> None:
    assert clean_prose(" one\r\ntwo\tthree \n") == "one\ntwo\tthree"
    for text in ("one\ntwo", "one\ttwo"):
        with pytest.raises(UnwelcomeTextError):
            clean_line(text)


def test_zero_width_characters_stay_in_prose_and_fall_from_names() -> None:
    assert clean_prose("ខ្ញុំ\u200bចង់") == "ខ្ញុំ\u200bចង់"
    for invisible in "\u200b\u200c\u200d\u2060\ufeff":
        assert clean_line(f"li{invisible}n") == "lin"


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
