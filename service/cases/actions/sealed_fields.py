"""Which fields of what is told are sealed, and as what kind of record."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from service.cases.schemas.amending import CasePatch, LocationPatch
from service.cases.schemas.filing import CaseCreate
from service.people.rules import SealedKind
from service.wire import Given

Contents = Mapping[SealedKind, Sequence[Mapping[str, Any]]]
"""The contents of sealed records by kind. A kind without any says that nothing, or nothing any more, is known."""

Fields = Mapping[str, SealedKind]

OF_PERSON: Final[Fields] = {
    "names": SealedKind.NAME,
    "documents": SealedKind.DOCUMENT,
    "contacts": SealedKind.CONTACT,
    "guardian": SealedKind.GUARDIAN,
    "date_of_birth": SealedKind.BIRTH,
    "story": SealedKind.NARRATIVE,
}
OF_OFFENDER: Final[Fields] = {
    "names": SealedKind.NAME,
    "contacts": SealedKind.CONTACT,
    "description": SealedKind.DESCRIPTION,
}
OF_LOCATION: Final[Fields] = {"town": SealedKind.TOWN, "place": SealedKind.PLACE}
OF_CASE: Final[Fields] = {"narrative": SealedKind.NARRATIVE, "original_label": SealedKind.LABEL}

NOWHERE: Final = LocationPatch(province=None, town=None, place=None, precision=None)
"""What null stands for as a correction of the location: everything about it is cleared."""


def told(given: Given, fields: Fields) -> Contents:
    """Return what is to be sealed of the given fields."""
    return {kind: _contents(getattr(given, name)) for name, kind in fields.items()}


def corrected(given: Given, fields: Fields) -> Contents:
    """Return what is to be sealed of those fields that were sent; what was not sent stays as it is."""
    return told(given, {name: kind for name, kind in fields.items() if name in given.model_fields_set})


def told_of_case(given: CaseCreate) -> Contents:
    """Return what is to be sealed of a case that is filed, the people in it aside."""
    reporter = given.reporter.model_dump(mode="json", exclude_defaults=True, exclude={"relationship"})
    return {
        **told(given.location, OF_LOCATION),
        **told(given, OF_CASE),
        SealedKind.ALLEGATION: [content for one in given.allegations for content in _contents(one.text)],
        SealedKind.REPORTER: [reporter] if reporter else [],
    }


def corrected_of_case(given: CasePatch) -> Contents:
    """Return what is to be sealed anew of a case, its reporter aside."""
    location = (given.location or NOWHERE) if "location" in given.model_fields_set else LocationPatch()
    return {**corrected(given, OF_CASE), **corrected(location, OF_LOCATION)}


def _contents(value: Any) -> Sequence[Mapping[str, Any]]:
    """Return one content for a text or an object, one for each element of a list, and none for None."""
    if value is None:
        return []
    if isinstance(value, str):
        return [{"text": value}]
    several = [value] if isinstance(value, Given) else value
    return [one.model_dump(mode="json", exclude_none=True) for one in several]
