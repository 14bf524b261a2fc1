"""A limit on the requests handled at once: one above the limit is refused with 503 instead of being queued."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import UnavailableError
from service.http.problems import on_service_error

ALWAYS: Final = frozenset({"/health/live"})
"""Paths that are never refused for load; answering them uses no database."""

WAIT_S: Final = 1
"""Seconds after which to try again: by then all requests in hand have been answered."""


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
        self._most = most
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or respond 503 where there are too many."""
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        place = _Place(self)
        try:
            place.take()
        except UnavailableError as busy:
            refusal = await on_service_error(Request(scope), busy)
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, place.held_after(receive), place.given_up_before(send))
        finally:
            place.give_up()

    def enter(self) -> None:
        """Count one request more.

        Raises:
            UnavailableError: as many requests are in hand as there may be.
        """
        if self._in_hand >= self._most:
            raise UnavailableError(
                "Too many requests are in progress. Nothing was done. Try again after `retry_after` seconds.",
                retry_after=WAIT_S,
            )
        self._in_hand += 1

    def leave(self) -> None:
        """Count one request less."""
        self._in_hand -= 1


class _Place:
    """The place of one request. It is given up while the request waits for its client."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._held = False

    def take(self) -> None:
        self._admission.enter()
        self._held = True

    def give_up(self) -> None:
        if self._held:
            self._admission.leave()
            self._held = False

    def held_after(self, receive: Receive) -> Receive:
        async def received() -> Message:
            self.give_up()
            message = await receive()
            if message["type"] == "http.request":
                self.take()
            return message

        return received

    def given_up_before(self, send: Send) -> Callable[[Message], Awaitable[None]]:
        async def sent(message: Message) -> None:
            self.give_up()
            await send(message)

        return sent
