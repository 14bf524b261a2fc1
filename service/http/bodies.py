"""Request bodies: read once, bounded, parsed strictly, never repeated in a response.

Pydantic's JSON mode parses them: it is strict about numbers and booleans and takes dates, codes and ids as strings.
What it would accept is refused before: other media types, duplicate members, NUL, deep nesting.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, Final, NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request

from service.errors import (
    InvalidError,
    MalformedJsonError,
    PayloadTooLargeError,
    RequestTimeoutError,
    UnsupportedMediaTypeError,
)
from service.http.faults import faults_of
from service.http.services import services_of

Model = TypeVar("Model")

DEEPEST: Final = 32
"""Levels of nesting accepted. The deepest body of the contract has six."""

POSTED: Final = ("application/json",)
PATCHED: Final = ("application/merge-patch+json", "application/json")
"""RFC 7396; plain JSON is treated alike. A JSON Patch (RFC 6902) would be misread, so it is refused."""


class BodyReader:
    """A dependency that reads a body as one model. The contract is made from its attributes."""

    def __init__(self, model: Any, media_types: tuple[str, ...], limit_bytes: int = 0) -> None:
        """Prepare the parsing of a body.

        Args:
            model: the model, or union of models, to parse a body as.
            media_types: the media types that are accepted.
            limit_bytes: the size accepted here, where it is above the limit of all operations.
        """
        self.model = model
        self.media_types = media_types
        self.limit_bytes = limit_bytes
        self._adapter: TypeAdapter[Any] = TypeAdapter(model)

    async def __call__(self, request: Request) -> Any:
        """Return the body as the model.

        Raises:
            UnsupportedMediaTypeError, PayloadTooLargeError, RequestTimeoutError, MalformedJsonError, InvalidError: in
                this order.
        """
        self._check_media_type(request)
        content = await raw_body(request, self.limit_bytes)
        _check_json(content)
        try:
            return self._adapter.validate_json(content, strict=True)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_context=True, include_input=False)
            if errors[0]["type"] == "json_invalid":
                raise MalformedJsonError(
                    "The body contains an unpaired surrogate. Send complete Unicode characters."
                ) from None
            faults = faults_of(errors, tagged=not isinstance(self.model, type), schema=self._schema)
            raise InvalidError(faults=faults) from None

    @cached_property
    def _schema(self) -> dict[str, Any]:
        return self._adapter.json_schema()

    def _check_media_type(self, request: Request) -> None:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in self.media_types:
            raise UnsupportedMediaTypeError(
                f"Unsupported Content-Type. Send the body as {self.media_types[0]}.", accepted=self.media_types
            )
        if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise UnsupportedMediaTypeError(
                "Unsupported Content-Encoding. Send the body uncompressed.", accepted=self.media_types
            )


def posted(model: Any, limit_bytes: int = 0) -> Callable[[Request], Awaitable[Any]]:
    """Return a reader for the body of a POST or PUT."""
    return BodyReader(model, POSTED, limit_bytes)


def patched(model: Any) -> Callable[[Request], Awaitable[Any]]:
    """Return a reader for a merge patch."""
    return BodyReader(model, PATCHED)


async def raw_body(request: Request, limit_bytes: int = 0) -> bytes:
    """Return the bytes of the body. They are read at most once, and never beyond the limit.

    Raises:
        PayloadTooLargeError: more bytes than `body_limit_bytes`, and more than this operation accepts.
        RequestTimeoutError: the body is not complete within `body_timeout_s` seconds.
    """
    state = request.scope["state"]
    if "body" not in state:
        settings = services_of(request).settings
        try:
            async with asyncio.timeout(settings.body_timeout_s):
                state["body"] = await _read(request, max(limit_bytes, settings.body_limit_bytes))
        except TimeoutError:
            raise RequestTimeoutError(
                f"The body was not complete within {settings.body_timeout_s:g} seconds. Send it again."
            ) from None
    body: bytes = state["body"]
    return body


async def _read(request: Request, limit: int) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 12 or int(announced) > limit:
        _refuse_size(limit, announced)
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > limit:
                _refuse_size(limit)
    except ClientDisconnect:
        raise MalformedJsonError("The body ended before it was complete. Send it again.") from None
    return bytes(content)


def _refuse_size(limit: int, announced: str = "") -> NoReturn:
    sent = (
        f"{int(announced)} bytes were announced" if announced.isdecimal() and len(announced) <= 12 else "There are more"
    )
    words = f"The body is too large. At most {limit} bytes are accepted here. {sent}. Send the rest in a second call."
    raise PayloadTooLargeError(words, limit_bytes=limit)


def _check_json(content: bytes) -> None:
    try:
        text = content.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
        # Only an escape can bring a NUL, and so few brackets cannot nest too deep: most bodies are not walked.
        if "\\u0000" in text or text.count("{") + text.count("[") > DEEPEST:
            _check_content(value)
    except UnicodeDecodeError:
        raise MalformedJsonError("The body is not valid UTF-8. Send JSON encoded as UTF-8.") from None
    except (ValueError, RecursionError):
        raise MalformedJsonError("The body is not well-formed JSON (RFC 8259).") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJsonError("The body contains a duplicate member. Send each member once.")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise MalformedJsonError("NaN and Infinity are not JSON numbers. Send a finite number, or leave the member out.")


def _check_content(value: object, depth: int = 1) -> None:
    if depth > DEEPEST:
        raise MalformedJsonError(f"The body is nested too deeply. At most {DEEPEST} levels are accepted.")
    if isinstance(value, str) and "\x00" in value:
        raise MalformedJsonError("The body contains a NUL character (U+0000). Remove it.")
    children = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        if isinstance(child, dict | list | str):
            _check_content(child, depth + 1)
