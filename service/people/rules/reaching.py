"""The numbers, handles and addresses by which somebody can be reached, in the forms in which people write them. Pure.

A handle is one with the link to it and with the word for its service before it. In prose only what is marked as a
handle or an address is one; every number is.

Source: link formats of the services' own help pages (t.me, wa.me, line.me, m.me and others); ITU-T E.164.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from service.people.rules.folding import fold, words

NUMBER_DIGITS: Final = 8
"""Telephone numbers are compared by their last digits, so that +855 12 345 678 and 012 345 678 are one. Cambodian
numbers have eight or nine after the 0 (Telecommunication Regulator of Cambodia, national numbering plan)."""

LEAST_DIGITS: Final = 4
"""Fewer digits are no number anybody can be reached under."""

LEAST_DIGITS_TOLD: Final = 7
"""In prose, where years and amounts stand too."""

MOST_DIGITS: Final = 15
"""Of a number with its country code (ITU-T E.164): longer runs are several numbers with only a space between."""

MOST_TOLD: Final = 200
"""Ways to reach somebody that are taken from one text."""

_NUMBER: Final = re.compile(r"\d[\d\s().\u2010-\u2015-]*")
_GROUP: Final = re.compile(r"\d+")

_LATIN: Final = (
    "telegram|tele|tg|whats ?app|wa|line|wechat|weixin|facebook|fb|messenger|instagram|insta|ig|tik ?tok|douyin|zalo|"
    "viber|kakao ?talk|kakao|signal|skype|snapchat|twitter|qq|vk|imo"
)
_OTHER: Final = (
    "微信号|微信號|微信|电报|電報|飞机|飛機|纸飞机|텔레그램|카카오톡|카톡|라인|위챗|ライン|"
    "เทเลแกรม|ไลน์|ไอดีไลน์|เฟซบุ๊ก|เฟสบุ๊ค|តេឡេក្រាម|តេឡេ|ហ្វេសប៊ុក"
)
_NAMED: Final = re.compile(
    rf"^\W*(?:(?:(?:{_LATIN})(?!\w)|{fold(_OTHER)})[\s:-]*)+"
    r"(?:(?:id|account|acc|user ?name|user|handle)(?!\w))?[\s:#-]*"
)
"""A service's name, and a word for what follows, before the handle itself."""

_LINK: Final = re.compile(
    r"(?:(?:t|telegram)\.(?:me|dog)/(?:s/)?|tg://resolve\?domain=|line\.me/(?:r/)?ti/p/|(?:m\.me|fb\.com|fb\.me|zalo\.me|vk\.com|vk\.me|"
    r"x\.com|twitter\.com|instagram\.com|instagr\.am|tiktok\.com|facebook\.com|messenger\.com/t|threads\.net|snapchat\.com/add|"
    r"youtube\.com|linkedin\.com/in|wechat\.com)/(?:#!/)?(?:profile\.php\?id=)?|skype:|weixin://dl/chat\?)"
    r"[@~]?([\w.\-]{3,})"
)
_MARKED: Final = re.compile(r"(?<![\w.@/])@([\w.\-]{3,})")
_ADDRESS: Final = re.compile(r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")


def contacts_of(contact: str) -> set[str]:
    """Return what a contact is compared by: the last digits of its numbers, its handle, and all of it."""
    folded = fold(contact)
    numbers = {number for run in _NUMBER.findall(folded) for number in _numbers(run)}
    found = {number[-NUMBER_DIGITS:] for number in numbers if len(number) >= LEAST_DIGITS}
    if any(map(str.isalpha, folded)):
        found |= {_plain(folded), _plain(_NAMED.sub("", folded)), *_marked(folded)} - {""}
    return found


def contacts_told(text: str) -> set[str]:
    """Return the numbers, links, handles and addresses in prose, as they are compared."""
    folded = fold(text)
    numbers = (number[-NUMBER_DIGITS:] for run in _NUMBER.findall(folded) for number in _windows(run))
    found: dict[str, None] = {}
    for one in chain(_marked(folded), islice(numbers, MOST_TOLD * 5)):
        found[one] = None
        if len(found) == MOST_TOLD:
            break
    return set(found)


def _marked(folded: str) -> Iterator[str]:
    for pattern in (_LINK, _MARKED, _ADDRESS):
        for match in pattern.finditer(folded):
            handle = _plain(match[match.lastindex or 0])
            if handle:
                yield handle


def _plain(text: str) -> str:
    return "".join(words(text))


def _numbers(run: str) -> list[str]:
    together = "".join(_GROUP.findall(run))
    parts = [together] if len(together) <= MOST_DIGITS else run.split()
    return ["".join(_GROUP.findall(part)).lstrip("0") for part in parts]


def _windows(run: str) -> Iterator[str]:
    """Yield every number that groups of digits beside each other may be: an amount may stand before or after it."""
    groups = _GROUP.findall(run)
    for first in range(len(groups)):
        number = ""
        for group in groups[first:]:
            number += group
            if len(number) > MOST_DIGITS:
                break
            if len(number.lstrip("0")) >= LEAST_DIGITS_TOLD:
                yield number.lstrip("0")
