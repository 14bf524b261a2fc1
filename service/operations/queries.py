"""Looking operations up, each within the caller's scope, and counting in the logs what they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, func, or_, select, true
from sqlalchemy.orm import aliased

from service.acting import Principal, Role
from service.cases.models import CaseRow, EventRow, PersonRow
from service.cases.queries.scope import person_visible_to
from service.codes import LocatingResult
from service.db.database import ReadConnection, Record
from service.errors import NotFoundError
from service.ids import read_operation_reference, read_uuid
from service.operations.models import OperationRow
from service.operations.rules.outcomes import Said
from service.story.kinds.names import Kind


@dataclass(frozen=True)
class OperationFilter:
    """What a list of operations is narrowed to. Values of one field are alternatives; fields add up."""

    kind: Sequence[str] = ()
    province: Sequence[str] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Counted:
    """What stands in the logs of an operation, as far as the principal may know of the people.

    Attributes:
        cases: reference and number of people of each case it touched.
        case_ids: of the same cases.
        said: of how many people each thing was said.
    """

    cases: Sequence[tuple[str, int]]
    case_ids: Sequence[UUID]
    said: Sequence[tuple[Said, int]]


def operation_visible_to(principal: Principal, now: datetime) -> ColumnElement[bool]:
    """Answer which operations a principal may know of at an instant; a role not named knows of none.

    A liaison knows its own agency's. Until an embargo has passed, only the officers and liaisons of the agency that
    carries it out and supervisors know of an operation.
    """
    own = OperationRow.agency_id == principal.agency_id
    told = or_(OperationRow.embargo_until.is_(None), OperationRow.embargo_until <= now)
    known: dict[Role, ColumnElement[bool]] = {
        Role.SUPERVISOR: true(),
        Role.VERIFIER: told,
        Role.OFFICER: or_(own, told),
        Role.LIAISON: own,
    }
    return known.get(principal.role, false())


async def get_operation(db: ReadConnection, principal: Principal, reference: str, *, now: datetime) -> Record:
    """Answer an operation.

    Raises:
        NotFoundError: absent or out of scope.
    """
    uuid, name = read_uuid(reference), read_operation_reference(reference)
    if uuid is None and name is None:
        raise NotFoundError
    named = OperationRow.id == uuid if uuid else OperationRow.reference == name
    row = await db.row(select(OperationRow).where(named, operation_visible_to(principal, now)))
    if row is None:
        raise NotFoundError
    return row


async def list_operations(
    db: ReadConnection, principal: Principal, wanted: OperationFilter, *, now: datetime, after: UUID | None, limit: int
) -> Sequence[Record]:
    """Answer one more operation than `limit`, newest first."""
    query = select(OperationRow).where(operation_visible_to(principal, now))
    if wanted.kind:
        query = query.where(OperationRow.kind.in_(wanted.kind))
    if wanted.province:
        query = query.where(OperationRow.province.in_(wanted.province))
    if wanted.first is not None:
        query = query.where(OperationRow.started_on >= wanted.first)
    if wanted.last is not None:
        query = query.where(OperationRow.started_on <= wanted.last)
    if after is not None:
        query = query.where(OperationRow.id < after)
    return await db.rows(query.order_by(OperationRow.id.desc()).limit(limit + 1))


async def count_results(db: ReadConnection, principal: Principal, operation_id: UUID) -> Counted:
    """Count what an operation did for the people the principal may know of; what was taken back does not count."""
    reported = _reported(principal, operation_id).subquery()
    person = func.count(reported.c.subject_id.distinct()).label("people")
    said = (reported.c.kind, reported.c.result, reported.c.papers_missing)
    by_case = select(CaseRow.id, CaseRow.reference, person).join(CaseRow, CaseRow.id == reported.c.case_id)
    cases = await db.rows(by_case.group_by(CaseRow.id, CaseRow.reference).order_by(CaseRow.reference))
    rows = await db.rows(select(*said, person).group_by(*said))
    return Counted(
        cases=[(row["reference"], row["people"]) for row in cases],
        case_ids=[row["id"] for row in cases],
        said=[(_said(row), row["people"]) for row in rows],
    )


def _reported(principal: Principal, operation_id: UUID) -> Select[Any]:
    later = aliased(EventRow)
    taken_back = and_(
        later.case_id == EventRow.case_id,
        later.kind == Kind.VOIDED.value,
        later.fact["event_id"].astext == cast(EventRow.id, Text),
    )
    met = and_(PersonRow.case_id == EventRow.case_id, PersonRow.id == EventRow.subject_id)
    return (
        select(
            EventRow.case_id,
            EventRow.subject_id,
            EventRow.kind,
            EventRow.fact["result"].astext.label("result"),
            (EventRow.fact.has_key("missing")).label("papers_missing"),  # what is at its default is left out of a fact
        )
        .join(PersonRow, met)
        .where(EventRow.operation_id == operation_id, person_visible_to(principal))
        .where(~select(later.id).where(taken_back).exists())
    )


def _said(row: Record) -> Said:
    result = None if row["result"] is None else LocatingResult(row["result"])
    return Said(Kind(row["kind"]), result, row["papers_missing"])
