"""The closed list of what is recorded. Pure: values in, values out."""

from enum import StrEnum


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
