"""A limit on the requests handled at once: further ones wait for a place for a while, then get 503."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import UnavailableError
from service.http.problems import on_service_error

ALWAYS: Final = frozenset({"/health/live"})
"""Paths that never wait and are never refused for load; answering them uses no database."""

WATCHED: Final = frozenset({"/health/ready", "/metrics"})
"""Paths by which the service is looked after: they have places of their own, or a crowd would hide what it does."""

WATCHING: Final = 4
"""Requests of these paths a worker works on at once, beside all others: anybody may ask for readiness."""

PATIENCE_S: Final = 10.0
"""How long a request waits for a place, seconds. A refusal that came at once would be asked for again at once, and the
refusals would take the time of the work (ADR 60). Connections divided by this bound the refusals a second (ADR 64); it
is as long as a statement may take, and below the 30 or 60 s after which proxies commonly give up."""

WAIT_S: Final = 1
"""Seconds after which to try again."""


class Admission:
    """Counts requests from the end of their body to the beginning of their response.

    A client that sends or reads slowly holds no place: a place stands for work, which no client can prolong.
    """

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        """Wrap an application.

        Args:
            app: the application.
            most: requests it may work on at once.
        """
        self._app = app
        self._places = Places(most)
        self._watching = Places(WATCHING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on when there is a place for it, or respond 503."""
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        place = Place(self._watching if scope["path"] in WATCHED else self._places)
        scope.setdefault("state", {})["worker_place"] = place
        try:
            await place.take()
        except UnavailableError as busy:
            refusal = await on_service_error(Request(scope), busy)
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, place.held_after(receive), place.given_up_before(send))
        finally:
            place.give_up()


class Places:
    """So many places, taken in the order of asking; whoever had one before comes first."""

    def __init__(self, most: int) -> None:
        """Make `most` free places."""
        self._free = most
        self._waiting: tuple[deque[asyncio.Future[None]], ...] = (deque(), deque())

    async def take(self, *, again: bool) -> None:
        """Take a place, or wait for one.

        Args:
            again: whether it is for a request that held one before its body came. Such requests are few at once, and
                their bodies are in memory.

        Raises:
            UnavailableError: none became free within `PATIENCE_S`.
        """
        if self._free > 0:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[0 if again else 1].append(turn)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.give_back()
            if isinstance(error, TimeoutError):
                raise UnavailableError(
                    "Too many requests are in progress. Nothing was done. Try again after `retry_after` seconds.",
                    retry_after=WAIT_S,
                ) from None
            raise

    def give_back(self) -> None:
        """Hand a place to whoever has waited longest, or leave it free."""
        for waiting in self._waiting:
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1


class Place:
    """The place of one request. It is given up while the request waits: for its client, or for its turn."""

    def __init__(self, places: Places) -> None:
        """Hold none yet, of these."""
        self._places = places
        self._held = False
        self._again = False

    async def take(self) -> None:
        """Take it, unless it is held.

        Raises:
            UnavailableError: none became free in time.
        """
        if not self._held:
            await self._places.take(again=self._again)
            self._held = self._again = True

    def give_up(self) -> None:
        """Give it up, if it is held."""
        if self._held:
            self._places.give_back()
            self._held = False

    def held_after(self, receive: Receive) -> Receive:
        """Return what receives without the place and takes it again with the body."""

        async def received() -> Message:
            self.give_up()
            message = await receive()
            if message["type"] == "http.request":
                await self.take()
            return message

        return received

    def given_up_before(self, send: Send) -> Callable[[Message], Awaitable[None]]:
        """Return what sends without the place."""

        async def sent(message: Message) -> None:
            self.give_up()
            await send(message)

        return sent
