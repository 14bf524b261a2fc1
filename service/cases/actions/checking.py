"""Checking the register: every log is folded again, every row and every sum of the ledger compared.

The fold is the truth; rows and ledger only follow from it. A difference is a defect, never something to repair by hand.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from service.cases.models import CaseRow, OffenderRow, PersonRow
from service.cases.queries.files import LoadedCase
from service.cases.queries.whole import case_ids_after, ledger_of, load_whole_cases, rows_of
from service.cases.rules.projection import case_columns, offender_columns, person_columns
from service.db.database import Database, ReadConnection, Record
from service.ledger.queries import rules_counted_by
from service.ledger.rules import Bag, Cell, Contribution, Measure
from service.story.case import Case
from service.story.counting import contributions
from service.story.fold import fold

AT_ONCE: Final = 200
"""Cases folded in one go: bounds the memory, not the register."""

_DIMENSIONS: Final = {
    "full": "occurred_on, nationality, detail, sex, age_group, province, channel, kind",
    "coarse": "occurred_on, nationality, detail, '*', '*', '*', '*', '*'",
}

_FOLDED_WRONG: Final = """
SELECT measure, recorded_on FROM (
    SELECT measure, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind, delta
    FROM ledger_totals WHERE grain = '{grain}'
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
    SELECT measure, recorded_month, occurred_month, detail, code, delta FROM ledger_months WHERE grain = '{grain}'
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


@dataclass
class RegisterCheck:
    """What was compared, and what differs.

    Attributes:
        counted_by: the version of the rules under which the register was last counted as a whole.
        differences: in words, each naming the record; codes and references only.
    """

    counted_by: int
    cases: int = 0
    events: int = 0
    entries: int = 0
    differences: list[str] = field(default_factory=list)


async def check_register(database: Database, progress: Callable[[int, int], None]) -> RegisterCheck:
    """Fold every case again and compare it with its rows and its ledger entries; compare folded days with entries.

    Args:
        database: read in one snapshot a batch, so that a running service does not disturb the comparison.
        progress: called with cases done and cases in all.
    """
    async with database.read() as db:
        check = RegisterCheck(await rules_counted_by(db))
        counted = await db.row(text("SELECT count(*) AS cases FROM cases"))
    total = counted["cases"] if counted else 0
    async for batch in _batches(database):
        for loaded, rows, entries in batch:
            check.cases += 1
            check.events += len(loaded.events)
            check.entries += len(entries)
            check.differences += _differences(loaded, rows, entries)
        progress(check.cases, max(total, check.cases))
    async with database.read() as db:
        check.differences += [found async for found in _fold_differences(db)]
    return check


_Batch = list[tuple[LoadedCase, dict[str, list[Record]], list[Record]]]


async def _batches(database: Database) -> AsyncIterator[_Batch]:
    after: UUID | None = None
    while True:
        async with database.read() as db:
            ids = await case_ids_after(db, after, AT_ONCE)
            if not ids:
                return
            loaded = await load_whole_cases(db, ids)
            rows = await rows_of(db, ids)
            ledger = await ledger_of(db, ids)
        after = ids[-1]
        yield [(case, rows[case.id], ledger.get(case.id, [])) for case in loaded]


def _differences(loaded: LoadedCase, rows: Mapping[str, Sequence[Record]], entries: Sequence[Record]) -> Iterator[str]:
    state = folded(loaded)
    if state is None:
        yield f"case {loaded.reference}: its log does not begin with what was received"
        return
    expected_seqs = list(range(1, len(loaded.events) + 1))
    if [event.seq for event in loaded.events] != expected_seqs:
        yield f"case {loaded.reference}: its log has a gap"
    for table, expected in expected_rows(state).items():
        for row in rows[table]:
            yield from _row_differences(loaded.reference, table, row, expected)
        if expected.keys() - {row["id"] for row in rows[table]}:
            yield f"case {loaded.reference}: {table} lacks a row that its log gives"
    yield from _ledger_differences(loaded.reference, state, entries)


def folded(loaded: LoadedCase) -> Case | None:
    """Answer what a case's log amounts to; None where it does not begin with what was received."""
    try:
        return fold(loaded.events)
    except TypeError:
        return None


def expected_rows(state: Case) -> dict[str, dict[UUID, dict[str, Any]]]:
    """Answer the projected columns of every row of a case, by table and id."""
    return {
        CaseRow.__tablename__: {state.id: case_columns(state)},
        PersonRow.__tablename__: {id_: person_columns(state, person) for id_, person in state.persons.items()},
        OffenderRow.__tablename__: {id_: offender_columns(state, found) for id_, found in state.offenders.items()},
    }


def _row_differences(
    reference: str, table: str, row: Record, expected: Mapping[UUID, Mapping[str, Any]]
) -> Iterator[str]:
    columns = expected.get(row["id"])
    if columns is None:
        if row.get("present", True):
            yield f"case {reference}: {table} has a row that its log does not give"
        return
    differing = sorted(name for name, value in columns.items() if row[name] != value)
    if differing:
        yield f"case {reference}: {table} differs from the log in {', '.join(differing)}"


def as_written(entries: Sequence[Record]) -> Bag:
    """Answer what the ledger entries of a case amount to."""
    written = Bag()
    for entry in entries:
        dimensions = {name: entry[name] for name in Cell._fields if name != "measure"}
        cell = Cell(measure=Measure(entry["measure"]), **dimensions)
        written[Contribution(entry["subject_id"], cell)] += entry["delta"]
    return written


def _ledger_differences(reference: str, state: Case, entries: Sequence[Record]) -> Iterator[str]:
    written = as_written(entries)
    expected = contributions(state)
    differing = {found for found in written.keys() | expected.keys() if written[found] != expected[found]}
    measures = sorted({found.cell.measure.value for found in differing})
    if measures:
        yield f"case {reference}: the ledger differs from the log in {', '.join(measures)}"


async def _fold_differences(db: ReadConnection) -> AsyncIterator[str]:
    for grain, dimensions in _DIMENSIONS.items():
        row = await db.row(text(_FOLDED_WRONG.format(grain=grain, dimensions=dimensions)))
        if row is not None:
            yield f"ledger: the {grain} totals of {row['recorded_on']} differ from the entries in {row['measure']}"
    for grain in _MONTH_GRAINS:
        code = "'*'" if grain == "whole" else grain
        row = await db.row(text(_SUMMED_WRONG.format(grain=grain, code=code)))
        if row is not None:
            yield f"ledger: the month of {row['recorded_month']} by {grain} differs from its days in {row['measure']}"
    row = await db.row(text(_NOBODYS))
    if row is not None:
        yield f"ledger: there are entries of {row['measure']} that belong to no case"
