"""The timeline of a case: its events, oldest first, and what of them a liaison is told."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from service.access.rules import Rows, row_scope_of
from service.acting import Role
from service.audit.queries import on_record
from service.cases.models import CaseRow, EventRecord, EventRow, OffenderRow, PersonRow
from service.cases.queries.scope import AnyOf, case_visible_to, person_visible_to, scope_of
from service.codes import WishPurpose, WishValue
from service.db.database import RecordedConnection
from service.db.statements import PersonalQuery
from service.story.fact import Correction
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.registry import KINDS


class TimelineRecord(EventRecord):
    """An event's row, the event that voids it, and the reference of its subject."""

    voided_by: UUID | None
    subject: str


async def list_events(
    db: RecordedConnection, case_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[TimelineRecord]:
    """Return one more event than `limit` of a visible case, oldest first, each with its subject's reference.

    Whoever sees the whole case sees all of it, also what was voided. A liaison sees what is about its own persons
    and, of the whole case, only that it was received and what was found since they joined it; of nationalities, its
    own states'; nothing of an event that says nothing to it.
    """
    principal = db.note.acting.who
    query = _timeline(principal.role, going_on=after is not None)
    values = {**scope_of(query, principal), "case_id": case_id, "rows": limit + 1, "page": limit}
    return await db.rows(query, values if after is None else {**values, "after": after})


_CASE_ID: Final = bindparam("case_id", type_=Uuid)
_ROWS: Final = bindparam("rows", type_=Integer)
_PAGE: Final = bindparam("page", type_=Integer)

_TOLD_OF_A_CASE: Final = sorted(
    kind.name.value
    for kind in KINDS.values()
    if kind.told_to_liaison is not None and kind.name is not Kind.VOIDED and SubjectKind.CASE in kind.about
)
"""What is told of a case as a whole to whoever sees only its own persons of it."""

_TOLD_OF_A_PERSON: Final = sorted(
    kind.name.value for kind in KINDS.values() if kind.told_to_liaison is not None and SubjectKind.PERSON in kind.about
)
"""What is told of such a person."""

_TOLD_OF_CORRECTIONS: Final = [
    (kind.name.value, sorted(kind.told_to_liaison))
    for kind in KINDS.values()
    if kind.told_to_liaison is not None and issubclass(kind.fact, Correction)
]
"""Kinds that say only what they name, each with what of that is told."""


@cache
def _timeline(role: Role, *, going_on: bool) -> PersonalQuery[TimelineRecord]:
    of_visible_case = select(CaseRow.id).where(CaseRow.id == _CASE_ID, case_visible_to(AnyOf(role)))
    visible = EventRow.case_id == of_visible_case.scalar_subquery()
    if not row_scope_of(role).whole_cases:
        persons = select(PersonRow.id).where(PersonRow.case_id == _CASE_ID, person_visible_to(AnyOf(role)))
        about_own = and_(EventRow.subject_id.in_(persons), told_to_a_state(AnyOf(role)))
        visible = and_(visible, or_(_told_of_the_case(persons), about_own))
    elif row_scope_of(role).offenders is Rows.NONE:
        visible = and_(visible, EventRow.subject_kind != SubjectKind.OFFENDER.value)
    later = aliased(EventRow)
    voiding = (
        select(later.id)
        .where(later.case_id == _CASE_ID, later.kind == Kind.VOIDED.value)
        .where(later.fact["event_id"].astext == cast(EventRow.id, Text))
        .limit(1)
        .scalar_subquery()
    )
    query = select(EventRow, voiding.label("voided_by"), _reference_of_subject().label("subject")).where(visible)
    if going_on:
        last = select(EventRow.seq).where(EventRow.case_id == _CASE_ID, EventRow.id == bindparam("after"))
        query = query.where(EventRow.seq > last.scalar_subquery())
    recorded = on_record(query.order_by(EventRow.seq).limit(_ROWS), _told_of)
    return PersonalQuery(recorded.order_by(recorded.selected_columns.seq), TimelineRecord)


def _told_of(shown: CTE) -> ColumnElement[Any]:
    """The case, and everybody whom an event of the page is about."""
    page = select(shown.c.subject_id).order_by(shown.c.seq).limit(_PAGE).subquery()
    others = select(page.c.subject_id).where(page.c.subject_id != _CASE_ID).distinct()
    return func.array_prepend(_CASE_ID, func.array(others.scalar_subquery()))


def _reference_of_subject() -> ColumnElement[Any]:
    """The reference of the case or of whoever is or was in it."""
    parts = [
        select(table.reference)
        .where(table.case_id == _CASE_ID, table.id == EventRow.subject_id)
        .correlate(EventRow)
        .scalar_subquery()
        for table in (PersonRow, OffenderRow)
    ]
    case = select(CaseRow.reference).where(CaseRow.id == EventRow.subject_id).correlate(EventRow).scalar_subquery()
    return func.coalesce(*parts, case)


def _told_of_the_case(persons: Select[UUID]) -> ColumnElement[bool]:
    """What is told of the case as a whole; a finding only to whoever has a person that was in the case by then."""
    joined = aliased(EventRow)
    before = (
        select(joined.id)
        .where(joined.case_id == _CASE_ID, joined.kind == Kind.ADDED.value, joined.subject_id.in_(persons))
        .where(joined.seq < EventRow.seq)
        .exists()
    )
    told = or_(*(EventRow.kind == kind for kind in _TOLD_OF_A_CASE))
    theirs = or_(EventRow.kind != Kind.FINDING_MADE.value, before)
    return and_(EventRow.subject_kind == SubjectKind.CASE.value, told, theirs)


def told_to_a_state(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for events of a person that its state is told; of voids, those of what it was told."""
    target = aliased(EventRow)
    of_told = (
        select(target.id)
        .where(target.case_id == EventRow.case_id, target.id == cast(EventRow.fact["event_id"].astext, Uuid))
        .where(_says_something(target, anybody))
        .correlate(EventRow)
        .exists()
    )
    return and_(_says_something(EventRow, anybody), or_(EventRow.kind != Kind.VOIDED.value, of_told))


def _says_something(event: type[EventRow], anybody: AnyOf) -> ColumnElement[bool]:
    """Whether an event says anything to a state: what says nothing is absent, or it would tell that something was."""
    told = or_(*(event.kind == kind for kind in _TOLD_OF_A_PERSON))
    corrects = (or_(event.kind != kind, event.fact.has_any(array(names))) for kind, names in _TOLD_OF_CORRECTIONS)
    own = event.fact["nationality"].astext == any_(anybody.nationalities)
    kept = and_(
        event.fact["purpose"].astext == WishPurpose.INFORM_EMBASSY.value,
        event.fact["value"].astext != WishValue.YES.value,
    )
    return and_(
        told,
        *corrects,
        or_(event.kind != Kind.NATIONALITY_ASSERTED.value, own),
        or_(event.kind != Kind.WISH_STATED.value, not_(kept)),
    )
