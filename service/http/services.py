"""What outlives a request, and the id of a request: handlers ask for both here.

They are called, and are no dependencies of FastAPI's: nothing here is read from the request or has a lifecycle
(ADR 4), and FastAPI takes 25 microseconds to resolve a dependency (ADR 27).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from service.acting import Principal
from service.clock import Clock
from service.db.database import Database
from service.sealing import KeyRing, RegisterKeys
from service.settings import Settings


@dataclass(frozen=True)
class Services:
    """What outlives a request. Made once, in `main.create_app`.

    Attributes:
        open_keys: returns the keys to seal and search with; reads the database the first time only.
        known_reader: returns who reads the metrics by the digest of a token, without asking the database.
    """

    settings: Settings
    database: Database
    clock: Clock
    keys: KeyRing
    open_keys: Callable[[], Awaitable[RegisterKeys]]
    known_reader: Callable[[bytes], Principal | None]


def services_of(request: Request) -> Services:
    """Return what the application was composed with."""
    found = request.app.state.services
    if not isinstance(found, Services):
        raise TypeError("the application was composed without services")
    return found


def request_id_of(request: Request) -> UUID:
    """Return the id of this request in its response, the log and the audit log."""
    found = request.scope["state"]["request_id"]
    if not isinstance(found, UUID):
        raise TypeError("the request has no id")
    return found
