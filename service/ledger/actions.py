"""Writing entries, and folding settled days."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from service.clock import Clock
from service.db.database import Database, ReadConnection, WriteConnection
from service.ids import new_inner_id
from service.ledger.models import LedgerEntry
from service.ledger.queries import beginning_of, due_day, fold_step, held_at, register_id
from service.ledger.rules import Entry
from service.marks import Mark, MarkError, keep_marks, lost_since, read_marks

LOG: Final = logging.getLogger("service.ledger")

SETTLING: Final = timedelta(seconds=30)
"""A moment is settled once every write that could still carry it has ended: the database refuses what is 25 s late
when its transaction commits, and five more are for the commit itself (migration 0019)."""


AT_ONCE: Final = 20_000
"""Entries that one step of folding sums: a second's work, of the ten that a statement may take."""

BEHIND: Final = timedelta(hours=1)
"""A day that could have been folded for longer is worth a line in the log: figures are right, but read more rows."""


@dataclass(frozen=True)
class Unfolded:
    """What is not folded yet.

    Attributes:
        since: the beginning of the oldest UTC day with such entries.
        lag: for how long that day could have been folded; zero where it is not settled.
    """

    since: datetime
    lag: timedelta


def write_entries(db: WriteConnection, case_id: UUID, entries: Iterable[Entry], *, now: datetime) -> None:
    """Stage a case's entries, recorded at the instant of the events that cause them (UTC)."""
    rows = [
        {
            "case_id": case_id,
            "id": new_inner_id(now),
            "recorded_at": now,
            "subject_id": entry.subject_id,
            **entry.cell._asdict(),
            "measure": entry.cell.measure.value,
            "delta": entry.delta,
        }
        for entry in entries
    ]
    db.insert(LedgerEntry, *rows)


async def settled_at(db: ReadConnection, *, now: datetime) -> datetime:
    """Return the latest moment that is settled in a snapshot: by the clock that is behind, so that neither is trusted.

    Args:
        db: a snapshot.
        now: UTC, by the clock of this service.
    """
    return min(now, await beginning_of(db)) - SETTLING


async def marked_now(db: ReadConnection, *, now: datetime) -> tuple[UUID, Mark]:
    """Return the id of the register, and what it holds up to the latest settled moment.

    Args:
        db: a snapshot.
        now: UTC.
    """
    return await register_id(db), await marked_at(db, await settled_at(db, now=now), by_folds=True)


async def marked_at(db: ReadConnection, at: datetime, *, by_folds: bool = False) -> Mark:
    """Return what the register holds up to a moment.

    Args:
        db: a snapshot.
        at: UTC.
        by_folds: believe what was noted of the days that are folded.
    """
    held = await held_at(db, at, by_folds=by_folds)
    return Mark(at, held["entries"], None if held["last"] is None else min(held["last"], at))


class MarkKeeper:
    """Keeps the mark of a register in a file, and says so where the register lacks what the mark knows of."""

    def __init__(self, database: Database, path: Path, clock: Clock) -> None:
        """Describe them; nothing is read yet."""
        self._database = database
        self._path = path
        self._clock = clock
        self._told = ""

    async def keep(self) -> None:
        """Move the mark on to now, unless the register lacks something: then the mark stays, as the only witness."""
        try:
            marks = await asyncio.to_thread(read_marks, self._path)
            async with self._database.read() as db:
                id_, present = await marked_now(db, now=self._clock())
                kept = marks.get(id_)
                lost = kept and lost_since(kept, await marked_at(db, kept.at, by_folds=True))
            if lost:
                self._tell(f"this register is not what {self._path} knows of: {lost}")
            elif kept is None or kept.at < present.at:
                await asyncio.to_thread(keep_marks, self._path, {**marks, id_: present})
                self._told = ""
        except (OSError, MarkError) as error:
            self._tell(f"{self._path}: {getattr(error, 'strerror', None) or error}")

    def _tell(self, words: str) -> None:
        """Write a line to the log, once."""
        if words != self._told:
            LOG.error("mark=%s", words)
        self._told = words


class FoldState(StrEnum):
    """How folding goes on, in the words of the database's function."""

    IDLE = "idle"
    """Nothing is due, or somebody else is folding."""
    WAIT = "wait"
    """Somebody is still writing into the day."""
    MORE = "more"
    """A step was done."""
    DONE = "done"
    """A day is folded."""


async def fold_some(db: WriteConnection, *, now: datetime, at_once: int = AT_ONCE) -> tuple[date | None, FoldState]:
    """Do the next step of folding the oldest settled UTC day that is not folded yet.

    The answer of every figure is the same before and after each step: totals and tail are read in one snapshot, and
    the sums of a day count once all of them are there. The database itself keeps entries out of a day that is being
    folded or is folded, and folds none that is not over by its own clock. Nobody who writes waits for it.

    Args:
        db: a transaction of its own.
        now: UTC.
        at_once: entries that are summed in it.

    Returns:
        The day that is folded with it, if one is; and whether there is more to do.
    """
    day, state = await fold_step(db, now, at_once)
    return day, FoldState(state)


async def unfolded(db: ReadConnection, *, now: datetime) -> Unfolded | None:
    """Return what is not folded yet; None where everything is.

    Args:
        db: any connection.
        now: UTC.
    """
    day = await due_day(db)
    if day is None:
        return None
    since = datetime.combine(day, time(), UTC)
    return Unfolded(since, max(now - SETTLING - since - timedelta(days=1), timedelta()))


async def warn_if_behind(db: ReadConnection, *, now: datetime) -> None:
    """Write a line to the log where folding is behind."""
    rest = await unfolded(db, now=now)
    if rest is not None and rest.lag > BEHIND:
        LOG.error("fold=behind day=%s lag_s=%d", rest.since.date(), rest.lag.total_seconds())
