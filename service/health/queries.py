"""The schema revision of the database, and its clock."""

import asyncio
from datetime import datetime
from typing import Final, TypedDict

from sqlalchemy import DateTime, Integer, Text, text

from service.db.database import Database
from service.db.failures import silent
from service.db.statements import Query

READY_S: Final = 1.5
"""The longest that readiness waits for a connection and its answer, seconds."""


class ServerRecord(TypedDict):
    """The server's version, and the table of migrations where there is one."""

    version: str
    migrated: str | None


class _RevisionRecord(TypedDict):
    version_num: str


class ReadyRecord(TypedDict):
    """What readiness looks at: the schema revision, the database's clock, how far another may be from it, and folding.

    Attributes:
        revision: of the schema.
        now: UTC, by the clock of the database.
        behind_s: the most that a clock may be behind that one, seconds.
        ahead_s: the most that a clock may be ahead of it, seconds.
        fold_lag_s: for how long the oldest unfolded day could have been folded, seconds.
    """

    revision: str
    now: datetime
    behind_s: int
    ahead_s: int
    fold_lag_s: int


_SERVER: Final = Query(
    text(
        "SELECT current_setting('server_version') AS version, to_regclass('public.alembic_version')::text AS migrated"
    ).columns(version=Text, migrated=Text),
    ServerRecord,
)
_REVISION: Final = Query(
    text("SELECT version_num FROM public.alembic_version").columns(version_num=Text), _RevisionRecord
)
_READY: Final = Query(
    text(
        """
        SELECT version_num AS revision, clock_timestamp() AS now, coalesce(behind_s, 25) AS behind_s,
               coalesce(ahead_s, 5) AS ahead_s, CAST(greatest(0, extract(epoch FROM clock_timestamp() - (
                   SELECT date_trunc('day', min(recorded_at), 'UTC') + interval '1 day 30 seconds'
                   FROM public.ledger_entries WHERE recorded_at >= coalesce((
                       SELECT CAST(max(recorded_on) + 1 AS timestamp) AT TIME ZONE 'UTC' FROM public.ledger_folds),
                       '-infinity')))) AS integer) AS fold_lag_s
        FROM public.alembic_version LEFT JOIN public.clock_tolerance ON true
        """
    ).columns(revision=Text, now=DateTime(timezone=True), behind_s=Integer, ahead_s=Integer, fold_lag_s=Integer),
    ReadyRecord,
)


async def server_of(database: Database) -> ServerRecord | None:
    """Return which server it is, and whether it was ever migrated.

    Raises:
        UnavailableError: the database cannot be reached.
    """
    return await database.lookup(_SERVER)


async def schema_revision(database: Database) -> str | None:
    """Return the schema revision of the database, or None where none is noted.

    Raises:
        UnavailableError: the database cannot be reached.
        DatabaseFailure: the database was never migrated.
    """
    row = await database.lookup(_REVISION)
    return row["version_num"] if row else None


async def ready_state(database: Database) -> ReadyRecord | None:
    """Return what readiness looks at, or None where no schema revision is noted.

    Raises:
        UnavailableError: the database cannot be reached, or does not answer in time.
        DatabaseFailure: the database was never migrated, or to an earlier revision only.
    """
    try:
        async with asyncio.timeout(READY_S):
            return await database.lookup(_READY)
    except TimeoutError:
        raise silent() from None
