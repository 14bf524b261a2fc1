"""Reading the audit log, which is itself put on record."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from service.audit.actions import record_shown
from service.db.database import RecordedConnection
from service.errors import Fault, InvalidError
from service.ids import NIL
from service.oversight.queries import EntryRecord, LogFilter, id_of, list_entries


async def read_log(
    db: RecordedConnection,
    wanted: LogFilter,
    *,
    subject: str | None,
    parameter: str,
    after: UUID | None,
    limit: int,
) -> Sequence[EntryRecord]:
    """Return one more entry than `limit`, newest first, and record after whom was asked.

    Args:
        db: whose reading note says who asks.
        wanted: what the log is narrowed to.
        subject: id or reference of the one record it is narrowed to.
        parameter: as which the subject was named.
        after: the last entry of the page before.
        limit: of the page.

    Raises:
        InvalidError: the subject is neither an id nor a reference.
    """
    reader_agency_id = db.note.acting.who.agency_id
    if subject is not None:
        wanted = replace(wanted, subject_id=await id_of(db, subject, reader_agency_id))
        if wanted.subject_id is None:
            words = "Give an id, or a reference such as KH22-7Q4F-0TMB: check it for typing errors"
            fault = Fault("parameter", parameter, "unknown_reference", words)
            raise InvalidError(faults=(fault,))
    rows = await list_entries(db, wanted, reader_agency_id=reader_agency_id, after=after, limit=limit)
    asked_after = (wanted.subject_id, wanted.principal_id, wanted.agency_id, wanted.request_id)
    record_shown(db, subject_ids=[id_ for id_ in asked_after if id_ not in {None, NIL}])
    return rows
