"""From rows to response bodies. `Sight` decides how much of a row is shown.

A shape and everything in it is validated at once, from plain members: each by itself takes four times as long. The
persons of a case are validated some at a time, for there may be many (ADR 63).
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from service.cases.rules.range_columns import as_shown, birth_year_in, stated_age_in
from service.cases.schemas.reading import (
    CaseShown,
    EventShown,
    FindingShown,
    GroupedShown,
    NoteInTimeline,
    NoteShown,
    OffenderShown,
    PersonShown,
    QuestionShown,
    ReturnsShown,
    SealedOfCase,
    SealedOfOffender,
    SealedOfPerson,
)
from service.cases.schemas.sight import Sight
from service.people.rules import SealedKind
from service.story.ages import age_group
from service.story.essentials import Essential
from service.story.kinds.names import Kind, SubjectKind
from service.story.moment import Moment, Precision

AT_ONCE: Final = 10
"""Persons or offenders shown in one piece: a person with papers takes up to a fifth of a millisecond."""

_SOME_PERSONS: Final = TypeAdapter(tuple[PersonShown, ...])
_SOME_OFFENDERS: Final = TypeAdapter(tuple[OffenderShown, ...])


def questions(missing: Iterable[str]) -> tuple[QuestionShown, ...]:
    """Return missing essentials as the next questions to ask."""
    return tuple(_question(name) for name in missing)


@cache
def _question(name: str) -> QuestionShown:
    return QuestionShown(essential=name, question=Essential(name).label)


def person_shown(row: Mapping[str, Any], sight: Sight) -> PersonShown:
    """Return a person as shown."""
    return PersonShown.model_validate(_person(row, sight))


def offender_shown(row: Mapping[str, Any], sight: Sight) -> OffenderShown:
    """Return an offender as shown."""
    return OffenderShown.model_validate(_offender(row, sight))


def case_shown(row: Mapping[str, Any], sight: Sight) -> CaseShown:
    """Return a case as shown in a list, without its parts."""
    return CaseShown.model_validate(_case(row, sight))


def showing_case(
    row: Mapping[str, Any],
    sight: Sight,
    *,
    persons: Sequence[Mapping[str, Any]],
    offenders: Sequence[Mapping[str, Any]],
) -> Generator[None, None, CaseShown]:
    """Return a case as shown, with its parts, after saying by `yield` where others may be let in.

    Args:
        row: of the case.
        sight: how much of it.
        persons: rows, or what JSON makes of them.
        offenders: the same.
    """
    members = _case(row, sight)
    shown: list[PersonShown] = []
    for some in _some(persons):
        yield
        shown += _SOME_PERSONS.validate_python([_person(one, sight) for one in some])
    members["persons"] = shown
    if sight.whole:
        alleged: list[OffenderShown] = []
        for some in _some(offenders):
            yield
            alleged += _SOME_OFFENDERS.validate_python([_offender(one, sight) for one in some])
        members["offenders"] = alleged
    yield
    return CaseShown.model_validate(members)


def _case(row: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    members = sight.columns(CaseShown, row)
    if sight.whole:
        members |= {"findings": _findings(row, sight), "next_questions": questions(row["missing"])}
    members["sealed"] = None if sight.opened is None else _case_sealed(row["id"], sight)
    return members


def _some(rows: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[Mapping[str, Any]]]:
    """Yield the rows, `AT_ONCE` at a time."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        yield some


def event_shown(row: Mapping[str, Any], sight: Sight) -> EventShown:
    """Return an event as shown."""
    shown = {
        **row,
        "occurred_on": str(Moment(row["occurred_on"], Precision(row["occurred_precision"]))),
        "data": sight.said(Kind(row["kind"]), row["fact"]),
    }
    return EventShown(**sight.columns(EventShown, shown))


def note_in_timeline(row: Mapping[str, Any], texts: Mapping[UUID, str]) -> NoteInTimeline:
    """Return a note as shown in a timeline, with its text where it was opened."""
    return NoteInTimeline(
        id=row["id"],
        kind="note",
        subject_kind=SubjectKind.CASE,
        subject=row["subject"],
        occurred_on=str(row["occurred_on"]),
        recorded_at=row["recorded_at"],
        author=row["author"],
        data={"text": texts[row["id"]]} if row["id"] in texts else {},
    )


def returns_shown(group_id: UUID, rows: Sequence[Mapping[str, Any]], sight: Sight) -> ReturnsShown:
    """Return a group of returns as shown; all say the same, of different persons."""
    first = rows[0]
    return ReturnsShown(
        group_id=group_id,
        occurred_on=str(Moment(first["occurred_on"], Precision(first["occurred_precision"]))),
        data=dict(sight.said(Kind(first["kind"]), first["fact"])),
        recorded_at=first["recorded_at"],
        items=tuple(
            GroupedShown(
                event_id=row["event_id"],
                person=row["person"],
                case=case_reference_of(row["person"]),
                status=row["status"],
                voided_by=row["voided_by"],
            )
            for row in rows
        ),
    )


def case_reference_of(part_reference: str) -> str:
    """Return the case's reference from that of a person or offender in it."""
    return part_reference.rsplit("-", 1)[0]


def _person(row: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    members = sight.columns(PersonShown, row)
    members["findings"] = _findings(row, sight)
    members |= sight.nationality_of(row)
    members["return_tasks"] = sight.return_tasks(row)
    members["case"] = case_reference_of(row["reference"])
    year, age = birth_year_in(row), stated_age_in(row)
    members["age_group"] = age_group(sight.today, birth_year=year, stated=age).value
    members["birth_years"] = None if year is None else as_shown(year)
    members["stated_age"] = None if age is None else as_shown(age.years) | {"on": age.on}
    members["wishes"] = sight.wishes(row["wishes"])
    members["version"] = sight.version_of(row, members)
    members["sealed"] = None if sight.opened is None else _person_sealed(_id(row), sight)
    return members


def _offender(row: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    members = sight.columns(OffenderShown, row)
    members["case"] = case_reference_of(row["reference"])
    members["sealed"] = None if sight.opened is None else _offender_sealed(_id(row), sight)
    return members


def _id(row: Mapping[str, Any]) -> UUID:
    return UUID(row["id"]) if isinstance(row["id"], str) else row["id"]


def _findings(row: Mapping[str, Any], sight: Sight) -> list[dict[str, Any]]:
    return [sight.columns(FindingShown, found) for found in row["findings"]]


def _person_sealed(person_id: UUID, sight: Sight) -> SealedOfPerson:
    """Return what is sealed of a person. Of what there is one, the first stays: an embassy's never replaces it."""
    guardians = sight.of(person_id, SealedKind.GUARDIAN)
    births = sight.of(person_id, SealedKind.BIRTH)
    return SealedOfPerson(
        names=tuple(sight.of(person_id, SealedKind.NAME)),
        documents=tuple(sight.of(person_id, SealedKind.DOCUMENT)),
        contacts=tuple(sight.of(person_id, SealedKind.CONTACT)),
        stories=tuple(sight.of(person_id, SealedKind.NARRATIVE)),
        guardian=guardians[0] if guardians else None,
        date_of_birth=births[0]["text"] if births else None,
    )


def _offender_sealed(offender_id: UUID, sight: Sight) -> SealedOfOffender:
    return SealedOfOffender(
        names=tuple(sight.of(offender_id, SealedKind.NAME)),
        descriptions=tuple(sight.of(offender_id, SealedKind.DESCRIPTION)),
        contacts=tuple(sight.of(offender_id, SealedKind.CONTACT)),
    )


def _case_sealed(case_id: UUID, sight: Sight) -> SealedOfCase:
    def text(kind: SealedKind) -> str | None:
        found = sight.of(case_id, kind)
        return found[-1]["text"] if found else None

    reporters = sight.of(case_id, SealedKind.REPORTER)
    notes = sight.records(case_id, SealedKind.NOTE)
    return SealedOfCase(
        town=text(SealedKind.TOWN),
        place=text(SealedKind.PLACE),
        original_label=text(SealedKind.LABEL),
        reporter=reporters[-1] if reporters else None,
        narratives=tuple(content["text"] for content in sight.of(case_id, SealedKind.NARRATIVE)),
        allegation_texts=tuple(found["text"] for found in sight.of(case_id, SealedKind.ALLEGATION)) or None,
        notes=tuple(
            NoteShown(text=note.content["text"], recorded_at=note.recorded_at, author=note.author) for note in notes
        ),
    )
