"""Recording what was done."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from service.acting import Acting
from service.audit.models import AuditEntry
from service.audit.queries import Note
from service.audit.rules import AuditAction
from service.db.database import WriteConnection
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
    row = {
        "id": new_inner_id(acting.now),
        "recorded_at": acting.now,
        "principal_id": acting.principal.id if acting.principal else None,
        "agency_id": acting.principal.agency_id if acting.principal else None,
        "role": acting.principal.role.value if acting.principal else None,
        "action": action.value,
        "subject_ids": list(subject_ids),
        "fields": sorted(set(fields)),
        "reason": reason,
        "request_id": acting.request_id,
        "digest": db.digest(),
    }
    db.insert(AuditEntry, row)


def note_of(
    acting: Acting, action: AuditAction, *, reason: str | None = None, subject_ids: Sequence[UUID] | None = None
) -> Note:
    """Answer what a query that records its own reading is told (`queries.on_record`).

    Args:
        acting: who reads, when, in which request.
        action: what.
        reason: a code, where the act needs one.
        subject_ids: who is shown, for a query that is told rather than finds out.
    """
    note: dict[str, Any] = {
        "note_id": new_inner_id(acting.now),
        "note_recorded_at": acting.now,
        "note_principal_id": acting.principal.id if acting.principal else None,
        "note_agency_id": acting.principal.agency_id if acting.principal else None,
        "note_role": acting.principal.role.value if acting.principal else None,
        "note_action": action.value,
        "note_reason": reason,
        "note_request_id": acting.request_id,
        "note_digest": _NOTHING_WRITTEN,
    }
    return note if subject_ids is None else note | {"note_subject_ids": list(subject_ids)}
