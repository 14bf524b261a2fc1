"""The table of operations. What they did for people stands in the logs of the cases."""

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.codes import OperationKind
from service.db.failures import VIOLATED, drawn_twice
from service.db.metadata import Table, one_of


class OperationRow(Table):
    """One action in the field. Its site, its grounds and its notes are sealed."""

    __tablename__ = "operations"
    __table_args__ = (
        UniqueConstraint("reference", info={VIOLATED: drawn_twice}),
        one_of("kind", OperationKind),
        Index("ix_operations_agency_id_id", "agency_id", "id"),
        Index("ix_operations_started_on", "started_on"),
        Index("ix_operations_embargo_until", "embargo_until"),
        ForeignKeyConstraint(["case_id"], ["cases.id"]),
        Index("ix_operations_case_id", "case_id", postgresql_where=text("case_id IS NOT NULL")),
        Index("ix_operations_to_log", "id", postgresql_where=text("logged_case_id IS DISTINCT FROM case_id")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID]
    """Policy column: the agency that carries it out."""
    authority: Mapped[str] = mapped_column(Text)
    """The kind of that agency when the operation was recorded: what its findings stand for."""
    started_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    """None while it goes on."""
    province: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[UUID | None]
    """The case it was made for, where one was named: what it did for people stands in their cases."""
    logged_case_id: Mapped[UUID | None]
    """The case whose log says that it was made for it: `case_id`, but while an embargo lasts (ADR 69)."""
    embargo_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Policy column: until then only its own agency and supervisors may know of it."""
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class OperationRecord(TypedDict):
    """A row of `OperationRow`."""

    id: UUID
    reference: str
    kind: str
    agency_id: UUID
    authority: str
    started_on: date
    ended_on: date | None
    province: str | None
    case_id: UUID | None
    logged_case_id: UUID | None
    embargo_until: datetime | None
    recorded_by: UUID
    recorded_at: datetime
    version: int


class KnownOperationRecord(OperationRecord):
    """A row of `OperationRow`, with the reference of its case for whoever may know of that."""

    case: str | None
