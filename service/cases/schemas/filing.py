"""Request bodies for filing a case and adding to one."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from service.cases.schemas.births import AgeTold, BirthYearTold
from service.codes import (
    AllegationType,
    CaseKind,
    ContactKind,
    DocumentStatus,
    DocumentType,
    IntakeChannel,
    NameKind,
    NationalitySource,
    OffenderRole,
    PlacePrecision,
    ReporterRelationship,
    Sex,
    StatementBound,
    Urgency,
)
from service.story.fact import HeadCount
from service.wire import Country, DateOfBirth, Day, Given, Language, Line, MomentText, Nationality, Prose, ProvinceCode


class NameGiven(Given):
    """A name, in any script, as it was given."""

    text: Line
    kind: NameKind = NameKind.CLAIMED


class DocumentGiven(Given):
    """An identity document."""

    type: DocumentType
    number: Line
    issuer: Country | None = None
    status: DocumentStatus = DocumentStatus.NOT_CHECKED


class ContactGiven(Given):
    """A way to reach somebody."""

    kind: ContactKind
    value: Line
    safe: bool | None = None
    """Whether it is safe to use; absent means not asked."""
    safe_hours: Line | None = None


class GuardianGiven(Given):
    """A parent or guardian. Sealed; only that there is one is in clear."""

    names: Annotated[tuple[NameGiven, ...], Field(max_length=5)] = ()
    relationship: ReporterRelationship | None = None
    contacts: Annotated[tuple[ContactGiven, ...], Field(max_length=10)] = ()


class LocationGiven(Given):
    """The location. A province alone is enough to file."""

    province: ProvinceCode | None = None
    town: Line | None = None
    place: Prose | None = None
    """Compound, building, floor, landmark. Sealed; never shown to a liaison."""
    precision: PlacePrecision | None = None


class ReporterGiven(Given):
    """The reporter. Sealed, except for the relationship."""

    relationship: ReporterRelationship | None = None
    name: Line | None = None
    contacts: Annotated[tuple[ContactGiven, ...], Field(max_length=10)] = ()
    wants_updates: bool | None = None


class HeadCountGiven(Given):
    """How many people the reporter says are concerned."""

    low: HeadCount | None = None
    high: HeadCount | None = None
    bound: StatementBound = StatementBound.EXACT


class PersonTold(Given):
    """What is known of somebody who needs help. Everything is optional: an unnamed person is a person."""

    names: Annotated[tuple[NameGiven, ...], Field(max_length=20)] = ()
    nationality: Nationality | None = None
    nationality_source: NationalitySource
    sex: Sex = Sex.UNKNOWN
    date_of_birth: DateOfBirth | None = None
    """Sealed; its year is recorded as `birth_year`."""
    birth_year: BirthYearTold | None = None
    age: AgeTold | None = None
    """In whole years, on the day the person became known: the case's received day, or `known_since`."""
    fears_own_state: bool = False
    """True hides this person completely from the liaison of their own state."""
    documents: Annotated[tuple[DocumentGiven, ...], Field(max_length=20)] = ()
    contacts: Annotated[tuple[ContactGiven, ...], Field(max_length=20)] = ()
    guardian: GuardianGiven | None = None
    story: Prose | None = None


class PersonCreate(PersonTold):
    """Somebody who needs help, as reported."""

    nationality_source: Literal[
        NationalitySource.CLAIMED_REPORTER,
        NationalitySource.CLAIMED_SELF,
        NationalitySource.LANGUAGE_INFERRED,
        NationalitySource.DOCUMENT_COPY,
    ] = NationalitySource.CLAIMED_REPORTER


class PersonAdd(PersonCreate):
    """A person added to an existing case."""

    known_since: MomentText | None = None
    """When the agencies learned of the person; today if absent. Not earlier than the case."""


def _somebody(persons: tuple[PersonCreate, ...]) -> tuple[PersonCreate, ...]:
    """Raise for an empty list. Pydantic's own limit would count a person with a fault as none."""
    if not persons:
        raise ValueError("Must have at least 1 entry")
    return persons


class PersonsAdd(Given):
    """Several persons added to an existing case, as one list: all of them or none."""

    persons: Annotated[
        tuple[PersonCreate, ...],
        Field(max_length=500, json_schema_extra={"minItems": 1}),
        AfterValidator(_somebody),
    ]
    known_since: MomentText | None = None
    """When the agencies learned of them; today if absent. Not earlier than the case."""


class OffenderCreate(Given):
    """Somebody or a company alleged responsible."""

    role: OffenderRole | None = None
    nationality: Nationality | None = None
    names: Annotated[tuple[NameGiven, ...], Field(max_length=20)] = ()
    description: Prose | None = None
    contacts: Annotated[tuple[ContactGiven, ...], Field(max_length=20)] = ()


class OffenderAdd(OffenderCreate):
    """An offender added to an existing case."""

    known_since: MomentText | None = None
    """When the agencies learned of the offender; today if absent. Not earlier than the case."""


class AllegationGiven(Given):
    """What the reporter says was done."""

    types: Annotated[tuple[AllegationType, ...], Field(min_length=1, max_length=20)]
    text: Prose | None = None


class CaseCreate(Given):
    """A request for intervention. Everything but `channel` is optional; nothing is refused for being incomplete."""

    channel: IntakeChannel
    kind: CaseKind = CaseKind.RESCUE
    received_on: Day | None = None
    """Day of the first contact; today if absent. It can never be changed."""
    original_label: Line | None = None
    urgency: Urgency = Urgency.NORMAL
    language: Language | None = None
    location: LocationGiven = LocationGiven()
    reporter: ReporterGiven = ReporterGiven()
    head_count: HeadCountGiven | None = None
    persons: Annotated[tuple[PersonCreate, ...], Field(max_length=500)] = ()
    offenders: Annotated[tuple[OffenderCreate, ...], Field(max_length=50)] = ()
    offender_unknown: bool = False
    """Whether the reporter was asked and does not know. That counts as an answer."""
    allegations: Annotated[tuple[AllegationGiven, ...], Field(max_length=50)] = ()
    narrative: Prose | None = None


class NoteCreate(Given):
    """A note to a case, sealed."""

    text: Prose
