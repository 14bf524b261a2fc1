"""Conditional requests: `If-None-Match` for reading, `If-Match` for changing.

Source: RFC 9110 section 13, RFC 6585 section 3.
"""

import hashlib
import re
from typing import Annotated, Final

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from service.errors import BadRequestError, Fault, PreconditionRequiredError
from service.http.answers import Answer, answer

MATCHING: Final = r'(W/)?"([0-9]{1,9})(\.[0-9a-f]{32})?([-;:]{1,2}[a-z][a-z0-9]{0,9})?"'
"""A tag of ours as it comes back: a proxy that compresses makes it weak (nginx) or adds to it (Apache `-gzip`, Jetty
`--gzip`). The version is that of a row, not of bytes, so it is meant all the same."""

_MATCHING: Final = re.compile(MATCHING)
_ADDED: Final = re.compile(r'[-;:]{1,2}[a-z][a-z0-9]{0,9}"$')
_ANY: Final = re.compile(r'(?:W/)?"[^"]*"')


def version_tag(version: int) -> str:
    """Return the strong entity tag of a row's version."""
    return f'"{version}"'


def content_tag(body: bytes) -> str:
    """Return a weak entity tag for a representation that has no version of its own."""
    return f'W/"{_digest(body)}"'


def tagged(content: BaseModel, *, version: int | None = None, opened: bool = False) -> Answer:
    """Return a model as a JSON response with an entity tag: of its version where one is given, else of its content.

    Args:
        content: the model.
        version: of the record; given only where nothing that is hidden from the caller changes it.
        opened: what is sealed is shown, which changes without the version: the tag is of both, weak, and still good
            for `If-Match`.
    """
    made = answer(content)
    if version is None:
        return made.having(etag=content_tag(made.body))
    return made.having(etag=f'W/"{version}.{_digest(made.body)}"' if opened else version_tag(version))


async def expected_version(
    if_match: Annotated[str | None, Header(description='The version you read, from its `ETag`: `"7"`.')] = None,
) -> int:
    """Return the version a change is based on.

    Raises:
        PreconditionRequiredError: there is no `If-Match`.
        BadRequestError: `If-Match` is not one tag of this register.
    """
    if if_match is None:
        raise PreconditionRequiredError("If-Match is missing. Send it with the ETag from the last read of the record.")
    match = _MATCHING.fullmatch(if_match.strip())
    if match is None:
        fault = Fault("header", "If-Match", "invalid_etag", 'Send the ETag exactly as received, for example "7"')
        raise BadRequestError(
            "If-Match is not an ETag of this register. Send the ETag exactly as received.", faults=(fault,)
        )
    return int(match[2])


ExpectedVersion = Annotated[int, Depends(expected_version)]


def unless_unchanged(request: Request, made: Answer) -> Response:
    """Return 304 where `If-None-Match` names this representation, else the representation."""
    tag = made.headers.get("etag")
    named = request.headers.get("if-none-match", "")
    matches = named.strip() == "*" or any(_weak(candidate) == _weak(tag or "") for candidate in _ANY.findall(named))
    if tag is not None and matches:
        kept = {name: value for name, value in made.headers.items() if name in {"etag", "cache-control", "vary"}}
        return Response(status_code=304, headers=kept)
    return made.response()


def _weak(tag: str) -> str:
    return _ADDED.sub('"', tag.removeprefix("W/"))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
