"""The register's index key, which is drawn once and kept wrapped, and which keys wrapped what is kept."""

from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from service.db.database import Database, UnrecordedConnection, WriteConnection
from service.db.statements import Change, PersonalQuery, Query
from service.people.models import DataKey, IndexKey
from service.people.queries.opening import WrappedRecord


class _DrawnRecord(TypedDict):
    id: int


class _DataKeyRecord(TypedDict):
    case_id: UUID
    subject_id: UUID
    wrapped: bytes


_KEPT: Final = Query(select(IndexKey.wrapped), WrappedRecord)

_SEALED_UNDER: Final = Query(select(DataKey.wrapped).order_by(DataKey.case_id).limit(1), WrappedRecord)

_DRAW: Final = Change(
    insert(IndexKey)
    .values(id=1, wrapped=bindparam("key", type_=LargeBinary), made_at=bindparam("now", type_=DateTime(timezone=True)))
    .on_conflict_do_nothing()
    .returning(IndexKey.id),
    _DrawnRecord,
)


_IN_USE: Final = PersonalQuery(
    text(r"""
    WITH RECURSIVE named AS NOT MATERIALIZED (
        SELECT wrapped, substring(wrapped FROM 1 FOR position(CAST('\x3a' AS bytea) IN wrapped)) AS name FROM (
            SELECT wrapped FROM data_keys
            UNION ALL SELECT wrapped FROM index_keys
            UNION ALL SELECT wrapped_key FROM kept_answers) kept
    ), found AS (
        (SELECT wrapped, ARRAY[name] AS names FROM named LIMIT 1)
        UNION ALL
        SELECT other.wrapped, found.names || other.name
        FROM found, LATERAL (SELECT wrapped, name FROM named WHERE name <> ALL (found.names) LIMIT 1) other
    )
    SELECT wrapped FROM found
    """).columns(wrapped=LargeBinary),
    WrappedRecord,
)
"""One after the other: as many looks through the tables as there are keys, and nothing is sorted."""


_NEXT_WRAPPED: Final = Query(
    text("""
    SELECT case_id, subject_id, wrapped FROM data_keys
    WHERE (case_id, subject_id) > (:after_case_id, :after_id) ORDER BY case_id, subject_id LIMIT 5000
    """)
    .bindparams(bindparam("after_case_id", type_=Uuid), bindparam("after_id", type_=Uuid))
    .columns(case_id=Uuid, subject_id=Uuid, wrapped=LargeBinary),
    _DataKeyRecord,
)
_OTHERS: Final = PersonalQuery(
    text("SELECT wrapped FROM index_keys UNION ALL SELECT wrapped_key FROM kept_answers").columns(wrapped=LargeBinary),
    WrappedRecord,
)


async def wrapped_data_keys(
    db: UnrecordedConnection, *, after: tuple[UUID, UUID]
) -> list[tuple[tuple[UUID, UUID], bytes]]:
    """Return the next data keys, each with its place: its case and its subject; none after the last."""
    case_id, id_ = after
    rows = await db.rows(_NEXT_WRAPPED, {"after_case_id": case_id, "after_id": id_})
    return [((row["case_id"], row["subject_id"]), row["wrapped"]) for row in rows]


async def other_wrapped_keys(db: UnrecordedConnection) -> list[bytes]:
    """Return the index key and the keys of kept answers, wrapped."""
    return [row["wrapped"] for row in await db.rows(_OTHERS)]


async def keys_in_use(db: UnrecordedConnection) -> tuple[bytes, ...]:
    """Return one wrapped value for each key-encryption key that wrapped anything in the register."""
    return tuple(row["wrapped"] for row in await db.rows(_IN_USE))


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
