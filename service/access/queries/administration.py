"""Agencies, users and keys, as they are administered."""

from collections.abc import Sequence
from typing import Any, Final, Generic, TypedDict, TypeVar
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from service.access.models import Agency, AgencyRecord, ServiceKey, ServiceKeyRecord, User, UserRecord
from service.db.database import ReadConnection
from service.db.statements import Query
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
