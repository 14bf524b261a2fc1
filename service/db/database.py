"""The two ways to the database: `read()` and `write()`.

A write stages the rows it wants and puts all of them down in one statement when its block ends, together with
whatever else was staged there: ledger entries, the audit row, the answer kept for a retry. They are saved or refused
together because they are one statement, and one statement needs neither BEGIN nor COMMIT (ADR 0002, 0004, 0014).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from sqlalchemy import Table
from sqlalchemy.engine import make_url
from sqlalchemy.sql.base import Executable

from service.db.failures import BROKEN, failure_of
from service.db.metadata import Table as DeclaredTable
from service.db.pool import Connection, Pool
from service.db.statements import DIALECT, changes_rows, sent
from service.db.writing import STALE, Row, Staged
from service.errors import OutcomeUnknownError, RetryableError, ServiceError, UnavailableError

Record = dict[str, Any]
"""One row of an answer, by column."""

TableClass = type[DeclaredTable]

_LOST: Final = (asyncpg.InternalClientError, OSError)
_REFUSED: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, *_LOST)


class ReadConnection:
    """A connection on which queries are run."""

    def __init__(self, connection: Connection) -> None:
        """Wrap a connection of the driver's."""
        self._connection = connection

    async def rows(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Record]:
        """Run one query and answer all its rows."""
        if changes_rows(query):
            raise TypeError("what changes rows is staged, or run by change()")
        return await self._rows(*sent(query, parameters))

    async def row(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Record | None:
        """Run one query and answer its first row, or None."""
        found = await self.rows(query, parameters)
        return found[0] if found else None

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Let all queries of a block see the same, and change nothing."""
        await self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            if not self._connection.is_closed():
                await self._run("ROLLBACK")

    async def _rows(self, text: str, values: Sequence[Any]) -> Sequence[Record]:
        return [dict(row) for row in await self._run(text, values)]

    async def _run(self, text: str, values: Sequence[Any] = ()) -> Sequence[asyncpg.Record]:
        """Send one statement. Whoever is cancelled meanwhile leaves no connection behind that is still at work."""
        try:
            return await self._connection.fetch(text, *values)
        except _REFUSED as error:
            lost = isinstance(error, _LOST) or getattr(error, "sqlstate", None) in BROKEN
            if lost:
                self._connection.terminate()
            raise self._failure(error, lost=lost or self._connection.is_closed()) from None
        except asyncio.CancelledError:
            self._connection.terminate()
            raise

    def _failure(self, error: Exception, *, lost: bool) -> ServiceError:
        return failure_of(error, lost=lost)


class WriteConnection(ReadConnection):
    """A connection on which something is changed, and the rows staged for the end of the block.

    There is a transaction only where more than one statement changes something.
    """

    def __init__(self, connection: Connection) -> None:
        """Wrap a connection of the driver's that is in no transaction."""
        super().__init__(connection)
        self._staged = Staged()
        self._begun = False
        self.is_settling = False
        """Whether the statement that saves everything is under way."""

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
        return self._staged.digest()

    async def change(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Record]:
        """Run a statement that changes or locks something at once, in one transaction with all that follows."""
        await self._begin()
        return await self._rows(*sent(statement, parameters))

    async def flush(self) -> None:
        """Write every staged row in one statement, in one transaction with all that follows.

        Raises:
            RetryableError: a versioned row was changed by somebody else meanwhile.
            ServiceError: the error a violated constraint stands for.
        """
        if self._staged:
            await self._begin()
            await self._put_down()

    async def save(self) -> None:
        """Write what is staged and make everything lasting.

        Raises:
            RetryableError: certainly not saved; may be tried again at once.
            OutcomeUnknownError: the connection broke while it was being saved.
        """
        if not self._begun:
            self.is_settling = True
            if self._staged:
                await self._put_down()
            return
        await self.flush()
        self.is_settling = True
        await self._run("COMMIT")

    async def abandon(self) -> None:
        """Undo whatever was done in a transaction; where that fails, losing the connection does it."""
        if self._begun and not self._connection.is_closed():
            with suppress(ServiceError):
                await self._run("ROLLBACK")

    async def _begin(self) -> None:
        if not self._begun:
            await self._run("BEGIN")
            self._begun = True

    async def _put_down(self) -> None:
        staged, self._staged = self._staged, Staged()
        await self._run(*staged.statement())

    def _failure(self, error: Exception, *, lost: bool) -> ServiceError:
        if lost and self.is_settling:
            return outcome_unknown()
        if getattr(error, "sqlstate", None) == STALE:
            return somebody_was_first()
        return failure_of(error, lost=lost)


def outcome_unknown() -> OutcomeUnknownError:
    """Answer the error for a connection that broke while something was being saved."""
    return OutcomeUnknownError(
        "The connection broke while this was being saved. Send it again with the same Idempotency-Key.", retry_after=1
    )


def somebody_was_first() -> RetryableError:
    """Answer the error for a version that is not the present one any more."""
    return RetryableError("Somebody changed the same record at the same time. Try again.", retry_after=1)


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
        pool: connects to nothing until first used.
        write_timeout_s: the longest a write may take, seconds; a third of what figures wait before they call a
            moment settled.
    """

    pool: Pool
    write_timeout_s: float = field(default=10.0)

    @classmethod
    def at(
        cls, url: str, *, pool_size: int = 8, statement_cache_size: int = 512, write_timeout_s: float = 10.0
    ) -> "Database":
        """Describe the database at a `postgresql://` address."""
        _, address = DIALECT.create_connect_args(make_url(url))
        limit_ms = str(int(write_timeout_s * 1000))
        settings = {
            "application_name": "safe-return",
            "statement_timeout": limit_ms,
            "idle_in_transaction_session_timeout": limit_ms,
            "timezone": "UTC",
        }
        more = {"statement_cache_size": statement_cache_size, "server_settings": settings}
        return cls(Pool({**address, **more}, pool_size), write_timeout_s)

    async def lookup(self, query: Executable, parameters: Mapping[str, Any] | None = None) -> Record | None:
        """Run one query on its own, in one round trip, and answer its first row.

        Raises:
            UnavailableError: no connection can be had.
        """
        async with self.pool.connection() as connection:
            return await ReadConnection(connection).row(query, parameters)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadConnection]:
        """Open a read-only transaction with one snapshot for all its queries.

        Raises:
            UnavailableError: no connection can be had.
        """
        async with self.pool.connection() as connection:
            db = ReadConnection(connection)
            async with db.snapshot():
                yield db

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteConnection]:
        """Lend a connection to change something; on a clean exit everything staged is saved, otherwise nothing.

        Queries before that see what is saved at their moment; the versions of the rows they read, and the
        constraints, protect what is written later.

        Raises:
            RetryableError: certainly not applied; may be tried again at once.
            OutcomeUnknownError: the connection broke while it was being saved.
            UnavailableError: no connection can be had, or the write took too long.
        """
        async with self.pool.connection() as connection:
            db = WriteConnection(connection)
            try:
                async with asyncio.timeout(self.write_timeout_s):
                    yield db
                    await self._save(db)
            except TimeoutError:
                if db.is_settling:
                    raise outcome_unknown() from None
                raise UnavailableError("The register is busy. Nothing was saved. Try again.", retry_after=2) from None
            except BaseException:
                await db.abandon()
                raise

    async def close(self) -> None:
        """Give all connections back."""
        await self.pool.close()

    async def _save(self, db: WriteConnection) -> None:
        await db.save()
