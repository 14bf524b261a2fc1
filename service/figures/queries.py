"""Sums over the ledger: folded totals and the unfolded tail, in one snapshot. No other query counts people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    cast,
    func,
    literal,
    select,
    union_all,
)

from service.db.database import ReadConnection
from service.figures.rules.answering import Key, Question
from service.ledger.models import LedgerEntry, LedgerFold, LedgerTotal
from service.ledger.rules import Measure

_COARSE_COLUMNS: Final = frozenset({"nationality", "detail"})
_BEGINNING: Final = date.min


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


async def sum_cells(db: ReadConnection, question: Question, *, measure: Measure | None = None) -> dict[Key, int]:
    """Answer the sum of every cell of a question's breakdown, of its own measure or another; zeros are left out."""
    columns = tuple(question.definition.dimensions[name].column for name in question.by)
    first = None if question.is_stock else question.period[0]
    wanted = Sum(measure or question.measure, first, question.period[1], question.column_filters)
    rows = _rows(wanted, columns, question.known_at).subquery()
    grouped = [rows.c[f"by_{place}"] for place in range(len(columns))]
    query = select(*grouped, func.sum(rows.c.delta).label("value")).group_by(*grouped)
    found = await db.rows(query.having(func.sum(rows.c.delta) != 0))
    return {tuple(row[f"by_{place}"] for place in range(len(columns))): int(row["value"]) for row in found}


async def sum_apart(db: ReadConnection, wanted: Sequence[Sum], known_at: datetime) -> list[int]:
    """Answer several sums in one query, each from the full cells, so that they do not lean on the coarse ones."""
    if not wanted:
        return []
    selections = [
        select(literal(place).label("place"), func.coalesce(func.sum(rows.c.delta), 0).label("value"))
        for place, one in enumerate(wanted)
        for rows in [_rows(one, (), known_at, full=True).subquery()]
    ]
    found = await db.rows(union_all(*selections))
    values = {row["place"]: int(row["value"]) for row in found}
    return [values[place] for place in range(len(wanted))]


def _rows(wanted: Sum, by: tuple[str, ...], known_at: datetime, *, full: bool = False) -> Any:
    """Answer the ledger rows of a sum: totals of days before the cut, entries from it on."""
    coarse = not full and {*by, *wanted.filters} <= _COARSE_COLUMNS
    folded_to = select(func.max(LedgerFold.recorded_on) + 1).scalar_subquery()
    known_day = cast(literal(known_at.date(), Date), Date)
    cut = func.least(func.coalesce(folded_to, cast(literal(_BEGINNING, Date), Date)), known_day)
    totals = _selection(LedgerTotal, wanted, by).where(
        LedgerTotal.grain == ("coarse" if coarse else "full"), LedgerTotal.recorded_on < cut
    )
    tail = _selection(LedgerEntry, wanted, by).where(
        LedgerEntry.recorded_at <= literal(known_at, DateTime(timezone=True)),
        LedgerEntry.recorded_at >= func.timezone("UTC", cast(cut, DateTime)),
    )
    return union_all(totals, tail)


def _selection(table: type[LedgerTotal | LedgerEntry], wanted: Sum, by: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    columns = [_column(table, name).label(f"by_{place}") for place, name in enumerate(by)]
    conditions: list[ColumnElement[bool]] = [table.measure == wanted.measure.value, table.occurred_on <= wanted.last]
    if wanted.first is not None:
        conditions.append(table.occurred_on >= wanted.first)
    conditions += [_column(table, name).in_(codes) for name, codes in wanted.filters.items()]
    return select(*columns, table.delta.label("delta")).where(and_(*conditions))


def _column(table: type[LedgerTotal | LedgerEntry], name: str) -> ColumnElement[Any]:
    return table.__table__.c[name]
