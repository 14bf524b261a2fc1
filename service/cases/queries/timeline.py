"""The timeline of a case: its events and notes, oldest first, and what of them a liaison is told."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import InstrumentedAttribute, aliased

from service.access.models import User
from service.access.rules import Rows, row_scope_of
from service.acting import Role
from service.audit.queries import on_record
from service.cases.models import CaseRow, EventRecord, EventRow, OffenderRow, PersonRow
from service.cases.queries.embargoes import said_of_embargoed
from service.cases.queries.scope import AnyOf, case_visible_to, person_visible_to, scope_of
from service.codes import WishPurpose, WishValue
from service.days import PHNOM_PENH
from service.db.database import RecordedConnection, core
from service.db.statements import PersonalQuery
from service.ids import NIL
from service.people.models import SealedRecord
from service.people.rules import SealedKind
from service.story.fact import Correction
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.registry import KINDS
from service.story.moment import Precision
from service.story.nationality import CAMBODIA


class TimelineRecord(EventRecord):
    """An event's row, the event that voids it, and the reference of its subject; or a note in their form.

    Of an event `author` is None, and of a note everything that only events have.
    """

    voided_by: UUID | None
    subject: str
    author: str | None
    is_note: bool


async def list_timeline(
    db: RecordedConnection, case_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[TimelineRecord]:
    """Return one more event or note than `limit` of a visible case, oldest first, each with its subject's reference.

    Whoever sees the whole case sees all of it, also what was voided, but for operations under embargo. A liaison sees
    what is about its own persons and, of the whole case, only that it was received and what was found since they joined
    it; of nationalities, its own states'; nothing of an event that says nothing to it; and its own agency's notes. No
    note is opened here. The page is put on record unless a purpose opens more.
    """
    principal, noted = db.note.acting.who, db.note.purpose is None
    query = _timeline(principal.role, going_on=after is not None, noted=noted)
    values = {**scope_of(query, principal), "case_id": case_id, "rows": limit + 1}
    if "now" in query.compiled.takes:
        values["now"] = db.note.acting.now
    if noted:
        values["page"] = limit
    return await db.rows(query, values if after is None else {**values, "after": after})


_CASE_ID: Final = bindparam("case_id", type_=Uuid)
_ROWS: Final = bindparam("rows", type_=Integer)
_PAGE: Final = bindparam("page", type_=Integer)
_AFTER: Final = bindparam("after", type_=Uuid)

NOTE: Final = SealedKind.NOTE.value
"""Stands in the place of a kind of event."""

_IS_NOTE: Final = (SealedRecord.kind == NOTE, SealedRecord.retired_at.is_(None))

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
def _timeline(role: Role, *, going_on: bool, noted: bool) -> PersonalQuery[TimelineRecord]:
    """Return the query for a page: so many events, so many notes, and of both together the first."""
    both = union_all(_events(role, going_on=going_on), _notes(role, going_on=going_on)).subquery()
    in_order = (both.c.recorded_at, both.c.is_note, both.c.seq, both.c.id)
    page = select(both).order_by(*in_order).limit(_ROWS)
    if not noted:
        return PersonalQuery(page, TimelineRecord)
    recorded = on_record(page, _told_of)
    shown = recorded.selected_columns
    ordered = recorded.order_by(shown.recorded_at, shown.is_note, shown.seq, shown.id)
    return PersonalQuery(ordered, TimelineRecord)


def _events(role: Role, *, going_on: bool) -> Select[*tuple[Any, ...]]:
    of_visible_case = select(CaseRow.id).where(CaseRow.id == _CASE_ID, case_visible_to(AnyOf(role)))
    visible = EventRow.case_id == of_visible_case.scalar_subquery()
    if not row_scope_of(role).whole_cases:
        persons = select(PersonRow.id).where(PersonRow.case_id == _CASE_ID, person_visible_to(AnyOf(role)))
        about_own = and_(EventRow.subject_id.in_(persons), told_to_a_state(AnyOf(role)))
        visible = and_(visible, or_(_told_of_the_case(persons), about_own))
    else:
        visible = and_(visible, *_told_of_the_whole(role))
    later = aliased(EventRow)
    voiding = (
        select(later.id)
        .where(later.case_id == _CASE_ID, later.kind == Kind.VOIDED.value)
        .where(later.fact["event_id"].astext == cast(EventRow.id, Text))
        .limit(1)
        .scalar_subquery()
    )
    query = select(
        EventRow,
        voiding.label("voided_by"),
        _reference_of_subject().label("subject"),
        cast(null(), Text).label("author"),
        false().label("is_note"),
    ).where(visible)
    if going_on:
        last = select(EventRow.seq).where(EventRow.case_id == _CASE_ID, EventRow.id == _AFTER)
        up_to_note = select(func.max(EventRow.seq)).where(
            EventRow.case_id == _CASE_ID, EventRow.recorded_at <= _noted(SealedRecord.recorded_at)
        )
        query = query.where(EventRow.seq > func.coalesce(last.scalar_subquery(), up_to_note.scalar_subquery(), 0))
    return query.order_by(EventRow.seq).limit(_ROWS)


def _told_of_the_whole(role: Role) -> Iterator[ColumnElement[bool]]:
    """The conditions for what whoever sees the whole case is told."""
    if row_scope_of(role).offenders is Rows.NONE:
        yield EventRow.subject_kind != SubjectKind.OFFENDER.value
    embargoed = said_of_embargoed(AnyOf(role))
    if embargoed is not None:
        yield not_(embargoed)


def _notes(role: Role, *, going_on: bool) -> Select[*tuple[Any, ...]]:
    """Return the query for notes in the form of events, by when they were recorded; closed."""
    case = select(CaseRow).where(CaseRow.id == _CASE_ID, case_visible_to(AnyOf(role))).subquery()
    author = select(User.username).where(User.id == SealedRecord.recorded_by).scalar_subquery()
    as_event: dict[str, ColumnElement[Any]] = {
        "seq": literal(0, Integer),
        "kind": literal(NOTE, Text),
        "subject_kind": literal(SubjectKind.CASE.value, Text),
        "occurred_on": cast(func.timezone(PHNOM_PENH.key, SealedRecord.recorded_at), Date),
        "occurred_precision": literal(Precision.DAY.value, Text),
        "fact": cast(literal("{}", Text), JSONB),
        "operation_id": cast(null(), Uuid),
        "group_id": cast(null(), Uuid),
    }
    columns = [
        as_event[column.name].label(column.name) if column.name in as_event else SealedRecord.__table__.c[column.name]
        for column in core(EventRow).columns
    ]
    query = (
        select(
            *columns,
            cast(null(), Uuid).label("voided_by"),
            case.c.reference.label("subject"),
            author.label("author"),
            true().label("is_note"),
        )
        .select_from(core(SealedRecord).join(case, case.c.id == SealedRecord.case_id))
        .where(SealedRecord.case_id == _CASE_ID, SealedRecord.subject_id == _CASE_ID, *_IS_NOTE)
    )
    if not row_scope_of(role).whole_cases:
        query = query.where(SealedRecord.agency_id == AnyOf(role).agency_id)
    if going_on:
        event = select(EventRow.recorded_at).where(EventRow.case_id == _CASE_ID, EventRow.id == _AFTER)
        since = func.coalesce(_noted(SealedRecord.recorded_at), event.scalar_subquery())
        last = tuple_(since, func.coalesce(_noted(SealedRecord.id), literal(NIL, Uuid)))
        query = query.where(tuple_(SealedRecord.recorded_at, SealedRecord.id) > last)
    return query.order_by(SealedRecord.recorded_at, SealedRecord.id).limit(_ROWS)


def _noted(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a column of the note at which the page before ended; nothing where that was an event."""
    note = aliased(SealedRecord)
    return select(getattr(note, column.key)).where(note.case_id == _CASE_ID, note.id == _AFTER).scalar_subquery()


def _told_of(shown: CTE) -> ColumnElement[Any]:
    """The case, and everybody whom an event of the page is about."""
    in_order = (shown.c.recorded_at, shown.c.is_note, shown.c.seq, shown.c.id)
    page = select(shown.c.subject_id).order_by(*in_order).limit(_PAGE).subquery()
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
        or_(event.kind != Kind.RETURN_STEP.value, not_(_of_another_state(event, anybody))),
        or_(event.kind != Kind.WISH_STATED.value, not_(kept)),
    )


def _of_another_state(event: type[EventRow], anybody: AnyOf) -> ColumnElement[bool]:
    """Whether a task on the way home is that of another state that may know of the person (ADR 59)."""
    country = event.fact["country"].astext
    person = aliased(PersonRow)
    theirs = (
        select(person.id)
        .where(person.case_id == event.case_id, person.id == event.subject_id, country == any_(person.shown_to))
        .correlate(event)
        .exists()
    )
    return and_(theirs, country != all_(anybody.nationalities), country != CAMBODIA)
