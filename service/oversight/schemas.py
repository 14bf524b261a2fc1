"""The audit log on the wire: codes, ids and names of fields, never a value."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from service.wire import Page, Shown


class AuditEntryShown(Shown):
    """One act of one principal."""

    id: UUID
    recorded_at: datetime
    principal_id: UUID | None = None
    """The user or key; absent before anybody is known, and for the command line."""
    principal: str | None = None
    """Its user name, or the name of the key, as it is today."""
    agency_id: UUID | None = None
    agency: str | None = None
    """The agency's name, as it is today."""
    role: str | None = None
    """The role that was in force then."""
    action: str
    subject_ids: tuple[UUID, ...]
    """The records it was done to, or that were shown."""
    fields: tuple[str, ...]
    """Names of the sealed fields written or shown."""
    reason: str | None = None
    """A code: the purpose of a reading, the kind recorded, what was missing. Of an account its role and nationalities,
    before and after; of a sign-in whether the address was known."""
    request_id: UUID | None = None
    digest: str
    """SHA-256 of the rows written with it, in hexadecimal."""


class AuditPage(Page):
    """Entries of the audit log, newest first."""

    items: tuple[AuditEntryShown, ...]


def entry_shown(row: Mapping[str, Any]) -> AuditEntryShown:
    """Return an entry as it is shown."""
    return AuditEntryShown(**{**row, "digest": row["digest"].hex()})
