"""The schema revision of the database."""

import asyncio
from typing import Final, TypedDict

from sqlalchemy import Text, text

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


_SERVER: Final = Query(
    text(
        "SELECT current_setting('server_version') AS version, to_regclass('public.alembic_version')::text AS migrated"
    ).columns(version=Text, migrated=Text),
    ServerRecord,
)
_REVISION: Final = Query(
    text("SELECT version_num FROM public.alembic_version").columns(version_num=Text), _RevisionRecord
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
    try:
        async with asyncio.timeout(READY_S):
            row = await database.lookup(_REVISION)
    except TimeoutError:
        raise silent() from None
    return row["version_num"] if row else None
