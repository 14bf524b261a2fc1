"""Routes of ours: found by the words of their address, strict, and a write that did not happen is tried again."""

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from re import Pattern
from typing import Any, Final

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.convertors import StringConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from service.errors import (
    BadRequestError,
    DatabaseFailure,
    Fault,
    NotFoundError,
    OutcomeUnknownError,
    RetryableError,
    ServiceError,
    UnavailableError,
)
from service.http.calling import Handler, handler_of

ATTEMPTS: Final = 8
"""Enough for sixteen simultaneous changes of one record; each round one of them wins."""

LONGEST_PAUSE_S: Final = 0.05

_DISGUISED: Final = re.compile(rb"%(2e|2f|5c|7f|[01][0-9a-f])", re.IGNORECASE)
"""Dots, slashes and control characters written as codes."""

RETRY_HEADER: Final = "idempotency-key"


class Attempts:
    """The attempts to answer one request, and what an earlier one learned.

    Whatever is refused, or takes too long, may be because the same request did it before: under a key that is tried
    once more, and the answer that was kept then is looked for first. What cannot be done now is not done twice: that
    attempt only looks.

    Attributes:
        look: whether a kept answer has to be looked for; the first attempt assumes that there is none.
        assumed_new: whether this attempt did so.
        failure: what this attempt ends with where no answer is found.
    """

    def __init__(self) -> None:
        """Begin with the first attempt."""
        self._made = 0
        self.look = False
        self.assumed_new = False
        self.failure: ServiceError | None = None

    async def go_on_after(self, error: ServiceError, request: Request) -> bool:
        """Tell whether an error is worth another attempt, once there was time for what stood in the way."""
        self._made += 1
        assumed_new, self.assumed_new = self.assumed_new, False
        self.look = True
        if self._made >= ATTEMPTS:
            return False
        if isinstance(error, RetryableError):
            await asyncio.sleep(random.uniform(0, LONGEST_PAUSE_S * self._made))  # noqa: S311 - jitter
            return True
        if isinstance(error, OutcomeUnknownError):
            return request.method == "POST" and RETRY_HEADER in request.headers
        self.failure = error if isinstance(error, UnavailableError | DatabaseFailure) else None
        return assumed_new


def attempts_of(request: Request) -> Attempts:
    """Answer the attempts to answer a request."""
    found: Attempts = request.scope["state"].setdefault("attempts", Attempts())
    return found


class Route(APIRoute):
    """One operation."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Prepare to answer, by ourselves where we know how (`calling`)."""
        super().__init__(*given, **named)
        ours = handler_of(self.dependant)
        if ours is not None:
            self.app = _answered_by(self._persistent(ours))

    def get_route_handler(self) -> Handler:
        """Answer FastAPI's handler, wrapped in our checks and retries."""
        return self._persistent(super().get_route_handler())

    def _persistent(self, handle: Handler) -> Handler:
        known = frozenset(_query_parameters(self.dependant))

        async def handler(request: Request) -> Response:
            _refuse_disguise(request)
            if request.scope["query_string"]:
                _refuse_unknown_parameters(request, known)
            while True:
                try:
                    return await handle(request)
                except ServiceError as error:
                    if not await attempts_of(request).go_on_after(error, request):
                        raise

        return handler


def _answered_by(handle: Handler) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handle(Request(scope, receive, send))
        await response(scope, receive, send)

    return answer


_Words = tuple[str, int, str]
"""A method, how many segments a path has, and the one that names what it is about, such as `cases`."""


class Switch(BaseRoute):
    """Finds an operation by the words of its address.

    Trying all of them, one after the other, took longer than answering. What is not found here is left to that.
    """

    def __init__(self, operations: Iterable[tuple[str, APIRoute]]) -> None:
        """Take every operation, with its full path, in the order in which they would be tried."""
        self._operations: dict[_Words, list[tuple[Pattern[str], APIRoute]]] = defaultdict(list)
        for path, route in operations:
            pattern, _, convertors = compile_path(path)
            if all(isinstance(convertor, StringConvertor) for convertor in convertors.values()):
                for method in route.methods or ():
                    self._operations[_words(method, path)].append((pattern, route))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Answer the operation a request is for."""
        if scope["type"] == "http" and not scope.get("root_path"):
            path = scope["path"]
            for pattern, route in self._operations.get(_words(scope["method"], path), ()):
                found = pattern.match(path)
                if found is not None:
                    return Match.FULL, {"endpoint": route.endpoint, "path_params": found.groupdict(), "route": route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the operation answer."""
        await scope["route"].app(scope, receive, send)


def _words(method: str, path: str) -> _Words:
    segments = path.split("/")
    return method, len(segments), segments[2] if len(segments) > 2 else ""


def _refuse_disguise(request: Request) -> None:
    """Know no address by a spelling that a proxy in front would read as another one."""
    if _DISGUISED.search(request.scope.get("raw_path") or b""):
        raise NotFoundError


def _refuse_unknown_parameters(request: Request, known: frozenset[str]) -> None:
    unknown = set(request.query_params.keys()) - known
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        fault = Fault("parameter", "?", "unknown_parameter", f"Known here: {names}")
        raise BadRequestError("There is a parameter this call does not have.", faults=(fault,))


def _query_parameters(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for below in dependant.dependencies:
        yield from _query_parameters(below)
