"""Calling a handler with what its signature asks for (ADR 18).

FastAPI reads signatures, writes the contract from them and says what is wrong with a parameter. Its calling serves
every kind of dependency there may be, which takes a quarter of the time of a reading; ours are of one kind.
"""

from collections.abc import Callable, Coroutine, Iterator
from inspect import iscoroutinefunction
from typing import Any, Final

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_NOT_OURS: Final = (
    "cookie_params", "body_params", "http_connection_param_name", "websocket_param_name", "response_param_name",
    "background_tasks_param_name", "security_scopes_param_name", "concurrency",
)  # fmt: skip
"""What a signature of ours never asks for; the cookies of a request are nobody's business here."""


def handler_of(dependant: Dependant) -> Handler | None:
    """Answer how a handler that answers a `Response` is called.

    None where its signature asks for more than is known here, or for one thing twice: it would be worked out twice.
    """
    tree = list(_tree(dependant))
    if not all(_is_ours(below) for below in tree) or len({id(below.call) for below in tree}) < len(tree):
        return None

    async def handle(request: Request) -> Response:
        values, faults = await _values(dependant, request)
        if faults:
            raise RequestValidationError(faults)
        answer: Response = await _call(dependant)(**values)
        return answer

    return handle


async def _values(dependant: Dependant, request: Request) -> tuple[dict[str, Any], list[Any]]:
    """Answer what a call is given, in the order in which its signature asks, and what is wrong with parameters."""
    values: dict[str, Any] = {}
    faults: list[Any] = []
    for below in dependant.dependencies:
        given, found = await _values(below, request)
        faults += found
        if found:
            continue
        answer = await _call(below)(**given)
        if below.name is not None:
            values[below.name] = answer
    for parameter in dependant.path_params:
        value, found = parameter.validate(request.path_params[parameter.alias], values, loc=("path", parameter.alias))
        values[parameter.name] = value
        faults += found
    for parameters, received in (
        (dependant.query_params, request.query_params),
        (dependant.header_params, request.headers),
    ):
        if parameters:
            given, found = request_params_to_args(parameters, received)
            values |= given
            faults += found
    if dependant.request_param_name:
        values[dependant.request_param_name] = request
    return values, faults


def _call(dependant: Dependant) -> Callable[..., Coroutine[Any, Any, Any]]:
    if dependant.call is None:
        raise TypeError("a signature without a call")
    return dependant.call


def _tree(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for below in dependant.dependencies:
        yield from _tree(below)


def _is_ours(dependant: Dependant) -> bool:
    call = dependant.call
    waits = iscoroutinefunction(call) or iscoroutinefunction(type(call).__call__)
    return waits and not any(getattr(dependant, name) for name in _NOT_OURS)
