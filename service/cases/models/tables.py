"""Tables of the case file. But for identity, version and assignment, every column outside `events` is a projection.

Every row of a case carries `case_id` and is found by it; the columns a policy needs stand on the row itself.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
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

from service.codes import CaseStatus, PersonStatus
from service.codes.code import Code
from service.db.failures import VIOLATED
from service.db.metadata import Table
from service.errors import RetryableError
from service.story.kinds.names import Kind, SubjectKind
from service.story.moment import Precision


def _one_of(column: str, codes: type[Kind | SubjectKind | Precision | Code]) -> CheckConstraint:
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _drawn_twice() -> RetryableError:
    """A random reference was drawn that exists already: draw again."""
    return RetryableError("The register was interrupted. Nothing was saved. Try again.", retry_after=1)


class CaseRow(Table):
    """One request for intervention."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("reference", info={VIOLATED: _drawn_twice}),
        _one_of("status", CaseStatus),
        Index("ix_cases_agency_id_id", "agency_id", "id"),
        Index("ix_cases_status_id", "status", "id"),
        Index("ix_cases_received_on", "received_on"),
        Index("ix_cases_disclosed_to", "disclosed_to", postgresql_using="gin"),
        Index("ix_cases_nationalities", "nationalities", postgresql_using="gin"),
        Index("ix_cases_assigned_to_id", "assigned_to", "id", postgresql_where=text("assigned_to IS NOT NULL")),
        Index("ix_cases_urgency_id", "urgency", "id", postgresql_where=text("urgency <> 'normal'")),
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


class PersonRow(Table):
    """A human being in a case who needs help."""

    __tablename__ = "persons"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        UniqueConstraint("case_id", "reference", info={VIOLATED: _drawn_twice}),
        ForeignKeyConstraint(["case_id"], ["cases.id"]),
        _one_of("status", PersonStatus),
        Index("ix_persons_id", "id"),
        Index("ix_persons_reference", "reference"),
        Index("ix_persons_disclosed_to_id", "disclosed_to", "id"),
        Index("ix_persons_agency_id_id", "agency_id", "id"),
        Index("ix_persons_nationality_id", "nationality", "id"),
        Index("ix_persons_status_id", "status", "id"),
        Index("ix_persons_awaiting_return", "id", postgresql_where=text("awaiting_return IS TRUE")),
        Index("ix_persons_in_custody", "id", postgresql_where=text("in_custody IS TRUE")),
    )

    case_id: Mapped[UUID]
    id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID]
    """Policy column: the agency that filed the case."""
    present: Mapped[bool]
    """False once the event that added it was taken back."""
    seq: Mapped[int]
    """Of the event that added it: the order in which persons became known. Never shown."""
    status: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    sex: Mapped[str] = mapped_column(Text)
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    stated_age: Mapped[int | None] = mapped_column(SmallInteger)
    stated_age_on: Mapped[date | None] = mapped_column(Date)
    nationality: Mapped[str] = mapped_column(Text)
    nationality_source: Mapped[str | None] = mapped_column(Text)
    disclosed_to: Mapped[str | None] = mapped_column(Text)
    """Policy column: the state whose liaison may know of this person."""
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


class OffenderRow(Table):
    """A person or company alleged responsible."""

    __tablename__ = "offenders"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        UniqueConstraint("case_id", "reference", info={VIOLATED: _drawn_twice}),
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
    """False once the event that added it was taken back."""
    seq: Mapped[int]
    """Of the event that added it. Never shown."""
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    nationality: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    stages: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    withheld_from: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """Policy column: agencies that must not know of the case."""
    version: Mapped[int]


class EventRow(Table):
    """The log. Triggers refuse any change; the run-time role has no right to one either."""

    __tablename__ = "events"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        UniqueConstraint("case_id", "seq", info={VIOLATED: _drawn_twice}),
        ForeignKeyConstraint(["case_id"], ["cases.id"]),
        _one_of("kind", Kind),
        _one_of("subject_kind", SubjectKind),
        _one_of("occurred_precision", Precision),
        Index("ix_events_id", "id"),
        Index("ix_events_operation_id", "operation_id", postgresql_where=text("operation_id IS NOT NULL")),
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
