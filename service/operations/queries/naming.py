"""Operations whose case has a log that does not say yet that they were made for it, or still does of another."""

from datetime import datetime
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, Uuid, bindparam, or_, select, text

from service.audit.queries import WHOLE_SINCE
from service.db.database import ReadConnection, WriteConnection
from service.db.statements import Change, Query
from service.ids import NIL
from service.operations.models import OperationRecord, OperationRow

_ON_RECORD: Final = """
({operation}.recorded_at < {whole_since} OR {operation}.case_id IS NOT DISTINCT FROM (
    SELECT (array_agg(
        CASE WHEN a.reason IS NULL OR cardinality(a.subject_ids) > 2 THEN a.subject_ids[2] END
        ORDER BY a.recorded_at DESC, a.id DESC))[1]
    FROM audit_log a
    WHERE a.action IN ('operation:recorded', 'operation:changed') AND a.subject_ids @> ARRAY[{operation}.id]
      AND a.subject_ids[1] = {operation}.id AND cardinality(a.subject_ids) > 1))
"""


def on_record(operation: str) -> str:
    """Return the condition, in SQL, that an operation's case is the last that was named on record.

    The audit log names the operation, then the case it is made for, then the case it leaves; with a reason in the last
    case. What is not on record is left to `safe-return check`.

    Args:
        operation: the name of the table in the query.
    """
    return _ON_RECORD.format(operation=operation, whole_since=WHOLE_SINCE)


class _IdRecord(TypedDict):
    id: UUID


def _due(*columns: Any) -> Select[Any]:
    told: tuple[ColumnElement[bool], ...] = (
        OperationRow.logged_case_id.is_distinct_from(OperationRow.case_id),
        or_(
            OperationRow.embargo_until.is_(None),
            OperationRow.embargo_until <= bindparam("now", type_=DateTime(timezone=True)),
        ),
    )
    return select(*columns).where(*told, text(on_record("operations"))).order_by(OperationRow.id)


_HAS: Final = Query(
    _due(OperationRow.id).limit(1), _IdRecord, unrecorded="whether there is work; nothing is shown of an operation"
)
_LOCK_NEXT: Final = Change(
    _due(OperationRow)
    .where(OperationRow.id > bindparam("after", type_=Uuid))
    .limit(1)
    .with_for_update(of=OperationRow, skip_locked=True),
    OperationRecord,
)


async def has_to_log(db: ReadConnection, *, now: datetime) -> bool:
    """Whether a log has something to say of an operation that may be known.

    Args:
        db: any connection.
        now: UTC; an embargo that lasts longer is one that still keeps it from being known.
    """
    return await db.row(_HAS, {"now": now}) is not None


async def lock_next_to_log(db: WriteConnection, *, now: datetime, after: UUID | None) -> OperationRecord | None:
    """Return the next such operation, by its id, locked until the end of the transaction; None where there is none.

    What somebody else has locked is passed over: it is being corrected, or done.
    """
    found = await db.change(_LOCK_NEXT, {"now": now, "after": after or NIL})
    return found[0] if found else None
