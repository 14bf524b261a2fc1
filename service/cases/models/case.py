"""The table of cases. Every column but identity, version and assignment is a projection of the events."""

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import (
    Date,
    DateTime,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.codes import CaseStatus
from service.db.failures import VIOLATED, drawn_twice
from service.db.metadata import Table, one_of


class CaseRow(Table):
    """One request for intervention."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("reference", info={VIOLATED: drawn_twice}),
        one_of("status", CaseStatus),
        Index("ix_cases_agency_id_id", "agency_id", "id"),
        Index("ix_cases_status_id", "status", "id"),
        Index("ix_cases_received_on", "received_on"),
        Index("ix_cases_disclosed_to", "disclosed_to", postgresql_using="gin"),
        Index("ix_cases_nationalities", "nationalities", postgresql_using="gin"),
        Index("ix_cases_assigned_to_id", "assigned_to", "id", postgresql_where=text("assigned_to IS NOT NULL")),
        Index("ix_cases_urgency_id", "urgency", "id", postgresql_where=text("urgency <> 'normal'")),
        Index("ix_cases_withheld", "id", postgresql_where=text("withheld_from <> '{}'")),
        Index("ix_cases_incomplete", "id", postgresql_where=text("completeness < 100")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID]
    """The agency that filed it."""
    filed_by: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    province: Mapped[str | None] = mapped_column(Text)
    precision: Mapped[str | None] = mapped_column(Text)
    relationship: Mapped[str | None] = mapped_column(Text)
    received_on: Mapped[date] = mapped_column(Date)
    filed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """Of the latest event; the next one is recorded no earlier."""
    status: Mapped[str] = mapped_column(Text)
    closure: Mapped[str | None] = mapped_column(Text)
    tally: Mapped[dict[str, int]] = mapped_column(JSONB)
    head_count: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    allegations: Mapped[list[str]] = mapped_column(ARRAY(Text))
    nationalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    disclosed_to: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Policy column: states whose liaisons may know of somebody here."""
    withheld_from: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Policy column: agencies that must not know of this case."""
    findings: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    """On the whole case: each authority's latest."""
    completeness: Mapped[int] = mapped_column(SmallInteger)
    missing: Mapped[list[str]] = mapped_column(ARRAY(Text))
    assigned_to: Mapped[UUID | None]
    seq: Mapped[int]
    """Of the latest event."""
    version: Mapped[int]


class CaseRecord(TypedDict):
    """A row of `CaseRow`."""

    id: UUID
    reference: str
    agency_id: UUID
    filed_by: UUID
    channel: str
    kind: str
    urgency: str
    language: str | None
    province: str | None
    precision: str | None
    relationship: str | None
    received_on: date
    filed_at: datetime
    recorded_at: datetime
    status: str
    closure: str | None
    tally: dict[str, int]
    head_count: dict[str, object] | None
    allegations: list[str]
    nationalities: list[str]
    disclosed_to: list[str]
    withheld_from: list[UUID]
    findings: list[dict[str, object]]
    completeness: int
    missing: list[str]
    assigned_to: UUID | None
    seq: int
    version: int
