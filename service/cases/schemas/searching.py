"""Request and response bodies of searches."""

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
    """What to search for, by exactly one of `name`, `phone`, `document` and `text`."""

    for_: SearchFor = Field(alias="for")
    """Offenders never appear in a search for persons, nor the reverse."""
    name: Line | None = None
    """In the script in which it was written. Case, diacritics, punctuation and word order do not matter. The matches
    with the most words in common come first. Cases are found by their reporter and their persons."""
    phone: Line | None = None
    """A number, compared by its last eight digits, or a whole handle or e-mail address, or a link to one; also within
    stories. Cases are found by those of their reporter and their persons."""
    document: Line | None = None
    """A document number; spaces and hyphens do not matter, O is 0 and I is 1. Not for offenders."""
    text: Line | None = None
    """Words that must all occur in the text; in scripts written without spaces, at least two adjacent characters."""
    purpose: ReadPurpose
    """Why the search is made and sealed fields are opened. Written to the audit log; what is searched for never is."""
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
    """Whether there may be more matches: narrow the search. Their number is not told."""
    earlier: tuple[str, ...] | None = None
    """References of those that were found by what was corrected since; absent where there are none."""


class PersonsFound(_Found):
    """Persons, best matches first, then the newest."""

    items: tuple[PersonShown, ...]


class CasesFound(_Found):
    """Cases, best matches first, then the newest."""

    items: tuple[CaseShown, ...]


class OffendersFound(_Found):
    """Offenders, best matches first, then the newest."""

    items: tuple[OffenderShown, ...]
