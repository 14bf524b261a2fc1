"""Recording what was done, and looking after the months of the log."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from service.acting import Acting
from service.audit.models import AuditEntry, MonthRecord
from service.audit.queries import (
    detach_month,
    entries_of,
    keep_months,
    months_of,
    note_export,
    note_values,
    parts_of,
)
from service.audit.rules import REST, AuditAction, as_line, part_of
from service.db.database import Database, PersonalConnection, RecordedConnection, Upkeep, WriteConnection
from service.db.readings import ReadingNote
from service.ids import new_inner_id

AHEAD: Final = 3
"""Months that are made ahead of the present one."""

_NOTHING_WRITTEN: Final = hashlib.sha256().digest()
_COMPARED: Final = "months of the audit log are compared with what is on record of them"


def record(
    db: WriteConnection,
    acting: Acting,
    action: AuditAction,
    *,
    subject_ids: Iterable[UUID] = (),
    fields: Iterable[str] = (),
    reason: str | None = None,
) -> None:
    """Stage one audit row, with the digest of everything staged before it.

    Commits or rolls back with the act it describes; if it cannot be written, nothing is.

    Args:
        db: the transaction of the act.
        acting: who, when, in which request.
        action: what.
        subject_ids: the records it was done to, or that were shown.
        fields: names of the sealed fields written or shown, never values.
        reason: a code, where the act needs one.
    """
    db.insert(AuditEntry, {**_act(acting, action, reason, db.digest()), **_shown(subject_ids, fields)})


def record_shown(
    db: RecordedConnection,
    *,
    subject_ids: Iterable[UUID] = (),
    fields: Iterable[str] = (),
    refused: AuditAction | None = None,
) -> None:
    """Stage the audit row of a reading whose queries do not record themselves, under its reading note.

    Args:
        db: on which it was read.
        subject_ids: the records that are shown.
        fields: names of the sealed fields that are.
        refused: what is recorded instead of the reading, where nothing is shown.
    """
    note = db.note
    action = AuditAction(note.action) if refused is None else refused
    act = _act(note.acting, action, note.purpose, _NOTHING_WRITTEN)
    db.put_on_record(AuditEntry, {**act, **_shown(subject_ids, fields)})


def reading_note_of(acting: Acting, action: AuditAction, *, purpose: str | None = None) -> ReadingNote:
    """Return what a reading is put on record with (`Database.read_on_record`).

    Args:
        acting: who reads, when, in which request.
        action: what.
        purpose: why what is sealed is opened, as a code.
    """
    return ReadingNote(acting, action.value, purpose, note_values(_act(acting, action, purpose, _NOTHING_WRITTEN)))


async def make_months(database: Database) -> None:
    """Make the parts of the log for the months to come."""
    async with database.write() as db:
        await keep_months(db, AHEAD)


@dataclass(frozen=True)
class Exported:
    """A month as it was written to a file.

    Attributes:
        entries: how many there are.
        digest: SHA-256 of the bytes.
    """

    entries: int
    digest: bytes


async def read_month(database: Upkeep, month: date, write: Callable[[bytes], object] = lambda _: None) -> Exported:
    """Return the number of entries of a month and the digest of its file.

    Args:
        database: read in one snapshot; nobody is shown anything here, and whoever exports puts that on record.
        month: its first day, UTC.
        write: is given the lines of the file.
    """
    async with database.read_unrecorded(_COMPARED) as db:
        return await _read_month(db, month, write)


async def record_export(database: Upkeep, acting: Acting, month: date, exported: Exported) -> bool:
    """Put on record that a month was exported, as the owner; return whether it is attached."""
    async with database.write() as db:
        done = await note_export(db, month, exported.entries, exported.digest)
        if done:
            record(db, acting, AuditAction.AUDIT_EXPORTED, reason=f"{month:%Y-%m}")
    return done


async def detach(database: Upkeep, acting: Acting, month: date, *, dropped: bool) -> bool:
    """Detach a month that was exported, on record, as the owner; return whether it was attached.

    Raises:
        DatabaseFailure: it does not hold as many rows as were exported.
    """
    async with database.write() as db:
        done = await detach_month(db, month, dropped=dropped)
        if done:
            record(db, acting, AuditAction.AUDIT_DETACHED, reason=f"{month:%Y-%m}")
    return done


@dataclass
class LogCheck:
    """The months that were compared, and what differs, in words."""

    months: int = 0
    differences: list[str] = field(default_factory=list)


async def check_months(database: Upkeep) -> LogCheck:
    """Compare the parts of the log with the months on record, and those that were exported with their digests."""
    async with database.read_unrecorded(_COMPARED) as db:
        months, parts = await months_of(db), await parts_of(db)
        check = LogCheck(len(months))
        for month in months:
            words = await _difference_of(db, month, parts)
            if words:
                check.differences.append(f"audit log: {month['month']:%Y-%m} {words}")
    known = {REST, *(part_of(month["month"]) for month in months)}
    check.differences += [f"audit log: nothing is on record of its part {name}" for name in sorted(parts - known)]
    if REST not in parts:
        check.differences.append(f"audit log: its part {REST} is missing")
    return check


async def _difference_of(db: PersonalConnection, month: MonthRecord, parts: frozenset[str]) -> str | None:
    attached = part_of(month["month"]) in parts
    if month["detached_at"] is not None:
        return "was detached, and is attached again" if attached else None
    if not attached:
        return "is missing, and nothing is on record of its being detached"
    if month["exported_at"] is None:
        return None
    present = await _read_month(db, month["month"], lambda _: None)
    same = present == Exported(month["entries"] or 0, month["digest"] or b"")
    return None if same else f"holds {present.entries} entries that are not the {month['entries']} that were exported"


async def _read_month(db: PersonalConnection, month: date, write: Callable[[bytes], object]) -> Exported:
    digest, count = hashlib.sha256(), 0
    async for row in entries_of(db, month):
        line = as_line(row)
        digest.update(line)
        write(line)
        count += 1
    return Exported(count, digest.digest())


def _shown(subject_ids: Iterable[UUID], fields: Iterable[str]) -> dict[str, Any]:
    return {"subject_ids": list(subject_ids), "fields": sorted(set(fields))}


def _act(acting: Acting, action: AuditAction, reason: str | None, digest: bytes) -> dict[str, Any]:
    """Return the columns of an audit row, but for whom and what was shown or written."""
    principal = acting.principal
    return {
        "id": new_inner_id(acting.now),
        "recorded_at": acting.now,
        "principal_id": principal.id if principal else None,
        "agency_id": principal.agency_id if principal else None,
        "role": principal.role.value if principal else None,
        "action": action.value,
        "reason": reason,
        "request_id": acting.request_id,
        "digest": digest,
    }
