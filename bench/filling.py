"""Filling a register with a number of invented persons, inside the server, in one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bench.cast import Cast, Connection
from service.codes.countries import COUNTRIES
from service.sealing import new_data_key, read_keys

YEARS: Final = 5
NATIONALITIES: Final = 50
SERVED: Final = ("TWN", "VNM")
"""A frequent nationality, whose persons the liaison sees."""

_SETTINGS: Final = {
    "session_replication_role": "replica",
    "statement_timeout": "0",
    "synchronous_commit": "off",
    "maintenance_work_mem": "512MB",
    "work_mem": "256MB",
    "enable_memoize": "off",
    "jit": "off",
}
"""Of the session that fills. Remembering the three rows of a correction costs more than making them."""

_FILL: Final = Path(__file__).with_name("fill.sql")
_PLAIN_INDEXES: Final = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
_UNTOLD: Final = """
SELECT c.relname AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnotnull AND NOT a.atthasdef AND a.attnum > 0
"""
_EMPTY: Final = {"boolean": "false", "integer": "0", "smallint": "0", "jsonb": "'[]'", "text": "''"}
"""What a column holds that `fill.sql` does not know yet, by type; arrays are empty too."""

_SHAPE: Final = """
CREATE TABLE bench_shape AS
SELECT $1::bigint AS persons, $2::bigint AS first_ms, $3::bigint AS step_ms, $4::timestamptz AS until,
       $5::uuid[] AS agencies, $6::uuid[] AS filers, $7::text[] AS nationalities, $8::uuid AS recorder,
       $9::uuid AS body, $10::bytea AS wrapped
"""


def nationalities() -> list[str]:
    """Return the nationalities of the persons, the most frequent first."""
    others = sorted(code for code in COUNTRIES if code not in SERVED)
    return [*SERVED, *others][:NATIONALITIES]


async def fill(connection: Connection, cast: Cast, persons: int) -> None:
    """Fill an empty migrated register; its last day is yesterday (UTC), and everything is folded.

    Args:
        connection: as a superuser: triggers and foreign keys are left out, and indexes are made afterwards.
        cast: who files and who records.
        persons: how many; two a case, spread evenly over `YEARS`.
    """
    until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = until - timedelta(days=365 * YEARS)
    first_ms = int(first.timestamp() * 1000)
    step_ms = int((until - first) / timedelta(milliseconds=1)) // (persons // 2 + 1)
    verifier, keys = cast.members["verifier"], read_keys(cast.keys)
    for name, value in _SETTINGS.items():
        await connection.execute(f"SET {name} = '{value}'")
    await _make_shape(
        connection, persons, first_ms, step_ms, until, cast.agencies, cast.filers, nationalities(),
        verifier.id, verifier.agency_id, keys.wrap(new_data_key()),
    )  # fmt: skip
    async with _stripped(connection):
        await connection.execute(_FILL.read_text(encoding="utf-8"))
    await connection.execute("RESET ALL")
    for table in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        await connection.execute(f"VACUUM (ANALYZE) {table['tablename']}")


@asynccontextmanager
async def _stripped(connection: Connection) -> AsyncIterator[None]:
    """Take indexes away for the length of a block, and let columns that are not told be empty."""
    untold = [row for row in await connection.fetch(_UNTOLD) if _empty(row["type"])]
    indexes = await connection.fetch(_PLAIN_INDEXES)
    for row in untold:
        await connection.execute(f"ALTER TABLE {row['name']} ALTER {row['column']} SET DEFAULT {_empty(row['type'])}")
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['name']}")
    yield
    for index in indexes:
        await connection.execute(index["made"].replace(" ON ONLY ", " ON "))
    for row in untold:
        await connection.execute(f"ALTER TABLE {row['name']} ALTER {row['column']} DROP DEFAULT")


def _empty(kind: str) -> str | None:
    return "'{}'" if kind.endswith("[]") else _EMPTY.get(kind)


async def _make_shape(connection: Connection, *columns: object) -> None:
    """A utility statement takes no parameters: the row is added to an empty table of its form."""
    blank = _SHAPE
    for place in range(len(columns), 0, -1):
        blank = blank.replace(f"${place}::", "NULL::")
    await connection.execute(f"{blank} WHERE false")
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    await connection.execute(f"INSERT INTO bench_shape VALUES ({places})", *columns)  # noqa: S608 - numbers of ours
