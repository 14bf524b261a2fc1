"""Errors as problem documents (RFC 9457), and the only table from errors to statuses."""

import json
import logging
import traceback
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service import errors
from service.db.failures import InsecureError
from service.http.faults import faults_of
from service.http.openapi import methods_of, routes_of
from service.http.proxies import prefix_of

MEDIA_TYPE: Final = "application/problem+json"
LOG: Final = logging.getLogger("service.problems")

STATUS: Final[Mapping[type[errors.ServiceError], int]] = {
    errors.BadRequestError: 400,
    errors.UnauthenticatedError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.NotAcceptableError: 406,
    errors.RequestTimeoutError: 408,
    errors.ConflictError: 409,
    errors.StaleVersionError: 412,
    errors.PayloadTooLargeError: 413,
    errors.UnsupportedMediaTypeError: 415,
    errors.InvalidError: 422,
    errors.PreconditionRequiredError: 428,
    errors.TooManyAttemptsError: 429,
    errors.UnavailableError: 503,
    errors.ServiceError: 500,
}

_FROM_STATUS: Final = {
    404: errors.NotFoundError.code,
    405: "method-not-allowed",
    413: errors.PayloadTooLargeError.code,
}
_FROM_STATUS_TITLES: Final = {405: "Method not allowed"}


def status_of(error: errors.ServiceError) -> int:
    """Return the HTTP status of an error: that of its nearest ancestor in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    request: Request, *, status: int, code: str, title: str, detail: str, members: Mapping[str, Any], **headers: str
) -> Response:
    """Return a problem document as a response.

    Args:
        request: that failed.
        status: of the response.
        code: the last segment of the type.
        title: the same for every problem of the type.
        detail: for a person; repeats nothing that was sent.
        members: further members.
        headers: further headers, with underscores for hyphens.
    """
    content = {**document(request.scope["state"]["request_id"], status, code, title, detail), **members}
    request.scope["state"]["problem"] = code
    content["type"] = prefix_of(request) + content["type"]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(content), status_code=status, media_type=MEDIA_TYPE, headers=named)


def document(request_id: UUID, status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    """Return the members that every problem document has."""
    return {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": f"urn:uuid:{request_id}",
        "code": code,
    }


async def on_service_error(request: Request, error: Exception) -> Response:
    """Return the problem document of an error of ours."""
    if not isinstance(error, errors.ServiceError):
        return await on_anything_else(request, error)
    status = status_of(error)
    if status == 500:
        _log_failure(error)
    if isinstance(error, InsecureError):
        LOG.error(error.words)
    members: dict[str, Any] = dict(error.members)
    if error.faults:
        members["errors"] = [fault.as_member() for fault in error.faults]
    headers = _headers(status, members)
    return problem(
        request, status=status, code=error.code, title=error.title, detail=error.detail, members=members, **headers
    )


async def on_invalid_parameters(request: Request, error: Exception) -> Response:
    """Return FastAPI's errors in parameters as a problem document, without the input."""
    if not isinstance(error, RequestValidationError):
        return await on_anything_else(request, error)
    return await on_service_error(request, errors.InvalidError(faults=faults_of(error.errors())))


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Return the problem document of what the router refused: an unknown path or method."""
    if not isinstance(error, HTTPException):
        return await on_anything_else(request, error)
    if error.status_code == 404:
        return await on_service_error(request, errors.NotFoundError())
    code = _FROM_STATUS.get(error.status_code, "invalid-parameter")
    title = _FROM_STATUS_TITLES.get(error.status_code, errors.BadRequestError.title)
    headers = {name.lower().replace("-", "_"): value for name, value in (error.headers or {}).items()}
    if error.status_code == 405:
        headers["allow"] = _methods_at(request) or headers.get("allow", "")
    return problem(request, status=error.status_code, code=code, title=title, detail=title, members={}, **headers)


async def on_anything_else(request: Request, error: Exception) -> Response:
    """Return 500 without details; log where in the code it happened."""
    _log_failure(error)
    return problem(
        request,
        status=500,
        code=errors.ServiceError.code,
        title=errors.ServiceError.title,
        detail=errors.INTERNAL,
        members={},
    )


def install(app: FastAPI) -> None:
    """Add the error handlers to the application."""
    app.add_exception_handler(errors.ServiceError, on_service_error)
    app.add_exception_handler(RequestValidationError, on_invalid_parameters)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(Exception, on_anything_else)


def _methods_at(request: Request) -> str:
    """Return every method of a path; the router names those of the first operation there only."""
    found = {
        method
        for _, route in routes_of(request.app)
        if route.path_regex.match(request.url.path)
        for method in methods_of(route)
    }
    return ", ".join(sorted(found | {"HEAD"} if "GET" in found else found))


def _headers(status: int, members: Mapping[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW_Authenticate"] = 'Bearer realm="safe-return", error="invalid_token"'
    if "retry_after" in members:
        headers["Retry_After"] = str(members["retry_after"])
    if "etag" in members:
        headers["ETag"] = str(members["etag"])
    if "accepted" in members:
        headers["Accept_Post"] = headers["Accept_Patch"] = ", ".join(members["accepted"])
    return headers


def _log_failure(error: Exception) -> None:
    """Log where an error happened. Messages of exceptions may contain a name, so they are left out."""
    places = "".join(traceback.format_tb(error.__traceback__))
    code = error.sqlstate if isinstance(error, errors.DatabaseFailure) else None
    constraint = error.constraint if isinstance(error, errors.DatabaseFailure) else None
    LOG.error("%s sqlstate=%s constraint=%s\n%s", type(error).__name__, code, constraint, places)
