"""Keyset pagination: a cursor names the last row of a page. It is valid for its caller, list and filters only."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypedDict, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from service.errors import InvalidCursorError
from service.http.answers import Answer
from service.http.conditional import content_tag, tagged, unless_unchanged
from service.http.parameters import IN_DIGITS
from service.sealing import KeyRing
from service.wire import Page

DEFAULT_LIMIT: Final = 50
LARGEST_LIMIT: Final = 200
_MAC_BYTES: Final = 16


Limit = Annotated[
    int,
    Field(ge=1, le=LARGEST_LIMIT),
    IN_DIGITS,
    Query(description="Largest number of items on the page."),
]
CursorText = Annotated[
    str | None,
    Query(
        min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$", description="The `next_cursor` of the previous page."
    ),
]


@dataclass(frozen=True)
class Cursors:
    """The cursors of one list for one caller.

    Attributes:
        keys: sign the cursors.
        bound_to: digest of the caller, the path and the filters.
    """

    keys: KeyRing
    bound_to: bytes

    @classmethod
    def of(cls, request: Request, principal_id: UUID, keys: KeyRing) -> "Cursors":
        """Return the cursors for a caller, and for the path and filters of a request."""
        filters = sorted((name, value) for name, value in request.query_params.multi_items() if name not in _PAGING)
        bound = json.dumps([str(principal_id), request.url.path, filters])
        return cls(keys=keys, bound_to=hashlib.sha256(bound.encode()).digest())

    def write(self, last_id: UUID) -> str:
        """Return the cursor of the page after a row."""
        return base64.urlsafe_b64encode(last_id.bytes + self._mac(last_id.bytes)).decode().rstrip("=")

    def read(self, cursor: str | None) -> UUID | None:
        """Return the id of the row after which the page begins, or None for the first page.

        Raises:
            InvalidCursorError: the cursor was not made for this caller, list and filters.
        """
        if cursor is None:
            return None
        content = _decoded(cursor)
        if not hmac.compare_digest(content[16:], self._mac(content[:16])):
            raise InvalidCursorError(
                "This cursor is not valid for this list and these filters. Ask for the first page, without `cursor`."
            )
        return UUID(bytes=content[:16])

    def _mac(self, content: bytes) -> bytes:
        return self.keys.mac("cursor", self.bound_to + content)[:_MAC_BYTES]


_PAGING: Final = frozenset({"cursor", "limit"})


class Identified(TypedDict):
    """A row that a cursor can name."""

    id: UUID


Listed = TypeVar("Listed", bound=Identified)


def cut(rows: Sequence[Listed], limit: int, cursors: Cursors) -> tuple[Sequence[Listed], str | None]:
    """Return the rows of a page and the cursor of the next page, or None on the last.

    Args:
        rows: read to one beyond the limit.
        limit: of the page.
        cursors: of the list.
    """
    page = rows[:limit]
    return page, cursors.write(page[-1]["id"]) if len(rows) > limit else None


def paged(request: Request, page: Page, *, table: Answer | None = None) -> Response:
    """Return a page with a `Link` to the next one and a weak entity tag, or 304.

    Args:
        request: for the page.
        page: as it is shown.
        table: the same as a table; None where JSON is wanted.
    """
    made = tagged(page) if table is None else table.having(etag=content_tag(table.body))
    made = made.having(vary="Accept, Authorization")
    if page.next_cursor is not None:
        made = made.having(link=_next_link(request, page.next_cursor))
    return unless_unchanged(request, made)


def _next_link(request: Request, cursor: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f'<{request.url.path}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'


def _decoded(cursor: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return b""
