"""Checking by what sealed records are found: every search key has its record, and every record its keys.

Without the keys of the register nothing is opened: what a record says is then not compared, only to whom keys point.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.db.database import Upkeep
from service.ids import NIL
from service.people.actions.sealing import search_keys
from service.people.queries import indexing as queries
from service.people.queries.indexing import Indexed
from service.people.queries.keys import keys_in_use, other_wrapped_keys, wrapped_data_keys
from service.sealing import KeyRing, MissingKeyError, RegisterKeys, SealingError

AT_ONCE: Final = 500
"""Records opened in one transaction: half a second's work."""

_ORPHANED: Final = "a search key has no record any more, which safe-return index forgets"


def is_orphaned(words: str) -> bool:
    """Whether a difference is only a search key without a record, which `safe-return index` deletes."""
    return words.endswith(_ORPHANED)


@dataclass
class SearchCheck:
    """What was compared, and what differs.

    Attributes:
        records: that are found, or to be found.
        unindexed: of those, without search keys of the present rules: not a difference, but not found either.
        opened: records whose keys were made again and compared.
        differences: in words, each naming the case; ids only.
    """

    records: int = 0
    unindexed: int = 0
    opened: int = 0
    differences: list[str] = field(default_factory=list)


async def check_search_keys(
    database: Upkeep,
    keys: RegisterKeys | None,
    acting: Callable[[], Acting],
    progress: Callable[[int, int], None],
) -> SearchCheck:
    """Compare search keys with the records they point to and, where there are keys to open them, with what they say.

    Args:
        database: of the register.
        keys: open what is sealed; None to open nothing.
        acting: whom the audit log names, now; a row for each batch says whose records were opened.
        progress: called with records opened and records in all.
    """
    check = SearchCheck()
    async with database.read_unrecorded(
        "check: records are counted, and cases named whose search keys are wrong"
    ) as db:
        check.records, check.unindexed = await queries.count_found(db), await queries.count_unindexed(db)
        orphaned, misplaced = await queries.orphaned_key(db), await queries.misplaced_key(db)
    if misplaced is not None:
        check.differences.append(f"case {misplaced}: a search key points to somebody its record is not about")
    if orphaned is not None:
        check.differences.append(f"case {orphaned}: {_ORPHANED}")
    after: tuple[UUID, UUID] | None = None
    while keys is not None and (batch := await _compare_next(database, keys, acting, check, after)):
        after = (batch[-1].record.case_id, batch[-1].record.id)
        progress(check.opened, max(check.records, check.opened))
    return check


async def _compare_next(
    database: Upkeep,
    keys: RegisterKeys,
    acting: Callable[[], Acting],
    check: SearchCheck,
    after: tuple[UUID, UUID] | None,
) -> Sequence[Indexed]:
    async with database.write() as db:
        batch = await queries.indexed_records(db, after=after, limit=AT_ONCE)
        for one in batch:
            words = _difference(one, keys)
            if words is not None:
                check.differences.append(f"case {one.record.case_id}: a sealed {one.record.kind.value} {words}")
        if batch:
            subjects = dict.fromkeys(one.record.subject_id for one in batch)
            fields = {one.record.kind.value for one in batch}
            record(db, acting(), AuditAction.RECORDS_CHECKED, subject_ids=subjects, fields=fields)
    check.opened += len(batch)
    return batch


def unusable_keys(ring: KeyRing, sealed: Iterable[bytes]) -> tuple[list[str], list[str]]:
    """Return the names of keys that a ring lacks, and of keys that are in it and open nothing here.

    Args:
        ring: as it stands in the key file.
        sealed: a wrapped value for each key in use.
    """
    missing, wrong = [], []
    for wrapped in sealed:
        try:
            ring.unwrap(wrapped)
        except MissingKeyError as error:
            missing.append(error.name)
        except SealingError:
            wrong.append(wrapped.partition(b":")[0].decode("ascii", "replace"))
    return sorted(missing), sorted(wrong)


async def check_keys(database: Upkeep, ring: KeyRing) -> list[str]:
    """Return in words which keys a ring lacks for what is sealed, or has with other bytes; nothing sealed is opened."""
    async with database.read_unrecorded("check: the names of keys are compared with those of the key file") as db:
        missing, wrong = unusable_keys(ring, await keys_in_use(db))
    told = [
        *(f"{name} is missing, with which something is sealed: put the newest key file back" for name in missing),
        *(f"{name} is another key than that with which something is sealed: put the right one back" for name in wrong),
    ]
    return [f"keys: {words}" for words in told] or await _check_wrapped(database, ring)


async def _check_wrapped(database: Upkeep, ring: KeyRing) -> list[str]:
    """Return in words which wrapped keys the ring does not open, though it opens others."""
    after = (NIL, NIL)
    async with database.read_unrecorded("check: keys are unwrapped, which open nothing") as db:
        if not all(_opens(ring, wrapped) for wrapped in await other_wrapped_keys(db)):
            return ["keys: the index key, or that of a kept answer, was changed"]
        while batch := await wrapped_data_keys(db, after=after):
            after = batch[-1][0]
            for (case_id, _), wrapped in batch:
                if not _opens(ring, wrapped):
                    return [f"keys: a data key in case {case_id} was changed"]
    return []


def _opens(ring: KeyRing, wrapped: bytes) -> bool:
    try:
        ring.unwrap(wrapped)
    except SealingError:
        return False
    return True


def _difference(one: Indexed, keys: RegisterKeys) -> str | None:
    try:
        subject, content = one.record.open(keys)
    except SealingError:
        return "does not open: it was moved or changed"
    expected = {(row["kind"], row["key"]) for row in search_keys(subject, one.record.id, one.record.kind, content)}
    return None if one.keys == expected else "has other search keys than its words give"
