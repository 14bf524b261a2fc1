"""From rows to what a caller is shown. How much of them that is, `Sight` says."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from service.cases.rules.ages import AgeStated, age_group
from service.cases.rules.essentials import Essential
from service.cases.rules.events import Moment, Precision
from service.cases.schemas.reading import (
    CaseShown,
    EventShown,
    FindingShown,
    NoteShown,
    OffenderShown,
    PersonShown,
    QuestionShown,
    SealedOfCase,
    SealedOfOffender,
    SealedOfPerson,
)
from service.cases.schemas.sight import Sight
from service.people.rules import SealedKind


def questions(missing: Iterable[str]) -> tuple[QuestionShown, ...]:
    """Answer missing essentials as the next questions to ask."""
    return tuple(_question(name) for name in missing)


@cache
def _question(name: str) -> QuestionShown:
    return QuestionShown(essential=name, question=Essential(name).label)


def person_shown(row: Mapping[str, Any], sight: Sight) -> PersonShown:
    """Show a person."""
    stated = None
    if row["stated_age"] is not None:
        stated = AgeStated(years=row["stated_age"], on=row["stated_age_on"])
    columns = sight.columns(PersonShown, row)
    columns["findings"] = _findings(row, sight)
    return PersonShown(
        **columns,
        case=case_reference_of(row["reference"]),
        age_group=age_group(sight.today, birth_year=row["birth_year"], stated=stated).value,
        sealed=_person_sealed(row["id"], sight),
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
    return OffenderShown(**sight.columns(OffenderShown, row), case=case_reference_of(row["reference"]), sealed=sealed)


def case_shown(
    row: Mapping[str, Any],
    sight: Sight,
    *,
    persons: Sequence[Mapping[str, Any]] | None = None,
    offenders: Sequence[Mapping[str, Any]] | None = None,
) -> CaseShown:
    """Show a case, with its parts where they were read."""
    columns = sight.columns(CaseShown, row)
    if sight.whole:
        columns |= {
            "findings": _findings(row, sight),
            "next_questions": questions(row["missing"]),
            "offenders": None if offenders is None else tuple(offender_shown(one, sight) for one in offenders),
        }
    return CaseShown(
        **columns,
        persons=None if persons is None else tuple(person_shown(person, sight) for person in persons),
        sealed=None if sight.opened is None else _case_sealed(row["id"], sight),
    )


def event_shown(row: Mapping[str, Any], sight: Sight, references: Mapping[UUID, str]) -> EventShown:
    """Show an event."""
    shown = {
        **row,
        "subject": references[row["subject_id"]],
        "occurred_on": str(Moment(row["occurred_on"], Precision(row["occurred_precision"]))),
        "data": sight.said(row["fact"]),
    }
    return EventShown(**sight.columns(EventShown, shown))


def case_reference_of(part_reference: str) -> str:
    """Answer the case's reference from that of a person or offender in it."""
    return part_reference.rsplit("-", 1)[0]


def _findings(row: Mapping[str, Any], sight: Sight) -> tuple[FindingShown, ...]:
    return tuple(FindingShown(**sight.columns(FindingShown, found)) for found in row["findings"])


def _person_sealed(person_id: UUID, sight: Sight) -> SealedOfPerson | None:
    if sight.opened is None:
        return None
    guardians = sight.of(person_id, SealedKind.GUARDIAN)
    return SealedOfPerson(
        names=tuple(sight.of(person_id, SealedKind.NAME)),
        documents=tuple(sight.of(person_id, SealedKind.DOCUMENT)),
        contacts=tuple(sight.of(person_id, SealedKind.CONTACT)),
        stories=tuple(sight.of(person_id, SealedKind.NARRATIVE)),
        guardian=guardians[-1] if guardians else None,
    )


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
