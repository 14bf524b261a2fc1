"""Looking things up in the audit log. Ids lead with their instant, so the order of ids is the order of recording.

Of cases and of whoever is in them nothing is read here but which id a reference stands for (ADR 0023).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, column, func, select, table, union_all
from sqlalchemy.orm import InstrumentedAttribute

from service.access.models import Agency, ServiceKey, User
from service.audit.models import AuditEntry
from service.days import PHNOM_PENH
from service.db.database import ReadConnection, Record
from service.ids import (
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


NOBODY: Final = UUID(int=0)
"""The id of no record: it was never seen."""

_NAMED: Final = union_all(
    *(
        select(column("id", Uuid)).select_from(table(name)).where(column("reference", Text) == bindparam("name"))
        for name in ("cases", "persons", "offenders", "operations")
    )
)


async def id_of(db: ReadConnection, subject: str) -> UUID | None:
    """Answer the id of a record that is named by its id or reference; None where it can be neither.

    Returns:
        `NOBODY` for a reference that nothing has.
    """
    uuid = read_uuid(subject)
    name = read_part_reference(subject) or read_case_reference(subject) or read_operation_reference(subject)
    if uuid is not None or name is None:
        return uuid
    row = await db.row(_NAMED, {"name": name})
    return row["id"] if row else NOBODY


async def list_entries(db: ReadConnection, wanted: LogFilter, *, after: UUID | None, limit: int) -> Sequence[Record]:
    """Answer one more entry than `limit`, newest first, with the present names of who acted, and for whom."""
    query = select(AuditEntry, *_NAMES).where(*_conditions(wanted))
    if after is not None:
        query = query.where(AuditEntry.id < after)
    return await db.rows(query.order_by(AuditEntry.id.desc()).limit(limit + 1))


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


def _conditions(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.first is not None:
        yield AuditEntry.id >= first_id_at(datetime.combine(wanted.first, time.min, PHNOM_PENH))
    if wanted.last is not None:
        yield AuditEntry.id <= last_id_at(datetime.combine(wanted.last, time.max, PHNOM_PENH))
    for asked, value in (
        (AuditEntry.principal_id, wanted.principal_id),
        (AuditEntry.agency_id, wanted.agency_id),
        (AuditEntry.request_id, wanted.request_id),
    ):
        if value is not None:
            yield asked == value
    if wanted.roles:
        yield AuditEntry.role.in_(wanted.roles)
    if wanted.actions:
        yield AuditEntry.action.in_(wanted.actions)
    if wanted.subject_id is not None:
        yield AuditEntry.subject_ids.contains([wanted.subject_id])
