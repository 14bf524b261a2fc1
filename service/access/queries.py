"""Every look-up of who may call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, LargeBinary, Text

from service.access.models import Agency, ServiceKey, Session, SignInFailure, User
from service.access.rules import FAILURE_WINDOW_S, Failures
from service.acting import Principal, Role, Scope
from service.db.database import Database, ReadConnection, Record
from service.errors import NotFoundError
from service.ids import plain

SEEN_GRAIN: Final = timedelta(seconds=60)
"""A session's last use is written down at most once a minute."""


@dataclass(frozen=True)
class Caller:
    """A principal, and whether its session's last use should be written down."""

    principal: Principal
    due: bool


_OF_USER: Final = (
    User.id, User.username.label("name"), User.role, literal(None, ARRAY(Text)).label("scopes"), User.agency_id,
)  # fmt: skip
"""The columns of a principal who is a user, as a key has them too."""


_OF_AGENCY: Final = (
    Agency.name.label("agency_name"),
    Agency.nationalities,
    literal(None, LargeBinary).label("session_digest"),
)
"""The columns of a principal that are not of a session or a key."""


def _caller_query() -> Select[*tuple[Any, ...]]:
    digest, now = bindparam("digest", type_=LargeBinary), bindparam("now", type_=DateTime(timezone=True))
    unused_since = bindparam("unused_since", type_=DateTime(timezone=True))
    sessions = (
        select(*_OF_USER, Session.seen_at, Session.digest.label("session_digest"))
        .join(User, User.id == Session.user_id)
        .where(Session.digest == digest, Session.closed_at.is_(None), Session.expires_at > now)
        .where(Session.seen_at > unused_since, User.disabled_at.is_(None))
    )
    keys = select(
        ServiceKey.id,
        ServiceKey.name,
        ServiceKey.role,
        ServiceKey.scopes,
        ServiceKey.agency_id,
        literal(None, DateTime(timezone=True)).label("seen_at"),
        literal(None, LargeBinary).label("session_digest"),
    ).where(ServiceKey.digest == digest, ServiceKey.revoked_at.is_(None), ServiceKey.expires_at > now)
    found = union_all(sessions, keys).subquery()
    return (
        select(found, Agency.name.label("agency_name"), Agency.nationalities)
        .join(Agency, Agency.id == found.c.agency_id)
        .where(Agency.disabled_at.is_(None))
    )


_CALLER: Final = _caller_query()
"""Made once: every request asks it, and making it takes five times as long as asking it."""


async def find_caller(database: Database, digest: bytes, *, now: datetime, idle_s: int) -> Caller | None:
    """Answer who holds the token with this digest, or None where nobody does any more.

    Role, agency and nationalities are read here, on every request.
    """
    parameters = {"digest": digest, "now": now, "unused_since": now - timedelta(seconds=idle_s)}
    row = await database.lookup(_CALLER, parameters)
    if row is None:
        return None
    due = row["seen_at"] is not None and row["seen_at"] < now - SEEN_GRAIN
    return Caller(principal=principal_of(row), due=due)


def principal_of(row: Record) -> Principal:
    """Return the principal that a row of a user or a key, with its agency, describes."""
    scopes = None if row["scopes"] is None else frozenset(Scope(scope) for scope in row["scopes"])
    return Principal(
        id=plain(row["id"]),
        name=row["name"],
        role=Role(row["role"]),
        agency_id=plain(row["agency_id"]),
        agency_name=row["agency_name"],
        nationalities=frozenset(row["nationalities"]),
        scopes=scopes,
        session_digest=row["session_digest"],
    )


@dataclass(frozen=True)
class SignIn:
    """What a sign-in is judged by: the account of that name, if any, and recent failures other than this attempt."""

    user: Record | None
    from_here: Failures
    of_account: Failures
    from_address: Failures


async def find_sign_in(
    db: ReadConnection, *, username: str, name_digest: bytes, address: str, attempt_id: UUID, now: datetime
) -> SignIn:
    """Answer what a sign-in is judged by."""
    since = now - timedelta(seconds=FAILURE_WINDOW_S)
    of_account = SignInFailure.name_digest == name_digest
    from_address = SignInFailure.address == address
    counts = await db.row(
        select(
            func.count().filter(of_account, from_address).label("here"),
            func.max(SignInFailure.failed_at).filter(of_account, from_address).label("last_here"),
            func.count().filter(of_account).label("account"),
            func.max(SignInFailure.failed_at).filter(of_account).label("last_account"),
            func.count().filter(from_address).label("address"),
            func.max(SignInFailure.failed_at).filter(from_address).label("last_address"),
        ).where(SignInFailure.id != attempt_id, SignInFailure.failed_at > since, or_(of_account, from_address))
    )
    user = await db.row(
        select(
            *_OF_USER, *_OF_AGENCY, User.password_hash, User.disabled_at, Agency.disabled_at.label("agency_disabled_at")
        )
        .join(Agency, Agency.id == User.agency_id)
        .where(User.username == username)
    )
    found = counts or {}
    return SignIn(
        user=user,
        from_here=_failures(found, "here", now),
        of_account=_failures(found, "account", now),
        from_address=_failures(found, "address", now),
    )


def _failures(counts: Record, name: str, now: datetime) -> Failures:
    last_at = counts.get(f"last_{name}")
    return Failures(counts.get(name, 0), (now - last_at).total_seconds() if last_at else 0.0)


AGENCIES: Final = select(
    Agency.id, Agency.name, Agency.kind, Agency.nationalities, Agency.created_at, Agency.disabled_at, Agency.version
)
USERS: Final = select(
    User.id, User.agency_id, User.username, User.role, User.created_at, User.disabled_at, User.version
)
KEYS: Final = select(
    ServiceKey.id,
    ServiceKey.agency_id,
    ServiceKey.name,
    ServiceKey.role,
    ServiceKey.scopes,
    ServiceKey.created_at,
    ServiceKey.expires_at,
    ServiceKey.revoked_at,
    ServiceKey.version,
)


async def get_one(db: ReadConnection, listed: Select[*tuple[Any, ...]], record_id: UUID) -> Record:
    """Answer one agency, user or key.

    Raises:
        NotFoundError: there is none.
    """
    row = await db.row(listed.where(listed.selected_columns.id == record_id))
    if row is None:
        raise NotFoundError
    return row


async def list_some(
    db: ReadConnection, listed: Select[*tuple[Any, ...]], *, after: UUID | None, limit: int
) -> Sequence[Record]:
    """Answer one more row than `limit`, oldest first."""
    column = listed.selected_columns.id
    query = listed if after is None else listed.where(column > after)
    return await db.rows(query.order_by(column).limit(limit + 1))


async def password_hash_of(db: ReadConnection, user_id: UUID) -> Record:
    """Answer a user's password hash and version.

    Raises:
        NotFoundError: there is no such user.
    """
    row = await db.row(select(User.password_hash, User.username, User.version).where(User.id == user_id))
    if row is None:
        raise NotFoundError
    return row


async def kind_of_agency(db: ReadConnection, agency_id: UUID) -> str:
    """Answer of which kind an agency is.

    Raises:
        NotFoundError: there is no such agency.
    """
    row = await db.row(select(Agency.kind).where(Agency.id == agency_id))
    if row is None:
        raise NotFoundError
    kind: str = row["kind"]
    return kind


async def active_user(db: ReadConnection, user_id: UUID) -> Principal | None:
    """Answer who a user is, as when they call; None where there is none of that id who can sign in."""
    row = await db.row(
        select(
            *_OF_USER,
            *_OF_AGENCY,
        )
        .join(Agency, Agency.id == User.agency_id)
        .where(User.id == user_id, User.disabled_at.is_(None), Agency.disabled_at.is_(None))
    )
    return None if row is None else principal_of(row)


async def active_agencies(db: ReadConnection, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Answer which of some ids are those of agencies that are not disabled."""
    rows = await db.rows(select(Agency.id).where(Agency.id.in_(ids), Agency.disabled_at.is_(None)))
    return frozenset(row["id"] for row in rows)
