"""Writing entries, and folding settled days."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text

from service.db.database import WriteConnection
from service.ids import new_inner_id
from service.ledger.models import LedgerEntry
from service.ledger.rules import Entry

SETTLING: Final = timedelta(seconds=30)
"""A moment is settled once every write that could still carry it has ended: three times the longest write."""

_FOLD: Final = "SELECT fold_ledger_day(CAST(:day AS date), CAST(:now AS timestamptz)) AS entries"

_DUE_DAY: Final = """
SELECT (min(recorded_at) AT TIME ZONE 'UTC')::date AS day
FROM ledger_entries
WHERE recorded_at >= coalesce(
    (SELECT (max(recorded_on) + 1)::timestamp AT TIME ZONE 'UTC' FROM ledger_folds), '-infinity')
"""

_ONE_AT_A_TIME: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended('safe-return ledger fold', 0)) AS mine"


def write_entries(db: WriteConnection, case_id: UUID, entries: Iterable[Entry], *, now: datetime) -> None:
    """Stage a case's entries, recorded at the instant of the events that cause them."""
    rows = [
        {
            "case_id": case_id,
            "id": new_inner_id(now),
            "recorded_at": now,
            "subject_id": entry.subject_id,
            **entry.cell._asdict(),
            "measure": entry.cell.measure.value,
            "delta": entry.delta,
        }
        for entry in entries
    ]
    db.insert(LedgerEntry, *rows)


async def fold_next_day(db: WriteConnection, *, now: datetime) -> date | None:
    """Fold the oldest settled day that is not folded yet, if there is one and nobody else is folding.

    The answer of every figure is the same before and after: totals and tail are read in one snapshot. The database
    itself keeps entries out of a day that is being folded or is folded.

    Args:
        db: a transaction of its own.
        now: UTC.

    Returns:
        The day folded, or None.
    """
    mine = await db.change(text(_ONE_AT_A_TIME))
    found = await db.row(text(_DUE_DAY)) if mine[0]["mine"] else None
    day: date | None = found["day"] if found else None
    if day is None or day >= (now - SETTLING).date():
        return None
    folded = await db.row(text(_FOLD), {"day": day, "now": now})
    return day if folded and folded["entries"] is not None else None
