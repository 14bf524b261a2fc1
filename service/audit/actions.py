"""Recording what was done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.audit.models import AuditEntry
from service.audit.rules import AuditAction
from service.db.database import WriteConnection
from service.ids import new_inner_id


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
