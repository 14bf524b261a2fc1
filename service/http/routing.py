"""Routes of ours: strict about addresses and parameters, and a write that did not happen is tried again.

FastAPI calls the handlers (ADR 27); what is added stands around its own handler, in `APIRoute.get_route_handler`.
"""

import asyncio
import random
import re
from collections.abc import Callable, Coroutine
from operator import attrgetter
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from service.errors import (
    BadRequestError,
    DatabaseFailure,
    Fault,
    InvalidError,
    NotFoundError,
    OutcomeUnknownError,
    RetryableError,
    ServiceError,
    TooManyAttemptsError,
    UnavailableError,
)
from service.http.services import give_back_place, services_of
from service.http.signatures import signatures_of, takes_several

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

ATTEMPTS: Final = 8
"""Enough for sixteen simultaneous changes of one record: one of them succeeds in each round."""

LONGEST_PAUSE_S: Final = 0.05

_DISGUISED: Final = re.compile(rb"%(2e|2f|5c|7f|[01][0-9a-f])", re.IGNORECASE)
"""Percent-encoded dots, slashes and control characters."""

RETRY_HEADER: Final = "idempotency-key"

_NO_REFUSAL: Final = UnavailableError | DatabaseFailure | TooManyAttemptsError


class Attempts:
    """The attempts to answer one request, and what an earlier one learned.

    A request may be refused, or time out, because the same request succeeded before. With an `Idempotency-Key` it is
    tried once more, and the kept response is looked for first. After a failure that attempt does nothing else.

    Attributes:
        look: whether to look for a kept response; the first attempt assumes that there is none.
        assumed_new: whether this attempt assumed so.
        failure: raised by this attempt where no kept response is found.
    """

    def __init__(self) -> None:
        """Begin with the first attempt."""
        self._made = 0
        self.look = False
        self.assumed_new = False
        self.failure: ServiceError | None = None

    async def go_on_after(self, error: ServiceError, request: Request) -> bool:
        """Whether an error is worth another attempt; returns after a pause for what stood in the way."""
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
        self.failure = error if isinstance(error, _NO_REFUSAL) else None
        return assumed_new


def attempts_of(request: Request) -> Attempts:
    """Return the attempts made to answer a request."""
    found: Attempts = request.scope["state"].setdefault("attempts", Attempts())
    return found


class Route(APIRoute):
    """One operation; its id in the contract is the name of its handler."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Make the operation; the arguments are FastAPI's."""
        super().__init__(*given, **{**named, "generate_unique_id_function": attrgetter("name")})
        self._beginning, has_parameters, _ = self.path.partition("{")
        self._has_parameters = bool(has_parameters)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether and how a request is for this operation.

        Most are not. They are told apart by what stands fixed in the path, before Starlette compares the whole of it;
        a prefix may stand before that.
        """
        path = scope["path"]
        possible = self._beginning in path if self._has_parameters else path.endswith(self._beginning)
        return super().matches(scope) if possible else (Match.NONE, {})

    def get_route_handler(self) -> Handler:
        """Return FastAPI's handler, wrapped in our checks and retries."""
        handle = super().get_route_handler()
        parameters = [field for call in signatures_of(self) for field in call.query_params]
        known = frozenset(field.alias for field in parameters)
        once = frozenset(field.alias for field in parameters if not takes_several(field))

        async def handler(request: Request) -> Response:
            _refuse_disguise(request)
            if request.scope["query_string"]:
                _refuse_unknown_parameters(request, known)
                _refuse_repeated_parameters(request, once)
            try:
                return await _tried(handle, request)
            except (ServiceError, RequestValidationError) as error:
                _count_refusal(request, error)
                raise
            finally:
                give_back_place(request)

        return handler


async def _tried(handle: Handler, request: Request) -> Response:
    """Return the response of a handler, which is called again where that is worth it."""
    while True:
        try:
            return await handle(request)
        except ServiceError as error:
            if not await attempts_of(request).go_on_after(error, request):
                raise


def _count_refusal(request: Request, error: ServiceError | RequestValidationError) -> None:
    """Count what a principal was refused; what the service could not do is no refusal, nor is one a share too many."""
    principal_id = request.scope.setdefault("state", {}).get("place")
    if principal_id is not None and not isinstance(error, UnavailableError | DatabaseFailure):
        code = error.code if isinstance(error, ServiceError) else InvalidError.code
        services_of(request).shares.refused(principal_id, code)


def _refuse_disguise(request: Request) -> None:
    """Raise for an address spelt in a way that a proxy in front would read as another one."""
    if _DISGUISED.search(request.scope.get("raw_path") or b""):
        raise NotFoundError


def _refuse_unknown_parameters(request: Request, known: frozenset[str]) -> None:
    unknown = set(request.query_params.keys()) - known
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        fault = Fault("parameter", "?", "unknown_parameter", f"Known here: {names}")
        raise BadRequestError(f"Unknown query parameter. Known here: {names}.", faults=(fault,))


def _refuse_repeated_parameters(request: Request, once: frozenset[str]) -> None:
    """Raise for a parameter that is there twice and takes one value: either would be half of what was asked."""
    given = [name for name, _ in request.query_params.multi_items() if name in once]
    repeated = sorted(name for name in set(given) if given.count(name) > 1)
    if repeated:
        words = "Takes one value. Give it once"
        faults = tuple(Fault("parameter", name, "repeated_parameter", words) for name in repeated)
        raise BadRequestError(f"Query parameter given more than once: {', '.join(repeated)}.", faults=faults)
