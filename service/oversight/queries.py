"""Looking things up in the audit log. Ids lead with their instant, so the order of ids is the order of recording."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, select

from service.audit.models import AuditEntry
from service.clock import PHNOM_PENH
from service.db.database import ReadConnection, Record
from service.ids import first_id_at, last_id_at


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


async def list_entries(db: ReadConnection, wanted: LogFilter, *, after: UUID | None, limit: int) -> Sequence[Record]:
    """Answer one more entry than `limit`, newest first."""
    query = select(AuditEntry).where(*_conditions(wanted))
    if after is not None:
        query = query.where(AuditEntry.id < after)
    return await db.rows(query.order_by(AuditEntry.id.desc()).limit(limit + 1))


def _conditions(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.first is not None:
        yield AuditEntry.id >= first_id_at(datetime.combine(wanted.first, time.min, PHNOM_PENH))
    if wanted.last is not None:
        yield AuditEntry.id <= last_id_at(datetime.combine(wanted.last, time.max, PHNOM_PENH))
    for column, value in (
        (AuditEntry.principal_id, wanted.principal_id),
        (AuditEntry.agency_id, wanted.agency_id),
        (AuditEntry.request_id, wanted.request_id),
    ):
        if value is not None:
            yield column == value
    if wanted.roles:
        yield AuditEntry.role.in_(wanted.roles)
    if wanted.actions:
        yield AuditEntry.action.in_(wanted.actions)
    if wanted.subject_id is not None:
        yield AuditEntry.subject_ids.contains([wanted.subject_id])
