"""Routes of ours: unknown parameters are refused, and a write that certainly did not happen is tried again."""

import asyncio
import random
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from service.errors import BadRequestError, Fault, NotFoundError, OutcomeUnknownError, RetryableError

ATTEMPTS: Final = 8
"""Enough for sixteen simultaneous changes of one record; each round one of them wins."""

LONGEST_PAUSE_S: Final = 0.05

_DISGUISED: Final = re.compile(rb"%(2e|2f|5c|7f|[01][0-9a-f])", re.IGNORECASE)
"""Dots, slashes and control characters written as codes."""

RETRY_HEADER: Final = "idempotency-key"


class Route(APIRoute):
    """One operation."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answer the handler, wrapped in its checks and retries."""
        handle = super().get_route_handler()
        known = frozenset(_query_parameters(self.dependant))

        async def handler(request: Request) -> Response:
            _refuse_disguise(request)
            _refuse_unknown_parameters(request, known)
            for attempt in range(1, ATTEMPTS):
                try:
                    return await handle(request)
                except RetryableError:
                    await asyncio.sleep(random.uniform(0, LONGEST_PAUSE_S * attempt))  # noqa: S311 - jitter
                except OutcomeUnknownError:
                    if request.method != "POST" or RETRY_HEADER not in request.headers:
                        raise
            return await handle(request)

        return handler


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
