"""What a caller is shown of an operation."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service.cases.schemas.reading import NoteShown
from service.cases.schemas.sight import Unsealed
from service.operations.rules.outcomes import Tally
from service.people.rules import SealedKind
from service.wire import Page, Shown


class SealedOfOperation(Shown):
    """What is sealed about an operation; shown for a purpose only, its notes to their own agency and supervisors."""

    site: str | None = None
    grounds: str | None = None
    notes: tuple[NoteShown, ...] = ()


class OperationShown(Shown):
    """An operation."""

    id: UUID
    reference: str
    kind: str
    agency_id: UUID
    authority: str
    """The kind of the agency: what its findings stand for."""
    started_on: date
    ended_on: date | None = None
    """Absent while it goes on."""
    province: str | None = None
    case: str | None = None
    """The case it was made for, if one is named and you may know of it."""
    embargo_until: datetime | None = None
    recorded_at: datetime
    version: int
    sealed: SealedOfOperation | None = None


class OperationPage(Page):
    """Operations, newest first."""

    items: tuple[OperationShown, ...]


class OperationNoteAdded(Shown):
    """A note just added."""

    operation: str
    recorded_at: datetime


class TallyShown(Shown):
    """How many people an operation met or looked for."""

    people: int
    outcomes: dict[str, int]
    """By outcome; one person can be in several."""
    papers_missing: int
    """Of whom some papers were missing."""


class CaseTouched(Shown):
    """A case an operation touched, and how many people in it you may know of."""

    reference: str
    people: int


class ResultsShown(Shown):
    """What an operation did, for the people you may know of."""

    operation: str
    tally: TallyShown
    cases: tuple[CaseTouched, ...]


class PersonReported(Shown):
    """Where somebody stands after the operation."""

    person: str
    case: str
    status: str


class FoundReported(Shown):
    """The people of one line of `found`."""

    case: str
    people: tuple[PersonReported, ...]


class CaseOpened(Shown):
    """A case opened for people nobody had asked for."""

    reference: str
    nationality: str | None = None
    people: int


class ResultsReported(Shown):
    """What was just reported, line by line in the order it was sent."""

    operation: str
    recorded_at: datetime
    persons: tuple[PersonReported, ...]
    found: tuple[FoundReported, ...]
    cases: tuple[CaseOpened, ...]
    """Opened for whoever was found."""
    tally: TallyShown


def operation_shown(row: Mapping[str, Any], opened: Sequence[Unsealed] | None = None) -> OperationShown:
    """Return an operation as it is shown, with what was opened of it for a purpose."""
    columns = {name: row[name] for name in OperationShown.model_fields if name in row}
    return OperationShown(**columns, sealed=None if opened is None else _sealed(opened))


def tally_shown(tally: Tally) -> TallyShown:
    """Return a tally as it is shown."""
    outcomes = {outcome.value: count for outcome, count in tally.outcomes.items()}
    return TallyShown(people=tally.people, outcomes=outcomes, papers_missing=tally.papers_missing)


def _sealed(opened: Sequence[Unsealed]) -> SealedOfOperation:
    texts = {one.kind: one.content["text"] for one in opened}
    notes = [one for one in opened if one.kind is SealedKind.NOTE]
    return SealedOfOperation(
        site=texts.get(SealedKind.PLACE),
        grounds=texts.get(SealedKind.GROUNDS),
        notes=tuple(NoteShown(text=note.content["text"], recorded_at=note.recorded_at) for note in notes),
    )
