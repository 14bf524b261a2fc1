"""The closed list of what is recorded, and a month of it as a file. Pure: values in, values out."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

SETTLING: Final = timedelta(days=1)
"""How long after its end a month may still be written to: a write ends within seconds, and clocks are compared."""

REST: Final = "audit_log_rest"
"""The part of the log that holds what no month does."""


class AuditAction(StrEnum):
    """What a principal did. Named subject, then what happened to it."""

    SESSION_OPENED = "session:opened"
    SESSION_REFUSED = "session:refused"
    SESSION_CLOSED = "session:closed"
    ACCESS_DENIED = "access:denied"
    AGENCY_MADE = "agency:made"
    AGENCY_CHANGED = "agency:changed"
    USER_MADE = "user:made"
    USER_CHANGED = "user:changed"
    KEY_MADE = "key:made"
    KEY_CHANGED = "key:changed"
    KEY_REVOKED = "key:revoked"
    CASE_FILED = "case:filed"
    CASE_CHANGED = "case:changed"
    CASES_HANDED_OVER = "cases:handed_over"
    CASE_READ = "case:read"
    CASES_LISTED = "cases:listed"
    TIMELINE_READ = "timeline:read"
    NOTE_ADDED = "note:added"
    PERSON_ADDED = "person:added"
    PERSON_CHANGED = "person:changed"
    PERSON_READ = "person:read"
    PERSONS_LISTED = "persons:listed"
    OFFENDER_ADDED = "offender:added"
    OFFENDER_CHANGED = "offender:changed"
    OFFENDER_READ = "offender:read"
    EVENTS_RECORDED = "events:recorded"
    EVENT_VOIDED = "event:voided"
    RETURNS_READ = "returns:read"
    RETURNS_VOIDED = "returns:voided"
    RECORDS_SEARCHED = "records:searched"
    SEARCH_SLOWED = "search:slowed"
    SEARCH_REFUSED = "search:refused"
    RECORDS_INDEXED = "records:indexed"
    RECORDS_CHECKED = "records:checked"
    OPERATION_RECORDED = "operation:recorded"
    OPERATION_CHANGED = "operation:changed"
    OPERATION_REPORTED = "operation:reported"
    OPERATION_READ = "operation:read"
    OPERATIONS_LISTED = "operations:listed"
    REGISTER_RECOUNTED = "register:recounted"
    REGISTER_CHECKED = "register:checked"
    LOSS_ACCEPTED = "register:loss_accepted"
    DIFFERENCE_ACCEPTED = "register:difference_accepted"
    AUDIT_READ = "audit:read"
    AUDIT_EXPORTED = "audit:exported"
    AUDIT_DETACHED = "audit:detached"
    FIGURE_AS_KNOWN = "figure:as_known"
    ANSWER_REPEATED = "answer:repeated"


def month_after(month: date) -> date:
    """Return the first day of the next month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def first_instant(month: date) -> datetime:
    """Return the instant at which a month of the log begins, UTC."""
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def is_over(month: date, now: datetime) -> bool:
    """Whether a month takes no more entries.

    Args:
        month: its first day.
        now: UTC.
    """
    return now >= first_instant(month_after(month)) + SETTLING


def part_of(month: date) -> str:
    """Return the name of the part of the log that holds a month."""
    return f"audit_log_{month:%Y_%m}"


def file_of(month: date) -> str:
    """Return the name of the file to which a month is exported."""
    return f"audit-{month:%Y-%m}.jsonl"


def as_line(row: Mapping[str, Any]) -> bytes:
    """Return an entry as a line of JSON, the same whenever it is made: what is exported twice has one digest."""
    return json.dumps(row, default=_as_text, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value.hex() if isinstance(value, bytes) else str(value)
