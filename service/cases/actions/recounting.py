"""Counting a register again, after a release under whose rules its logs give other rows or other entries.

Nothing that was written is taken away: entries of the difference are added, dated now, so that a figure as known before
stays what it was. A case that somebody writes to meanwhile has another version, and is looked at again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.checking import as_written, differing_columns, expected_rows, folded
from service.cases.models import CaseRow
from service.cases.queries.whole import (
    AnyRecord,
    CaseTable,
    StoredCase,
    case_ids_after,
    count_cases,
    load_stored,
)
from service.db.database import Upkeep
from service.errors import RetryableError
from service.ledger.actions import write_entries
from service.ledger.models import CountedBy
from service.ledger.queries import rules_counted_by
from service.ledger.rules import Entry, difference
from service.story.counting import RULES_VERSION, contributions

AT_ONCE: Final = 100
"""Cases of one transaction: bounds the memory, and what is read again when one of them is written to meanwhile."""

TRIES: Final = 10

REASON: Final = "recount: rows and entries are compared with the logs; what is changed is put on record"

Done = TypeVar("Done")


@dataclass
class Recount:
    """What was done.

    Attributes:
        cases: looked at.
        changed: of these, had other rows or other entries.
    """

    cases: int = 0
    changed: int = 0
    rows: int = 0
    entries: int = 0


@dataclass(frozen=True)
class _Change:
    """What a case's log gives and its rows or entries lack."""

    case_id: UUID
    rows: Mapping[CaseTable, Sequence[dict[str, Any]]]
    entries: Sequence[Entry]


async def recount_register(
    database: Upkeep, acting: Callable[[], Acting], progress: Callable[[int, int], None]
) -> Recount:
    """Fold every case again, write the rows that differ and the entries that are missing, and remember the rules.

    What is right already is left alone: it may be stopped anywhere and begun again, and a second one changes nothing.

    Args:
        database: one transaction a batch.
        acting: whom the audit log names, and the instant of what is written; asked for each batch.
        progress: called with cases done and cases in all.

    Raises:
        RetryableError: the same cases were written to again and again meanwhile.
    """
    done = Recount()
    async with database.read_unrecorded(REASON) as db:
        total, ids = await count_cases(db), await case_ids_after(db, None, AT_ONCE)
    while ids:
        changes = await _persistently(partial(_recount, database, ids, acting))
        done.cases += len(ids)
        done.changed += len(changes)
        done.rows += sum(len(rows) for change in changes for rows in change.rows.values())
        done.entries += sum(len(change.entries) for change in changes)
        progress(done.cases, max(total, done.cases))
        async with database.read_unrecorded(REASON) as db:
            ids = await case_ids_after(db, ids[-1], AT_ONCE)
    await _persistently(partial(_remember, database, acting))
    return done


async def _persistently(work: Callable[[], Awaitable[Done]]) -> Done:
    for _ in range(TRIES - 1):
        try:
            return await work()
        except RetryableError:
            continue
    return await work()


async def _recount(database: Upkeep, ids: Sequence[UUID], acting: Callable[[], Acting]) -> list[_Change]:
    async with database.read_unrecorded(REASON) as db:
        stored = await load_stored(db, ids)
    changes = [change for case in stored if (change := _change(case)) is not None]
    if changes:
        by = acting()
        async with database.write() as db:
            for change in changes:
                for table, changed in change.rows.items():
                    db.update(table, *changed)
                write_entries(db, change.case_id, change.entries, now=by.now)
            record(db, by, AuditAction.REGISTER_RECOUNTED, subject_ids=[change.case_id for change in changes])
    return changes


def _change(stored: StoredCase) -> _Change | None:
    """Return what has to be written. The case's own row is always part of it: its version says who was first."""
    state = folded(stored)
    if state is None:
        return None
    entries = list(difference(as_written(stored.entries), contributions(state)))
    expected = expected_rows(state)
    differing = {table: _differing(table, present, expected[table]) for table, present in stored.by_table()}
    if not entries and not any(differing.values()):
        return None
    own = _next(CaseRow, stored.row, expected[CaseRow][stored.row["id"]])
    return _Change(stored.row["id"], {**differing, CaseRow: [own]}, entries)


def _differing(
    table: CaseTable, rows: Sequence[AnyRecord], expected: Mapping[UUID, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows to write. One that the log does not give is a defect: `safe-return check` names it."""
    given = [(row, expected[row["id"]]) for row in rows if row["id"] in expected]
    return [_next(table, row, columns) for row, columns in given if differing_columns(row, columns)]


def _next(table: CaseTable, row: AnyRecord, columns: Mapping[str, Any]) -> dict[str, Any]:
    present: Mapping[str, Any] = row
    keys = {column.name: present[column.name] for column in table.__table__.primary_key}
    return {**keys, **columns, "version": row["version"] + 1}


async def _remember(database: Upkeep, acting: Callable[[], Acting]) -> None:
    async with database.write() as db:
        if await rules_counted_by(db) < RULES_VERSION:
            by = acting()
            db.insert(CountedBy, {"version": RULES_VERSION, "counted_at": by.now})
            record(db, by, AuditAction.REGISTER_RECOUNTED)
