"""Connections to one PostgreSQL: a few, opened when needed, used again, the last one used first.

No round trip waits for ever (ADR 35). A connection that was silent for too long is given up, and so is every idle one:
whatever stopped answering stopped for all of them. For `PAUSE_S` nobody waits for another one either.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeAlias

import asyncpg
from pydantic_core import from_json, to_json

from service.db.address import failure_to_connect
from service.db.failures import SilentError, broken_pool, silent

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

WAIT_S: Final = 5.0
"""A full pool is an error the caller sees after so many seconds, not a queue nobody sees."""

CONNECT_S: Final = 3.0
"""The longest that opening a connection may take, seconds."""

PAUSE_S: Final = 1.0
"""How long nothing is asked of a server that was silent, seconds."""

_IDLE_S: Final = 10
_EVERY_S: Final = 3
_PROBES: Final = 3
_UNACKNOWLEDGED_MS: Final = 5_000
"""TCP: an idle connection is probed after 10 s, three times at 3 s; data that nobody acknowledges for 5 s ends it."""


class Pool:
    """At most so many connections at a time; none is held by anybody between two uses."""

    def __init__(self, address: Mapping[str, Any], size: int) -> None:
        """Describe a pool; nothing is connected to.

        Args:
            address: what `asyncpg.connect` is told.
            size: how many connections there are at most.
        """
        self.size = size
        self.in_use = 0
        self._address = address
        self._idle: list[Connection] = []
        self._free = asyncio.Semaphore(size)
        self._silent_until = 0.0
        self._silences = 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection that is in no transaction.

        Raises:
            UnavailableError: none can be had.
        """
        await self._wait()
        self.in_use += 1
        try:
            silences = self._silences
            connection = await self._ready()
            try:
                yield connection
            except SilentError:
                self._fall_silent()
                raise
            finally:
                self._take_back(connection, silences)
        finally:
            self.in_use -= 1
            self._free.release()

    async def close(self) -> None:
        """Close every connection that nobody uses."""
        while self._idle:
            with suppress(TimeoutError):
                await self._idle.pop().close(timeout=PAUSE_S)

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
        if self._silent_until and time.monotonic() < self._silent_until:
            raise silent()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connect()

    async def _connect(self) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_S):
                connection: Connection = await asyncpg.connect(**self._address, connection_class=_Watched)
                await speak_json(connection)
        except TimeoutError:
            self._fall_silent()
            raise silent() from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise failure_to_connect(error, self._address) from None
        return connection

    def _take_back(self, connection: Connection, silences: int) -> None:
        if connection.is_closed():
            return
        if connection.is_in_transaction() or silences != self._silences:
            connection.terminate()
        else:
            self._idle.append(connection)

    def _fall_silent(self) -> None:
        """Give up what is idle, and whatever is lent when it comes back."""
        self._silences += 1
        self._silent_until = time.monotonic() + PAUSE_S
        while self._idle:
            self._idle.pop().terminate()


class _Watched(asyncpg.Connection):
    """A connection whose other end is watched by the kernel."""

    def __init__(self, protocol: Any, transport: asyncio.Transport, *given: Any) -> None:
        super().__init__(protocol, transport, *given)
        made = transport.get_extra_info("socket")
        if made is not None and made.family in {socket.AF_INET, socket.AF_INET6}:
            _watch(made)


def _watch(made: socket.socket) -> None:
    """Make the kernel end a connection whose other end is gone; a system that lacks an option goes without it."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    wanted = {
        "TCP_KEEPIDLE": _IDLE_S,
        "TCP_KEEPINTVL": _EVERY_S,
        "TCP_KEEPCNT": _PROBES,
        "TCP_USER_TIMEOUT": _UNACKNOWLEDGED_MS,
    }
    for name, value in wanted.items():
        option = getattr(socket, name, None)
        if option is not None:
            made.setsockopt(socket.IPPROTO_TCP, option, value)


async def speak_json(connection: Connection) -> None:
    """Make a connection take and return JSON as plain values."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=_to_json, decoder=from_json, schema="pg_catalog")


def _to_json(value: object) -> str:
    return to_json(value).decode()
