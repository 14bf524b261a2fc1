"""Looking acts up in the audit log, to count them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from service.audit.models import AuditEntry
from service.audit.rules import AuditAction
from service.ids import first_id_at


def nth_latest(principal_id: UUID, action: AuditAction, *, nth: int, since: datetime) -> Select[datetime]:
    """Answer a query for when a principal did something for the nth last time; nothing where less often.

    Args:
        principal_id: who.
        action: what.
        nth: 1 for the last time.
        since: whatever happened then, or before, does not count.
    """
    return (
        select(AuditEntry.recorded_at)
        .where(AuditEntry.principal_id == principal_id, AuditEntry.action == action.value)
        .where(AuditEntry.id >= first_id_at(since), AuditEntry.recorded_at > since)
        .order_by(AuditEntry.id.desc())
        .offset(nth - 1)
        .limit(1)
    )
