"""What a database is made of, as its own catalogue tells it."""

import asyncio
from typing import Any, Final

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from service.tables import METADATA

COLUMNS: Final = """
SELECT table_name || '.' || column_name,
       concat_ws(' ', data_type, udt_name, character_maximum_length, is_nullable, column_default, is_identity)
FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS: Final = """
SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype NOT IN ('n', 't')
"""
INDEXES: Final = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
TRIGGERS: Final = """
SELECT tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
"""
FUNCTIONS: Final = """
SELECT p.oid::regprocedure::text, p.prosrc FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
"""
RIGHTS: Final = """
SELECT table_name || ' ' || grantee, string_agg(privilege_type, ' ' ORDER BY privilege_type)
FROM information_schema.role_table_grants WHERE table_schema = 'public' GROUP BY table_name, grantee
"""
VERSION_TABLE: Final = "alembic_version"

Catalogue = dict[str, str]


def shape_of(url: str) -> Catalogue:
    """Tables, constraints and indexes: what the code's own declarations say too."""
    return _told(url, COLUMNS, CONSTRAINTS, INDEXES)


def everything_of(url: str) -> Catalogue:
    """The same, and what only revisions say: triggers, functions, rights."""
    return _told(url, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, FUNCTIONS, RIGHTS)


def create_from_metadata(owner_url: str) -> None:
    """Make the tables as the code declares them, without a single revision."""
    asyncio.run(_create(owner_url))


def fetch(url: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """Run one statement on a connection of its own."""
    return asyncio.run(_fetch(url, query, arguments))


def counts_of(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    names = [row[0] for row in fetch(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return {name: fetch(url, f'SELECT count(*) FROM "{name}"')[0][0] for name in names if name != VERSION_TABLE}  # noqa: S608 - names of the catalogue


def _told(url: str, *queries: str) -> Catalogue:
    rows = [(query, row) for query in queries for row in fetch(url, query)]
    return {f"{query.split()[1]} {row[0]}": row[1] for query, row in rows if VERSION_TABLE not in row[0]}


async def _fetch(url: str, query: str, arguments: tuple[Any, ...]) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


async def _create(owner_url: str) -> None:
    engine = create_async_engine(make_url(owner_url).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
    finally:
        await engine.dispose()
