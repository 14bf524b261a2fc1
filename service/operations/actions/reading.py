"""Reading operations and what they did: each reading is recorded on the connection that reads."""

from collections.abc import Sequence
from uuid import UUID

from service.access.rules import Rows, row_scope_of
from service.audit.actions import record_shown
from service.cases.actions.reading import unsealed
from service.cases.schemas.sight import Unsealed
from service.db.database import RecordedConnection
from service.operations import queries
from service.operations.models import KnownOperationRecord
from service.operations.queries import Counted, OperationFilter
from service.people.queries import Wanted, open_records
from service.people.rules import SealedKind
from service.sealing import KeyRing


async def read_operation(
    db: RecordedConnection, keys: KeyRing, reference: str
) -> tuple[KnownOperationRecord, Sequence[Unsealed] | None]:
    """Read an operation; with a purpose, what is sealed of it too.

    Raises:
        NotFoundError: absent or out of scope.
    """
    acting = db.note.acting
    row = await queries.get_operation(db, acting.who, reference, now=acting.now)
    opened = await _open(db, keys, row["id"])
    record_shown(db, subject_ids=[row["id"]], fields={one.kind.value for one in opened or ()})
    return row, opened


async def list_operations(
    db: RecordedConnection, wanted: OperationFilter, *, after: UUID | None, limit: int
) -> Sequence[KnownOperationRecord]:
    """List operations, newest first, one more than the limit."""
    acting = db.note.acting
    rows = await queries.list_operations(db, acting.who, wanted, now=acting.now, after=after, limit=limit)
    record_shown(db, subject_ids=[row["id"] for row in rows[:limit]])
    return rows


async def read_results(db: RecordedConnection, reference: str) -> tuple[KnownOperationRecord, Counted]:
    """Count what an operation did for the people the reader may know of.

    Raises:
        NotFoundError: absent or out of scope.
    """
    acting = db.note.acting
    row = await queries.get_operation(db, acting.who, reference, now=acting.now)
    counted = await queries.count_results(db, acting.who, row["id"])
    record_shown(db, subject_ids=[row["id"], *counted.case_ids])
    return row, counted


async def _open(db: RecordedConnection, keys: KeyRing, operation_id: UUID) -> Sequence[Unsealed] | None:
    if db.note.purpose is None:
        return None
    who = db.note.acting.who
    kinds = (SealedKind.PLACE, SealedKind.GROUNDS, SealedKind.NOTE)
    notes_of = None if row_scope_of(who.role).operations is Rows.ALL else who.agency_id
    wanted = Wanted([(operation_id, operation_id)], kinds, notes_of=notes_of)
    return unsealed(await open_records(db, keys, wanted))
