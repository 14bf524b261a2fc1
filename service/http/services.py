"""What outlives a request, and the id of a request: handlers ask for both here.

They are called, and are no dependencies of FastAPI's: nothing here is read from the request or has a lifecycle
(ADR 4), and FastAPI takes 25 microseconds to resolve a dependency (ADR 27).
"""

from asyncio import sleep, timeout
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.requests import Request

from service.acting import Principal
from service.clock import Clock
from service.db.database import Database
from service.errors import TooManyAttemptsError
from service.http.shares import Remembered, Shares
from service.sealing import KeyRing, RegisterKeys
from service.settings import Settings

MANY: Final = 20
"""A call about more people than these takes long enough to wait for the caller's others."""


MANY_EVENTS: Final = 500
"""A case with more events than these takes as long as a call about `MANY` people."""

LONGEST_WAIT_S: Final = 10
"""Seconds that a long call waits for the others of its caller."""


@dataclass(frozen=True)
class Services:
    """What outlives a request. Made once, in `main.create_app`.

    Attributes:
        open_keys: returns the keys to seal and search with; reads the database the first time only.
        known_reader: returns who reads the metrics by the digest of a token, without asking the database.
        shares: what one principal may take of this worker.
        long_ones: by what cases were asked for that took long.
    """

    settings: Settings
    database: Database
    clock: Clock
    keys: KeyRing
    open_keys: Callable[[], Awaitable[RegisterKeys]]
    known_reader: Callable[[bytes], Principal | None]
    shares: Shares
    long_ones: Remembered = field(default_factory=Remembered)


def services_of(request: Request) -> Services:
    """Return what the application was composed with."""
    found = request.app.state.services
    if not isinstance(found, Services):
        raise TypeError("the application was composed without services")
    return found


def take_place(request: Request, principal: Principal) -> None:
    """Give a principal one of its places in this worker, once a request; `give_back_place` ends it.

    Raises:
        TooManyAttemptsError: it has as many as it may, or too many of its calls were refused.
    """
    state = request.scope["state"]
    if "place" not in state:
        services_of(request).shares.enter(principal.id)
        state["place"] = principal.id


async def wait_for_turn(request: Request) -> None:
    """Wait until no other long call of the same principal runs in this worker; `give_back_place` ends it.

    Called before a connection is taken, so that nobody waits with one.

    Raises:
        TooManyAttemptsError: it takes too long.
        UnavailableError: no place of the worker, which is given up meanwhile, became free again in time.
    """
    state = request.scope["state"]
    if "turn" not in state and "place" in state:
        turn = services_of(request).shares.turn(state["place"])
        place = state.get("worker_place")
        if place is not None and turn.locked():
            place.give_up()
        try:
            async with timeout(LONGEST_WAIT_S):
                await turn.acquire()
        except TimeoutError:
            words = "Long calls of yours run one after the other, and this one waited too long. Send fewer at once."
            raise TooManyAttemptsError(words, retry_after=LONGEST_WAIT_S) from None
        state["turn"] = turn
        if place is not None:
            await place.take()


async def wait_for_turn_with(request: Request, references: Sequence[str]) -> None:
    """Wait as `wait_for_turn` does, where these are many or one of them took long before: it will again."""
    long_ones = services_of(request).long_ones
    if len(references) > MANY or any(reference in long_ones for reference in references):
        await wait_for_turn(request)


async def wait_without_place(request: Request, seconds: float) -> None:
    """Wait, and give up the worker's place meanwhile.

    Raises:
        UnavailableError: none became free again in time.
    """
    place = request.scope["state"].get("worker_place")
    if place is not None:
        place.give_up()
    await sleep(seconds)
    if place is not None:
        await place.take()


def give_back_place(request: Request) -> None:
    """Give back what a request holds of its principal's share."""
    state = request.scope.setdefault("state", {})
    if (turn := state.pop("turn", None)) is not None:
        turn.release()
    if (principal_id := state.pop("place", None)) is not None:
        services_of(request).shares.leave(principal_id)


def request_id_of(request: Request) -> UUID:
    """Return the id of this request in its response, the log and the audit log."""
    found = request.scope["state"]["request_id"]
    if not isinstance(found, UUID):
        raise TypeError("the request has no id")
    return found
