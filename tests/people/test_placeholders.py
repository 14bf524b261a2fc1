"""Words for "nothing is known", in the languages of those who write them."""

import pytest

from service.codes.tables import rows
from service.people.rules import SealedKind
from service.people.rules.placeholders import tells
from service.people.rules.terms import terms_of

NOTHING = (
    "unknown", "UNKNOWN", "Unknown male 2", "name unknown", "-", "--", "?", "???", "…", "N/A", "n.a.", "none", "xxx",
    "X", "0000", "***",
    "不詳", "未知", "不知道", "姓名不详",
    "ไม่ทราบ", "ไม่ทราบชื่อ", "មិនស្គាល់", "Không rõ", "khong biet", "알 수 없음", "모름",
    "မသိ", "ບໍ່ຮູ້",
    "tidak diketahui", "अज्ञात", "অজানা", "نامعلوم", "غير معروف", "неизвестно", "inconnu", "desconocido",
)  # fmt: skip
SOMETHING = (
    "Na",
    "No Example",
    "Nil Example",
    "李无名",
    "Unknown Boss Three",
    "🐯 🐯",
    "8888",
    "Mr X Example",
    "နီလာ",
    "王",
    "O",
)


@pytest.mark.parametrize("text", [*NOTHING, *(row["text"] for row in rows("placeholders"))])
def test_a_word_for_nothing_tells_nothing_and_finds_nobody(text: str) -> None:
    assert not tells(text)
    contents = {
        SealedKind.NAME: {"text": text},
        SealedKind.DOCUMENT: {"number": text},
        SealedKind.CONTACT: {"value": text},
    }
    assert not any(terms_of(kind, content) for kind, content in contents.items())


@pytest.mark.parametrize("text", SOMETHING)
def test_a_name_that_only_looks_like_one_is_a_name(text: str) -> None:
    assert tells(text)
    assert terms_of(SealedKind.NAME, {"text": text})
