"""Response bodies. A field that a role may not see is absent, not null."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from service.story.kinds.names import Kind, SubjectKind
from service.wire import Page, Shown


class QuestionShown(Shown):
    """A missing essential, worded as the next question to ask."""

    essential: str
    question: str


class PartFiled(Shown):
    """A person or offender just filed."""

    id: UUID
    reference: str


class PartsFiled(Shown):
    """Persons just filed, in the order of the request."""

    items: tuple[PartFiled, ...]


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
    """In the order of the request."""
    offenders: tuple[PartFiled, ...]
    version: int


class NoteShown(Shown):
    """A note."""

    text: str
    recorded_at: datetime
    author: str | None = None
    """The user name of who wrote it."""


class NoteAdded(Shown):
    """A note just added."""

    case: str
    recorded_at: datetime


class SealedOfPerson(Shown):
    """What is sealed about a person; shown only for a purpose."""

    names: tuple[dict[str, Any], ...] = ()
    documents: tuple[dict[str, Any], ...] = ()
    contacts: tuple[dict[str, Any], ...] = ()
    stories: tuple[dict[str, Any], ...] = ()
    guardian: dict[str, Any] | None = None
    date_of_birth: str | None = None
    """In full or in part."""


class SealedOfOffender(Shown):
    """What is sealed about an offender; shown only for a purpose."""

    names: tuple[dict[str, Any], ...] = ()
    descriptions: tuple[dict[str, Any], ...] = ()
    contacts: tuple[dict[str, Any], ...] = ()


class SealedOfCase(Shown):
    """What is sealed about a case; shown only for a purpose. A liaison sees the town and its own agency's notes."""

    town: str | None = None
    place: str | None = None
    original_label: str | None = None
    reporter: dict[str, Any] | None = None
    narratives: tuple[str, ...] = ()
    allegation_texts: tuple[str, ...] | None = None
    notes: tuple[NoteShown, ...] = ()


class FindingShown(Shown):
    """The latest finding of one authority. Authorities may disagree: their findings stand side by side."""

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
    """The latest answer to one question, and whether it could be given freely.

    A free wish that no embassy be told stands beside a later answer that does not undo it.
    """

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
    """An assertion of a nationality."""

    nationality: str
    source: str
    decision: bool


class StageShown(Shown):
    """A stage of the law, and when it was reached."""

    stage: str
    on: str


class RangeShown(Shown):
    """The lowest and the highest number that may be meant."""

    low: int
    high: int
    about: int | None = None
    """The number, where one was told as "about"."""


class AgeShown(RangeShown):
    """An age in whole years, and the day on which it was told."""

    on: date


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
    """The present kind of custody; absent if there is none."""
    missing_documents: tuple[str, ...] | None = None
    """As of the last check; absent if nobody has checked."""
    wishes: tuple[WishShown, ...] | None = None
    findings: tuple[FindingShown, ...] | None = None
    return_tasks: tuple[ReturnTaskShown, ...] | None = None
    sex: str
    birth_year: int | None = None
    """Where it is known exactly."""
    birth_years: RangeShown | None = None
    """Where a birth year was told, exactly or not."""
    stated_age: AgeShown | None = None
    """Where an age was told."""
    age_group: str
    """Today: minor, adult or unknown."""
    nationality: str
    """The one that counts."""
    nationality_source: str | None = None
    nationalities: tuple[str, ...] | None = None
    """All that states confirm, who confirmed first first; absent if none does. Two or more: a dual national."""
    assertions: tuple[AssertionShown, ...] | None = None
    """All assertions of nationality, in the order in which they were recorded."""
    fears_own_state: bool | None = None
    guardian_known: bool
    received_on: date
    verified_on: date | None = None
    rescued_on: date | None = None
    repatriated_on: date | None = None
    ended_on: date | None = None
    version: int
    """Of what you are shown: to a liaison a number that is another one when anything shown is, not a count."""
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
    """The highest stage reached."""
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
    """On the case as a whole: the latest of each authority."""
    withheld_from: tuple[UUID, ...] | None = None
    """Agencies that must not know of this case."""
    completeness: int | None = None
    next_questions: tuple[QuestionShown, ...] | None = None
    assigned_to: UUID | None = None
    """A liaison is told of colleagues of its own agency only."""
    persons: tuple[PersonShown, ...] | None = None
    offenders: tuple[OffenderShown, ...] | None = None
    version: int | None = None
    sealed: SealedOfCase | None = None


class CasePage(Page):
    """Cases, newest first."""

    items: tuple[CaseShown, ...]


class EventShown(Shown):
    """An event as it was recorded. Its operation is not named here: it may be under embargo."""

    id: UUID
    kind: Kind
    subject_kind: SubjectKind
    subject: str
    occurred_on: str
    recorded_at: datetime
    recorded_by: UUID | None = None
    agency_id: UUID | None = None
    data: dict[str, Any]
    group_id: UUID | None = None
    """Of returns: those recorded together, `/v1/returns/{group_id}`."""
    voided_by: UUID | None = None


class GroupedShown(Shown):
    """One person's return of a group, and where the person stands now."""

    event_id: UUID
    person: str
    """Reference."""
    case: str
    status: str
    voided_by: UUID | None = None


class ReturnsShown(Shown):
    """Returns that were recorded together, such as those of one flight: of the persons you may know of."""

    group_id: UUID
    occurred_on: str
    data: dict[str, Any]
    """What the events say: `mode`, `to_country`, `funding`, `decided_by`."""
    recorded_at: datetime
    items: tuple[GroupedShown, ...]
    """By the persons' references."""


class NoteInTimeline(Shown):
    """A note in the place where it was written; its text in `data`, where a purpose opened it."""

    id: UUID
    kind: Literal["note"]
    subject_kind: SubjectKind
    subject: str
    occurred_on: str
    recorded_at: datetime
    author: str | None = None
    """The user name of who wrote it."""
    data: dict[str, Any]


class Timeline(Page):
    """A case's events and notes, newest last."""

    items: tuple[EventShown | NoteInTimeline, ...]
