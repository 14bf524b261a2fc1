"""The sums of the ledger compared with its entries: for checking the register, never for a figure."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Final, TypedDict

from sqlalchemy import Date, Text, bindparam, text

from service.db.database import UnrecordedConnection
from service.db.statements import Query

_DIMENSIONS: Final = {
    "full": "occurred_on, nationality, detail, sex, age_group, province, channel, kind",
    "coarse": "occurred_on, nationality, detail, '*', '*', '*', '*', '*'",
}

_CLOSED_BEFORE: Final = (
    "(SELECT coalesce((max(recorded_month) + interval '1 month')::date, '-infinity') FROM ledger_closed)"
)
"""All months of recording before it are closed."""

_FOLDED_WRONG: Final = """
/* but for the day that is being folded just now, and for closed months, of which nobody reads days */
SELECT measure, recorded_on FROM (
    SELECT measure, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind, delta
    FROM ledger_totals
    WHERE measure = :measure AND grain = '{grain}' AND recorded_on >= {closed_before}
      AND recorded_on NOT IN (SELECT recorded_on FROM ledger_folding)
    UNION ALL
    SELECT measure, (recorded_at AT TIME ZONE 'UTC')::date, {dimensions}, -delta
    FROM ledger_entries
    WHERE measure = :measure AND recorded_at >= {closed_before}::timestamp AT TIME ZONE 'UTC'
      AND recorded_at < (SELECT (max(recorded_on) + 1)::timestamp AT TIME ZONE 'UTC' FROM ledger_folds)
) both_sides
GROUP BY measure, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind
HAVING sum(delta) <> 0
ORDER BY 2
LIMIT 1
"""

_MONTH_GRAINS: Final = ("whole", "nationality", "sex", "age_group", "province", "channel", "kind")

_CELLS_WRONG: Final = """
/* but for the month that is being closed just now */
SELECT measure, recorded_month FROM (
    SELECT measure, recorded_month, occurred_month, nationality, detail, sex, age_group, province, channel, kind, delta
    FROM ledger_cells WHERE measure = :measure AND recorded_month < {closed_before}
    UNION ALL
    SELECT measure, date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date,
           date_trunc('month', occurred_on::timestamp)::date, nationality, detail, sex, age_group, province, channel,
           kind, -delta
    FROM ledger_entries
    WHERE measure = :measure AND recorded_at < {closed_before}::timestamp AT TIME ZONE 'UTC'
) both_sides
GROUP BY measure, recorded_month, occurred_month, nationality, detail, sex, age_group, province, channel, kind
HAVING sum(delta) <> 0
ORDER BY 2
LIMIT 1
"""

_MONTHS_WRONG: Final = """
SELECT measure, recorded_month FROM (
    SELECT measure, recorded_month, occurred_month, detail, code, delta FROM ledger_months
    WHERE measure = :measure AND grain = '{grain}' AND recorded_month < {closed_before}
    UNION ALL
    SELECT measure, recorded_month, occurred_month, detail, {code}, -delta FROM ledger_cells
    WHERE measure = :measure AND recorded_month < {closed_before}
) both_sides
GROUP BY measure, recorded_month, occurred_month, detail, code
HAVING sum(delta) <> 0
ORDER BY 2
LIMIT 1
"""

_CLOSED_WRONG: Final = """
SELECT CAST(:month AS date) AS month
FROM (SELECT max(recorded_on) AS last,
             bool_or(recorded_on >= :month AND recorded_on < :next) AS folded FROM ledger_folds) days,
     (SELECT count(*) > 0 AS closed FROM ledger_closed WHERE recorded_month = :month) months
WHERE CASE WHEN closed THEN folded IS NOT TRUE ELSE folded AND last >= :next END
"""

_MEASURES: Final = """
/* as many looks into an index as there are measures */
WITH RECURSIVE found AS (
    (SELECT min(measure) AS measure FROM {table})
    UNION ALL
    SELECT (SELECT min(measure) FROM {table} WHERE measure > found.measure) FROM found WHERE found.measure IS NOT NULL
)
SELECT measure FROM found WHERE measure IS NOT NULL
"""

_MONTHS: Final = """
SELECT generate_series(
    date_trunc('month', least((SELECT min(recorded_on)::timestamp FROM ledger_folds),
                              (SELECT min(recorded_at) AT TIME ZONE 'UTC' FROM ledger_entries))),
    (SELECT max(recorded_on)::timestamp FROM ledger_folds), '1 month')::date AS month
UNION SELECT recorded_month FROM ledger_closed
"""

_COUNTED_WRONG: Final = """
SELECT coalesce(fold.recorded_on, entry.recorded_on) AS recorded_on
FROM (SELECT recorded_on, entries FROM ledger_folds
      WHERE recorded_on >= :month AND recorded_on < :next) fold
FULL JOIN (
    SELECT (recorded_at AT TIME ZONE 'UTC')::date AS recorded_on, count(*) AS entries FROM ledger_entries
    WHERE recorded_at >= CAST(:month AS timestamp) AT TIME ZONE 'UTC'
      AND recorded_at < least(CAST(:next AS timestamp),
                              (SELECT (max(recorded_on) + 1)::timestamp FROM ledger_folds)) AT TIME ZONE 'UTC'
    GROUP BY 1) entry ON entry.recorded_on = fold.recorded_on
WHERE fold.entries IS DISTINCT FROM entry.entries
ORDER BY 1
LIMIT 1
"""


class _DayRecord(TypedDict):
    measure: str
    recorded_on: date


class _MonthRecord(TypedDict):
    measure: str
    recorded_month: date


class _MeasureRecord(TypedDict):
    measure: str


class _FirstRecord(TypedDict):
    month: date


class _FoldRecord(TypedDict):
    recorded_on: date


_MEASURE: Final = bindparam("measure", type_=Text)

_WRONG_DAYS: Final = {
    grain: Query(
        text(_FOLDED_WRONG.format(grain=grain, dimensions=dimensions, closed_before=_CLOSED_BEFORE))
        .bindparams(_MEASURE)
        .columns(measure=Text, recorded_on=Date),
        _DayRecord,
    )
    for grain, dimensions in _DIMENSIONS.items()
}
_WRONG_CELLS: Final = Query(
    text(_CELLS_WRONG.format(closed_before=_CLOSED_BEFORE))
    .bindparams(_MEASURE)
    .columns(measure=Text, recorded_month=Date),
    _MonthRecord,
)
_WRONG_MONTHS: Final = {
    grain: Query(
        text(_MONTHS_WRONG.format(grain=grain, code="'*'" if grain == "whole" else grain, closed_before=_CLOSED_BEFORE))
        .bindparams(_MEASURE)
        .columns(measure=Text, recorded_month=Date),
        _MonthRecord,
    )
    for grain in _MONTH_GRAINS
}
_MEASURES_OF: Final = tuple(
    Query(text(_MEASURES.format(table=table)).columns(measure=Text), _MeasureRecord)
    for table in ("ledger_entries", "ledger_totals", "ledger_cells", "ledger_months")
)
_FOLDED_MONTHS: Final = Query(text(_MONTHS).columns(month=Date), _FirstRecord)
_OF_MONTH: Final = (bindparam("month", type_=Date), bindparam("next", type_=Date))
_WRONG_FOLDS: Final = Query(text(_COUNTED_WRONG).bindparams(*_OF_MONTH).columns(recorded_on=Date), _FoldRecord)
_WRONG_CLOSED: Final = Query(text(_CLOSED_WRONG).bindparams(*_OF_MONTH).columns(month=Date), _FirstRecord)


async def measures_summed(db: UnrecordedConnection) -> list[str]:
    """Return the measures of which there are entries or sums, in order."""
    return sorted({row["measure"] for query in _MEASURES_OF for row in await db.rows(query)})


async def months_folded(db: UnrecordedConnection) -> list[date]:
    """Return the first days of all months up to that of the last folded day, in order."""
    return sorted(row["month"] for row in await db.rows(_FOLDED_MONTHS))


async def wrong_sums(db: UnrecordedConnection, measure: str) -> AsyncIterator[str]:
    """Yield in words which sums of a measure differ from the entries."""
    for grain, days in _WRONG_DAYS.items():
        day = await db.row(days, {"measure": measure})
        if day is not None:
            yield f"ledger: the {grain} totals of {day['recorded_on']} differ from the entries in {measure}"
    month = await db.row(_WRONG_CELLS, {"measure": measure})
    if month is not None:
        yield f"ledger: the cells of the month of {month['recorded_month']} differ from the entries in {measure}"
    for grain, months in _WRONG_MONTHS.items():
        month = await db.row(months, {"measure": measure})
        if month is not None:
            yield f"ledger: the month of {month['recorded_month']} by {grain} differs from its cells in {measure}"


async def wrong_folds(db: UnrecordedConnection, month: date) -> AsyncIterator[str]:
    """Yield in words on which day of a month other entries were noted than there are, and a month wrongly closed."""
    of_month = {"month": month, "next": (month + timedelta(days=31)).replace(day=1)}
    day = await db.row(_WRONG_FOLDS, of_month)
    if day is not None:
        yield f"ledger: on {day['recorded_on']} there are other entries than were noted when it was folded"
    if await db.row(_WRONG_CLOSED, of_month) is not None:
        yield f"ledger: the month of {month} is closed though it was not folded, or the reverse"
