"""Every statement about who may call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypedDict, TypeVar
from uuid import UUID

from sqlalchemy import (
    Integer,
    Select,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, INET
from sqlalchemy.types import DateTime, LargeBinary, Text

from service.access.models import (
    Agency,
    AgencyRecord,
    ServiceKey,
    ServiceKeyRecord,
    Session,
    SignInFailure,
    User,
    UserRecord,
)
from service.access.rules import FAILURE_WINDOW_S, Failures
from service.acting import Principal, Role, Scope
from service.db.database import Database, ReadConnection, WriteConnection
from service.db.statements import Change, NoColumns, Query
from service.errors import NotFoundError
from service.ids import plain

SEEN_GRAIN: Final = timedelta(seconds=60)
"""A session's last use is written down at most once a minute."""

_BEFORE_ALL: Final = UUID(int=0)
"""Ids begin with their instant: there is none before this one."""

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


class CallerRecord(PrincipalRecord):
    """Whoever holds a token."""

    seen_at: datetime | None
    """When the session was last used, to the minute; None for a key."""


class AccountRecord(PrincipalRecord):
    """An account that somebody tries to sign in to."""

    password_hash: str
    disabled_at: datetime | None
    agency_disabled_at: datetime | None


class PasswordRecord(TypedDict):
    """What is needed to replace a password."""

    password_hash: str
    username: str
    version: int


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
    digest = bindparam("digest", type_=LargeBinary)
    unused_since = bindparam("unused_since", type_=DateTime(timezone=True))
    sessions = (
        select(*_OF_USER, Session.seen_at, Session.digest.label("session_digest"))
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
    ).where(ServiceKey.digest == digest, ServiceKey.revoked_at.is_(None), ServiceKey.expires_at > _NOW)
    found = union_all(sessions, keys).subquery()
    return (
        select(found, Agency.name.label("agency_name"), Agency.nationalities)
        .join(Agency, Agency.id == found.c.agency_id)
        .where(Agency.disabled_at.is_(None))
    )


_CALLER: Final = Query(_caller_query(), CallerRecord)


async def find_caller(database: Database, digest: bytes, *, now: datetime, idle_s: int) -> CallerRecord | None:
    """Return who holds the token with this digest, or None where nobody does any more.

    Role, agency and nationalities are read here, on every request.
    """
    parameters = {"digest": digest, "now": now, "unused_since": now - timedelta(seconds=idle_s)}
    return await database.lookup(_CALLER, parameters)


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
    )


@dataclass(frozen=True)
class SignIn:
    """What a sign-in is judged by: the account of that name, if any, and recent failures other than this attempt."""

    user: AccountRecord | None
    from_here: Failures
    of_account: Failures
    from_address: Failures


class FailuresRecord(TypedDict):
    """Failed sign-ins of one name from one address, of the name, and from the address: how many, and the last."""

    here: int
    last_here: datetime | None
    account: int
    last_account: datetime | None
    address: int
    last_address: datetime | None


def _failures_query() -> Select[*tuple[Any, ...]]:
    of_account = SignInFailure.name_digest == bindparam("name_digest", type_=LargeBinary)
    from_address = SignInFailure.address == bindparam("from_address", type_=INET)
    return (
        select(
            func.count().filter(of_account, from_address).label("here"),
            func.max(SignInFailure.failed_at).filter(of_account, from_address).label("last_here"),
            func.count().filter(of_account).label("account"),
            func.max(SignInFailure.failed_at).filter(of_account).label("last_account"),
            func.count().filter(from_address).label("address"),
            func.max(SignInFailure.failed_at).filter(from_address).label("last_address"),
        )
        .where(SignInFailure.id != bindparam("attempt_id", type_=Uuid))
        .where(SignInFailure.failed_at > bindparam("since", type_=DateTime(timezone=True)))
        .where(or_(of_account, from_address))
    )


_FAILURES: Final = Query(_failures_query(), FailuresRecord)

_ACCOUNT: Final = Query(
    select(*_OF_USER, *_OF_AGENCY, User.password_hash, User.disabled_at, Agency.disabled_at.label("agency_disabled_at"))
    .join(Agency, Agency.id == User.agency_id)
    .where(User.username == bindparam("username", type_=Text)),
    AccountRecord,
)


async def find_sign_in(
    db: ReadConnection, *, username: str, name_digest: bytes, address: str, attempt_id: UUID, now: datetime
) -> SignIn:
    """Return what a sign-in is judged by."""
    since = now - timedelta(seconds=FAILURE_WINDOW_S)
    asked = {"name_digest": name_digest, "from_address": address, "attempt_id": attempt_id, "since": since}
    [failed] = await db.rows(_FAILURES, asked)
    return SignIn(
        user=await db.row(_ACCOUNT, {"username": username}),
        from_here=_failures(failed["here"], failed["last_here"], now),
        of_account=_failures(failed["account"], failed["last_account"], now),
        from_address=_failures(failed["address"], failed["last_address"], now),
    )


def _failures(number: int, last_at: datetime | None, now: datetime) -> Failures:
    return Failures(number, (now - last_at).total_seconds() if last_at else 0.0)


_FORGET_ATTEMPT: Final = Change(delete(SignInFailure).where(SignInFailure.id == bindparam("attempt_id")), NoColumns)

_FORGET_FAILURES: Final = Change(
    delete(SignInFailure).where(SignInFailure.failed_at < bindparam("before", type_=DateTime(timezone=True))), NoColumns
)

_END_SESSIONS: Final = Change(
    update(Session)
    .where(Session.user_id == bindparam("of_user", type_=Uuid), Session.closed_at.is_(None))
    .where(Session.digest.is_distinct_from(bindparam("kept", type_=LargeBinary)))
    .values(closed_at=_NOW),
    NoColumns,
)


async def forget_attempt(db: WriteConnection, attempt_id: UUID) -> None:
    """Delete one attempt to sign in: it did not fail."""
    await db.change(_FORGET_ATTEMPT, {"attempt_id": attempt_id})


async def forget_failures(db: WriteConnection, *, now: datetime) -> None:
    """Delete sign-in failures that no throttle counts any more."""
    await db.change(_FORGET_FAILURES, {"before": now - timedelta(seconds=FAILURE_WINDOW_S)})


async def end_sessions(db: WriteConnection, user_id: UUID, now: datetime, *, kept: bytes | None) -> None:
    """End a user's sessions, but for the one to be kept."""
    await db.change(_END_SESSIONS, {"of_user": user_id, "now": now, "kept": kept})


Listable = TypeVar("Listable", AgencyRecord, UserRecord, ServiceKeyRecord)


class Listed(Generic[Listable]):
    """Agencies, users or keys, in every way in which they are looked up.

    Attributes:
        one: by `id`.
        called: by `name`; several may have it.
        page: oldest first, at most so many `rows` with an id above `after`.
    """

    def __init__(self, query: Select[*tuple[Any, ...]], record: type[Listable], name: str) -> None:
        """Make the queries.

        Args:
            query: selects all of them.
            record: one of them.
            name: the column by which a person calls them.
        """
        columns = query.selected_columns
        page = query.where(columns.id > bindparam("after", type_=Uuid)).order_by(columns.id)
        self.one: Query[Listable] = Query(query.where(columns.id == bindparam("id", type_=Uuid)), record)
        self.called: Query[Listable] = Query(query.where(columns[name] == bindparam("name", type_=Text)), record)
        self.page: Query[Listable] = Query(page.limit(bindparam("rows", type_=Integer)), record)


AGENCIES: Final = Listed(
    select(
        Agency.id, Agency.name, Agency.kind, Agency.nationalities, Agency.created_at, Agency.disabled_at, Agency.version
    ),
    AgencyRecord,
    "name",
)
USERS: Final = Listed(
    select(User.id, User.agency_id, User.username, User.role, User.created_at, User.disabled_at, User.version),
    UserRecord,
    "username",
)
KEYS: Final = Listed(
    select(
        ServiceKey.id,
        ServiceKey.agency_id,
        ServiceKey.name,
        ServiceKey.role,
        ServiceKey.scopes,
        ServiceKey.created_at,
        ServiceKey.expires_at,
        ServiceKey.revoked_at,
        ServiceKey.version,
    ),
    ServiceKeyRecord,
    "name",
)


async def get_one(db: ReadConnection, listed: Listed[Listable], record_id: UUID) -> Listable:
    """Return one agency, user or key.

    Raises:
        NotFoundError: there is none.
    """
    return _known(await db.row(listed.one, {"id": record_id}))


async def list_some(
    db: ReadConnection, listed: Listed[Listable], *, after: UUID | None, limit: int
) -> Sequence[Listable]:
    """Return one more row than `limit`, oldest first."""
    return await db.rows(listed.page, {"after": after or _BEFORE_ALL, "rows": limit + 1})


_PASSWORD: Final = Query(
    select(User.password_hash, User.username, User.version).where(User.id == bindparam("id", type_=Uuid)),
    PasswordRecord,
)


async def password_hash_of(db: ReadConnection, user_id: UUID) -> PasswordRecord:
    """Return a user's password hash and version.

    Raises:
        NotFoundError: there is no such user.
    """
    return _known(await db.row(_PASSWORD, {"id": user_id}))


class _KindRecord(TypedDict):
    kind: str


_KIND: Final = Query(select(Agency.kind).where(Agency.id == bindparam("id", type_=Uuid)), _KindRecord)


async def kind_of_agency(db: ReadConnection, agency_id: UUID) -> str:
    """Return of which kind an agency is.

    Raises:
        NotFoundError: there is no such agency.
    """
    return _known(await db.row(_KIND, {"id": agency_id}))["kind"]


_ACTIVE_USER: Final = Query(
    select(*_OF_USER, *_OF_AGENCY)
    .join(Agency, Agency.id == User.agency_id)
    .where(User.id == bindparam("id", type_=Uuid), User.disabled_at.is_(None), Agency.disabled_at.is_(None)),
    PrincipalRecord,
)


async def active_user(db: ReadConnection, user_id: UUID) -> Principal | None:
    """Return who a user is, as when they call; None where there is none of that id who can sign in."""
    row = await db.row(_ACTIVE_USER, {"id": user_id})
    return None if row is None else principal_of(row)


class _IdRecord(TypedDict):
    id: UUID


_ACTIVE_AGENCIES: Final = Query(
    select(Agency.id).where(Agency.id == any_(bindparam("ids", type_=ARRAY(Uuid))), Agency.disabled_at.is_(None)),
    _IdRecord,
)
_ANY_AGENCY: Final = Query(select(Agency.id).limit(1), _IdRecord)


async def active_agencies(db: ReadConnection, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return which of some ids are those of agencies that are not disabled."""
    return frozenset(row["id"] for row in await db.rows(_ACTIVE_AGENCIES, {"ids": list(ids)}))


async def has_agencies(db: ReadConnection) -> bool:
    """Whether anybody works with this register."""
    return await db.row(_ANY_AGENCY) is not None


Found = TypeVar("Found")


def _known(row: Found | None) -> Found:
    if row is None:
        raise NotFoundError
    return row
