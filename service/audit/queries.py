"""The audit log in queries: a reading that records itself in the same statement, acts to be counted, and months."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from service.audit.models import AuditEntry, AuditMonth, AuditRecord, MonthRecord
from service.audit.rules import AuditAction, first_instant, month_after
from service.db.database import PersonalConnection, ReadConnection, UnrecordedConnection, WriteConnection, core
from service.db.statements import PersonalQuery, Query
from service.ids import NIL, first_id_at

_GIVEN: Final[Mapping[str, ColumnElement[Any]]] = {
    column.name: bindparam(f"note_{column.name}", type_=column.type)
    for column in core(AuditEntry).columns
    if column.name not in {"subject_ids", "fields"}
}
_NO_FIELDS: Final[ColumnElement[Any]] = array([], type_=Text)

WHOLE_SINCE: Final = (
    "(SELECT coalesce((max(month) + interval '1 month 1 minute') AT TIME ZONE 'UTC', '-infinity') "
    "FROM audit_months WHERE detached_at IS NOT NULL)"
)
"""From when on the log is whole, in SQL: since the last month that was detached; a minute, for clocks differ."""

AT_ONCE: Final = 5_000
"""Entries that are read at once when a month is exported."""


class _InstantRecord(TypedDict):
    recorded_at: datetime


_LAST: Final = PersonalQuery(
    select(AuditEntry.recorded_at)
    .where(AuditEntry.action == bindparam("action", type_=Text))
    .order_by(AuditEntry.id.desc())
    .limit(1),
    _InstantRecord,
)

Noted = Callable[[CTE], ColumnElement[Any]]
"""From what is shown to something that is put on record about it."""


def note_values(act: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an audit row, but for whom and what is shown, as parameters of `on_record`."""
    return {f"note_{name}": value for name, value in act.items()}


def named(_: CTE) -> ColumnElement[Any]:
    """Return the ids that whoever asks knows already, as the parameter `shown_ids`."""
    return bindparam("shown_ids", type_=ARRAY(Uuid))


def no_fields(_: CTE) -> ColumnElement[Any]:
    """Return no names: nothing sealed is shown."""
    return _NO_FIELDS


def different(column: str) -> Noted:
    """Return the different values of a column of text in what is shown."""
    return lambda shown: func.coalesce(select(func.array_agg(shown.c[column].distinct())).scalar_subquery(), _NO_FIELDS)


def first_ids(limit: ColumnElement[Any]) -> Noted:
    """Return the ids of so many rows of a list that is read one beyond its page, newest first."""

    def ids(shown: CTE) -> ColumnElement[Any]:
        page = select(shown.c.id).order_by(shown.c.id.desc()).limit(limit)
        return func.array(page.scalar_subquery())

    return ids


def on_record(
    query: Select[*tuple[Any, ...]], subject_ids: Noted, *, fields: Noted = no_fields
) -> Select[*tuple[Any, ...]]:
    """Return a query for a list that records its own reading, whatever it finds; in no order.

    Args:
        query: what is shown.
        subject_ids: who is shown.
        fields: names of the sealed fields that are.
    """
    shown = query.cte("shown")
    return select(shown).add_cte(_noted(subject_ids(shown), fields(shown), None))


def one_on_record(query: Select[*tuple[Any, ...]], subject_ids: Noted) -> Select[*tuple[Any, ...]]:
    """Return a query for one record that records its own reading, where it finds it."""
    shown = query.cte("shown")
    return select(shown).add_cte(_noted(subject_ids(shown), _NO_FIELDS, shown))


def nth_latest(action: AuditAction) -> Select[datetime]:
    """Return the query for when a principal did something for the nth last time; no row where less often.

    `nth_values` has its parameters.
    """
    return (
        select(AuditEntry.recorded_at)
        .where(AuditEntry.principal_id == bindparam("nth_of", type_=Uuid), AuditEntry.action == action.value)
        .where(
            AuditEntry.id >= bindparam("nth_first_id", type_=Uuid),
            AuditEntry.recorded_at > bindparam("nth_since", type_=DateTime(timezone=True)),
        )
        .order_by(AuditEntry.id.desc())
        .offset(bindparam("nth_before", type_=Integer))
        .limit(1)
    )


def nth_values(principal_id: UUID, *, nth: int, since: datetime) -> dict[str, Any]:
    """Return the parameters of `nth_latest`.

    Args:
        principal_id: who.
        nth: 1 for the last time.
        since: whatever happened then, or before, does not count.
    """
    return {"nth_of": principal_id, "nth_first_id": first_id_at(since), "nth_since": since, "nth_before": nth - 1}


async def last_act(db: UnrecordedConnection, action: AuditAction) -> datetime | None:
    """Return when something was last put on record (UTC); None if never."""
    row = await db.row(_LAST, {"action": action.value})
    return row["recorded_at"] if row else None


def _noted(subject_ids: ColumnElement[Any], fields: ColumnElement[Any], for_each: CTE | None) -> CTE:
    columns = {**_GIVEN, "subject_ids": subject_ids, "fields": fields}
    row = select(*columns.values())
    row = row if for_each is None else row.select_from(for_each)
    return insert(AuditEntry).from_select(list(columns), row).cte("noted")


class _PartRecord(TypedDict):
    name: str


_MONTHS: Final = Query(select(AuditMonth).order_by(AuditMonth.month), MonthRecord)

_PARTS: Final = PersonalQuery(
    text("""
        SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = CAST('audit_log' AS regclass)
    """).columns(name=Text),
    _PartRecord,
)

_OF_MONTH: Final = PersonalQuery(
    select(AuditEntry)
    .where(
        AuditEntry.recorded_at >= bindparam("begins", type_=DateTime(timezone=True)),
        AuditEntry.recorded_at < bindparam("ends", type_=DateTime(timezone=True)),
        AuditEntry.id > bindparam("after", type_=Uuid),
    )
    .order_by(AuditEntry.id)
    .limit(AT_ONCE),
    AuditRecord,
)

_KEEP: Final = select(func.keep_audit_months(bindparam("ahead", type_=Integer)).label("made"))
_SORT: Final = select(func.sort_audit_rest().label("sorted"))
_NOTE: Final = text("SELECT note_audit_export(CAST(:month AS date), CAST(:entries AS bigint), :digest) AS done")
_DETACH: Final = text("SELECT detach_audit_month(CAST(:month AS date), CAST(:dropped AS boolean)) AS done")


async def months_of(db: ReadConnection) -> Sequence[MonthRecord]:
    """Return the months that have, or had, a part of the log, the oldest first."""
    return await db.rows(_MONTHS)


async def parts_of(db: PersonalConnection) -> frozenset[str]:
    """Return the names of the parts of which the log consists now."""
    return frozenset(row["name"] for row in await db.rows(_PARTS))


async def entries_of(db: PersonalConnection, month: date) -> AsyncIterator[AuditRecord]:
    """Yield the entries of a month in the order of their ids, some thousands in memory at once.

    Args:
        db: a snapshot.
        month: its first day, UTC.
    """
    bounds = {"begins": first_instant(month), "ends": first_instant(month_after(month))}
    after = NIL
    while rows := await db.rows(_OF_MONTH, {**bounds, "after": after}):
        for row in rows:
            yield row
        after = rows[-1]["id"]


async def keep_months(db: WriteConnection, ahead: int) -> int:
    """Make the parts of this month and of so many after it that there are not yet; return how many were made."""
    row = await db.row(_KEEP, {"ahead": ahead})
    return 0 if row is None else int(row["made"])


async def sort_rest(db: WriteConnection) -> None:
    """Sort what no month held into months of its own. The owner's."""
    await db.row(_SORT)


async def note_export(db: WriteConnection, month: date, entries: int, digest: bytes) -> bool:
    """Note what of a month was exported, the owner's; return whether there is such a month."""
    row = await db.row(_NOTE, {"month": month, "entries": entries, "digest": digest})
    return row is not None and bool(row["done"])


async def detach_month(db: WriteConnection, month: date, *, dropped: bool) -> bool:
    """Detach a month that was exported, the owner's; return whether it was attached.

    Args:
        db: a transaction of its own.
        month: its first day, UTC.
        dropped: also drop its rows.

    Raises:
        DatabaseFailure: it does not hold as many rows as were exported.
    """
    row = await db.row(_DETACH, {"month": month, "dropped": dropped})
    return row is not None and bool(row["done"])
