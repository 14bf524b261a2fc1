"""Statements over the ledger that are about all of it: under which rules it was counted, and the folding of days."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, func, select, text

from service.db.database import ReadConnection, WriteConnection
from service.ledger.models import CountedBy
from service.ledger.rules import FIRST_RULES

_RULES: Final = select(func.coalesce(func.max(CountedBy.version), FIRST_RULES).label("version"))
_RULES_IN_FORCE: Final = _RULES.where(CountedBy.counted_at <= bindparam("known_at"))

_DUE_DAY: Final = text("""
SELECT (min(recorded_at) AT TIME ZONE 'UTC')::date AS day
FROM ledger_entries
WHERE recorded_at >= coalesce(
    (SELECT (max(recorded_on) + 1)::timestamp AT TIME ZONE 'UTC' FROM ledger_folds), '-infinity')
""")

_FOLD: Final = text("SELECT fold_ledger_day(CAST(:day AS date), CAST(:now AS timestamptz)) AS entries")

_ONE_AT_A_TIME: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('safe-return ledger fold', 0)) AS mine")


async def rules_counted_by(db: ReadConnection) -> int:
    """Return the latest version of the counting rules under which the whole register was counted."""
    row = await db.row(_RULES)
    return FIRST_RULES if row is None else int(row["version"])


async def rules_in_force(db: ReadConnection, known_at: datetime) -> int:
    """Return the version of the counting rules under which the whole register was counted at an instant.

    Args:
        db: any connection.
        known_at: UTC.
    """
    row = await db.row(_RULES_IN_FORCE, {"known_at": known_at})
    return FIRST_RULES if row is None else int(row["version"])


async def lock_folding(db: WriteConnection) -> bool:
    """Whether this transaction may fold; false while another one folds."""
    rows = await db.change(_ONE_AT_A_TIME)
    return bool(rows[0]["mine"])


async def due_day(db: ReadConnection) -> date | None:
    """Return the oldest UTC day that has entries and is not folded; None where all are folded."""
    row = await db.row(_DUE_DAY)
    day: date | None = None if row is None else row["day"]
    return day


async def fold_day(db: WriteConnection, day: date, now: datetime) -> bool:
    """Fold a UTC day into totals. Whether it was folded: false where it was folded before.

    Args:
        db: a transaction of its own.
        day: settled.
        now: UTC.
    """
    row = await db.row(_FOLD, {"day": day, "now": now})
    return row is not None and row["entries"] is not None
