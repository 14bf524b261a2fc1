"""What is sealed, and to whom a sealed record belongs. Pure."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from service.codes.code import Code


class SealedKind(Code):
    """What a sealed record holds."""

    NAME = "name", "A name, in any script"
    DOCUMENT = "document", "An identity document"
    CONTACT = "contact", "A way to reach somebody"
    REPORTER = "reporter", "Who reported, and how to reach them safely"
    PLACE = "place", "The exact place"
    TOWN = "town", "The town or district"
    NARRATIVE = "narrative", "What was told"
    ALLEGATION = "allegation", "What was alleged, in words"
    LABEL = "label", "The request's own heading, in its own language"
    DESCRIPTION = "description", "What is known of an offender"
    NOTE = "note", "A note"
    GUARDIAN = "guardian", "A parent or guardian, and how to reach them"
    GROUNDS = "grounds", "The document that orders or permits an operation"
    BIRTH = "birth", "A date of birth, in full or in part"


class SealedSubjectKind(Code):
    """What a sealed record belongs to."""

    CASE = "case", "Case"
    PERSON = "person", "Person"
    OFFENDER = "offender", "Offender"
    OPERATION = "operation", "Operation"


@dataclass(frozen=True)
class SealedSubject:
    """Whom a sealed record belongs to.

    Attributes:
        data_key: to seal under.
        index_key: of the register, to make its search keys with.
    """

    case_id: UUID
    id: UUID
    kind: SealedSubjectKind
    data_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)


_OF_ANYBODY: Final = frozenset({SealedKind.NAME, SealedKind.DOCUMENT, SealedKind.CONTACT, SealedKind.NARRATIVE})
OF_A_PERSON: Final = _OF_ANYBODY | {SealedKind.GUARDIAN, SealedKind.BIRTH}
OF_AN_OFFENDER: Final = _OF_ANYBODY | {SealedKind.DESCRIPTION}

OF_A_CASE_FOR_A_LIAISON: Final = frozenset({SealedKind.TOWN, SealedKind.NOTE})
"""All that is opened of a case itself for a liaison: the site only as province and town (design/domain.md section 8),
and its own agency's notes."""


def place_of(record_id: object, version: int, *, kind: str, agency_id: object) -> str:
    """Return what a sealed record's ciphertext is bound to: table, row, version, and what decides who is shown it."""
    return f"sealed_records/{record_id}/{version}/{kind}/{agency_id}"
