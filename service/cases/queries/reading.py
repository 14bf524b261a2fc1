"""Reading cases, persons, offenders and timelines, each within the caller's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, Protocol, TypedDict
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
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from service.access.rules import Rows, row_scope_of
from service.acting import Principal, Role
from service.audit.queries import on_record, one_on_record
from service.cases.models import (
    CaseRecord,
    CaseRow,
    EventRecord,
    EventRow,
    OffenderRecord,
    OffenderRow,
    PersonRecord,
    PersonRow,
)
from service.cases.queries.files import canonical
from service.cases.queries.scope import (
    AnyOf,
    case_visible_to,
    offender_visible_to,
    person_visible_to,
    scope_of,
    visible_cases,
    visible_offenders,
    visible_persons,
)
from service.codes import WishPurpose, WishValue
from service.db.database import PersonalConnection, RecordedConnection, core
from service.db.statements import AnyRow, PersonalQuery
from service.errors import NotFoundError
from service.ids import read_uuid
from service.story.fact import Correction
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.registry import KINDS


class WholeRecord(CaseRecord, total=False):
    """A case's row with its persons and offenders, as JSON has them, and the ids of all of these."""

    persons: list[dict[str, Any]] | None
    offenders: list[dict[str, Any]] | None
    subject_ids: list[UUID]


class KnownPersonRecord(PersonRecord):
    """A person's row, and whom it shows."""

    subject_ids: list[UUID]


class KnownOffenderRecord(OffenderRecord):
    """An offender's row, and whom it shows."""

    subject_ids: list[UUID]


class NamedCaseRecord(TypedDict):
    """Which case it is."""

    id: UUID
    reference: str


class TimelineRecord(EventRecord):
    """An event's row, the event that voids it, and the reference of its subject."""

    voided_by: UUID | None
    subject: str


@dataclass(frozen=True)
class WholeCase:
    """A case with the persons and offenders in it that the principal may know of, oldest first.

    Attributes:
        persons: as JSON has them: ids and days are strings.
        offenders: the same.
        subject_ids: of the case, the persons and the offenders.
    """

    case: CaseRecord
    persons: Sequence[Mapping[str, Any]]
    offenders: Sequence[Mapping[str, Any]]
    subject_ids: Sequence[UUID]


async def get_whole_case(db: RecordedConnection, reference: str) -> WholeCase:
    """Return a case with its parts, in one query, which records the reading unless a purpose opens more.

    Args:
        db: whose reading note says who reads.
        reference: id or reference.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await _one(db, db.note.acting.who, _whole_case, reference, noted=db.note.purpose is None)
    persons, offenders = row.pop("persons") or (), row.pop("offenders") or ()
    subject_ids = row.pop("subject_ids")
    return WholeCase(row, persons, offenders, subject_ids)


async def get_person(db: RecordedConnection, reference: str) -> KnownPersonRecord:
    """Return a person; the arguments and errors are those of `get_whole_case`."""
    return await _one(db, db.note.acting.who, _person, reference, noted=db.note.purpose is None)


async def get_offender(db: RecordedConnection, reference: str) -> KnownOffenderRecord:
    """Return an offender; the arguments and errors are those of `get_whole_case`."""
    return await _one(db, db.note.acting.who, _offender, reference, noted=db.note.purpose is None)


async def get_case_reference(db: PersonalConnection, principal: Principal, reference: str) -> NamedCaseRecord:
    """Return the `id` and `reference` of a case, unrecorded. Raises NotFoundError as `get_whole_case` does."""
    return await _one(db, principal, _case, reference, noted=False)


async def is_visible(db: PersonalConnection, principal: Principal, case_id: UUID) -> bool:
    """Whether a principal may know of a case."""
    query = _case(principal.role, "id", noted=False)
    return await db.row(query, {**scope_of(query, principal), "name": case_id}) is not None


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

_By = Literal["id", "reference"]


class _MadeFor(Protocol[AnyRow]):
    """Makes a query for one record, once for a role, a way to name it, and whether it records itself."""

    def __call__(self, role: Role, by: _By, *, noted: bool) -> PersonalQuery[AnyRow]: ...


async def _one(
    db: PersonalConnection, principal: Principal, made: _MadeFor[AnyRow], reference: str, *, noted: bool
) -> AnyRow:
    name = canonical(reference)
    uuid = read_uuid(name)
    query = made(principal.role, "reference" if uuid is None else "id", noted=noted)
    row = await db.row(query, {**scope_of(query, principal), "name": uuid or name})
    if row is None:
        raise NotFoundError
    return row


def _made(query: Select[*tuple[Any, ...]], record: type[AnyRow], *, noted: bool) -> PersonalQuery[AnyRow]:
    if noted:
        query = one_on_record(query, lambda shown: shown.c.subject_ids)
    return PersonalQuery(query, record)


@cache
def _whole_case(role: Role, by: _By, *, noted: bool) -> PersonalQuery[WholeRecord]:
    persons = _parts(PersonRow, person_visible_to(AnyOf(role)), "persons_of_case")
    offenders = _parts(OffenderRow, offender_visible_to(AnyOf(role)), "offenders_of_case")
    query = (
        visible_cases(AnyOf(role))
        .add_columns(
            persons.c.shown.label("persons"),
            offenders.c.shown.label("offenders"),
            func.array_cat(_ids(CaseRow), func.array_cat(persons.c.ids, offenders.c.ids)).label("subject_ids"),
        )
        .select_from(core(CaseRow).join(persons, true()).join(offenders, true()))
        .where(_named(CaseRow, by))
    )
    return _made(query, WholeRecord, noted=noted)


@cache
def _case(role: Role, by: _By, *, noted: bool) -> PersonalQuery[NamedCaseRecord]:
    query = visible_cases(AnyOf(role)).with_only_columns(CaseRow.id, CaseRow.reference).where(_named(CaseRow, by))
    return _made(query, NamedCaseRecord, noted=noted)


@cache
def _person(role: Role, by: _By, *, noted: bool) -> PersonalQuery[KnownPersonRecord]:
    query = visible_persons(AnyOf(role)).add_columns(_ids(PersonRow)).where(_named(PersonRow, by))
    return _made(query, KnownPersonRecord, noted=noted)


@cache
def _offender(role: Role, by: _By, *, noted: bool) -> PersonalQuery[KnownOffenderRecord]:
    query = visible_offenders(AnyOf(role)).add_columns(_ids(OffenderRow)).where(_named(OffenderRow, by))
    return _made(query, KnownOffenderRecord, noted=noted)


def _ids(table: type[CaseRow | PersonRow | OffenderRow]) -> ColumnElement[Any]:
    return array([table.id]).label("subject_ids")


def _named(table: type[CaseRow | PersonRow | OffenderRow], by: _By) -> ColumnElement[bool]:
    column: ColumnElement[Any] = table.__table__.c[by]
    return column == bindparam("name")


def _parts(table: type[PersonRow | OffenderRow], visible: ColumnElement[bool], name: str) -> LateralFromClause:
    rows = func.json_agg(aggregate_order_by(core(table).table_valued(), table.seq))
    ids = func.array_agg(aggregate_order_by(table.id, table.seq))
    parts = select(rows.label("shown"), ids.label("ids")).where(table.case_id == CaseRow.id, visible)
    return parts.lateral(name)


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
        about_own = and_(EventRow.subject_id.in_(persons), _told_to_a_state(AnyOf(role)))
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


def _told_to_a_state(anybody: AnyOf) -> ColumnElement[bool]:
    """What of a person is told to the state; that something was voided, only where that was told."""
    target = aliased(EventRow)
    of_told = (
        select(target.id)
        .where(target.case_id == _CASE_ID, _says_something(target, anybody))
        .where(cast(target.id, Text) == EventRow.fact["event_id"].astext)
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
