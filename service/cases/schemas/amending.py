"""Merge patches (RFC 7396): null clears a field, an absent field stays, a list is replaced whole."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.cases.schemas.births import AgeTold, BirthYearTold
from service.cases.schemas.filing import ContactGiven, DocumentGiven, GuardianGiven, NameGiven
from service.codes import CaseKind, OffenderRole, PlacePrecision, ReporterRelationship, Sex, Urgency
from service.wire import DateOfBirth, Given, Language, Line, Nationality, Prose, ProvinceCode


class LocationPatch(Given):
    """Changes to the location."""

    province: ProvinceCode | None = None
    town: Line | None = None
    place: Prose | None = None
    precision: PlacePrecision | None = None


class ReporterPatch(Given):
    """Changes to the reporter."""

    relationship: ReporterRelationship | None = None
    name: Line | None = None
    contacts: Annotated[tuple[ContactGiven, ...], Field(max_length=10)] | None = None
    wants_updates: bool | None = None


class CasePatch(Given):
    """Changes to a case. Status and received day are facts of the log and are never patched."""

    kind: CaseKind | None = None
    urgency: Urgency | None = None
    language: Language | None = None
    location: LocationPatch | None = None
    reporter: ReporterPatch | None = None
    offender_unknown: bool | None = None
    narrative: Prose | None = None
    original_label: Line | None = None
    assigned_to: UUID | None = None
    """Id of an active user who can see the case. Supervisors only."""
    withheld_from: Annotated[tuple[UUID, ...], Field(max_length=50)] | None = None
    """Ids of agencies that must not know of this case, whatever the role of their users. Supervisors only; null or an
    empty list lifts it."""


class PersonPatch(Given):
    """Changes to what is known of a person. Status and nationality change by events."""

    sex: Sex | None = None
    date_of_birth: DateOfBirth | None = None
    """Sealed; its year becomes `birth_year`. Null, or another `birth_year`, clears it with all it said of year and
    age."""
    birth_year: BirthYearTold | None = None
    age: AgeTold | None = None
    """In whole years, today. Where both are given, it must fit `birth_year` within one year."""
    fears_own_state: bool | None = None
    names: Annotated[tuple[NameGiven, ...], Field(max_length=20)] | None = None
    documents: Annotated[tuple[DocumentGiven, ...], Field(max_length=20)] | None = None
    contacts: Annotated[tuple[ContactGiven, ...], Field(max_length=20)] | None = None
    guardian: GuardianGiven | None = None


class OffenderPatch(Given):
    """Changes to what is known of an offender. Stages are events."""

    roles: Annotated[tuple[OffenderRole, ...], Field(max_length=15)] | None = None
    nationality: Nationality | None = None
    names: Annotated[tuple[NameGiven, ...], Field(max_length=20)] | None = None
    description: Prose | None = None
    contacts: Annotated[tuple[ContactGiven, ...], Field(max_length=20)] | None = None
