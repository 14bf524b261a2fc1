"""Responses as values: a model as JSON bytes, with its version, location and freshness in the headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import BaseModel
from starlette.responses import Response

JSON: Final = "application/json"


@dataclass(frozen=True)
class Answer:
    """A whole response as a value, so that it can be stored and sent again.

    Attributes:
        status: the HTTP status code.
        body: the bytes of the body.
        headers: by name in lower case.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def having(self, **headers: str) -> "Answer":
        """Return a copy with further headers, named with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def response(self) -> Response:
        """Return the response to send."""
        return Response(self.body, status_code=self.status, headers=self.headers)


def answer(content: BaseModel, *, status: int = 200, etag: str | None = None, location: str | None = None) -> Answer:
    """Return a model as a JSON response. Members that are null are left out: absent and null mean the same."""
    headers = {"content-type": JSON}
    if etag is not None:
        headers["etag"] = etag
    if location is not None:
        headers["location"] = location
    body = content.model_dump_json(exclude_none=True).encode()
    return Answer(status=status, body=body, headers=headers)


def nothing() -> Response:
    """Return a response without content (204)."""
    return Response(status_code=204)
