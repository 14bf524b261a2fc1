"""The sums of the ledger compared with its entries: for checking the register, never for a figure."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Final, TypedDict

from sqlalchemy import Date, Text, text

from service.db.database import UnrecordedConnection
from service.db.statements import PersonalQuery, Query

_DIMENSIONS: Final = {
    "full": "occurred_on, nationality, detail, sex, age_group, province, channel, kind",
    "coarse": "occurred_on, nationality, detail, '*', '*', '*', '*', '*'",
}

_FOLDED_WRONG: Final = """
/* but for the day that is being folded just now, and for the month that is summed before it */
SELECT measure, recorded_on FROM (
    SELECT measure, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind, delta
    FROM ledger_totals WHERE grain = '{grain}' AND recorded_on NOT IN (SELECT recorded_on FROM ledger_folding)
    UNION ALL
    SELECT measure, (recorded_at AT TIME ZONE 'UTC')::date, {dimensions}, -delta
    FROM ledger_entries
    WHERE recorded_at < (SELECT (max(recorded_on) + 1)::timestamp AT TIME ZONE 'UTC' FROM ledger_folds)
) both_sides
GROUP BY measure, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind
HAVING sum(delta) <> 0
LIMIT 1
"""

_MONTH_GRAINS: Final = ("whole", "nationality", "sex", "age_group", "province", "channel", "kind")

_SUMMED_WRONG: Final = """
SELECT measure, recorded_month FROM (
    SELECT measure, recorded_month, occurred_month, detail, code, delta FROM ledger_months
    WHERE grain = '{grain}' AND NOT (EXISTS (SELECT FROM ledger_folding) AND recorded_month >= (
        SELECT date_trunc('month', max(recorded_on)::timestamp) FROM ledger_folds))
    UNION ALL
    SELECT measure, date_trunc('month', recorded_on::timestamp)::date,
           date_trunc('month', occurred_on::timestamp)::date, detail, {code}, -delta
    FROM ledger_totals
    WHERE grain = 'full' AND recorded_on < (SELECT date_trunc('month', max(recorded_on)::timestamp) FROM ledger_folds)
) both_sides
GROUP BY measure, recorded_month, occurred_month, detail, code
HAVING sum(delta) <> 0
LIMIT 1
"""

_NOBODYS: Final = """
SELECT measure FROM ledger_entries e WHERE NOT EXISTS (SELECT FROM cases c WHERE c.id = e.case_id) LIMIT 1
"""


class _DayRecord(TypedDict):
    measure: str
    recorded_on: date


class _MonthRecord(TypedDict):
    measure: str
    recorded_month: date


class _MeasureRecord(TypedDict):
    measure: str


_WRONG_DAYS: Final = {
    grain: Query(
        text(_FOLDED_WRONG.format(grain=grain, dimensions=dimensions)).columns(measure=Text, recorded_on=Date),
        _DayRecord,
    )
    for grain, dimensions in _DIMENSIONS.items()
}
_WRONG_MONTHS: Final = {
    grain: Query(
        text(_SUMMED_WRONG.format(grain=grain, code="'*'" if grain == "whole" else grain)).columns(
            measure=Text, recorded_month=Date
        ),
        _MonthRecord,
    )
    for grain in _MONTH_GRAINS
}
_OF_NO_CASE: Final = PersonalQuery(text(_NOBODYS).columns(measure=Text), _MeasureRecord)


async def wrong_folds(db: UnrecordedConnection) -> AsyncIterator[str]:
    """Yield in words which sums differ from the entries."""
    for grain, days in _WRONG_DAYS.items():
        day = await db.row(days)
        if day is not None:
            yield f"ledger: the {grain} totals of {day['recorded_on']} differ from the entries in {day['measure']}"
    for grain, months in _WRONG_MONTHS.items():
        month = await db.row(months)
        if month is not None:
            name = f"the month of {month['recorded_month']} by {grain}"
            yield f"ledger: {name} differs from its days in {month['measure']}"
    entry = await db.row(_OF_NO_CASE)
    if entry is not None:
        yield f"ledger: there are entries of {entry['measure']} that belong to no case"
