"""The audit log's tables."""

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Index, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.db.metadata import Table


class AuditEntry(Table):
    """One act of one principal: codes, ids and names of fields, never a value. Triggers refuse any change.

    There is a part of it for each month (UTC) of recording, in the schema `audit_parts` (ADR 55).
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_subject_ids", "subject_ids", postgresql_using="gin"),
        Index("ix_audit_log_principal_id_id", "principal_id", "id"),
        Index("ix_audit_log_agency_id_id", "agency_id", "id"),
        Index("ix_audit_log_role_id", "role", "id"),
        Index("ix_audit_log_action_id", "action", "id"),
        {"postgresql_partition_by": "RANGE (recorded_at)"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
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


class AuditMonth(Table):
    """A month of the audit log that has, or had, a part of its own."""

    __tablename__ = "audit_months"

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its first day, UTC."""
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    exported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entries: Mapped[int | None] = mapped_column(BigInteger)
    """How many were exported."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the file to which they were."""
    detached_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MonthRecord(TypedDict):
    """A row of `AuditMonth`."""

    month: date
    made_at: datetime
    exported_at: datetime | None
    entries: int | None
    digest: bytes | None
    detached_at: datetime | None
