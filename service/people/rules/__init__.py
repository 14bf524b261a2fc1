"""What is sealed, to whom it belongs, and by which terms it is found. Pure."""

from service.people.rules.sealed import (
    OF_A_CASE_FOR_A_LIAISON,
    OF_A_PERSON,
    OF_AN_OFFENDER,
    SealedKind,
    SealedSubject,
    SealedSubjectKind,
    place_of,
)

__all__ = [
    "OF_AN_OFFENDER",
    "OF_A_CASE_FOR_A_LIAISON",
    "OF_A_PERSON",
    "SealedKind",
    "SealedSubject",
    "SealedSubjectKind",
    "place_of",
]
