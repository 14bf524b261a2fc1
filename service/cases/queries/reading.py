"""Reading cases, persons, offenders and timelines, each within the caller's scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Protocol, TypedDict
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.sql.selectable import LateralFromClause

from service.acting import Principal, Role
from service.audit.queries import one_on_record
from service.cases.models import (
    CaseRecord,
    CaseRow,
    OffenderRecord,
    OffenderRow,
    PersonRecord,
    PersonRow,
)
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
from service.db.database import PersonalConnection, RecordedConnection, core
from service.db.statements import AnyRow, PersonalQuery
from service.errors import NotFoundError
from service.ids import read_uuid


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
