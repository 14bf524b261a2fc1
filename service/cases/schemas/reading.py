"""What a caller is shown. A field that a role may not see is absent, not null."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from service.story.kinds.names import Kind, SubjectKind
from service.wire import Page, Shown


class QuestionShown(Shown):
    """An essential that is missing, worded as the next question to ask."""

    essential: str
    question: str


class PartFiled(Shown):
    """A person or offender just filed."""

    id: UUID
    reference: str


class CaseFiled(Shown):
    """A case just filed. Read the reference to the caller."""

    id: UUID
    reference: str
    received_on: date
    status: str
    completeness: int
    """0 to 100."""
    next_questions: tuple[QuestionShown, ...]
    persons: tuple[PartFiled, ...]
    """In the order they were sent."""
    offenders: tuple[PartFiled, ...]
    version: int


class NoteShown(Shown):
    """A note."""

    text: str
    recorded_at: datetime


class NoteAdded(Shown):
    """A note just added."""

    case: str
    recorded_at: datetime


class SealedOfPerson(Shown):
    """What is sealed about a person; shown for a purpose only."""

    names: tuple[dict[str, Any], ...] = ()
    documents: tuple[dict[str, Any], ...] = ()
    contacts: tuple[dict[str, Any], ...] = ()
    stories: tuple[dict[str, Any], ...] = ()
    guardian: dict[str, Any] | None = None


class SealedOfOffender(Shown):
    """What is sealed about an offender; shown for a purpose only."""

    names: tuple[dict[str, Any], ...] = ()
    descriptions: tuple[dict[str, Any], ...] = ()
    contacts: tuple[dict[str, Any], ...] = ()


class SealedOfCase(Shown):
    """What is sealed about a case; shown for a purpose only. A liaison sees the town and its own agency's notes."""

    town: str | None = None
    place: str | None = None
    original_label: str | None = None
    reporter: dict[str, Any] | None = None
    narratives: tuple[str, ...] = ()
    allegation_texts: tuple[str, ...] | None = None
    notes: tuple[NoteShown, ...] = ()


class FindingShown(Shown):
    """What one authority concluded last. Authorities may disagree: their findings stand side by side."""

    authority: str
    outcome: str
    standard: str
    evidence: tuple[str, ...] | None = None
    confinement: bool | None = None
    extortion: bool | None = None
    on: str
    leads: bool
    """Whether this is the finding that drives the status."""


class WishShown(Shown):
    """The latest answer to one question, and whether it could be given freely."""

    purpose: str
    value: str
    freely: str
    on: str


class ReturnTaskShown(Shown):
    """Where a task on the way home stands, and since when."""

    step: str
    state: str
    country: str
    """Whose task it is."""
    reason: str | None = None
    on: str


class AssertionShown(Shown):
    """Somebody's word on a nationality."""

    nationality: str
    source: str
    decision: bool


class StageShown(Shown):
    """A stage of the law, and when it was reached."""

    stage: str
    on: str


class PersonShown(Shown):
    """A person."""

    id: UUID
    reference: str
    case: str
    status: str
    outcome: str | None = None
    awaiting_return: bool
    in_custody: bool
    custody: str | None = None
    """In whose hands, while it lasts."""
    missing_documents: tuple[str, ...] | None = None
    """When somebody looked last; absent while nobody did."""
    wishes: tuple[WishShown, ...] | None = None
    findings: tuple[FindingShown, ...] | None = None
    return_tasks: tuple[ReturnTaskShown, ...] | None = None
    sex: str
    birth_year: int | None = None
    age_group: str
    """Today: minor, adult or unknown."""
    nationality: str
    nationality_source: str | None = None
    assertions: tuple[AssertionShown, ...] | None = None
    """Everybody's word on the nationality, in the order it was recorded."""
    fears_own_state: bool | None = None
    guardian_known: bool
    received_on: date
    verified_on: date | None = None
    rescued_on: date | None = None
    repatriated_on: date | None = None
    ended_on: date | None = None
    version: int
    sealed: SealedOfPerson | None = None


class PersonPage(Page):
    """Persons, newest first."""

    items: tuple[PersonShown, ...]


class OffenderShown(Shown):
    """An offender. Nobody is assumed guilty."""

    id: UUID
    reference: str
    case: str
    roles: tuple[str, ...]
    nationality: str | None = None
    stage: str
    """The highest reached."""
    stages: tuple[StageShown, ...] | None = None
    version: int
    sealed: SealedOfOffender | None = None


class CaseShown(Shown):
    """A case. A liaison sees its own persons and no trace of others: fields about the whole case are absent."""

    id: UUID
    reference: str
    channel: str
    kind: str
    urgency: str
    language: str | None = None
    province: str | None = None
    precision: str | None = None
    relationship: str | None = None
    received_on: date
    status: str | None = None
    closure: str | None = None
    tally: dict[str, int] | None = None
    """How many persons are in each status."""
    head_count: dict[str, Any] | None = None
    allegations: tuple[str, ...] | None = None
    findings: tuple[FindingShown, ...] | None = None
    """On the whole case, each authority's latest."""
    withheld_from: tuple[UUID, ...] | None = None
    """Agencies that must not know of this case."""
    completeness: int | None = None
    next_questions: tuple[QuestionShown, ...] | None = None
    assigned_to: UUID | None = None
    persons: tuple[PersonShown, ...] | None = None
    offenders: tuple[OffenderShown, ...] | None = None
    version: int | None = None
    sealed: SealedOfCase | None = None


class CasePage(Page):
    """Cases, newest first."""

    items: tuple[CaseShown, ...]


class EventShown(Shown):
    """An event as it was recorded. In which operation is read from the operation: it may be under embargo."""

    id: UUID
    kind: Kind
    subject_kind: SubjectKind
    subject: str
    occurred_on: str
    recorded_at: datetime
    recorded_by: UUID | None = None
    agency_id: UUID | None = None
    data: dict[str, Any]
    voided_by: UUID | None = None


class Timeline(Page):
    """A case's events, newest last."""

    items: tuple[EventShown, ...]
