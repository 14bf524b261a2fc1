"""The ways to the database: `read()`, `read_on_record()` and `write()`.

Which one a query needs is a matter of its type: what is personal is read where readings are put on record (ADR 29). A
write stages the rows it wants and puts all of them down in one statement when its block ends, together with whatever
else was staged there: ledger entries, the audit row, the answer kept for a retry. They are saved or refused together
because they are one statement, and one statement needs neither BEGIN nor COMMIT (ADR 2, 4, 14).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar, overload

from sqlalchemy.sql.base import Executable

from service.db.address import address_of
from service.db.connections import (
    PersonalConnection,
    ReadConnection,
    Record,
    RecordedConnection,
    UnrecordedConnection,
    core,
)
from service.db.failures import outcome_unknown
from service.db.pool import Connection, Pool
from service.db.readings import ReadingNote
from service.db.saving import WriteConnection
from service.db.statements import AnyRow, Query
from service.errors import UnavailableError

__all__ = [
    "Database",
    "PersonalConnection",
    "ReadConnection",
    "Record",
    "RecordedConnection",
    "UnrecordedConnection",
    "Upkeep",
    "WriteConnection",
    "core",
]

ANSWER_S: Final = 3.0
"""The longest that a query on its own may take, seconds. Each reads a row by its key, in a millisecond: what takes
longer is a server that does not answer."""

Lent = TypeVar("Lent", bound=PersonalConnection)


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
    ) -> Self:
        """Describe the database at a `postgresql://` address.

        Raises:
            AddressError: the address cannot be used.
        """
        limit_ms = str(int(write_timeout_s * 1000))
        settings = {
            "application_name": "safe-return",
            "statement_timeout": limit_ms,
            "idle_in_transaction_session_timeout": limit_ms,
            "timezone": "UTC",
        }
        more = {"statement_cache_size": statement_cache_size, "server_settings": settings}
        return cls(Pool({**address_of(url), **more}, pool_size), write_timeout_s)

    @overload
    async def lookup(
        self, query: Query[AnyRow], parameters: Mapping[str, Any] | None = None, *, within_s: float = ANSWER_S
    ) -> AnyRow | None: ...
    @overload
    async def lookup(
        self, query: Executable, parameters: Mapping[str, Any] | None = None, *, within_s: float = ANSWER_S
    ) -> Record | None: ...
    async def lookup(
        self, query: Any, parameters: Mapping[str, Any] | None = None, *, within_s: float = ANSWER_S
    ) -> Any:
        """Run one query on its own, in one round trip, and return its first row.

        Args:
            query: for a row or two by their key.
            parameters: of the query.
            within_s: the longest that it may take, seconds.

        Raises:
            UnavailableError: no connection can be had.
            UnrecordedReadingError: the query is for personal data.
        """
        async with self.pool.connection() as connection:
            return await ReadConnection(connection, within_s).row(query, parameters)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadConnection]:
        """Open a read-only transaction with one snapshot for all its queries, none of them for personal data.

        Raises:
            UnavailableError: no connection can be had.
        """
        async with self.pool.connection() as connection:
            db = ReadConnection(connection)
            async with db.snapshot():
                yield db

    def read_on_record(self, note: ReadingNote) -> AbstractAsyncContextManager[RecordedConnection]:
        """Lend a connection for personal data; on a clean exit the reading is on record.

        Each query sees what is saved at its own moment. A query that records itself and its record are one statement;
        what `audit.actions.record_shown` staged is written at the end, as a write is.

        Args:
            note: who reads, what, and why.

        Raises:
            RetryableError, OutcomeUnknownError, UnavailableError: as for `write`: what is not on record is not shown.
            UnrecordedReadingError: something personal was found, and nothing of it is on record.
        """
        return self._lent(lambda connection: RecordedConnection(connection, note))

    def write(self) -> AbstractAsyncContextManager[WriteConnection]:
        """Lend a connection to change something; on a clean exit everything staged is saved, otherwise nothing.

        Queries before that see what is saved at their moment; the versions of the rows they read, and the
        constraints, protect what is written later.

        Raises:
            RetryableError: certainly not applied; may be tried again at once.
            OutcomeUnknownError: the connection broke while it was being saved.
            UnavailableError: no connection can be had, or the write took too long.
            UnrecordedReadingError: something personal was found, and the audit log says nothing of the write.
        """
        return self._lent(WriteConnection)

    async def close(self) -> None:
        """Give all connections back."""
        await self.pool.close()

    @asynccontextmanager
    async def _lent(self, wrap: Callable[[Connection], Lent]) -> AsyncIterator[Lent]:
        """Lend a connection, and save what is staged on it when the block ends, within the time of a write."""
        async with self.pool.connection() as connection:
            db = wrap(connection)
            try:
                async with asyncio.timeout(self.write_timeout_s):
                    yield db
                    await db.save()
            except TimeoutError:
                if db.is_settling:
                    raise outcome_unknown() from None
                raise UnavailableError("The register is busy. Nothing was saved. Try again.", retry_after=2) from None
            except BaseException:
                await db.abandon()
                raise


@dataclass(frozen=True)
class Upkeep(Database):
    """The database as the command line has it, to look after a register as a whole.

    The application that answers requests is handed a `Database`, which has no such way.
    """

    @asynccontextmanager
    async def read_unrecorded(self, reason: str) -> AsyncIterator[UnrecordedConnection]:
        """Open a snapshot in which personal data are compared or counted, and nobody is shown anything.

        Args:
            reason: why nothing is recorded.

        Raises:
            UnavailableError: no connection can be had.
        """
        async with self.pool.connection() as connection:
            db = UnrecordedConnection(connection, reason)
            async with db.snapshot():
                yield db
