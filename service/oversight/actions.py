"""Reading the audit log, which is itself put on record."""

from collections.abc import Sequence
from uuid import UUID

from service.audit.actions import Author, record
from service.audit.rules import AuditAction
from service.db.database import Record, WriteConnection
from service.oversight.queries import LogFilter, list_entries


async def read_log(
    db: WriteConnection, author: Author, wanted: LogFilter, *, after: UUID | None, limit: int
) -> Sequence[Record]:
    """Answer one more entry than `limit`, newest first, and record after whom was asked."""
    rows = await list_entries(db, wanted, after=after, limit=limit)
    asked_after = (wanted.subject_id, wanted.principal_id, wanted.agency_id, wanted.request_id)
    record(db, author, AuditAction.AUDIT_READ, subject_ids=[id_ for id_ in asked_after if id_ is not None])
    return rows
