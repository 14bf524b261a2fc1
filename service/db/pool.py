"""Connections to one PostgreSQL: a few, opened when needed, used again, the last one used first."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import asyncpg
from pydantic_core import from_json, to_json

from service.db.failures import broken_pool, failure_of

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

WAIT_S: Final = 5.0
"""A full pool, or a server that does not answer, is an error the caller sees after so many seconds, not a queue
nobody sees."""


class Pool:
    """At most so many connections at a time; none is held by anybody between two uses."""

    def __init__(self, address: Mapping[str, Any], size: int) -> None:
        """Describe a pool; nothing is connected to.

        Args:
            address: what `asyncpg.connect` is told.
            size: how many connections there are at most.
        """
        self._address = address
        self._idle: list[Connection] = []
        self._free = asyncio.Semaphore(size)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection that is in no transaction.

        Raises:
            UnavailableError: none can be had.
        """
        await self._wait()
        try:
            connection = await self._ready()
            try:
                yield connection
            finally:
                self._take_back(connection)
        finally:
            self._free.release()

    async def close(self) -> None:
        """Close every connection that nobody uses."""
        while self._idle:
            await self._idle.pop().close()

    async def _wait(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(WAIT_S):
                await self._free.acquire()
        except TimeoutError:
            raise broken_pool() from None

    async def _ready(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connect()

    async def _connect(self) -> Connection:
        try:
            connection: Connection = await asyncpg.connect(**self._address, timeout=WAIT_S)
            await speak_json(connection)
        except asyncpg.PostgresError as error:
            raise failure_of(error) from None
        except OSError:
            raise broken_pool() from None
        return connection

    def _take_back(self, connection: Connection) -> None:
        if connection.is_closed():
            return
        if connection.is_in_transaction():
            connection.terminate()
        else:
            self._idle.append(connection)


async def speak_json(connection: Connection) -> None:
    """Make a connection take and return JSON as plain values."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=_to_json, decoder=from_json, schema="pg_catalog")


def _to_json(value: object) -> str:
    return to_json(value).decode()
