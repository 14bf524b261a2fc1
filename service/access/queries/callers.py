"""Who calls: a token's session or key, and a user by id, each with its agency."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import DateTime, LargeBinary, Text

from service.access.models import Agency, ServiceKey, Session, User
from service.access.rules import GRANTS, Permission
from service.acting import Principal, Role, Scope
from service.db.database import Database, ReadConnection
from service.db.statements import Query
from service.ids import NIL, plain, read_uuid

SEEN_GRAIN: Final = timedelta(seconds=60)
"""A session's last use is written down at most once a minute."""

_NOW: Final = bindparam("now", type_=DateTime(timezone=True))


class PrincipalRecord(TypedDict):
    """A user or a key, with its agency."""

    id: UUID
    name: str
    role: str
    scopes: list[str] | None
    agency_id: UUID
    agency_name: str
    nationalities: list[str]
    session_digest: bytes | None
    key_expires_at: datetime | None


class CallerRecord(PrincipalRecord):
    """Whoever holds a token."""

    seen_at: datetime | None
    """When the session was last used, to the minute; None for a key."""


OF_USER: Final = (
    User.id, User.username.label("name"), User.role, literal(None, ARRAY(Text)).label("scopes"), User.agency_id,
)  # fmt: skip
"""The columns of a principal who is a user, as a key has them too."""


OF_AGENCY: Final = (
    Agency.name.label("agency_name"),
    Agency.nationalities,
    literal(None, LargeBinary).label("session_digest"),
    literal(None, DateTime(timezone=True)).label("key_expires_at"),
)
"""The columns of a principal that are not of a session or a key."""


def _caller_query() -> Select[*tuple[Any, ...]]:
    digest = bindparam("digest", type_=LargeBinary)
    unused_since = bindparam("unused_since", type_=DateTime(timezone=True))
    sessions = (
        select(
            *OF_USER,
            Session.seen_at,
            Session.digest.label("session_digest"),
            literal(None, DateTime(timezone=True)).label("key_expires_at"),
        )
        .join(User, User.id == Session.user_id)
        .where(Session.digest == digest, Session.closed_at.is_(None), Session.expires_at > _NOW)
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
        ServiceKey.expires_at.label("key_expires_at"),
    ).where(ServiceKey.digest == digest, ServiceKey.revoked_at.is_(None), ServiceKey.expires_at > _NOW)
    found = union_all(sessions, keys).subquery()
    return (
        select(found, Agency.name.label("agency_name"), Agency.nationalities)
        .join(Agency, Agency.id == found.c.agency_id)
        .where(Agency.disabled_at.is_(None))
    )


_CALLER: Final = Query(_caller_query(), CallerRecord)


class ReaderRecord(PrincipalRecord):
    """A key that may read the metrics."""

    digest: bytes


_READERS: Final = Query(
    select(
        ServiceKey.id,
        ServiceKey.name,
        ServiceKey.role,
        ServiceKey.scopes,
        ServiceKey.agency_id,
        Agency.name.label("agency_name"),
        Agency.nationalities,
        literal(None, LargeBinary).label("session_digest"),
        ServiceKey.expires_at.label("key_expires_at"),
        ServiceKey.digest,
    )
    .join(Agency, Agency.id == ServiceKey.agency_id)
    .where(ServiceKey.scopes.contains([Scope.METRICS.value]), ServiceKey.revoked_at.is_(None))
    .where(ServiceKey.expires_at > _NOW, Agency.disabled_at.is_(None)),
    ReaderRecord,
)


async def metrics_readers(db: ReadConnection, *, now: datetime) -> Sequence[ReaderRecord]:
    """Return the keys that may read the metrics now."""
    return await db.rows(_READERS, {"now": now})


async def find_caller(database: Database, digest: bytes, *, now: datetime, idle_s: int) -> CallerRecord | None:
    """Return who holds the token with this digest, or None where nobody does any more.

    Role, agency and nationalities are read here, on every request.
    """
    parameters = {"digest": digest, "now": now, "unused_since": now - timedelta(seconds=idle_s)}
    return await database.lookup(_CALLER, parameters)


class EndedKeyRecord(TypedDict):
    """A key by its token, whatever became of it."""

    expires_at: datetime
    revoked_at: datetime | None


_ANY_KEY: Final = Query(
    select(ServiceKey.expires_at, ServiceKey.revoked_at).where(
        ServiceKey.digest == bindparam("digest", type_=LargeBinary)
    ),
    EndedKeyRecord,
)


async def find_ended_key(database: Database, digest: bytes) -> EndedKeyRecord | None:
    """Return the key with this digest, which opens nothing any more; None where there never was one."""
    return await database.lookup(_ANY_KEY, {"digest": digest})


def is_use_due(caller: CallerRecord, *, now: datetime) -> bool:
    """Whether the last use of a caller's session should be written down."""
    return caller["seen_at"] is not None and caller["seen_at"] < now - SEEN_GRAIN


def principal_of(row: PrincipalRecord) -> Principal:
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
        key_expires_at=row["key_expires_at"],
    )


_ACTIVE_USER: Final = Query(
    select(*OF_USER, *OF_AGENCY)
    .join(Agency, Agency.id == User.agency_id)
    .where(User.id == bindparam("id", type_=Uuid), User.disabled_at.is_(None), Agency.disabled_at.is_(None)),
    PrincipalRecord,
)


SomeColumn = ColumnElement[Any] | InstrumentedAttribute[Any]


def looked_after(
    user_id: SomeColumn, permission: Permission, sees: Callable[[Role, Mapping[str, Any]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Whether a column names a user who can sign in, has a permission, and sees the row in which it stands.

    Args:
        user_id: the column.
        permission: which roles count.
        sees: the condition for rows that a user of a role may know of, who has this id, agency and nationalities.
    """
    roles = sorted(role for role, granted in GRANTS.items() if permission in granted)
    own = {"id": User.id, "agency_id": User.agency_id, "nationalities": Agency.nationalities}
    found = select(User.id).join(Agency, Agency.id == User.agency_id).where(User.id == user_id)
    active = found.where(User.disabled_at.is_(None), Agency.disabled_at.is_(None))
    return active.where(or_(*(and_(User.role == role.value, sees(role, own)) for role in roles))).exists()


def if_of_agency(user_id: SomeColumn, agency_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the user that a column names where they work for an agency, else null."""
    return select(User.id).where(User.id == user_id, User.agency_id == agency_id).scalar_subquery()


class ColleagueRecord(PrincipalRecord):
    """A user of an agency.

    Attributes:
        active: whether they can sign in.
    """

    active: bool


_COLLEAGUE: Final = Query(
    select(*OF_USER, *OF_AGENCY, and_(User.disabled_at.is_(None), Agency.disabled_at.is_(None)).label("active"))
    .join(Agency, Agency.id == User.agency_id)
    .where(User.agency_id == bindparam("agency_id", type_=Uuid))
    .where(or_(User.id == bindparam("id", type_=Uuid), User.username == bindparam("username", type_=Text))),
    ColleagueRecord,
)


async def colleague(db: ReadConnection, agency_id: UUID, name: str) -> ColleagueRecord | None:
    """Return the user of an agency, disabled or not, who has an id or a user name in canonical form."""
    return await db.row(_COLLEAGUE, {"agency_id": agency_id, "id": read_uuid(name) or NIL, "username": name})


async def active_user(db: ReadConnection, user_id: UUID) -> Principal | None:
    """Return who a user is, as when they call; None where there is none of that id who can sign in."""
    row = await db.row(_ACTIVE_USER, {"id": user_id})
    return None if row is None else principal_of(row)
