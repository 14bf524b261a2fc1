"""The table of offenders. Every column but identity and version is a projection of the events."""

from typing import TypedDict
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.failures import VIOLATED, drawn_twice
from service.db.metadata import Table


class OffenderRow(Table):
    """A person or company alleged responsible."""

    __tablename__ = "offenders"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        UniqueConstraint("case_id", "reference", info={VIOLATED: drawn_twice}),
        ForeignKeyConstraint(["case_id"], ["cases.id"]),
        Index("ix_offenders_id", "id"),
        Index("ix_offenders_reference", "reference"),
    )

    case_id: Mapped[UUID]
    id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID]
    """Policy column: the agency that filed the case."""
    present: Mapped[bool]
    """False once the event that added it was voided."""
    seq: Mapped[int]
    """Of the event that added it. Never shown."""
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    nationality: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    stages: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    withheld_from: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Policy column: agencies that must not know of the case."""
    version: Mapped[int]


class OffenderRecord(TypedDict):
    """A row of `OffenderRow`."""

    case_id: UUID
    id: UUID
    reference: str
    agency_id: UUID
    present: bool
    seq: int
    roles: list[str]
    nationality: str | None
    stage: str
    stages: list[dict[str, object]]
    withheld_from: list[UUID]
    version: int
