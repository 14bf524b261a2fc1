"""Looking things up in the audit log. Ids lead with their instant, so the order of ids is the order of recording.

Of cases and of whoever is in them nothing is read here but which id a reference stands for (ADR 0023).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, Uuid, any_, bindparam, column, func, select, table, union_all
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import InstrumentedAttribute

from service.access.models import Agency, ServiceKey, User
from service.audit.models import AuditEntry, AuditRecord
from service.days import PHNOM_PENH
from service.db.database import PersonalConnection
from service.db.lists import LISTS_KEPT, Narrowing, narrowed
from service.db.statements import PersonalQuery
from service.ids import (
    NIL,
    first_id_at,
    last_id_at,
    read_case_reference,
    read_operation_reference,
    read_part_reference,
    read_uuid,
)


@dataclass(frozen=True)
class LogFilter:
    """What the log is narrowed to. Values of one field are alternatives; fields add up.

    Attributes:
        first: first calendar day in Asia/Phnom_Penh.
        last: last calendar day in Asia/Phnom_Penh, included.
        principal_id: who did it.
        agency_id: for which agency.
        roles: in which role.
        actions: what was done.
        request_id: in which request.
        subject_id: to whom, or who was shown.
    """

    first: date | None = None
    last: date | None = None
    principal_id: UUID | None = None
    agency_id: UUID | None = None
    roles: Sequence[str] = ()
    actions: Sequence[str] = ()
    request_id: UUID | None = None
    subject_id: UUID | None = None


class EntryRecord(AuditRecord):
    """An entry of the log with the present names of who acted, and for whom."""

    principal: str | None
    agency: str | None


class _IdRecord(TypedDict):
    id: UUID


_NAMED: Final = PersonalQuery(
    union_all(
        *(
            select(column("id", Uuid)).select_from(table(name)).where(column("reference", Text) == bindparam("name"))
            for name in ("cases", "persons", "offenders", "operations")
        )
    ),
    _IdRecord,
)


async def id_of(db: PersonalConnection, subject: str) -> UUID | None:
    """Return the id of a record that is named by its id or reference; None where it can be neither.

    Returns:
        `NIL` for a reference that nothing has.
    """
    uuid = read_uuid(subject)
    name = read_part_reference(subject) or read_case_reference(subject) or read_operation_reference(subject)
    if uuid is not None or name is None:
        return uuid
    row = await db.row(_NAMED, {"name": name})
    return row["id"] if row else NIL


async def list_entries(
    db: PersonalConnection, wanted: LogFilter, *, after: UUID | None, limit: int
) -> Sequence[EntryRecord]:
    """Return one more entry than `limit`, newest first, with the present names of who acted, and for whom."""
    page = Narrowing.of(_filters(wanted), after=after, limit=limit)
    return await db.rows(_list(page.by), page.values)


@lru_cache(LISTS_KEPT)
def _list(narrowed_by: frozenset[str]) -> PersonalQuery[EntryRecord]:
    return PersonalQuery(narrowed(select(AuditEntry, *_NAMES), _NARROWED, narrowed_by), EntryRecord)


def _name(
    of: InstrumentedAttribute[str], by: InstrumentedAttribute[UUID], entry: InstrumentedAttribute[UUID | None]
) -> ColumnElement[Any]:
    return select(of).where(by == entry).correlate(AuditEntry).scalar_subquery()


_NAMES: Final = (
    func.coalesce(
        _name(User.username, User.id, AuditEntry.principal_id),
        _name(ServiceKey.name, ServiceKey.id, AuditEntry.principal_id),
    ).label("principal"),
    _name(Agency.name, Agency.id, AuditEntry.agency_id).label("agency"),
)


_NARROWED: Final[Mapping[str, ColumnElement[bool]]] = {
    "first": AuditEntry.id >= bindparam("first", type_=Uuid),
    "last": AuditEntry.id <= bindparam("last", type_=Uuid),
    "since": AuditEntry.recorded_at >= bindparam("since", type_=DateTime(timezone=True)),
    "until": AuditEntry.recorded_at <= bindparam("until", type_=DateTime(timezone=True)),
    "principal_id": AuditEntry.principal_id == bindparam("principal_id", type_=Uuid),
    "agency_id": AuditEntry.agency_id == bindparam("agency_id", type_=Uuid),
    "request_id": AuditEntry.request_id == bindparam("request_id", type_=Uuid),
    "roles": AuditEntry.role == any_(bindparam("roles", type_=ARRAY(Text))),
    "actions": AuditEntry.action == any_(bindparam("actions", type_=ARRAY(Text))),
    "subject_id": AuditEntry.subject_ids.contains(array([bindparam("subject_id", type_=Uuid)])),
    "after": AuditEntry.id < bindparam("after", type_=Uuid),
}


def _filters(wanted: LogFilter) -> dict[str, Any]:
    """Return what the log is narrowed to, days as their instants, and as the ids of these: the parts and the order."""
    since = None if wanted.first is None else datetime.combine(wanted.first, time.min, PHNOM_PENH)
    until = None if wanted.last is None else datetime.combine(wanted.last, time.max, PHNOM_PENH)
    return {
        **vars(wanted),
        "first": None if since is None else first_id_at(since),
        "last": None if until is None else last_id_at(until),
        "since": since,
        "until": until,
    }
