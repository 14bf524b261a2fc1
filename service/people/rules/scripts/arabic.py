"""Arabic letters, for names in Arabic, Persian and Urdu: the consonants are written, most vowels are not.

Common names have their spellings; of others the vowels are filled in, once sparingly and once after every consonant.
"""

from typing import Final

from service.people.rules.scripts.script import Reading, Script

_LETTERS: Final = {
    **dict(
        zip(
            "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگٹڈڑںھہےء",
            "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n H w y p ch zh g t d r n h h e -".split(),
            strict=True,
        )
    ),
    "ۃ": "a", "ې": "e", "ۆ": "o",
}  # fmt: skip
_PERSIAN: Final = {**_LETTERS, "ث": "s", "ذ": "z", "ض": "z", "و": "v"}
_VOWELS: Final = frozenset("aeiou")
_ENDING: Final = "H"
_HALF: Final = {"w": "u", "v": "u", "y": "i"}
_SPOKEN: Final = _VOWELS | _HALF.keys()

_NAMES: Final = {
    "محمد": "muhammad mohammad mohammed mohamed", "احمد": "ahmad ahmed", "محمود": "mahmud mahmoud", "علي": "ali",
    "حسن": "hassan hasan", "حسين": "hussein husain hossain hussain", "عمر": "omar umar", "عثمان": "othman usman",
    "يوسف": "yusuf yousef youssef", "ابراهيم": "ibrahim", "اسماعيل": "ismail", "موسي": "musa moussa", "عيسي": "isa issa",
    "يحيي": "yahya", "زكريا": "zakaria zakariya", "داود": "dawud dawood daoud", "سليمان": "sulaiman suleiman",
    "خالد": "khalid khaled", "مصطفي": "mustafa mostafa", "مرتضي": "murtaza morteza", "رضا": "reza raza rida",
    "حميد": "hamid hameed", "سعيد": "said saeed", "فاطمه": "fatima fatema fatemeh", "عايشه": "aisha ayesha",
    "عايشا": "aisha ayesha", "خديجه": "khadija", "مريم": "maryam mariam", "زينب": "zainab zaynab", "امينه": "amina",
    "ليلي": "layla leila", "سلمي": "salma", "هدي": "huda", "نور": "noor nur nour", "عبدالله": "abdullah abdallah",
    "عبدالرحمن": "abdulrahman abdurrahman", "عبدالرحيم": "abdulrahim", "عبدالعزيز": "abdulaziz", "عبدالكريم": "abdulkarim",
    "عبد": "abd abdul", "الله": "allah ullah", "الدين": "uddin aldin eddin", "الرحمن": "rahman alrahman", "خان": "khan",
    "شاه": "shah", "بيگم": "begum", "بي": "bibi bi", "بيبي": "bibi", "اقبال": "iqbal", "عمران": "imran", "بلال": "bilal",
    "طارق": "tariq tarek", "وليد": "walid waleed", "قاسم": "qasim kassem", "جعفر": "jafar", "جمال": "jamal gamal",
    "كمال": "kamal", "منصور": "mansur mansour", "ناصر": "nasir nasser", "صالح": "salih saleh", "هشام": "hisham",
    "اسد": "asad", "اسامه": "osama usama", "انور": "anwar", "اكبر": "akbar", "اصغر": "asghar", "غلام": "ghulam gholam",
    "صديق": "siddiq siddique", "فيصل": "faisal", "عباس": "abbas", "رشيد": "rashid rasheed", "رحيم": "rahim",
}  # fmt: skip
"""In folded letters. The first spelling is the commonest."""

_ARTICLE: Final = "ال"
_SERVANT: Final = "عبدال"


def read(word: str) -> list[Reading]:
    """Return the common spellings of a common name; of another, three with filled vowels."""
    known = _NAMES.get(word)
    if known is not None:
        return [(spelled,) for spelled in known.split()]
    if word.startswith(_SERVANT) and len(word) > len(_SERVANT) + 1:
        return [("abdul" + spelled,) for (spelled,) in read(word.removeprefix(_SERVANT))]
    if word.startswith(_ARTICLE) and len(word) > len(_ARTICLE) + 1:
        inner = read(word.removeprefix(_ARTICLE))
        return [("al" + spelled,) for (spelled,) in inner] + inner
    return [
        (_filled([table.get(sign, "").replace("-", "") for sign in word], everywhere=everywhere),)
        for table, everywhere in ((_LETTERS, False), (_LETTERS, True), (_PERSIAN, False))
    ]


def _filled(letters: list[str], *, everywhere: bool) -> str:
    """Return the letters with a vowel wherever two consonants are not spoken together, or after each of them."""
    letters = [letter for letter in letters if letter]
    found = ""
    for at, letter in enumerate(letters):
        after, last = letters[at + 1 : at + 2], at + 2 == len(letters)
        closed = found[-1:] not in _VOWELS
        if letter == "a" and not closed:
            continue
        if letter in _HALF and found and closed and not (after and after[0] in _SPOKEN):
            found += _HALF[letter]
        elif letter == _ENDING and not after and closed:
            found += "a"
        else:
            found += letter.lower()
            if letter not in _VOWELS and _is_consonant(letters, at + 1) and (everywhere or last or closed):
                found += "i" if last and letters[at - 1 : at] == ["a"] else "a"
    return found


def _is_consonant(letters: list[str], at: int) -> bool:
    """Whether a vowel may stand before the letter in this place: it is none itself, nor the feminine ending."""
    here, after = letters[at : at + 1], letters[at + 1 : at + 2]
    if not here or here[0] in _VOWELS or (here[0] == _ENDING and not after):
        return False
    return here[0] not in _HALF or bool(after and after[0] in _SPOKEN)


SCRIPT: Final = Script(
    "Arabic",
    ((0x0620, 0x064A), (0x066E, 0x06D3), (0x06D5, 0x06D5), (0x06EE, 0x06EF), (0x06FA, 0x06FF), (0x0750, 0x077F)),
    "BGN/PCGN 1956 for Arabic and 1958 for Persian, without marks; common names: our own table",
    read,
)
