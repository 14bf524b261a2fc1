"""By which terms something sealed is found, and how its keys hide them. Pure.

A key is a keyed hash of a term: whoever has a copy of the database, but not the index key, cannot try names and
numbers against it. It is short, so two terms may share one: what a key finds is opened and compared.

Source: design/matching.md section 3; background/security.md section 6 (blind index).
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from service.people.rules.folding import bigrams, pieces, words
from service.people.rules.names import read_name
from service.people.rules.placeholders import tells
from service.people.rules.reaching import contacts_of, contacts_told
from service.people.rules.sealed import SealedKind


class TermKind(StrEnum):
    """What a term is a part of; equal terms of two kinds have different keys."""

    NAME = "name"
    WHOLE_NAME = "whole_name"
    CONTACT = "contact"
    DOCUMENT = "document"
    TEXT = "text"
    SOUND = "sound"


Term = tuple[TermKind, str]

TERMS_VERSION: Final = 3
"""Of the rules on this page. Raise it when they change: `safe-return index` then makes the older records' keys anew."""

KEY_BYTES: Final = 8

MOST_TEXT_TERMS: Final = 2000
"""Of one text: about ten pages. Words after these are kept, but not found."""

MOST_DOCUMENTS: Final = 200
"""Numbers of documents that are taken from one text."""

_DOCUMENT: Final = re.compile(r"(?=(?:\D*\d){4})[a-z0-9]{6,14}")
"""How the number of a passport or an identity card looks in prose: at least four digits of six to fourteen signs."""

_ONE_SIGN: Final = str.maketrans("OI", "01")
"""Letters and digits that are confused where a document is read off a photograph."""


def terms_of(kind: SealedKind, content: Mapping[str, Any]) -> frozenset[Term]:
    """Return the terms by which one sealed record is found."""
    if kind is SealedKind.NAME:
        return name_terms(content["text"])
    if kind is SealedKind.DOCUMENT:
        return document_terms(content["number"])
    if kind is SealedKind.CONTACT:
        return contact_terms(content["value"])
    if kind is SealedKind.BIRTH:
        return frozenset()
    contacts = [contact_terms(contact["value"]) for contact in content.get("contacts") or ()]
    if kind is SealedKind.GUARDIAN:
        return frozenset().union(*contacts)
    if kind is SealedKind.REPORTER:
        return name_terms(content.get("name") or "").union(*contacts)
    return text_terms(content["text"])


def name_terms(name: str) -> frozenset[Term]:
    """Return the words of a name, all of it without spaces, and how it sounds: Mei-Hua and Meihua are one.

    Order does not matter, nor in which script it was told: it is found by its spelling in Latin letters too. Found too
    without its title, without the family name where that is one piece with the given name, and by the parts beside an
    apostrophe. A word for "unknown" is no name.
    """
    if not tells(name):
        return frozenset()
    found = read_name(name)
    kinds = {TermKind.NAME: found.parts, TermKind.WHOLE_NAME: found.wholes, TermKind.SOUND: found.sounds}
    return frozenset((kind, text) for kind, texts in kinds.items() for text in texts)


def contact_terms(contact: str) -> frozenset[Term]:
    """Return the last digits of each number in a contact, its handle, and the whole contact where it has letters."""
    return frozenset((TermKind.CONTACT, one) for one in contacts_of(contact)) if tells(contact) else frozenset()


def document_terms(number: str) -> frozenset[Term]:
    """Return the letters and digits of a document's number, in upper case; O is 0 and I is 1."""
    plain = "".join(words(number)).upper().translate(_ONE_SIGN) if tells(number) else ""
    return frozenset({(TermKind.DOCUMENT, plain)} if plain else ())


def text_terms(text: str) -> frozenset[Term]:
    """Return the words of a text; of scripts written without spaces, every two neighbouring signs.

    Numbers, handles and documents told in it have the terms of contacts and documents besides.
    """
    return _words_of(text) | _told_in(text)


def _told_in(text: str) -> frozenset[Term]:
    """Return the numbers, handles, addresses and numbers of documents in a text."""
    contacts = {(TermKind.CONTACT, one) for one in contacts_told(text)}
    numbers = [word for word in words(text) if _DOCUMENT.fullmatch(word)]
    return frozenset(contacts).union(*map(document_terms, list(dict.fromkeys(numbers))[:MOST_DOCUMENTS]))


def _words_of(text: str) -> frozenset[Term]:
    terms: dict[Term, None] = {}
    for word in words(text):
        for piece, unspaced in pieces(word):
            for term in sorted(bigrams(piece)) if unspaced else [piece]:
                terms[TermKind.TEXT, term] = None
        if len(terms) >= MOST_TEXT_TERMS:
            break
    return frozenset(list(terms)[:MOST_TEXT_TERMS])


class SearchBy(StrEnum):
    """What somebody is looked for by."""

    NAME = "name"
    PHONE = "phone"
    DOCUMENT = "document"
    TEXT = "text"


_SOUGHT: Final = {
    SearchBy.NAME: name_terms,
    SearchBy.PHONE: contact_terms,
    SearchBy.DOCUMENT: document_terms,
    SearchBy.TEXT: _words_of,
}


@dataclass(frozen=True)
class Sought:
    """What is looked for.

    Attributes:
        by: name, phone, document or text.
        terms: without any nothing is found.
        runs: of a text, the pieces in scripts written without spaces, to be found as they are.
    """

    by: SearchBy
    terms: frozenset[Term]
    runs: frozenset[str]

    @classmethod
    def of(cls, by: SearchBy, value: str) -> "Sought":
        """Return what a value that was sent looks for."""
        runs = {piece for word in words(value) for piece, unspaced in pieces(word) if unspaced}
        return cls(by, _SOUGHT[by](value), frozenset(runs if by is SearchBy.TEXT else ()))

    @property
    def whole(self) -> bool:
        """Whether every term must agree: of a text, but not of a name."""
        return self.by is SearchBy.TEXT

    def agreement(self, records: Iterable[tuple[SealedKind, Mapping[str, Any]]]) -> int:
        """Return how many terms agree with the best of the opened records; of a text, with all of them together.

        Returns:
            0 where nothing agrees, or of a text not everything.
        """
        opened = list(records)
        if not self.whole:
            return max((len(self.terms & terms_of(kind, content)) for kind, content in opened), default=0)
        told = {term for kind, content in opened for term in terms_of(kind, content)}
        texts = [words(content["text"]) for _, content in opened if "text" in content]
        if not self.terms or not self.terms <= told:
            return 0
        holds = all(any(run in word for text in texts for word in text) for run in self.runs)
        return len(self.terms) if holds else 0


def key_of(index_key: bytes, term: Term) -> int:
    """Return the 64-bit keyed hash of a term, as PostgreSQL's signed bigint.

    Args:
        index_key: of the register, 32 bytes.
        term: folded.
    """
    kind, text = term
    digest = hmac.digest(index_key, f"{kind.value}\0{text}".encode(), "sha256")
    return int.from_bytes(digest[:KEY_BYTES], "big", signed=True)
