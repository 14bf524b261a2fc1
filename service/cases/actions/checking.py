"""Checking the register: every log is folded again, every row and every sum of the ledger compared.

The fold is the truth; rows and ledger only follow from it. A difference is a defect, never something to repair by hand.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from service.cases.models import CaseRow, OffenderRow, PersonRow
from service.cases.queries.folding import wrong_folds
from service.cases.queries.whole import (
    AnyRecord,
    CaseTable,
    EntryRecord,
    StoredCase,
    case_ids_after,
    count_cases,
    load_stored,
)
from service.cases.rules.projection import case_columns, offender_columns, person_columns
from service.db.database import Upkeep
from service.ledger.queries import rules_counted_by
from service.ledger.rules import Bag, Cell, Contribution, Measure
from service.story.case import Case
from service.story.counting import contributions
from service.story.fold import fold

AT_ONCE: Final = 200
"""Cases folded in one go: bounds the memory, not the register."""

REASON: Final = "check: rows and entries are compared with the logs; codes and references are named"


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


async def check_register(database: Upkeep, progress: Callable[[int, int], None]) -> RegisterCheck:
    """Fold every case again and compare it with its rows and its ledger entries; compare folded days with entries.

    Args:
        database: read in one snapshot a batch, so that a running service does not disturb the comparison.
        progress: called with cases done and cases in all.
    """
    async with database.read_unrecorded(REASON) as db:
        check = RegisterCheck(await rules_counted_by(db))
        total = await count_cases(db)
    async for batch in _batches(database):
        for stored in batch:
            check.cases += 1
            check.events += len(stored.events)
            check.entries += len(stored.entries)
            check.differences += _differences(stored)
        progress(check.cases, max(total, check.cases))
    async with database.read_unrecorded(REASON) as db:
        check.differences += [found async for found in wrong_folds(db)]
    return check


async def _batches(database: Upkeep) -> AsyncIterator[list[StoredCase]]:
    after: UUID | None = None
    while True:
        async with database.read_unrecorded(REASON) as db:
            ids = await case_ids_after(db, after, AT_ONCE)
            if not ids:
                return
            batch = await load_stored(db, ids)
        after = ids[-1]
        yield batch


def _differences(stored: StoredCase) -> Iterator[str]:
    reference, state = stored.row["reference"], folded(stored)
    if state is None:
        yield f"case {reference}: its log does not begin with what was received"
        return
    expected_seqs = list(range(1, len(stored.events) + 1))
    if [event.seq for event in stored.events] != expected_seqs:
        yield f"case {reference}: its log has a gap"
    expected = expected_rows(state)
    for table, present in stored.by_table():
        for row in present:
            yield from _row_differences(reference, table, row, expected[table])
        if expected[table].keys() - {row["id"] for row in present}:
            yield f"case {reference}: {table.__tablename__} lacks a row that its log gives"
    yield from _ledger_differences(reference, state, stored.entries)


def folded(stored: StoredCase) -> Case | None:
    """Return what a case's log amounts to; None where it does not begin with what was received."""
    try:
        return fold(stored.events)
    except TypeError:
        return None


def expected_rows(state: Case) -> dict[CaseTable, dict[UUID, dict[str, Any]]]:
    """Return the projected columns of every row of a case, by table and id."""
    return {
        CaseRow: {state.id: case_columns(state)},
        PersonRow: {id_: person_columns(state, person) for id_, person in state.persons.items()},
        OffenderRow: {id_: offender_columns(state, found) for id_, found in state.offenders.items()},
    }


def _row_differences(
    reference: str, table: CaseTable, row: AnyRecord, expected: Mapping[UUID, Mapping[str, Any]]
) -> Iterator[str]:
    columns = expected.get(row["id"])
    if columns is None:
        if row.get("present", True):
            yield f"case {reference}: {table.__tablename__} has a row that its log does not give"
        return
    differing = differing_columns(row, columns)
    if differing:
        yield f"case {reference}: {table.__tablename__} differs from the log in {', '.join(differing)}"


def differing_columns(row: Mapping[str, object], columns: Mapping[str, Any]) -> list[str]:
    """Return the names of the columns in which a row is not what its log gives."""
    return sorted(name for name, value in columns.items() if row[name] != value)


def as_written(entries: Sequence[EntryRecord]) -> Bag:
    """Return what the ledger entries of a case amount to."""
    written = Bag()
    for entry in entries:
        cell = Cell(
            measure=Measure(entry["measure"]),
            occurred_on=entry["occurred_on"],
            nationality=entry["nationality"],
            sex=entry["sex"],
            age_group=entry["age_group"],
            province=entry["province"],
            detail=entry["detail"],
            channel=entry["channel"],
            kind=entry["kind"],
        )
        written[Contribution(entry["subject_id"], cell)] += entry["delta"]
    return written


def _ledger_differences(reference: str, state: Case, entries: Sequence[EntryRecord]) -> Iterator[str]:
    written = as_written(entries)
    expected = contributions(state)
    differing = {found for found in written.keys() | expected.keys() if written[found] != expected[found]}
    measures = sorted({found.cell.measure.value for found in differing})
    if measures:
        yield f"case {reference}: the ledger differs from the log in {', '.join(measures)}"
