"""Agencies, users and keys, as they are administered."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypedDict, TypeVar
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Text

from service.access.models import Agency, AgencyRecord, ServiceKey, ServiceKeyRecord, User, UserRecord
from service.db.database import ReadConnection, WriteConnection
from service.db.statements import Change, Query
from service.errors import NotFoundError
from service.ids import NIL

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
    return await db.rows(listed.page, {"after": after or NIL, "rows": limit + 1})


class ActiveRecord(TypedDict):
    """A user who can sign in."""

    id: UUID
    role: str
    agency_id: UUID


_HOLD_ACTIVE: Final = Change(
    select(User.id, User.role, User.agency_id)
    .join(Agency, Agency.id == User.agency_id)
    .where(User.role == any_(bindparam("roles", type_=ARRAY(Text))))
    .where(User.disabled_at.is_(None), Agency.disabled_at.is_(None))
    .order_by(User.id)
    .with_for_update(),
    ActiveRecord,
)


async def hold_active(db: WriteConnection, roles: Iterable[str]) -> Sequence[ActiveRecord]:
    """Return all users with these roles who can sign in; nobody else changes them before this transaction ends."""
    return await db.change(_HOLD_ACTIVE, {"roles": list(roles)})


class _NameRecord(TypedDict):
    username: str


_NAMES: Final = Query(select(User.username), _NameRecord)


async def usernames(db: ReadConnection) -> Sequence[str]:
    """Return the names of all users, disabled ones too."""
    return [row["username"] for row in await db.rows(_NAMES)]


class EndingKeyRecord(TypedDict):
    """A key that ends soon."""

    id: UUID
    expires_at: datetime


_NOW: Final = bindparam("now", type_=DateTime(timezone=True))

_NOTE_WARNING: Final = Change(
    update(ServiceKey)
    .where(ServiceKey.revoked_at.is_(None), ServiceKey.expires_at > _NOW)
    .where(ServiceKey.expires_at <= bindparam("ends_by", type_=DateTime(timezone=True)))
    .where(
        func.coalesce(ServiceKey.warned_at, ServiceKey.created_at)
        <= bindparam("warned_by", type_=DateTime(timezone=True))
    )
    .values(warned_at=_NOW)
    .returning(ServiceKey.id, ServiceKey.expires_at),
    EndingKeyRecord,
)


async def note_warning(
    db: WriteConnection, *, now: datetime, within: timedelta, again_after: timedelta
) -> Sequence[EndingKeyRecord]:
    """Return the keys that end soon and were not warned of lately, and note that they are now.

    A key is not warned of on the day on which it is made: whoever makes it for a week knows.

    Args:
        db: of the note; of several processes one gets a key.
        now: the present.
        within: how soon a key ends that is warned of.
        again_after: how long it is not warned of again.
    """
    return await db.change(_NOTE_WARNING, {"now": now, "ends_by": now + within, "warned_by": now - again_after})


class _KindRecord(TypedDict):
    kind: str


_KIND: Final = Query(select(Agency.kind).where(Agency.id == bindparam("id", type_=Uuid)), _KindRecord)


async def kind_of_agency(db: ReadConnection, agency_id: UUID) -> str:
    """Return the kind of an agency.

    Raises:
        NotFoundError: there is no such agency.
    """
    return _known(await db.row(_KIND, {"id": agency_id}))["kind"]


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


Wanted = TypeVar("Wanted")


def _known(row: Wanted | None) -> Wanted:
    if row is None:
        raise NotFoundError
    return row
