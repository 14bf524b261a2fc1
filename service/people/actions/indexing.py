"""Making search keys for what was sealed before there were any, or by older rules; and forgetting what lost its record.

It runs beside the service, can be stopped at any moment and goes on where it was: each batch is one transaction.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.db.database import Database, Upkeep, WriteConnection
from service.people.actions.sealing import search_keys
from service.people.models import SealedRecord, SearchKey
from service.people.queries import indexing as queries
from service.people.queries.indexing import Closed
from service.people.rules.terms import TERMS_VERSION
from service.sealing import RegisterKeys, SealingError
from service.slices import in_slices

AT_ONCE: Final = 200
"""Records opened, or cases cleared, in one transaction: a second's work at most."""


@dataclass
class Indexing:
    """What was done.

    Attributes:
        records: that can be found now.
        unreadable: that did not open; they stay as they are.
        forgotten: keys whose record was taken out or whose subject was erased.
    """

    records: int = 0
    unreadable: int = 0
    forgotten: int = 0


async def index_register(
    database: Upkeep, keys: RegisterKeys, acting: Callable[[], Acting], progress: Callable[[int, int], None]
) -> Indexing:
    """Make the keys that are missing and forget those that point nowhere.

    Args:
        database: of the register.
        keys: open what is sealed.
        acting: whom the audit log names, now; a row for each batch says whose records were opened.
        progress: called with records done and records in all.
    """
    done = Indexing()
    async with database.read_unrecorded("index: records are counted") as db:
        total = await queries.count_unindexed(db)
    after: tuple[UUID, UUID] | None = None
    while batch := await index_next(database, keys, acting, done, partial(queries.lock_unindexed, after=after)):
        after = (batch[-1].case_id, batch[-1].id)
        progress(done.records, max(total, done.records))
    await _forget(database, done)
    return done


async def index_next(
    database: Database,
    keys: RegisterKeys,
    acting: Callable[[], Acting],
    done: Indexing,
    lock: Callable[..., Awaitable[Sequence[Closed]]],
    *,
    limit: int | None = None,
) -> Sequence[Closed]:
    """Make the keys of the next records, and put on record whose were opened: one transaction.

    Args:
        database: of the register.
        keys: open what is sealed.
        acting: whom the audit log names, now.
        done: is added to.
        lock: returns the next records, at most `limit`, and locks them.
        limit: records in one transaction; None for `AT_ONCE`.
    """
    async with database.write() as db:
        batch = await lock(db, limit=limit or AT_ONCE)
        indexed = [one async for one in in_slices(batch) if _index(db, keys, one)]
        if indexed:
            await queries.forget_keys(db, [(one.case_id, one.id) for one in indexed])
            subjects = dict.fromkeys(one.subject_id for one in indexed)
            fields = {one.kind.value for one in indexed}
            record(db, acting(), AuditAction.RECORDS_INDEXED, subject_ids=subjects, fields=fields)
    done.records += len(indexed)
    done.unreadable += len(batch) - len(indexed)
    return batch


def _index(db: WriteConnection, keys: RegisterKeys, one: Closed) -> bool:
    """Stage the keys of one record, and return whether it opened."""
    try:
        subject, content = one.open(keys)
    except SealingError:
        return False
    db.insert(SearchKey, *search_keys(subject, one.id, one.kind, content))
    db.update(SealedRecord, {"case_id": one.case_id, "id": one.id, "indexed": TERMS_VERSION})
    return True


async def _forget(database: Upkeep, done: Indexing) -> None:
    after: UUID | None = None
    while True:
        async with database.read_unrecorded("index: ids of cases, one batch after the other") as db:
            cases = await queries.indexed_cases(db, after=after, limit=AT_ONCE)
        if not cases:
            return
        async with database.write() as changing:
            done.forgotten += await queries.forget_orphaned_keys(changing, cases)
        after = cases[-1]
