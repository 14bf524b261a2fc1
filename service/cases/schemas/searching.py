"""What a caller sends to search, and is answered."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, model_validator

from service.cases.schemas.reading import CaseShown, OffenderShown, PersonShown
from service.codes import ReadPurpose
from service.people.rules.terms import SearchBy
from service.wire import Given, Line, Shown

MOST_FOUND: Final = 50
"""Design, I-25: a search returns a bounded number of records, each counted as a reading."""


class SearchFor(StrEnum):
    """What is looked for."""

    PERSONS = "persons"
    CASES = "cases"
    OFFENDERS = "offenders"


class SearchGiven(Given):
    """Whom or what to look for, by exactly one of `name`, `phone`, `document` and `text`."""

    for_: SearchFor = Field(alias="for")
    """A person is never found among offenders, nor the reverse."""
    name: Line | None = None
    """In the script it was written in; case, diacritics, punctuation and the order of its words do not matter. Those
    with the most words in common come first. Cases are found by their reporter and their persons."""
    phone: Line | None = None
    """A number, compared by its last eight digits, or a handle or an e-mail address as it is. Cases are found by their
    reporter's and their persons'."""
    document: Line | None = None
    """A number, spaces and hyphens aside. Offenders have none."""
    text: Line | None = None
    """Words, all of which stand in what was told; in scripts written without spaces at least two neighbouring signs."""
    purpose: ReadPurpose
    """Why it is searched, and sealed fields are opened. It is written to the audit log; what is looked for never is."""
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND)] = 20

    @property
    def sought(self) -> tuple[SearchBy, str]:
        """By what, and the value."""
        [given] = self._given()
        return given

    @model_validator(mode="after")
    def _one_of_each(self) -> "SearchGiven":
        if len(self._given()) != 1:
            raise ValueError("Send exactly one of name, phone, document and text")
        if self.for_ is SearchFor.OFFENDERS and self.document is not None:
            raise ValueError("Offenders are not found by a document")
        return self

    def _given(self) -> list[tuple[SearchBy, str]]:
        return [(by, value) for by in SearchBy if (value := getattr(self, by.value)) is not None]


class _Found(Shown):
    more: bool
    """There may be more: narrow the search. How many is not said."""


class PersonsFound(_Found):
    """Persons, those who agree best first, then the newest."""

    items: tuple[PersonShown, ...]


class CasesFound(_Found):
    """Cases, those that agree best first, then the newest."""

    items: tuple[CaseShown, ...]


class OffendersFound(_Found):
    """Offenders, those who agree best first, then the newest."""

    items: tuple[OffenderShown, ...]
