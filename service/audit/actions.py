"""Recording what was done."""

import hashlib
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from service.acting import Acting
from service.audit.models import AuditEntry
from service.audit.queries import note_values
from service.audit.rules import AuditAction
from service.db.database import RecordedConnection, WriteConnection
from service.db.readings import ReadingNote
from service.ids import new_inner_id

_NOTHING_WRITTEN: Final = hashlib.sha256().digest()


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
