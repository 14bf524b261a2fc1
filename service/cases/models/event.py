"""The log of events."""

from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import (
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.failures import VIOLATED, somebody_was_first
from service.db.metadata import Table, one_of
from service.story.kinds.names import Kind, SubjectKind
from service.story.moment import Precision


class EventRow(Table):
    """The log. Triggers refuse any change; the run-time role has no right to one either."""

    __tablename__ = "events"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        UniqueConstraint("case_id", "seq", info={VIOLATED: somebody_was_first}),
        ForeignKeyConstraint(["case_id"], ["cases.id"]),
        one_of("kind", Kind),
        one_of("subject_kind", SubjectKind),
        one_of("occurred_precision", Precision),
        Index("ix_events_id", "id"),
        Index("ix_events_operation_id", "operation_id", postgresql_where=text("operation_id IS NOT NULL")),
        Index("ix_events_group_id", "group_id", postgresql_where=text("group_id IS NOT NULL")),
    )

    case_id: Mapped[UUID]
    id: Mapped[UUID]
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    occurred_on: Mapped[date] = mapped_column(Date)
    occurred_precision: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_by: Mapped[UUID]
    agency_id: Mapped[UUID]
    """Of the principal who recorded it."""
    fact: Mapped[dict[str, Any]] = mapped_column(JSONB)
    operation_id: Mapped[UUID | None]
    """The operation in which it happened."""
    group_id: Mapped[UUID | None]
    """The group in which it was recorded."""


class EventRecord(TypedDict):
    """A row of `EventRow`."""

    case_id: UUID
    id: UUID
    seq: int
    kind: str
    subject_kind: str
    subject_id: UUID
    occurred_on: date
    occurred_precision: str
    recorded_at: datetime
    recorded_by: UUID
    agency_id: UUID
    fact: dict[str, Any]
    operation_id: UUID | None
    group_id: UUID | None
