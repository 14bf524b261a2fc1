"""Reading cases, persons, offenders and timelines, each within the caller's scope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from service.access.rules import Principal, Role
from service.cases.models import CaseRow, EventRow, OffenderRow, PersonRow
from service.cases.queries.files import canonical
from service.cases.queries.scope import (
    AnyOf,
    offender_visible_to,
    person_visible_to,
    scope_of,
    visible_cases,
    visible_offenders,
    visible_persons,
)
from service.cases.rules.facts import Kind, SubjectKind
from service.db.database import ReadConnection, Record, core
from service.db.writing import from_json
from service.errors import NotFoundError
from service.ids import read_uuid


@dataclass(frozen=True)
class WholeCase:
    """A case with the persons and offenders in it that the principal may know of, oldest first."""

    case: Record
    persons: Sequence[Record]
    offenders: Sequence[Record]


async def get_whole_case(db: ReadConnection, principal: Principal, reference: str) -> WholeCase:
    """Answer a case with its parts, in one query.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await _one(db, principal, _whole_case, reference)
    persons = [from_json(PersonRow, part) for part in row.pop("persons") or ()]
    offenders = [from_json(OffenderRow, part) for part in row.pop("offenders") or ()]
    return WholeCase(row, persons, offenders)


async def get_person(db: ReadConnection, principal: Principal, reference: str) -> Record:
    """Answer a person.

    Raises:
        NotFoundError: absent or out of scope.
    """
    return await _one(db, principal, _person, reference)


async def get_offender(db: ReadConnection, principal: Principal, reference: str) -> Record:
    """Answer an offender.

    Raises:
        NotFoundError: absent or out of scope.
    """
    return await _one(db, principal, _offender, reference)


async def list_events(
    db: ReadConnection, principal: Principal, case_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Record]:
    """Answer one more event than `limit` of a visible case, oldest first.

    Whoever sees the whole case sees all of it, also what was taken back. A liaison sees what is about its own persons
    and, of the whole case, only that it was received and what was found; of nationalities, its own states'.
    """
    values = {**scope_of(principal), "case_id": case_id, "rows": limit + 1}
    if after is not None:
        values["after"] = after
    return await db.rows(_timeline(principal.role, going_on=after is not None), values)


async def references_of(db: ReadConnection, case_id: UUID) -> dict[UUID, str]:
    """Answer the references of everybody who is or was in a case, by id. Read after the events that name them."""
    return {row["id"]: row["reference"] for row in await db.rows(_REFERENCES, {"case_id": case_id})}


_CASE_ID: Final = bindparam("case_id", type_=Uuid)
_ROWS: Final = bindparam("rows", type_=Integer)

_REFERENCES: Final = (
    select(PersonRow.id, PersonRow.reference)
    .where(PersonRow.case_id == _CASE_ID)
    .union_all(select(OffenderRow.id, OffenderRow.reference).where(OffenderRow.case_id == _CASE_ID))
)

_By = Literal["id", "reference"]


async def _one(
    db: ReadConnection, principal: Principal, query: Callable[[Role, _By], Select[Any]], reference: str
) -> Record:
    name = canonical(reference)
    uuid = read_uuid(name)
    made = query(principal.role, "reference" if uuid is None else "id")
    row = await db.row(made, {**scope_of(principal), "name": uuid or name})
    if row is None:
        raise NotFoundError
    return row


@cache
def _whole_case(role: Role, by: _By) -> Select[Any]:
    persons = _parts_as_json(PersonRow, person_visible_to(AnyOf(role)))
    offenders = _parts_as_json(OffenderRow, offender_visible_to(AnyOf(role)))
    whole = visible_cases(AnyOf(role)).add_columns(persons.label("persons"), offenders.label("offenders"))
    return whole.where(_named(CaseRow, by))


@cache
def _person(role: Role, by: _By) -> Select[Any]:
    return visible_persons(AnyOf(role)).where(_named(PersonRow, by))


@cache
def _offender(role: Role, by: _By) -> Select[Any]:
    return visible_offenders(AnyOf(role)).where(_named(OffenderRow, by))


def _named(table: type[CaseRow | PersonRow | OffenderRow], by: _By) -> ColumnElement[bool]:
    column: ColumnElement[Any] = table.__table__.c[by]
    return column == bindparam("name")


def _parts_as_json(table: type[PersonRow | OffenderRow], visible: ColumnElement[bool]) -> ScalarSelect[Any]:
    pairs = [side for column in core(table).columns for side in (column.name, column)]
    rows = func.json_agg(aggregate_order_by(func.json_build_object(*pairs), table.seq))
    return select(rows).where(table.case_id == CaseRow.id, visible).scalar_subquery()


@cache
def _timeline(role: Role, *, going_on: bool) -> Select[*tuple[Any, ...]]:
    visible = EventRow.case_id == _CASE_ID
    if role is Role.LIAISON:
        persons = select(PersonRow.id).where(PersonRow.case_id == _CASE_ID, person_visible_to(AnyOf(role)))
        of_case = or_(EventRow.kind == Kind.RECEIVED.value, EventRow.kind == Kind.FINDING_MADE.value)
        about_case = and_(EventRow.subject_kind == SubjectKind.CASE.value, of_case)
        about_own = and_(EventRow.subject_id.in_(persons), _told_to_a_state(AnyOf(role)))
        visible = and_(visible, or_(about_case, about_own))
    later = aliased(EventRow)
    taken_back = (
        select(later.id)
        .where(later.case_id == _CASE_ID, later.kind == Kind.VOIDED.value)
        .where(later.fact["event_id"].astext == cast(EventRow.id, Text))
        .limit(1)
        .scalar_subquery()
    )
    query = select(EventRow, taken_back.label("voided_by")).where(visible)
    if going_on:
        last = select(EventRow.seq).where(EventRow.case_id == _CASE_ID, EventRow.id == bindparam("after"))
        query = query.where(EventRow.seq > last.scalar_subquery())
    return query.order_by(EventRow.seq).limit(_ROWS)


def _told_to_a_state(anybody: AnyOf) -> ColumnElement[bool]:
    """What is said of another state's nationality is not this state's to know, nor that it was taken back."""
    asserted = EventRow.kind == Kind.NATIONALITY_ASSERTED.value
    target = aliased(EventRow)
    of_another = (
        select(target.id)
        .where(target.case_id == _CASE_ID, target.kind == Kind.NATIONALITY_ASSERTED.value)
        .where(cast(target.id, Text) == EventRow.fact["event_id"].astext)
        .where(target.fact["nationality"].astext != all_(anybody.nationalities))
        .exists()
    )
    own = EventRow.fact["nationality"].astext == any_(anybody.nationalities)
    return and_(or_(not_(asserted), own), or_(EventRow.kind != Kind.VOIDED.value, not_(of_another)))
