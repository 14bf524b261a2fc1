"""Rows of the case file as they are read. Beside their tables: each has exactly the columns of its table."""

from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID


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
    nationality: str
    nationality_source: str | None
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
