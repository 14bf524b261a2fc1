"""The two ways to the database: `read()` and `write()`.

A write stages the rows it wants and puts all of them down in one statement when its block ends, together with
whatever else was staged there: ledger entries, the audit row, the answer kept for a retry. They commit or fail
together because they are one statement (ADR 0002, ADR 0004).
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.base import Executable

from service.db.failures import broken_pool, failure_of
from service.db.metadata import Table as DeclaredTable
from service.db.writing import Row, Staged, as_json, writing_statement
from service.errors import OutcomeUnknownError, RetryableError, UnavailableError

POOL_WAIT_S: Final = 5.0
"""A full pool is an error the caller sees after so many seconds, not a queue nobody sees."""

Record = dict[str, Any]
"""One row of an answer, by column."""

TableClass = type[DeclaredTable]


class ReadConnection:
    """A connection inside one read-only transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Wrap a connection on which a transaction has begun."""
        self._connection = connection

    async def rows(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Record]:
        """Run one query and answer all its rows."""
        try:
            result = await self._connection.execute(query, parameters)
        except DBAPIError as error:
            raise failure_of(error) from None
        except OSError:
            raise broken_pool() from None
        names = list(result.keys())
        return [dict(zip(names, row, strict=True)) for row in result.all()]

    async def row(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Record | None:
        """Run one query and answer its first row, or None."""
        found = await self.rows(query, parameters)
        return found[0] if found else None


class WriteConnection(ReadConnection):
    """A connection inside one write transaction, and the rows staged for its end."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Wrap a connection on which a transaction has begun."""
        super().__init__(connection)
        self._staged = Staged()

    def insert(self, table: TableClass, *rows: Row) -> None:
        """Stage new rows; every row of a table names the same columns."""
        self._staged.insert(core(table), rows)

    def update(self, table: TableClass, *rows: Row) -> None:
        """Stage changed rows, found by primary key.

        Where the table has a `version`, the row must carry the next one, and the present one must still be in the
        database: otherwise somebody else was first and the whole write is tried again from its start.
        """
        self._staged.update(core(table), rows)

    def digest(self) -> bytes:
        """Answer the SHA-256 of all rows staged so far, as they will be written."""
        return hashlib.sha256(as_json(self._staged.content()).encode()).digest()

    async def flush(self) -> None:
        """Write every staged row in one statement.

        Raises:
            RetryableError: a versioned row was changed by somebody else meanwhile.
            ServiceError: the error a violated constraint stands for.
        """
        if not self._staged:
            return
        statement, parameters, expected = writing_statement(self._staged)
        self._staged = Staged()
        row = await self.row(text(statement), parameters)
        if row is None or row["updated"] != expected:
            raise RetryableError("Somebody changed the same record at the same time. Try again.", retry_after=1)


def core(table: TableClass) -> Table:
    """Answer the Core table of a declared one."""
    found = table.__table__
    if not isinstance(found, Table):
        raise TypeError(f"{table.__name__} is not a plain table")
    return found


@dataclass(frozen=True)
class Database:
    """One PostgreSQL, reached through one pool.

    Attributes:
        engine: connects to nothing until first used.
        write_timeout_s: the longest a write transaction may take, seconds; a third of what figures wait before they
            call a moment settled.
    """

    engine: AsyncEngine
    write_timeout_s: float = field(default=10.0)

    @classmethod
    def at(
        cls, url: str, *, pool_size: int = 8, statement_cache_size: int = 512, write_timeout_s: float = 10.0
    ) -> "Database":
        """Describe the database at a `postgresql://` address."""
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_S,
            pool_pre_ping=False,
            hide_parameters=True,
            connect_args={
                "prepared_statement_cache_size": statement_cache_size,
                "statement_cache_size": statement_cache_size,
                "server_settings": {
                    "application_name": "safe-return",
                    "statement_timeout": str(int(write_timeout_s * 1000)),
                    "idle_in_transaction_session_timeout": str(int(write_timeout_s * 1000)),
                    "timezone": "UTC",
                },
            },
        )
        return cls(engine=engine, write_timeout_s=write_timeout_s)

    async def lookup(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Record | None:
        """Run one query on its own, in one round trip, and answer its first row.

        Raises:
            UnavailableError: no connection can be had.
        """
        async with self._connection() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            return await ReadConnection(connection).row(query, parameters)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadConnection]:
        """Open a read-only transaction with one snapshot for all its queries.

        Raises:
            UnavailableError: no connection can be had.
        """
        async with self._connection() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield ReadConnection(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteConnection]:
        """Open a write transaction; on a clean exit everything staged is written and committed, otherwise nothing.

        Raises:
            RetryableError: certainly not applied; may be tried again at once.
            OutcomeUnknownError: the connection broke during COMMIT.
            UnavailableError: no connection can be had, or the write took too long.
        """
        async with self._connection() as connection:
            try:
                async with asyncio.timeout(self.write_timeout_s):
                    db = WriteConnection(connection)
                    yield db
                    await db.flush()
            except TimeoutError:
                raise UnavailableError("The register is busy. Nothing was saved. Try again.", retry_after=2) from None
            await self._commit(connection)

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()

    async def _commit(self, connection: AsyncConnection) -> None:
        try:
            await asyncio.shield(connection.commit())
        except (DBAPIError, OSError) as error:
            if isinstance(error, DBAPIError) and not error.connection_invalidated:
                raise failure_of(error) from None
            raise OutcomeUnknownError(
                "The connection broke while this was being saved. Send it again with the same Idempotency-Key.",
                retry_after=1,
            ) from None

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await self.engine.connect()
        except DBAPIError as error:
            raise failure_of(error) from None
        except (OSError, PoolTimeoutError):
            raise broken_pool() from None
        try:
            yield connection
        finally:
            await asyncio.shield(connection.close())
