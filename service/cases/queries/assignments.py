"""Cases as they are assigned: those that somebody may know of, and which of them somebody else may know of."""

from collections.abc import Sequence
from functools import cache
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.acting import Principal, Role
from service.cases.models import CaseRow
from service.cases.queries.scope import AnyOf, case_visible_to, scope_of
from service.db.database import PersonalConnection
from service.db.statements import PersonalQuery
from service.ids import read_uuid


class AssignedRecord(TypedDict):
    """A case, and to whom it is assigned.

    Attributes:
        suits: whether the one who is to have it may know of it.
    """

    id: UUID
    reference: str
    version: int
    assigned_to: UUID | None
    suits: bool


async def list_assigned(
    db: PersonalConnection, principal: Principal, to: Principal, *, held_by: UUID, limit: int
) -> Sequence[AssignedRecord]:
    """Return at most so many cases assigned to somebody, newest first, of those that the principal may know of."""
    query = _assigned(principal.role, to.role, named=False)
    return await db.rows(query, {**scope_of(query, principal), **_of(to, query), "held_by": held_by, "rows": limit})


async def find_assigned(
    db: PersonalConnection, principal: Principal, to: Principal, references: Sequence[str]
) -> dict[str, AssignedRecord]:
    """Return cases that the principal may know of, by what they were named with.

    Args:
        db: any transaction; the rows' versions protect what is written later.
        principal: in whose scope.
        to: who is to have them.
        references: ids or references in canonical form.
    """
    query = _assigned(principal.role, to.role, named=True)
    ids = [uuid for reference in references if (uuid := read_uuid(reference))]
    named = {"ids": ids, "references": [reference for reference in references if read_uuid(reference) is None]}
    rows = await db.rows(query, {**scope_of(query, principal), **_of(to, query), **named})
    return {name: row for row in rows for name in (str(row["id"]), row["reference"])}


_TO: Final = {
    "id": bindparam("to_id", type_=Uuid),
    "agency_id": bindparam("to_agency_id", type_=Uuid),
    "nationalities": bindparam("to_nationalities", type_=ARRAY(Text)),
}


def _of(to: Principal, query: PersonalQuery[AssignedRecord]) -> dict[str, object]:
    told = {"to_id": to.id, "to_agency_id": to.agency_id, "to_nationalities": sorted(to.nationalities)}
    return {name: value for name, value in told.items() if name in query.compiled.takes}


@cache
def _assigned(role: Role, to: Role, *, named: bool) -> PersonalQuery[AssignedRecord]:
    suits = case_visible_to(AnyOf(to, **_TO)).label("suits")
    query = select(CaseRow.id, CaseRow.reference, CaseRow.version, CaseRow.assigned_to, suits)
    query = query.where(case_visible_to(AnyOf(role)))
    if named:
        ids, references = bindparam("ids", type_=ARRAY(Uuid)), bindparam("references", type_=ARRAY(Text))
        query = query.where(or_(CaseRow.id == any_(ids), CaseRow.reference == any_(references)))
    else:
        query = query.where(CaseRow.assigned_to == bindparam("held_by", type_=Uuid)).order_by(CaseRow.id.desc())
        query = query.limit(bindparam("rows", type_=Integer))
    return PersonalQuery(query, AssignedRecord)
