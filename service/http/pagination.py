"""Pages by keyset: a cursor says after which row to go on, and only its owner can use it, with the same filters."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final, TypedDict, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from service.errors import InvalidCursorError
from service.http.answers import answer
from service.http.conditional import content_tag, unless_unchanged
from service.ids import read_uuid
from service.sealing import KeyRing
from service.wire import Page

DEFAULT_LIMIT: Final = 50
LARGEST_LIMIT: Final = 200
_MAC_BYTES: Final = 16


def _digits(value: object) -> object:
    """Take ASCII digits alone: Pydantic would also read `1_0`, ` 1` and `1.0` as numbers."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError("Send a whole number")
    return value


Limit = Annotated[int, Field(ge=1, le=LARGEST_LIMIT), BeforeValidator(_digits), Query(description="How many at most.")]
CursorText = Annotated[
    str | None, Query(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$", description="From the page before.")
]


@dataclass(frozen=True)
class Cursors:
    """Makes and reads the cursors of one caller's one list."""

    keys: KeyRing
    bound_to: bytes

    @classmethod
    def of(cls, request: Request, principal_id: UUID, keys: KeyRing) -> "Cursors":
        """Return the cursors for this caller, this path and these filters."""
        filters = sorted((name, value) for name, value in request.query_params.multi_items() if name not in _PAGING)
        bound = json.dumps([str(principal_id), request.url.path, filters])
        return cls(keys=keys, bound_to=hashlib.sha256(bound.encode()).digest())

    def write(self, last_id: UUID) -> str:
        """Return the cursor that goes on after a row."""
        return base64.urlsafe_b64encode(last_id.bytes + self._mac(last_id.bytes)).decode().rstrip("=")

    def read(self, cursor: str | None) -> UUID | None:
        """Return the row after which to go on, or None for the first page.

        Raises:
            InvalidCursorError: not made for this caller, list and filters.
        """
        if cursor is None:
            return None
        content = _decoded(cursor)
        if not hmac.compare_digest(content[16:], self._mac(content[:16])):
            raise InvalidCursorError("Start again without a cursor.")
        return read_uuid(str(UUID(bytes=content[:16])))

    def _mac(self, content: bytes) -> bytes:
        return self.keys.mac("cursor", self.bound_to + content)[:_MAC_BYTES]


_PAGING: Final = frozenset({"cursor", "limit"})


class Identified(TypedDict):
    """A row that a cursor can name."""

    id: UUID


Listed = TypeVar("Listed", bound=Identified)


def cut(rows: Sequence[Listed], limit: int, cursors: Cursors) -> tuple[Sequence[Listed], str | None]:
    """Split rows read one beyond the limit into the page and the cursor of the next, if there is one."""
    page = rows[:limit]
    return page, cursors.write(page[-1]["id"]) if len(rows) > limit else None


def paged(request: Request, page: Page) -> Response:
    """Return a page, with a `Link` to the next and a weak tag, or 304."""
    made = answer(page)
    tagged = made.tagged(content_tag(made.body))
    if page.next_cursor is not None:
        tagged = replace(tagged, headers={**tagged.headers, "link": _next_link(request, page.next_cursor)})
    return unless_unchanged(request, tagged)


def _next_link(request: Request, cursor: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f'<{request.url.path}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'


def _decoded(cursor: str) -> bytes:
    try:
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        content = b""
    if len(content) != 16 + _MAC_BYTES:
        raise InvalidCursorError("Start again without a cursor.")
    return content
