"""From rows to what a caller is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from service.cases.rules.ages import AgeStated, age_group
from service.cases.rules.essentials import Essential
from service.cases.rules.events import Moment, Precision
from service.cases.rules.facts import Kind, SubjectKind
from service.cases.schemas.reading import (
    CaseShown,
    EventShown,
    NoteShown,
    OffenderShown,
    PersonShown,
    QuestionShown,
    SealedOfCase,
    SealedOfOffender,
    SealedOfPerson,
)
from service.people.rules import SealedKind

_WITHHELD: Final = frozenset({"relationship", "place_given", "contact_given", "offender_unknown", "fears_own_state"})
"""What an event may say that no liaison is shown, as in the views of cases and persons."""


@dataclass(frozen=True)
class Unsealed:
    """One sealed record, open: whose, of what kind, what it says, when it was recorded."""

    subject_id: UUID
    kind: SealedKind
    content: dict[str, Any]
    recorded_at: datetime


@dataclass(frozen=True)
class Sight:
    """How much of a record this caller is shown.

    Attributes:
        whole: False for a liaison: no field about the whole case, only its own persons.
        today: the present day in Asia/Phnom_Penh, for ages.
        opened: sealed records that were opened for a purpose; None where no purpose was given.
    """

    whole: bool
    today: date
    opened: Sequence[Unsealed] | None = field(default=None)

    def of(self, subject_id: UUID, kind: SealedKind) -> list[dict[str, Any]]:
        """Answer what was opened of one kind for one subject, oldest first."""
        return [one.content for one in self.opened or () if one.subject_id == subject_id and one.kind is kind]


def questions(missing: Iterable[str]) -> tuple[QuestionShown, ...]:
    """Answer missing essentials as the next questions to ask."""
    return tuple(QuestionShown(essential=name, question=Essential(name).label) for name in missing)


def person_shown(row: Mapping[str, Any], sight: Sight) -> PersonShown:
    """Show a person."""
    stated = None
    if row["stated_age"] is not None:
        stated = AgeStated(years=row["stated_age"], on=row["stated_age_on"])
    columns = {name: row[name] for name in PersonShown.model_fields if name in row}
    if not sight.whole:
        columns.pop("fears_own_state")
    sealed = None
    if sight.opened is not None:
        sealed = SealedOfPerson(
            names=tuple(sight.of(row["id"], SealedKind.NAME)),
            documents=tuple(sight.of(row["id"], SealedKind.DOCUMENT)),
            contacts=tuple(sight.of(row["id"], SealedKind.CONTACT)),
            stories=tuple(sight.of(row["id"], SealedKind.NARRATIVE)),
        )
    return PersonShown(
        **columns,
        case=case_reference_of(row["reference"]),
        age_group=age_group(sight.today, birth_year=row["birth_year"], stated=stated).value,
        sealed=sealed,
    )


def offender_shown(row: Mapping[str, Any], sight: Sight) -> OffenderShown:
    """Show an offender."""
    sealed = None
    if sight.opened is not None:
        sealed = SealedOfOffender(
            names=tuple(sight.of(row["id"], SealedKind.NAME)),
            descriptions=tuple(sight.of(row["id"], SealedKind.DESCRIPTION)),
            contacts=tuple(sight.of(row["id"], SealedKind.CONTACT)),
        )
    columns = {name: row[name] for name in OffenderShown.model_fields if name in row}
    return OffenderShown(**columns, case=case_reference_of(row["reference"]), sealed=sealed)


def case_shown(
    row: Mapping[str, Any],
    sight: Sight,
    *,
    persons: Sequence[Mapping[str, Any]] | None = None,
    offenders: Sequence[Mapping[str, Any]] | None = None,
) -> CaseShown:
    """Show a case, with its parts where they were read."""
    known = ("id", "reference", "channel", "kind", "urgency", "language", "province", "precision", "received_on")
    columns = {name: row[name] for name in known}
    shown_persons = None if persons is None else tuple(person_shown(person, sight) for person in persons)
    sealed = None if sight.opened is None else _case_sealed(row["id"], sight)
    if not sight.whole:
        return CaseShown(**columns, persons=shown_persons, sealed=sealed)
    about_all = ("relationship", "status", "closure", "tally", "head_count", "allegations", "completeness")
    return CaseShown(
        **columns,
        **{name: row[name] for name in (*about_all, "assigned_to", "version")},
        next_questions=questions(row["missing"]),
        persons=shown_persons,
        offenders=None if offenders is None else tuple(offender_shown(offender, sight) for offender in offenders),
        sealed=sealed,
    )


def event_shown(row: Mapping[str, Any], sight: Sight, references: Mapping[UUID, str]) -> EventShown:
    """Show an event; a liaison is not shown who recorded it, nor what it says of the reporter or of a safety hold."""
    said = row["fact"]
    if not sight.whole:
        said = {name: value for name, value in said.items() if name not in _WITHHELD}
    return EventShown(
        id=row["id"],
        kind=Kind(row["kind"]),
        subject_kind=SubjectKind(row["subject_kind"]),
        subject=references[row["subject_id"]],
        occurred_on=str(Moment(row["occurred_on"], Precision(row["occurred_precision"]))),
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"] if sight.whole else None,
        agency_id=row["agency_id"] if sight.whole else None,
        data=said,
        voided_by=row["voided_by"],
    )


def case_reference_of(part_reference: str) -> str:
    """Answer the case's reference from that of a person or offender in it."""
    return part_reference.rsplit("-", 1)[0]


def _case_sealed(case_id: UUID, sight: Sight) -> SealedOfCase:
    def text(kind: SealedKind) -> str | None:
        found = sight.of(case_id, kind)
        return found[-1]["text"] if found else None

    reporters = sight.of(case_id, SealedKind.REPORTER)
    notes = [one for one in sight.opened or () if one.subject_id == case_id and one.kind is SealedKind.NOTE]
    return SealedOfCase(
        town=text(SealedKind.TOWN),
        place=text(SealedKind.PLACE),
        original_label=text(SealedKind.LABEL),
        reporter=reporters[-1] if reporters else None,
        narratives=tuple(content["text"] for content in sight.of(case_id, SealedKind.NARRATIVE)),
        allegation_texts=tuple(found["text"] for found in sight.of(case_id, SealedKind.ALLEGATION)) or None,
        notes=tuple(NoteShown(text=note.content["text"], recorded_at=note.recorded_at) for note in notes),
    )
