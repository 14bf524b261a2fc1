"""Writing entries, and folding settled days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from service.db.database import ReadConnection, WriteConnection
from service.ids import new_inner_id
from service.ledger.models import LedgerEntry
from service.ledger.queries import due_day, fold_day, lock_folding
from service.ledger.rules import Entry

SETTLING: Final = timedelta(seconds=30)
"""A moment is settled once every write that could still carry it has ended: three times the longest write."""


@dataclass(frozen=True)
class Unfolded:
    """What is not folded yet.

    Attributes:
        since: the beginning of the oldest UTC day with such entries.
        lag: for how long that day could have been folded; zero where it is not settled.
    """

    since: datetime
    lag: timedelta


def write_entries(db: WriteConnection, case_id: UUID, entries: Iterable[Entry], *, now: datetime) -> None:
    """Stage a case's entries, recorded at the instant of the events that cause them (UTC)."""
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
    """Fold the oldest settled UTC day that is not folded yet, unless another transaction is folding.

    The answer of every figure is the same before and after: totals and tail are read in one snapshot. The database
    itself keeps entries out of a day that is being folded or is folded.

    Args:
        db: a transaction of its own.
        now: UTC.

    Returns:
        The day folded, or None.
    """
    day = await due_day(db) if await lock_folding(db) else None
    if day is None or day >= (now - SETTLING).date():
        return None
    return day if await fold_day(db, day, now) else None


async def unfolded(db: ReadConnection, *, now: datetime) -> Unfolded | None:
    """Return what is not folded yet; None where everything is.

    Args:
        db: any connection.
        now: UTC.
    """
    day = await due_day(db)
    if day is None:
        return None
    since = datetime.combine(day, time(), UTC)
    return Unfolded(since, max(now - SETTLING - since - timedelta(days=1), timedelta()))
