"""Reading cases, persons, offenders and timelines, each list and record within the caller's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, Text, and_, cast, false, func, not_, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from service.access.rules import Principal, Role
from service.cases.models import CaseRow, EventRow, OffenderRow, PersonRow
from service.cases.queries.files import canonical
from service.cases.queries.scope import (
    offender_visible_to,
    person_visible_to,
    visible_cases,
    visible_offenders,
    visible_persons,
)
from service.cases.rules.facts import Kind, SubjectKind
from service.codes import CaseStatus, PersonStatus
from service.db.database import ReadConnection, Record, core
from service.db.writing import from_json
from service.errors import NotFoundError
from service.ids import read_uuid


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases is narrowed to. Values of one field are alternatives; fields add up."""

    status: Sequence[str] = ()
    nationality: Sequence[str] = ()
    province: Sequence[str] = ()
    channel: Sequence[str] = ()
    kind: Sequence[str] = ()
    urgency: Sequence[str] = ()
    received_from: date | None = None
    received_to: date | None = None
    assigned_to: UUID | None = None
    incomplete: bool | None = None

    @property
    def about_the_whole(self) -> bool:
        """Whether it narrows by something that is said of the whole case."""
        return self.assigned_to is not None or self.incomplete is not None


@dataclass(frozen=True)
class PersonFilter:
    """What a list of persons is narrowed to."""

    status: Sequence[str] = ()
    nationality: Sequence[str] = ()
    awaiting_return: bool | None = None
    in_custody: bool | None = None


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
    query = visible_cases(principal).add_columns(
        _parts_as_json(PersonRow, person_visible_to(principal)).label("persons"),
        _parts_as_json(OffenderRow, offender_visible_to(principal)).label("offenders"),
    )
    row = await _one(db, query, CaseRow, reference)
    persons = [from_json(PersonRow, part) for part in row.pop("persons") or ()]
    offenders = [from_json(OffenderRow, part) for part in row.pop("offenders") or ()]
    return WholeCase(row, persons, offenders)


async def get_person(db: ReadConnection, principal: Principal, reference: str) -> Record:
    """Answer a person.

    Raises:
        NotFoundError: absent or out of scope.
    """
    return await _one(db, visible_persons(principal), PersonRow, reference)


async def get_offender(db: ReadConnection, principal: Principal, reference: str) -> Record:
    """Answer an offender.

    Raises:
        NotFoundError: absent or out of scope.
    """
    return await _one(db, visible_offenders(principal), OffenderRow, reference)


async def list_cases(
    db: ReadConnection, principal: Principal, wanted: CaseFilter, *, after: UUID | None, limit: int
) -> Sequence[Record]:
    """Answer one more case than `limit`, newest first."""
    query = visible_cases(principal).where(*_case_conditions(principal, wanted))
    if after is not None:
        query = query.where(CaseRow.id < after)
    return await db.rows(query.order_by(CaseRow.id.desc()).limit(limit + 1))


async def list_persons(
    db: ReadConnection, principal: Principal, wanted: PersonFilter, *, after: UUID | None, limit: int
) -> Sequence[Record]:
    """Answer one more person than `limit`, newest first."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.status:
        conditions.append(PersonRow.status.in_(wanted.status))
    if wanted.nationality:
        conditions.append(PersonRow.nationality.in_(wanted.nationality))
    if wanted.awaiting_return is not None:
        conditions.append(PersonRow.awaiting_return.is_(wanted.awaiting_return))
    if wanted.in_custody is not None:
        conditions.append(PersonRow.in_custody.is_(wanted.in_custody))
    query = visible_persons(principal).where(*conditions)
    if after is not None:
        query = query.where(PersonRow.id < after)
    return await db.rows(query.order_by(PersonRow.id.desc()).limit(limit + 1))


async def list_events(
    db: ReadConnection, principal: Principal, case_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Record]:
    """Answer one more event than `limit` of a visible case, oldest first.

    Whoever sees the whole case sees all of it, also what was taken back. A liaison sees what is about its own persons
    and, of the whole case, only that it was received and what was found; of nationalities, its own states'.
    """
    visible = EventRow.case_id == case_id
    if principal.role is Role.LIAISON:
        persons = select(PersonRow.id).where(PersonRow.case_id == case_id, person_visible_to(principal))
        of_case = EventRow.kind.in_([Kind.RECEIVED.value, Kind.FINDING_MADE.value])
        about_case = and_(EventRow.subject_kind == SubjectKind.CASE.value, of_case)
        about_own = and_(EventRow.subject_id.in_(persons), _told_to_a_state(principal))
        visible = and_(visible, or_(about_case, about_own))
    later = aliased(EventRow)
    taken_back = (
        select(later.id)
        .where(later.case_id == case_id, later.kind == Kind.VOIDED.value)
        .where(later.fact["event_id"].astext == cast(EventRow.id, Text))
        .limit(1)
        .scalar_subquery()
    )
    query = select(EventRow, taken_back.label("voided_by")).where(visible)
    if after is not None:
        place = select(EventRow.seq).where(EventRow.case_id == case_id, EventRow.id == after).scalar_subquery()
        query = query.where(EventRow.seq > place)
    return await db.rows(query.order_by(EventRow.seq).limit(limit + 1))


def _told_to_a_state(principal: Principal) -> ColumnElement[bool]:
    """What is said of another state's nationality is not this state's to know."""
    asserted = EventRow.kind == Kind.NATIONALITY_ASSERTED.value
    return or_(not_(asserted), EventRow.fact["nationality"].astext.in_(sorted(principal.nationalities)))


async def references_of(db: ReadConnection, case_id: UUID) -> dict[UUID, str]:
    """Answer the references of everybody who is or was in a case, by id. Read after the events that name them."""
    persons = select(PersonRow.id, PersonRow.reference).where(PersonRow.case_id == case_id)
    offenders = select(OffenderRow.id, OffenderRow.reference).where(OffenderRow.case_id == case_id)
    return {row["id"]: row["reference"] for row in await db.rows(persons.union_all(offenders))}


async def _one(
    db: ReadConnection, visible: Select[Any], table: type[CaseRow | PersonRow | OffenderRow], reference: str
) -> Record:
    name = canonical(reference)
    uuid = read_uuid(name)
    row = await db.row(visible.where(table.id == uuid if uuid else table.reference == name))
    if row is None:
        raise NotFoundError
    return row


def _parts_as_json(table: type[PersonRow | OffenderRow], visible: ColumnElement[bool]) -> ScalarSelect[Any]:
    pairs = [side for column in core(table).columns for side in (column.name, column)]
    rows = func.json_agg(aggregate_order_by(func.json_build_object(*pairs), table.seq))
    return select(rows).where(table.case_id == CaseRow.id, visible).scalar_subquery()


def _case_conditions(principal: Principal, wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        column.in_(values)
        for column, values in (
            (CaseRow.province, wanted.province),
            (CaseRow.channel, wanted.channel),
            (CaseRow.kind, wanted.kind),
            (CaseRow.urgency, wanted.urgency),
        )
        if values
    ]
    if wanted.received_from is not None:
        conditions.append(CaseRow.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        conditions.append(CaseRow.received_on <= wanted.received_to)
    if wanted.assigned_to is not None:
        conditions.append(CaseRow.assigned_to == wanted.assigned_to)
    if wanted.incomplete is not None:
        conditions.append(CaseRow.completeness < 100 if wanted.incomplete else CaseRow.completeness == 100)
    if wanted.status:
        conditions.append(_status_condition(principal, wanted.status))
    if wanted.nationality:
        conditions.append(_nationality_condition(principal, wanted.nationality))
    return conditions


def _status_condition(principal: Principal, statuses: Sequence[str]) -> ColumnElement[bool]:
    """A liaison filters by what it can see: the statuses of its own persons."""
    if principal.role is not Role.LIAISON:
        return CaseRow.status.in_(statuses)
    known = [status for status in statuses if status in set(PersonStatus)]
    if CaseStatus.CLOSED.value in statuses:
        known = [*known, PersonStatus.ENDED.value]
    own = select(PersonRow.case_id).where(person_visible_to(principal), PersonRow.status.in_(known))
    return CaseRow.id.in_(own)


def _nationality_condition(principal: Principal, nationalities: Sequence[str]) -> ColumnElement[bool]:
    if principal.role is not Role.LIAISON:
        return and_(CaseRow.nationalities.overlap(list(nationalities)))
    served = sorted(principal.nationalities & set(nationalities))
    return and_(CaseRow.disclosed_to.overlap(served)) if served else false()
