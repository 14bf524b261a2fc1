"""Dependencies of handlers: the database, the clock, the keys. None of them has a lifecycle (ADR 0004).

They are coroutines although they wait for nothing: FastAPI runs any other function in a thread, which takes longer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from service.clock import Clock
from service.db.database import Database
from service.sealing import KeyRing, RegisterKeys
from service.settings import Settings


@dataclass(frozen=True)
class Services:
    """What outlives a request. Made once, in `main.create_app`.

    Attributes:
        open_keys: returns the keys to seal and search with; reads the database the first time only.
    """

    settings: Settings
    database: Database
    clock: Clock
    keys: KeyRing
    open_keys: Callable[[], Awaitable[RegisterKeys]]


def services_of(request: Request) -> Services:
    """Return what the application was composed with."""
    found = request.app.state.services
    if not isinstance(found, Services):
        raise TypeError("the application was composed without services")
    return found


async def database_of(request: Request) -> Database:
    """Return the database."""
    return services_of(request).database


async def clock_of(request: Request) -> Clock:
    """Return the clock."""
    return services_of(request).clock


async def key_ring_of(request: Request) -> KeyRing:
    """Return the key ring alone: for cursors, and for whatever else opens no sealed record."""
    return services_of(request).keys


async def keys_of(request: Request) -> RegisterKeys:
    """Return the keys to seal and search with.

    Raises:
        UnavailableError: they were not read before, and the database cannot be reached.
    """
    return await services_of(request).open_keys()


def request_id_of(request: Request) -> UUID:
    """Return the id of this request in its response, the log and the audit log."""
    found = request.scope["state"]["request_id"]
    if not isinstance(found, UUID):
        raise TypeError("the request has no id")
    return found


async def _request_id(request: Request) -> UUID:
    return request_id_of(request)


DatabaseDep = Annotated[Database, Depends(database_of)]
ClockDep = Annotated[Clock, Depends(clock_of)]
KeyRingDep = Annotated[KeyRing, Depends(key_ring_of)]
KeysDep = Annotated[RegisterKeys, Depends(keys_of)]
RequestIdDep = Annotated[UUID, Depends(_request_id)]
