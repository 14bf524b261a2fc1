"""The audit log's table."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.db.metadata import Table


class AuditEntry(Table):
    """One act of one principal: codes, ids and names of fields, never a value. Triggers refuse any change."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_subject_ids", "subject_ids", postgresql_using="gin"),
        Index("ix_audit_log_principal_id_id", "principal_id", "id"),
        Index("ix_audit_log_agency_id_id", "agency_id", "id"),
        Index("ix_audit_log_role_id", "role", "id"),
        Index("ix_audit_log_action_id", "action", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    principal_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    role: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[UUID | None] = mapped_column(index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class AuditRecord(TypedDict):
    """A row of `AuditEntry`."""

    id: UUID
    recorded_at: datetime
    principal_id: UUID | None
    agency_id: UUID | None
    role: str | None
    action: str
    subject_ids: list[UUID]
    fields: list[str]
    reason: str | None
    request_id: UUID | None
    digest: bytes
