"""The table of persons. Every column but identity and version is a projection of the events."""

from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlalchemy import (
    Date,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.codes import PersonStatus
from service.db.failures import VIOLATED, drawn_twice
from service.db.metadata import Table, one_of


class PersonRow(Table):
    """A human being in a case who needs help."""

    __tablename__ = "persons"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        UniqueConstraint("case_id", "reference", info={VIOLATED: drawn_twice}),
        ForeignKeyConstraint(["case_id"], ["cases.id"]),
        one_of("status", PersonStatus),
        Index("ix_persons_id", "id"),
        Index("ix_persons_reference", "reference"),
        Index("ix_persons_disclosed_to_id", "disclosed_to", "id"),
        Index("ix_persons_shown_to", "shown_to", postgresql_using="gin"),
        Index(
            "ix_persons_nationalities",
            "nationalities",
            postgresql_using="gin",
            postgresql_where=text("nationalities IS NOT NULL"),
        ),
        Index("ix_persons_agency_id_id", "agency_id", "id"),
        Index("ix_persons_nationality_id", "nationality", "id"),
        Index("ix_persons_status_id", "status", "id"),
        Index("ix_persons_awaiting_return", "id", postgresql_where=text("awaiting_return IS TRUE")),
        Index("ix_persons_held", "case_id", "id", postgresql_where=text("fears_own_state")),
        Index("ix_persons_in_custody", "id", postgresql_where=text("in_custody IS TRUE")),
    )

    case_id: Mapped[UUID]
    id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID]
    """Policy column: the agency that filed the case."""
    present: Mapped[bool]
    """False once the event that added it was voided."""
    seq: Mapped[int]
    """Of the event that added it: the order in which persons became known. Never shown."""
    status: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    sex: Mapped[str] = mapped_column(Text)
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    stated_age: Mapped[int | None] = mapped_column(SmallInteger)
    stated_age_on: Mapped[date | None] = mapped_column(Date)
    birth_year_range: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    """In place of `birth_year`, of one that is not known exactly: `low` and `high`, or `about`."""
    stated_age_range: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    """In place of `stated_age`, of one that is not known exactly."""
    nationality: Mapped[str] = mapped_column(Text)
    nationality_source: Mapped[str | None] = mapped_column(Text)
    nationalities: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """That states confirm, who confirmed first first; None where none does."""
    shown_to: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """Policy column: the states whose liaisons may know of this person. None in a row of the release before."""
    disclosed_to: Mapped[str | None] = mapped_column(Text)
    """One of these, for workers of the release before; nothing here reads it."""
    withheld_from: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Policy column: agencies that must not know of the case."""
    fears_own_state: Mapped[bool]
    guardian_known: Mapped[bool]
    awaiting_return: Mapped[bool]
    in_custody: Mapped[bool]
    custody: Mapped[str | None] = mapped_column(Text)
    missing_documents: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """None while nobody looked."""
    wishes: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    findings: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    return_tasks: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    assertions: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    """Of nationality."""
    received_on: Mapped[date] = mapped_column(Date)
    verified_on: Mapped[date | None] = mapped_column(Date)
    rescued_on: Mapped[date | None] = mapped_column(Date)
    repatriated_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int]


class PersonRecord(TypedDict):
    """A row of `PersonRow`."""

    case_id: UUID
    id: UUID
    reference: str
    agency_id: UUID
    present: bool
    seq: int
    status: str
    outcome: str | None
    sex: str
    birth_year: int | None
    stated_age: int | None
    stated_age_on: date | None
    birth_year_range: dict[str, int] | None
    stated_age_range: dict[str, int] | None
    nationality: str
    nationality_source: str | None
    nationalities: list[str] | None
    shown_to: list[str] | None
    disclosed_to: str | None
    withheld_from: list[UUID]
    fears_own_state: bool
    guardian_known: bool
    awaiting_return: bool
    in_custody: bool
    custody: str | None
    missing_documents: list[str] | None
    wishes: list[dict[str, object]]
    findings: list[dict[str, object]]
    return_tasks: list[dict[str, object]]
    assertions: list[dict[str, object]]
    received_on: date
    verified_on: date | None
    rescued_on: date | None
    repatriated_on: date | None
    ended_on: date | None
    version: int
