"""Recording what was done."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from service.audit.models import AuditEntry
from service.audit.queries import Note
from service.audit.rules import AuditAction
from service.db.database import WriteConnection
from service.ids import new_inner_id

_NOTHING_WRITTEN: Final = hashlib.sha256().digest()


@dataclass(frozen=True)
class Author:
    """Who is acting, in which request, and when.

    Attributes:
        principal_id: the user or key; None before anyone is known, or for the command line.
        agency_id: the body the principal works for.
        role: the role in force for this request.
        request_id: of the request.
        now: the request's instant, UTC; every row of the request carries it.
    """

    principal_id: UUID | None
    agency_id: UUID | None
    role: str | None
    request_id: UUID | None
    now: datetime


def record(
    db: WriteConnection,
    author: Author,
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
        author: who, when, in which request.
        action: what.
        subject_ids: the records it was done to, or that were shown.
        fields: names of the sealed fields written or shown, never values.
        reason: a code, where the act needs one.
    """
    row = {
        "id": new_inner_id(author.now),
        "recorded_at": author.now,
        "principal_id": author.principal_id,
        "agency_id": author.agency_id,
        "role": author.role,
        "action": action.value,
        "subject_ids": list(subject_ids),
        "fields": sorted(set(fields)),
        "reason": reason,
        "request_id": author.request_id,
        "digest": db.digest(),
    }
    db.insert(AuditEntry, row)


def note_of(
    author: Author, action: AuditAction, *, reason: str | None = None, subject_ids: Sequence[UUID] | None = None
) -> Note:
    """Answer what a query that records its own reading is told (`queries.on_record`).

    Args:
        author: who reads, when, in which request.
        action: what.
        reason: a code, where the act needs one.
        subject_ids: who is shown, for a query that is told rather than finds out.
    """
    note: dict[str, Any] = {
        "note_id": new_inner_id(author.now),
        "note_recorded_at": author.now,
        "note_principal_id": author.principal_id,
        "note_agency_id": author.agency_id,
        "note_role": author.role,
        "note_action": action.value,
        "note_reason": reason,
        "note_request_id": author.request_id,
        "note_digest": _NOTHING_WRITTEN,
    }
    return note if subject_ids is None else note | {"note_subject_ids": list(subject_ids)}
