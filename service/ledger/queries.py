"""Statements over the ledger that are about all of it: under which rules it was counted, and the folding of days."""

from datetime import date, datetime
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, bindparam, func, select, text

from service.db.database import ReadConnection, WriteConnection
from service.db.statements import Query
from service.errors import DatabaseFailure
from service.ledger.models import CountedBy, RegisterId
from service.ledger.rules import FIRST_RULES


class RegisterRecord(TypedDict):
    """The id of the register."""

    id: UUID


class HeldRecord(TypedDict):
    """How many ledger entries there are, and when the audit log was last written to (UTC)."""

    entries: int
    last: datetime | None


class _RulesRecord(TypedDict):
    version: int


class _BeganRecord(TypedDict):
    at: datetime


_COUNTED_BY: Final = select(func.coalesce(func.max(CountedBy.version), FIRST_RULES).label("version"))
_RULES: Final = Query(_COUNTED_BY, _RulesRecord)
_RULES_IN_FORCE: Final = Query(
    _COUNTED_BY.where(CountedBy.counted_at <= bindparam("known_at", type_=DateTime(timezone=True))), _RulesRecord
)

_DUE_DAY: Final = text("""
SELECT (min(recorded_at) AT TIME ZONE 'UTC')::date AS day
FROM ledger_entries
WHERE recorded_at >= coalesce(
    (SELECT (max(recorded_on) + 1)::timestamp AT TIME ZONE 'UTC' FROM ledger_folds), '-infinity')
""")

_BEGAN: Final = Query(select(func.now().label("at")), _BeganRecord)

_REGISTER: Final = Query(select(RegisterId.id).limit(1), RegisterRecord)

_UNRECORDED: Final = "when the audit log was last written to says nothing of anybody"


def _held(statement: str) -> Query[HeldRecord]:
    """Return the query of what is held up to an instant."""
    found = text(statement).bindparams(bindparam("at", type_=DateTime(timezone=True)))
    return Query(found.columns(entries=BigInteger, last=DateTime(timezone=True)), HeldRecord, unrecorded=_UNRECORDED)


_HELD: Final = _held("""
SELECT (SELECT count(*) FROM ledger_entries WHERE recorded_at <= :at) AS entries,
       (SELECT recorded_at FROM audit_log ORDER BY id DESC LIMIT 1) AS last
""")
_HELD_BY_FOLDS: Final = _held("""
SELECT days.entries + (SELECT count(*) FROM ledger_entries WHERE recorded_at <= :at AND recorded_at >= days.after)
           AS entries,
       (SELECT recorded_at FROM audit_log ORDER BY id DESC LIMIT 1) AS last
FROM (
    SELECT CAST(coalesce(sum(entries), 0) AS bigint) AS entries,
           coalesce(CAST(max(recorded_on) + 1 AS timestamp) AT TIME ZONE 'UTC', '-infinity') AS after
    FROM ledger_folds WHERE recorded_on < CAST(CAST(:at AS timestamptz) AT TIME ZONE 'UTC' AS date)) days
""")

_FOLD: Final = text("SELECT folded, state FROM fold_ledger_step(CAST(:now AS timestamptz), CAST(:at_once AS integer))")


async def rules_counted_by(db: ReadConnection) -> int:
    """Return the latest version of the counting rules under which the whole register was counted."""
    row = await db.row(_RULES)
    return FIRST_RULES if row is None else row["version"]


async def rules_in_force(db: ReadConnection, known_at: datetime) -> int:
    """Return the version of the counting rules under which the whole register was counted at an instant.

    Args:
        db: any connection.
        known_at: UTC.
    """
    row = await db.row(_RULES_IN_FORCE, {"known_at": known_at})
    return FIRST_RULES if row is None else row["version"]


async def beginning_of(db: ReadConnection) -> datetime:
    """Return when a snapshot was opened, by the database's clock (UTC)."""
    row = await db.row(_BEGAN)
    if row is None:
        raise DatabaseFailure(None, None)
    return row["at"]


async def register_id(db: ReadConnection) -> UUID:
    """Return the id of the register."""
    row = await db.row(_REGISTER)
    if row is None:
        raise DatabaseFailure(None, None)
    return row["id"]


async def held_at(db: ReadConnection, at: datetime, *, by_folds: bool) -> HeldRecord:
    """Return how many entries there are up to an instant, and when the audit log was last written to.

    Args:
        db: a snapshot.
        at: UTC.
        by_folds: count the entries of folded days by what was noted when they were folded: far fewer rows.
    """
    row = await db.row(_HELD_BY_FOLDS if by_folds else _HELD, {"at": at})
    if row is None:
        raise DatabaseFailure(None, None)
    return row


async def due_day(db: ReadConnection) -> date | None:
    """Return the oldest UTC day that has entries and is not folded; None where all are folded."""
    row = await db.row(_DUE_DAY)
    day: date | None = None if row is None else row["day"]
    return day


async def fold_step(db: WriteConnection, now: datetime, at_once: int) -> tuple[date | None, str]:
    """Do the next step of folding: return the day that is folded now, and how it went on.

    Args:
        db: a transaction of its own.
        now: UTC; a later instant than the database's is not believed.
        at_once: entries, or totals of a month, that are summed in it.
    """
    row = await db.row(_FOLD, {"now": now, "at_once": at_once})
    if row is None:
        raise DatabaseFailure(None, None)
    return row["folded"], row["state"]
