"""Tables of what is sealed, and their rows as they are read."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.db.metadata import Table, one_of
from service.people.rules import SealedKind, SealedSubjectKind
from service.people.rules.terms import TERMS_VERSION, TermKind


class DataKey(Table):
    """The data key of one subject, wrapped. Destroying it erases the subject and leaves every count."""

    __tablename__ = "data_keys"
    __table_args__ = (PrimaryKeyConstraint("case_id", "subject_id"),)

    case_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SealedRecord(Table):
    """One sealed value. A new value is a new record; the old one is retired, never changed."""

    __tablename__ = "sealed_records"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        one_of("kind", SealedKind),
        one_of("subject_kind", SealedSubjectKind),
        Index("ix_sealed_records_case_id_subject_id", "case_id", "subject_id"),
        Index("ix_sealed_records_notes", "id", postgresql_where=text("kind = 'note'")),
        Index(
            "ix_sealed_records_outdated",
            "case_id",
            "id",
            postgresql_where=text(f"indexed < {TERMS_VERSION}"),
        ),
    )

    case_id: Mapped[UUID]
    id: Mapped[UUID]
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    agency_id: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_by: Mapped[UUID]
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    indexed: Mapped[int | None] = mapped_column(SmallInteger, server_default=text("0"))
    """By which version of the rules its search keys were made; 0 for a record that has none yet. NULL for one that is
    not to be found any more: it was taken out, and nothing told in its place (ADR 62)."""


class ClosedRecord(TypedDict):
    """A row of `SealedRecord` with the wrapped data key under which it is sealed."""

    case_id: UUID
    id: UUID
    subject_kind: str
    subject_id: UUID
    kind: str
    version: int
    content: bytes
    agency_id: UUID
    recorded_at: datetime
    recorded_by: UUID
    retired_at: datetime | None
    indexed: int | None
    wrapped: bytes


class SearchKey(Table):
    """One keyed hash of one term of a sealed record. Never shown; what it finds is opened and compared."""

    __tablename__ = "search_keys"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "record_id", "kind", "key"),
        one_of("kind", TermKind),
        one_of("subject_kind", (kind for kind in SealedSubjectKind if kind is not SealedSubjectKind.OPERATION)),
        Index("ix_search_keys_kind_key", "kind", "key"),
    )

    case_id: Mapped[UUID]
    record_id: Mapped[UUID]
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[int] = mapped_column(BigInteger)


class SearchKeyRecord(TypedDict):
    """A row of `SearchKey`."""

    case_id: UUID
    record_id: UUID
    subject_kind: str
    subject_id: UUID
    kind: str
    key: int


class IndexKey(Table):
    """The one key under which search keys are made, wrapped. Without it they can be made anew from what is sealed."""

    __tablename__ = "index_keys"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """Always 1: whoever draws a second one finds the first."""
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
