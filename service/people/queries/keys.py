"""The register's index key, which is drawn once and kept wrapped."""

from datetime import datetime
from typing import Final, TypedDict

from sqlalchemy import DateTime, LargeBinary, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from service.db.database import Database, WriteConnection
from service.db.statements import Change, Query
from service.people.models import DataKey, IndexKey
from service.people.queries.opening import WrappedRecord


class _DrawnRecord(TypedDict):
    id: int


_KEPT: Final = Query(select(IndexKey.wrapped), WrappedRecord)

_SEALED_UNDER: Final = Query(select(DataKey.wrapped).order_by(DataKey.case_id).limit(1), WrappedRecord)

_DRAW: Final = Change(
    insert(IndexKey)
    .values(id=1, wrapped=bindparam("key", type_=LargeBinary), made_at=bindparam("now", type_=DateTime(timezone=True)))
    .on_conflict_do_nothing()
    .returning(IndexKey.id),
    _DrawnRecord,
)


async def kept_index_key(database: Database) -> bytes | None:
    """Return the wrapped index key, if one was drawn."""
    row = await database.lookup(_KEPT)
    return row["wrapped"] if row else None


async def any_data_key(database: Database) -> bytes | None:
    """Return a wrapped data key, if anything was sealed: whatever wrapped it is the key of this register."""
    row = await database.lookup(_SEALED_UNDER)
    return row["wrapped"] if row else None


async def keep_index_key(db: WriteConnection, wrapped: bytes, *, now: datetime) -> None:
    """Keep a new index key, unless there is one."""
    await db.change(_DRAW, {"key": wrapped, "now": now})
