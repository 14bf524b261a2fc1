"""Checking the register: every log is folded again, every row and every sum of the ledger compared.

The fold is the truth; rows and ledger only follow from it. A difference is a defect, never something to repair by hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from service.cases.models import CaseRow, OffenderRow, PersonRow
from service.cases.queries.folding import measures_summed, months_folded, wrong_folds, wrong_sums
from service.cases.queries.on_record import wrong_on_record
from service.cases.queries.strays import tables_with_strays
from service.cases.queries.whole import (
    AnyRecord,
    CaseTable,
    EntryRecord,
    StoredCase,
    case_ids_within,
    case_ids_written_since,
    last_of_each,
    load_stored,
)
from service.cases.rules.projection import case_columns, offender_columns, person_columns
from service.db.database import UnrecordedConnection, Upkeep
from service.ids import LAST, NIL
from service.ledger.queries import rules_counted_by
from service.ledger.rules import Bag, Cell, Contribution, Measure
from service.story.case import Case
from service.story.counting import contributions
from service.story.fold import fold

AT_ONCE: Final = 100
"""Cases folded in one go: bounds the memory, not the register."""

IN_A_PIECE: Final = 500
"""Cases of one piece: two seconds' work."""

_COUNTED: Final = "differs from the log in"

REASON: Final = "check: rows and entries are compared with the logs; codes and references are named"


@dataclass(frozen=True)
class CaseRange:
    """A piece of the check: the cases after one id and up to another, and whatever else is filed under such ids."""

    after: UUID
    upto: UUID


@dataclass(frozen=True)
class SomeCases:
    """A piece of the check: cases by their ids."""

    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class SumsOf:
    """A piece of the check: the sums of one measure."""

    measure: str


@dataclass(frozen=True)
class FoldsOf:
    """A piece of the check: how many entries were folded on the days of a month."""

    month: date


Piece = CaseRange | SomeCases | SumsOf | FoldsOf
"""What is compared by itself: the order in which pieces are, and by whom, makes no difference."""


@dataclass
class RegisterCheck:
    """What was compared, and what differs.

    Attributes:
        counted_by: the version of the rules under which the register was last counted as a whole; 0 if not asked.
        differences: in words, each naming the record; codes and references only.
    """

    counted_by: int = 0
    cases: int = 0
    events: int = 0
    entries: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, other: "RegisterCheck") -> None:
        """Add what another piece of the check found."""
        self.cases += other.cases
        self.events += other.events
        self.entries += other.entries
        self.differences += other.differences


async def check_register(database: Upkeep, progress: Callable[[int, int], None]) -> RegisterCheck:
    """Fold every case again and compare it with its rows and its ledger entries; compare folded days with entries.

    Args:
        database: read in one snapshot a batch, so that a running service does not disturb the comparison.
        progress: called with pieces done and pieces in all.
    """
    pieces: list[Piece] = [*await pieces_of_logs(database, IN_A_PIECE), *await pieces_of_sums(database)]
    check = RegisterCheck(await counted_by(database))
    for done, piece in enumerate(pieces, 1):
        check.add(await check_piece(database, piece))
        progress(done, len(pieces))
    return check


def is_counted(words: str) -> bool:
    """Whether a difference is one that other rules of counting make, and counting again takes away."""
    return words.startswith("case ") and _COUNTED in words


async def counted_by(database: Upkeep) -> int:
    """Return the version of the rules under which the register was last counted as a whole."""
    async with database.read_unrecorded(REASON) as db:
        return await rules_counted_by(db)


async def pieces_of_logs(database: Upkeep, in_a_piece: int) -> list[CaseRange]:
    """Return ranges that together hold every case, whatever is filed while they are checked."""
    async with database.read_unrecorded(REASON) as db:
        ends = await last_of_each(db, in_a_piece)
    return [CaseRange(after, upto) for after, upto in pairwise([NIL, *ends, LAST])]


async def pieces_of_changed_logs(database: Upkeep, since: datetime) -> list[SomeCases]:
    """Return the cases that something was recorded in at an instant or later (UTC)."""
    async with database.read_unrecorded(REASON) as db:
        ids = await case_ids_written_since(db, since)
    return [SomeCases(tuple(some)) for some in _parted(ids, IN_A_PIECE)]


async def pieces_of_sums(database: Upkeep) -> list[SumsOf | FoldsOf]:
    """Return the measures, and the months of folding."""
    async with database.read_unrecorded(REASON) as db:
        return [
            *(SumsOf(measure) for measure in await measures_summed(db)),
            *(FoldsOf(month) for month in await months_folded(db)),
        ]


async def check_piece(database: Upkeep, piece: Piece) -> RegisterCheck:
    """Return what was compared of one piece, and what differs."""
    check = RegisterCheck()
    if isinstance(piece, SomeCases):
        for ids in _parted(piece.ids, AT_ONCE):
            async with database.read_unrecorded(REASON) as db:
                await _compare(db, ids, check)
        return check
    if isinstance(piece, CaseRange):
        await _check_range(database, piece, check)
        return check
    async with database.read_unrecorded(REASON) as db:
        found = wrong_sums(db, piece.measure) if isinstance(piece, SumsOf) else wrong_folds(db, piece.month)
        check.differences += [words async for words in found]
    return check


def _parted(ids: Sequence[UUID], size: int) -> list[Sequence[UUID]]:
    return [ids[first : first + size] for first in range(0, len(ids), size)]


async def _check_range(database: Upkeep, piece: CaseRange, check: RegisterCheck) -> None:
    after = piece.after
    while True:
        async with database.read_unrecorded(REASON) as db:
            ids = await case_ids_within(db, after, piece.upto, AT_ONCE)
            if not ids:
                break
            await _compare(db, ids, check)
        after = ids[-1]
    async with database.read_unrecorded(REASON) as db:
        async for table in tables_with_strays(db, piece.after, piece.upto):
            check.differences.append(f"{table}: there are rows that belong to no case")
        check.differences += [words async for words in wrong_on_record(db, piece.after, piece.upto)]


async def _compare(db: UnrecordedConnection, ids: Sequence[UUID], check: RegisterCheck) -> None:
    for stored in await load_stored(db, ids):
        check.cases += 1
        check.events += len(stored.events or ())
        check.entries += len(stored.entries)
        check.differences += _differences(stored)


def _differences(stored: StoredCase) -> Iterator[str]:
    reference, state = stored.row["reference"], folded(stored)
    if state is None or stored.events is None:
        yield f"case {reference}: its log does not begin with what was received, or cannot be read"
        return
    expected_seqs = list(range(1, len(stored.events) + 1))
    if [event.seq for event in stored.events] != expected_seqs:
        yield f"case {reference}: its log has a gap"
    if any(later.recorded_at < event.recorded_at for event, later in pairwise(stored.events)):
        yield f"case {reference}: its log runs back"
    expected = expected_rows(state)
    for table, present in stored.by_table():
        for row in present:
            yield from _row_differences(reference, table, row, expected[table])
        if expected[table].keys() - {row["id"] for row in present}:
            yield f"case {reference}: {table.__tablename__} lacks a row that its log gives"
    yield from _ledger_differences(reference, state, stored.entries)


def folded(stored: StoredCase) -> Case | None:
    """Return what a case's log amounts to; None where it does not begin with what was received, or cannot be read."""
    try:
        return None if stored.events is None else fold(stored.events)
    except (AttributeError, LookupError, TypeError):
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
        yield f"case {reference}: {table.__tablename__} {_COUNTED} {', '.join(differing)}"


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
    unknown = sorted({entry["measure"] for entry in entries} - set(Measure))
    if unknown:
        yield f"case {reference}: the ledger has entries of measures that are not known: {', '.join(unknown)}"
        return
    written = as_written(entries)
    expected = contributions(state)
    differing = {found for found in written.keys() | expected.keys() if written[found] != expected[found]}
    measures = sorted({found.cell.measure.value for found in differing})
    if measures:
        yield f"case {reference}: the ledger {_COUNTED} {', '.join(measures)}"
