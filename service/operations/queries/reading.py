"""Looking operations up, each within the caller's scope, and counting in the logs what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final, Literal, TypedDict
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from service.access.rules import Rows, row_scope_of
from service.acting import Principal, Role
from service.cases.models import CaseRow, EventRow, PersonRow
from service.cases.queries.scope import NOTHING, AnyOf, case_visible_to, person_visible_to, scope_of
from service.codes import LocatingResult
from service.db.database import PersonalConnection
from service.db.lists import LISTS_KEPT, Narrowing, narrowed
from service.db.statements import PersonalQuery
from service.errors import NotFoundError
from service.ids import read_case_reference, read_operation_reference, read_uuid
from service.operations.models import KnownOperationRecord, OperationRow
from service.operations.rules.outcomes import Said
from service.story.kinds.names import Kind


@dataclass(frozen=True)
class OperationFilter:
    """What a list of operations is narrowed to. Values of one field are alternatives; fields add up.

    Attributes:
        case: id or reference of a case for which they were made, or in which they did something.
    """

    kind: Sequence[str] = ()
    province: Sequence[str] = ()
    first: date | None = None
    last: date | None = None
    case: str | None = None


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


class TouchedRecord(TypedDict):
    """A case in which an operation did something, and for how many people."""

    id: UUID
    reference: str
    people: int


class SaidRecord(TypedDict):
    """Something that an operation's events say, and of how many people."""

    kind: str
    result: str | None
    papers_missing: bool
    people: int


def operation_visible_to(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for operations that a principal may know of.

    A liaison knows its own agency's. Until an embargo has passed, only the officers and liaisons of the agency that
    carries it out and supervisors know of an operation.
    """
    own = OperationRow.agency_id == anybody.agency_id
    now = bindparam("now", type_=DateTime(timezone=True))
    told = or_(OperationRow.embargo_until.is_(None), OperationRow.embargo_until <= now)
    known: dict[Rows, ColumnElement[bool]] = {
        Rows.ALL: true(),
        Rows.OWN_AGENCY: own,
        Rows.NO_EMBARGO: told,
        Rows.OWN_AGENCY_OR_NO_EMBARGO: or_(own, told),
    }
    return known.get(row_scope_of(anybody.role).operations, NOTHING)


async def get_operation(
    db: PersonalConnection, principal: Principal, reference: str, *, now: datetime
) -> KnownOperationRecord:
    """Return an operation.

    Raises:
        NotFoundError: absent or out of scope.
    """
    uuid, name = read_uuid(reference), read_operation_reference(reference)
    if uuid is None and name is None:
        raise NotFoundError
    query = _operation(principal.role, "reference" if uuid is None else "id")
    row = await db.row(query, {**_scope(query, principal, now), "name": uuid or name})
    if row is None:
        raise NotFoundError
    return row


async def list_operations(
    db: PersonalConnection,
    principal: Principal,
    wanted: OperationFilter,
    *,
    now: datetime,
    after: UUID | None,
    limit: int,
) -> Sequence[KnownOperationRecord]:
    """Return one more operation than `limit`, newest first."""
    page = Narrowing.of(vars(wanted), after=after, limit=limit)
    query = _list(principal.role, page.by)
    values = {**_scope(query, principal, now), **page.values}
    if wanted.case is not None:
        values |= {"case": read_case_reference(wanted.case), "case_id": read_uuid(wanted.case)}
    return await db.rows(query, values)


async def count_results(db: PersonalConnection, principal: Principal, operation_id: UUID) -> Counted:
    """Count what an operation did for the people the principal may know of; what was voided does not count."""
    touched, said = _touched(principal.role), _said(principal.role)
    cases = await db.rows(touched, {**scope_of(touched, principal), "operation_id": operation_id})
    rows = await db.rows(said, {**scope_of(said, principal), "operation_id": operation_id})
    return Counted(
        cases=[(row["reference"], row["people"]) for row in cases],
        case_ids=[row["id"] for row in cases],
        said=[(_said_of(row), row["people"]) for row in rows],
    )


def _scope(query: PersonalQuery[KnownOperationRecord], principal: Principal, now: datetime) -> dict[str, Any]:
    scope = scope_of(query, principal)
    return {**scope, "now": now} if "now" in query.compiled.takes else scope


@cache
def _operation(role: Role, by: Literal["id", "reference"]) -> PersonalQuery[KnownOperationRecord]:
    named = OperationRow.__table__.c[by] == bindparam("name")
    return PersonalQuery(_visible(role).where(named), KnownOperationRecord)


def _visible(role: Role) -> Select[Any]:
    of_case = select(CaseRow.reference).where(CaseRow.id == OperationRow.case_id, case_visible_to(AnyOf(role)))
    case = of_case.correlate(OperationRow).scalar_subquery().label("case")
    return select(OperationRow, case).where(operation_visible_to(AnyOf(role)))


_NARROWED: Final[Mapping[str, ColumnElement[bool]]] = {
    "kind": OperationRow.kind == any_(bindparam("kind", type_=ARRAY(Text))),
    "province": OperationRow.province == any_(bindparam("province", type_=ARRAY(Text))),
    "first": OperationRow.started_on >= bindparam("first", type_=Date),
    "last": OperationRow.started_on <= bindparam("last", type_=Date),
    "after": OperationRow.id < bindparam("after", type_=Uuid),
}


@lru_cache(LISTS_KEPT)
def _list(role: Role, narrowed_by: frozenset[str]) -> PersonalQuery[KnownOperationRecord]:
    conditions = {**_NARROWED, "case": _of_case(role)}
    return PersonalQuery(narrowed(_visible(role), conditions, narrowed_by), KnownOperationRecord)


def _of_case(role: Role) -> ColumnElement[bool]:
    """The condition for operations of one case that the principal may know of: made for it, or at work in it."""
    named = or_(CaseRow.reference == bindparam("case", type_=Text), CaseRow.id == bindparam("case_id", type_=Uuid))
    case = select(CaseRow.id).where(named, case_visible_to(AnyOf(role))).scalar_subquery()
    made_for = aliased(OperationRow)
    found: CompoundSelect[Any] = union_all(
        select(made_for.id).where(made_for.case_id == case),
        select(EventRow.operation_id).where(
            EventRow.case_id == case,
            EventRow.operation_id.is_not(None),
            EventRow.kind != Kind.OPERATION_MADE.value,  # the row says for which case it was made
        ),
    )
    return OperationRow.id.in_(found)


@cache
def _touched(role: Role) -> PersonalQuery[TouchedRecord]:
    reported = _reported(role).subquery()
    people = func.count(reported.c.subject_id.distinct()).label("people")
    by_case = select(CaseRow.id, CaseRow.reference, people).join(CaseRow, CaseRow.id == reported.c.case_id)
    return PersonalQuery(by_case.group_by(CaseRow.id, CaseRow.reference).order_by(CaseRow.reference), TouchedRecord)


@cache
def _said(role: Role) -> PersonalQuery[SaidRecord]:
    reported = _reported(role).subquery()
    people = func.count(reported.c.subject_id.distinct()).label("people")
    said = (reported.c.kind, reported.c.result, reported.c.papers_missing)
    return PersonalQuery(select(*said, people).group_by(*said), SaidRecord)


def _reported(role: Role) -> Select[Any]:
    later = aliased(EventRow)
    voiding = and_(
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
        .where(EventRow.operation_id == bindparam("operation_id", type_=Uuid), person_visible_to(AnyOf(role)))
        .where(~select(later.id).where(voiding).exists())
    )


def _said_of(row: SaidRecord) -> Said:
    result = None if row["result"] is None else LocatingResult(row["result"])
    return Said(Kind(row["kind"]), result, row["papers_missing"])
