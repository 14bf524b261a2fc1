"""The one environment of every migration: online, in one transaction a revision, with limits.

A revision that cannot have its lock within four seconds gives up rather than make the hotline wait.
"""

import asyncio
from typing import Final

from alembic import context
from sqlalchemy import Connection, text

from service.db.address import engine_at
from service.settings import Settings
from service.tables import METADATA

LOCK_TIMEOUT_MS: Final = 4_000
STATEMENT_TIMEOUT_MS: Final = 60_000


def migrate(connection: Connection) -> None:
    """Run the revisions that are wanted on a connection."""
    connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
    connection.execute(text(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}"))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=METADATA, transaction_per_migration=True, compare_server_default=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate() -> None:
    """Connect as the owner and migrate."""
    settings = Settings()
    url = context.config.attributes.get("url") or settings.owner_url or settings.database_url
    if url is None:
        raise RuntimeError("Set SAFE_RETURN_OWNER_URL or SAFE_RETURN_DATABASE_URL.")
    plain = url if isinstance(url, str) else url.get_secret_value()
    engine = engine_at(plain)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


if context.is_offline_mode():
    raise RuntimeError("Migrations run online only: they check what is there.")
asyncio.run(connect_and_migrate())
