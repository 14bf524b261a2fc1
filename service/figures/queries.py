"""Sums over the ledger: summed months, folded days and the unfolded tail, in one snapshot.

No other query counts people. A statement is built for one request and not kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, TypedDict
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    DateTime,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    func,
    literal,
    null,
    or_,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.db.database import ReadConnection
from service.db.statements import Query
from service.errors import DatabaseFailure
from service.figures.rules.answering import Key, Question
from service.ledger.models import LedgerCell, LedgerClosed, LedgerEntry, LedgerFold, LedgerMonth, LedgerTotal
from service.ledger.rules import Measure
from service.operations.models import OperationRow
from service.slices import in_slices

_BEGINNING: Final = date.min
_END: Final = date(9999, 11, 30)
"""The last day after which a month begins that has a date; nothing happens as late."""

SUMS_AT_ONCE: Final = 1
"""Sums that one statement asks for: to build and compile one takes 5 ms."""


@dataclass(frozen=True)
class Sum:
    """One sum wanted beside the cells, for a check or a bound.

    Attributes:
        measure: what is summed.
        first: first day, or None for everything up to `last`.
        last: last day.
        filters: codes by column.
    """

    measure: Measure
    first: date | None
    last: date
    filters: Mapping[str, tuple[str, ...]]


class _CellSum(NamedTuple):
    """A row of the cells: the sum of one of them."""

    key: Key
    value: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "_CellSum":
        """Return a row of a query whose columns are the codes, in order, and `value` behind them."""
        *codes, value = row.values()
        return cls(tuple(codes), int(value))


class _PlacedSum(NamedTuple):
    """A row of several sums: which of them it is, and its value."""

    place: int
    value: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "_PlacedSum":
        """Return a row of a query with these two columns."""
        return cls(row["place"], int(row["value"]))


async def embargoed_operations(db: ReadConnection, now: datetime) -> frozenset[str]:
    """Return the ids of the operations whose embargo has not passed, as the ledger holds them."""
    return frozenset(str(row["id"]) for row in await db.rows(_EMBARGOED, {"now": now}))


class _IdRecord(TypedDict):
    id: UUID


_CASES: Final = table("cases", column("id", Uuid), column("withheld_from", ARRAY(Uuid)))
_PERSONS: Final = table("persons", column("case_id", Uuid), column("id", Uuid), column("fears_own_state", Boolean))
_EVENTS: Final = table("events", column("case_id", Uuid), column("operation_id", Uuid))
"""Read by name: figures import nothing of a case."""


_EMBARGOED: Final = Query(
    select(OperationRow.id).where(OperationRow.embargo_until > bindparam("now")),
    _IdRecord,
    unrecorded="these operations are left out of a figure, not shown in it",
)


@dataclass(frozen=True)
class Protected:
    """Whom no figure tells apart alone, by what the ledger knows them: cases, and persons of cases."""

    cases: Sequence[UUID]
    persons: Sequence[UUID]
    cases_of_persons: Sequence[UUID]


class _ProtectedRecord(TypedDict):
    case_id: UUID
    person_id: UUID | None


_NO_PERSON: Final = null().cast(Uuid)

_PROTECTED: Final = Query(
    union_all(
        select(_CASES.c.id.label("case_id"), _NO_PERSON.label("person_id")).where(text("cases.withheld_from <> '{}'")),
        select(_PERSONS.c.case_id, _PERSONS.c.id).where(_PERSONS.c.fears_own_state),
        select(OperationRow.case_id, _NO_PERSON).where(
            OperationRow.embargo_until > bindparam("now"), OperationRow.case_id.is_not(None)
        ),
        select(_EVENTS.c.case_id, _NO_PERSON)
        .where(_EVENTS.c.operation_id == OperationRow.id, OperationRow.embargo_until > bindparam("now"))
        .distinct(),
    ),
    _ProtectedRecord,
    unrecorded="these are not told apart in a figure, and not shown in it",
)


async def protected(db: ReadConnection, now: datetime) -> Protected:
    """Return everybody under a safety hold, and every case that is withheld, or in an operation under embargo, now."""
    rows = await db.rows(_PROTECTED, {"now": now})
    held = [(row["case_id"], row["person_id"]) for row in rows if row["person_id"] is not None]
    return Protected(
        sorted({row["case_id"] for row in rows if row["person_id"] is None}),
        sorted({id_ for _, id_ in held}),
        sorted({case_id for case_id, _ in held}),
    )


async def sum_protected(
    db: ReadConnection, question: Question, found: Protected, *, measure: Measure | None = None
) -> dict[Key, int]:
    """Return the sum of every cell of a question's breakdown over the protected alone."""
    columns = tuple(dimension.column for dimension in question.dimensions)
    wanted = Sum(measure or question.measure, question.first, question.period[1], question.column_filters)
    theirs = or_(
        LedgerEntry.case_id == any_(literal(found.cases, ARRAY(Uuid))),
        and_(
            LedgerEntry.case_id == any_(literal(found.cases_of_persons, ARRAY(Uuid))),
            LedgerEntry.subject_id == any_(literal(found.persons, ARRAY(Uuid))),
        ),
    )
    known = LedgerEntry.recorded_at <= literal(question.known_at, DateTime(timezone=True))
    rows = _selection(LedgerEntry, wanted, columns).where(theirs, known).subquery()
    grouped = [rows.c[f"by_{place}"] for place in range(len(columns))]
    query = select(*grouped, func.sum(rows.c.delta).label("value")).group_by(*grouped)
    summed = await db.rows(query.having(func.sum(rows.c.delta) != 0))
    return dict(_CellSum.of(row) for row in summed)


@dataclass(frozen=True)
class Cut:
    """Where the kinds of rows meet that a sum is made of, by UTC days of recording.

    Attributes:
        closed_before: closed months are read up to this month.
        folded_before: from there days are read up to this day, and from there entries.
        known_at: up to this instant (UTC).
    """

    closed_before: date
    folded_before: date
    known_at: datetime

    @classmethod
    def of(cls, closed: date | None, folded: date | None, known_at: datetime) -> "Cut":
        """Return the cut for what was known at an instant.

        Args:
            closed: the last closed month.
            folded: the last folded day.
            known_at: UTC.
        """
        day = known_at.date()
        closed_before = _BEGINNING if closed is None else _next_month(closed)
        if day < closed_before:
            return cls(day.replace(day=1), day.replace(day=1), known_at)
        folded_before = _BEGINNING if folded is None else folded + timedelta(days=1)
        return cls(closed_before, max(closed_before, min(folded_before, day)), known_at)


class _CutRecord(TypedDict):
    closed: date | None
    folded: date | None


_CUT: Final = Query(
    select(
        select(func.max(LedgerClosed.recorded_month)).scalar_subquery().label("closed"),
        select(func.max(LedgerFold.recorded_on)).scalar_subquery().label("folded"),
    ),
    _CutRecord,
)


async def _cut(db: ReadConnection, known_at: datetime) -> Cut:
    row = await db.row(_CUT)
    if row is None:
        raise DatabaseFailure(None, None)
    return Cut.of(row["closed"], row["folded"], known_at)


async def sum_cells(db: ReadConnection, question: Question, *, measure: Measure | None = None) -> dict[Key, int]:
    """Return the sum of every cell of a question's breakdown that is not zero, of its own measure or another."""
    columns = tuple(dimension.column for dimension in question.dimensions)
    wanted = Sum(measure or question.measure, question.first, question.period[1], question.column_filters)
    rows = _rows(wanted, columns, await _cut(db, question.known_at)).subquery()
    grouped = [rows.c[f"by_{place}"] for place in range(len(columns))]
    query = select(*grouped, func.sum(rows.c.delta).label("value")).group_by(*grouped)
    found = await db.rows(query.having(func.sum(rows.c.delta) != 0))
    return dict([_CellSum.of(row) async for row in in_slices(found)])


async def sum_apart(db: ReadConnection, wanted: Sequence[Sum], known_at: datetime) -> list[int]:
    """Return several sums, each of the full cells, so that they are independent of the coarse ones.

    They come from one snapshot, but not from one query: to make that of many sums keeps the loop for 50 ms.
    """
    values: dict[int, int] = {}
    cut = await _cut(db, known_at)
    for first in range(0, len(wanted), SUMS_AT_ONCE):
        selections = [
            select(literal(place).label("place"), func.coalesce(func.sum(rows.c.delta), 0).label("value"))
            for place in range(first, min(first + SUMS_AT_ONCE, len(wanted)))
            for rows in [_rows(wanted[place], (), cut, full=True).subquery()]
        ]
        values |= dict(_PlacedSum.of(row) for row in await db.rows(union_all(*selections)))
    return [values[place] for place in range(len(wanted))]


def _rows(wanted: Sum, by: tuple[str, ...], cut: Cut, *, full: bool = False) -> CompoundSelect[Any]:
    """Return the ledger rows of a sum: closed months, days of the open month, and entries of what neither says.

    Months keep one dimension beside `detail`; a sum that needs more reads cells. Of closed months single days are
    read from the entries.
    """
    kept = {*by, *wanted.filters} - {"detail"}
    grain = "full" if full or kept - {"nationality"} else "coarse"
    entries = _selection(LedgerEntry, wanted, by)
    months = _whole_months(wanted)
    edges = [
        entries.where(LedgerEntry.occurred_on.between(*edge), LedgerEntry.recorded_at < _midnight(cut.closed_before))
        for edge in _edges(wanted, months)
    ]
    days = _selection(LedgerTotal, wanted, by).where(
        LedgerTotal.grain == grain,
        LedgerTotal.recorded_on >= cut.closed_before,
        LedgerTotal.recorded_on < cut.folded_before,
    )
    rest = entries.where(
        LedgerEntry.recorded_at >= _midnight(cut.folded_before),
        LedgerEntry.recorded_at <= literal(cut.known_at, DateTime(timezone=True)),
    )
    closed = [] if months is None else [_closed_selection(wanted, by, kept, months, cut)]
    return union_all(*closed, *edges, days, rest)


def _midnight(day: date) -> ColumnElement[datetime]:
    return literal(datetime.combine(day, time(), UTC), DateTime(timezone=True))


def _whole_months(wanted: Sum) -> tuple[date, date] | None:
    """Return the first whole month of a sum and the month after its last one; None where it has no whole month."""
    first = _BEGINNING if wanted.first is None else min(wanted.first, _END)
    begin = first if first.day == 1 else _next_month(first)
    end = (min(wanted.last, _END) + timedelta(days=1)).replace(day=1)
    return (begin, end) if begin < end else None


def _edges(wanted: Sum, months: tuple[date, date] | None) -> list[tuple[date, date]]:
    """Return the days of a sum that no whole month has, before and after those, as first and last day."""
    if months is None:
        return [(_BEGINNING if wanted.first is None else wanted.first, wanted.last)]
    begin, end = months
    before = [] if wanted.first is None or wanted.first == begin else [(wanted.first, begin - timedelta(days=1))]
    return before + ([(end, wanted.last)] if end <= wanted.last else [])


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _selection(table: type[LedgerTotal | LedgerEntry], wanted: Sum, by: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    columns = [_column(table, name).label(f"by_{place}") for place, name in enumerate(by)]
    conditions: list[ColumnElement[bool]] = [table.measure == wanted.measure.value, table.occurred_on <= wanted.last]
    if wanted.first is not None:
        conditions.append(table.occurred_on >= wanted.first)
    conditions += [_column(table, name).in_(codes) for name, codes in wanted.filters.items()]
    return select(*columns, table.delta.label("delta")).where(and_(*conditions))


def _closed_selection(
    wanted: Sum, by: tuple[str, ...], kept: set[str], months: tuple[date, date], cut: Cut
) -> Select[*tuple[Any, ...]]:
    """Return the sums of closed months: of one dimension beside `detail` where that is enough, else of all of them."""
    table: type[LedgerMonth | LedgerCell] = LedgerMonth if len(kept) < 2 else LedgerCell

    def column(name: str) -> ColumnElement[Any]:
        return table.__table__.c["code" if table is LedgerMonth and name != "detail" else name]

    columns = [column(name).label(f"by_{place}") for place, name in enumerate(by)]
    conditions: list[ColumnElement[bool]] = [
        table.measure == wanted.measure.value,
        table.recorded_month < cut.closed_before,
        table.occurred_month >= months[0],
        table.occurred_month < months[1],
    ]
    if table is LedgerMonth:
        conditions.append(LedgerMonth.grain == next(iter(kept), "whole"))
    conditions += [column(name).in_(codes) for name, codes in wanted.filters.items()]
    return select(*columns, table.delta.label("delta")).where(and_(*conditions))


def _column(table: type[LedgerTotal | LedgerEntry], name: str) -> ColumnElement[Any]:
    return table.__table__.c[name]
