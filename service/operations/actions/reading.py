"""Reading operations and what they did: each reading is recorded in the transaction that reads."""

from collections.abc import Sequence
from uuid import UUID

from service.acting import Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.reading import Reader
from service.cases.schemas.sight import Unsealed
from service.db.database import Record, WriteConnection
from service.operations import queries
from service.operations.queries import Counted, OperationFilter
from service.people.queries import open_records
from service.people.rules import SealedKind


async def read_operation(
    db: WriteConnection, reader: Reader, reference: str
) -> tuple[Record, Sequence[Unsealed] | None]:
    """Read an operation; with a purpose, what is sealed of it too.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await queries.get_operation(db, reader.acting.who, reference, now=reader.acting.now)
    opened = await _open(db, reader, row["id"])
    fields = {one.kind.value for one in opened or ()}
    reason = reader.purpose.value if reader.purpose else None
    record(db, reader.acting, AuditAction.OPERATION_READ, subject_ids=[row["id"]], fields=fields, reason=reason)
    return row, opened


async def list_operations(
    db: WriteConnection, reader: Reader, wanted: OperationFilter, *, after: UUID | None, limit: int
) -> Sequence[Record]:
    """List operations, newest first, one more than the limit."""
    now = reader.acting.now
    rows = await queries.list_operations(db, reader.acting.who, wanted, now=now, after=after, limit=limit)
    shown = [row["id"] for row in rows[:limit]]
    record(db, reader.acting, AuditAction.OPERATIONS_LISTED, subject_ids=shown)
    return rows


async def read_results(db: WriteConnection, reader: Reader, reference: str) -> tuple[Record, Counted]:
    """Count what an operation did for the people the reader may know of.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await queries.get_operation(db, reader.acting.who, reference, now=reader.acting.now)
    counted = await queries.count_results(db, reader.acting.who, row["id"])
    record(db, reader.acting, AuditAction.OPERATION_READ, subject_ids=[row["id"], *counted.case_ids])
    return row, counted


async def _open(db: WriteConnection, reader: Reader, operation_id: UUID) -> Sequence[Unsealed] | None:
    if reader.purpose is None:
        return None
    kinds = (SealedKind.PLACE, SealedKind.GROUNDS, SealedKind.NOTE)
    notes_of = None if reader.acting.who.role is Role.SUPERVISOR else reader.acting.who.agency_id
    opened = await open_records(db, reader.keys, [(operation_id, operation_id)], kinds, notes_of=notes_of)
    return [Unsealed(one.subject_id, one.kind, one.content, one.recorded_at) for one in opened]
