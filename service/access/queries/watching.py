"""What supervisors are shown of others: who administers or audits and changed, and who searches much (ADR 58, 61)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypedDict

from sqlalchemy import Uuid, bindparam, func, or_, select

from service.access.models import Agency, User
from service.access.rules import NEVER_NONE, WATCHED_DAYS
from service.audit.models import AuditEntry
from service.audit.rules import AuditAction
from service.db.database import ReadConnection
from service.db.statements import Query
from service.ids import first_id_at

MOST_SHOWN: Final = 50

_OF_ACCOUNTS: Final = (AuditAction.USER_MADE, AuditAction.USER_CHANGED, AuditAction.AGENCY_CHANGED)


class WatchedRecord(TypedDict):
    """A change of an administrator or auditor, or of an agency of some; names are the present ones."""

    recorded_at: datetime
    action: str
    reason: str
    fields: list[str]
    changed: str | None
    changed_by: str | None


class SlowedRecord(TypedDict):
    """A user whose searches were slowed or refused, and how many."""

    username: str
    searches: int
    last_at: datetime


_BY: Final = User.__table__.alias("changing")
_CHANGED: Final = AuditEntry.subject_ids[1]

_WATCHED: Final = Query(
    select(
        AuditEntry.recorded_at,
        AuditEntry.action,
        AuditEntry.reason,
        AuditEntry.fields,
        func.coalesce(
            select(User.username).where(User.id == _CHANGED).correlate(AuditEntry).scalar_subquery(),
            select(Agency.name).where(Agency.id == _CHANGED).correlate(AuditEntry).scalar_subquery(),
        ).label("changed"),
        select(_BY.c.username)
        .where(_BY.c.id == AuditEntry.principal_id)
        .correlate(AuditEntry)
        .scalar_subquery()
        .label("changed_by"),
    )
    .where(or_(*(AuditEntry.action == action.value for action in _OF_ACCOUNTS)))
    .where(AuditEntry.id >= bindparam("first", type_=Uuid))
    .where(or_(*(AuditEntry.reason.contains(role.value) for role in sorted(NEVER_NONE))))
    .order_by(AuditEntry.id.desc())
    .limit(MOST_SHOWN),
    WatchedRecord,
    unrecorded="accounts of those who administer and audit, and nobody's case",
)


async def list_watched(db: ReadConnection, now: datetime) -> Sequence[WatchedRecord]:
    """Return the latest changes of administrators and auditors, newest first."""
    return await db.rows(_WATCHED, {"first": first_id_at(now - timedelta(days=WATCHED_DAYS))})


_OF_SEARCHES: Final = (AuditAction.SEARCH_SLOWED, AuditAction.SEARCH_REFUSED)
_SEARCHES: Final = func.count().label("searches")

_SLOWED: Final = Query(
    select(User.username, _SEARCHES, func.max(AuditEntry.recorded_at).label("last_at"))
    .join(User, User.id == AuditEntry.principal_id)
    .where(or_(*(AuditEntry.action == action.value for action in _OF_SEARCHES)))
    .where(AuditEntry.id >= bindparam("first", type_=Uuid))
    .group_by(User.username)
    .order_by(_SEARCHES.desc(), User.username)
    .limit(MOST_SHOWN),
    SlowedRecord,
    unrecorded="how often users searched, and nobody's case",
)


async def list_slowed(db: ReadConnection, now: datetime) -> Sequence[SlowedRecord]:
    """Return who searched so often within a day that it was slowed or refused, whoever was most often first."""
    return await db.rows(_SLOWED, {"first": first_id_at(now - timedelta(days=1))})
