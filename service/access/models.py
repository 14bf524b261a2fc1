"""Tables of who may call, and their rows as they are read."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, INET
from sqlalchemy.orm import Mapped, mapped_column

from service.access.rules import AgencyNameTakenError, UsernameTakenError
from service.acting import Role
from service.db.failures import VIOLATED
from service.db.metadata import Table, one_of


class Agency(Table):
    """A body that principals work for."""

    __tablename__ = "agencies"
    __table_args__ = (UniqueConstraint("name", info={VIOLATED: AgencyNameTakenError}),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    nationalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class AgencyRecord(TypedDict):
    """A row of `Agency`."""

    id: UUID
    name: str
    kind: str
    nationalities: list[str]
    created_at: datetime
    disabled_at: datetime | None
    version: int


class User(Table):
    """A human being with an account. `username` is canonical; failures before `password_set_at` count no more."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("username", info={VIOLATED: UsernameTakenError}),
        one_of("role", Role),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey(Agency.id))
    username: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    password_set_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class UserRecord(TypedDict):
    """A row of `User`, without the password's hash."""

    id: UUID
    agency_id: UUID
    username: str
    role: str
    created_at: datetime
    disabled_at: datetime | None
    version: int


class ServiceKey(Table):
    """A program's key; only the SHA-256 of its token is kept."""

    __tablename__ = "service_keys"
    __table_args__ = (
        UniqueConstraint("digest"),
        one_of("role", Role),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey(Agency.id))
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    warned_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class ServiceKeyRecord(TypedDict):
    """A row of `ServiceKey`, without the token's digest."""

    id: UUID
    agency_id: UUID
    name: str
    role: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    version: int


class Session(Table):
    """A user signed in; only the SHA-256 of its token is kept."""

    __tablename__ = "sessions"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id), index=True)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignInFailure(Table):
    """A sign-in that failed. Of the name only a keyed digest is kept, for people type passwords there."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_name_digest_failed_at", "name_digest", "failed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name_digest: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[str] = mapped_column(INET)
    failed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SignInAddress(Table):
    """From where somebody signed in, by `address_class`."""

    __tablename__ = "sign_in_addresses"
    __table_args__ = (Index("ix_sign_in_addresses_user_id_address", "user_id", "address"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    address: Mapped[str] = mapped_column(INET)
    signed_in_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
