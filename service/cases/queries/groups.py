"""Events that were recorded as one group, each with the person it is about."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, bindparam, cast, select
from sqlalchemy.orm import aliased

from service.acting import Principal, Role
from service.cases.models import EventRow, PersonRow
from service.cases.queries.scope import AnyOf, person_visible_to, scope_of
from service.db.database import PersonalConnection
from service.db.statements import PersonalQuery
from service.story.kinds.names import Kind


class GroupedRecord(TypedDict):
    """An event of a group, and where its person stands now."""

    event_id: UUID
    kind: str
    occurred_on: date
    occurred_precision: str
    recorded_at: datetime
    recorded_by: UUID
    fact: dict[str, Any]
    person_id: UUID
    person: str
    status: str
    voided_by: UUID | None


async def list_group(db: PersonalConnection, principal: Principal, group_id: UUID) -> Sequence[GroupedRecord]:
    """Return a group's events about persons that a principal may know of, by the persons' references."""
    query = _group(principal.role)
    return await db.rows(query, {**scope_of(query, principal), "group_id": group_id})


@cache
def _group(role: Role) -> PersonalQuery[GroupedRecord]:
    later = aliased(EventRow)
    voiding = (
        select(later.id)
        .where(later.case_id == EventRow.case_id, later.kind == Kind.VOIDED.value)
        .where(later.fact["event_id"].astext == cast(EventRow.id, Text))
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            EventRow.id.label("event_id"),
            EventRow.kind,
            EventRow.occurred_on,
            EventRow.occurred_precision,
            EventRow.recorded_at,
            EventRow.recorded_by,
            EventRow.fact,
            PersonRow.id.label("person_id"),
            PersonRow.reference.label("person"),
            PersonRow.status,
            voiding.label("voided_by"),
        )
        .join(PersonRow, and_(PersonRow.case_id == EventRow.case_id, PersonRow.id == EventRow.subject_id))
        .where(EventRow.group_id == bindparam("group_id", type_=Uuid), person_visible_to(AnyOf(role)))
        .order_by(PersonRow.reference)
    )
    return PersonalQuery(query, GroupedRecord)
