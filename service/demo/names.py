"""Invented names.

The family name is the word for "example" in the language concerned, so that no name here is that of a real person.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Spelling:
    """The parts of invented names of one language.

    Attributes:
        family: the word for "example".
        syllables: of given names.
        join: between the syllables.
        gap: between family and given name.
    """

    family: str
    syllables: tuple[str, ...]
    join: str = ""
    gap: str = " "


_LATIN: Final = Spelling("Example", ("Ara", "Belo", "Cami", "Doro", "Eli", "Fenu", "Galo", "Hani", "Ivo", "Juma"), "-")
_CHINESE: Final = Spelling("例", ("風", "雲", "海", "星", "月", "山", "林", "雨", "石", "光", "青", "木"), gap="")
_MALAY: Final = Spelling("Contoh", ("Bulan", "Laut", "Angin", "Awan", "Pasir", "Batu", "Hujan", "Daun"))

SPELLINGS: Final[Mapping[str, Spelling]] = {
    "CHN": _CHINESE,
    "TWN": _CHINESE,
    "VNM": Spelling("Ví Dụ", ("Gió", "Mây", "Biển", "Sao", "Trăng", "Núi", "Rừng", "Đá", "Sông"), " "),
    "THA": Spelling("ตัวอย่าง", ("ลม", "เมฆ", "ทะเล", "ดาว", "จันทร์", "ภูเขา", "ฝน", "หิน")),
    "KHM": Spelling("ឧទាហរណ៍", ("ខ្យល់", "ពពក", "សមុទ្រ", "ផ្កាយ", "ព្រះចន្ទ", "ភ្នំ", "ភ្លៀង", "ថ្ម")),
    "MYS": _MALAY,
    "IDN": Spelling("Misal", _MALAY.syllables, " "),
    "PHL": Spelling("Halimbawa", ("Hangin", "Ulap", "Dagat", "Bituin", "Buwan", "Bundok", "Ulan", "Bato"), " "),
    "MMR": Spelling("ဥပမာ", ("လေ", "တိမ်", "ပင်လယ်", "ကြယ်", "လ", "တောင်", "မိုး")),
    "BGD": Spelling("উদাহরণ", ("বায়ু", "মেঘ", "সাগর", "তারা", "চাঁদ", "পাহাড়", "বৃষ্টি"), " "),
    "IND": Spelling("उदाहरण", ("पवन", "मेघ", "सागर", "तारा", "चाँद", "पर्वत", "वर्षा"), " "),
    "KOR": Spelling("예시", ("바람", "구름", "바다", "별", "달", "산", "비")),
}


def invented_name(rng: random.Random, nationality: str | None) -> str:
    """Return an invented name in the script of a nationality; in Latin letters where it is unknown or not listed."""
    spelling = SPELLINGS.get(nationality or "", _LATIN)
    given = spelling.join.join(rng.choices(spelling.syllables, k=2))
    return f"{spelling.family}{spelling.gap}{given}"
