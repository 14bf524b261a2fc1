"""Answers: a model as JSON bytes, with its version, place and freshness in the headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import BaseModel
from starlette.responses import Response

JSON: Final = "application/json"


@dataclass(frozen=True)
class Answer:
    """A whole answer as a value, so that it can be kept and given again."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, **more: str) -> Response:
        """Answer the response, with more headers where a keyword names them (underscores stand for hyphens)."""
        extra = {name.replace("_", "-"): value for name, value in more.items()}
        return Response(self.body, status_code=self.status, headers={**self.headers, **extra})

    def tagged(self, etag: str) -> "Answer":
        """Answer the same with an entity tag."""
        return replace(self, headers={**self.headers, "etag": etag})


def answer(content: BaseModel, *, status: int = 200, etag: str | None = None, location: str | None = None) -> Answer:
    """Shape an answer. Absent and null mean the same, so null members are left out."""
    headers = {"content-type": JSON}
    if etag is not None:
        headers["etag"] = etag
    if location is not None:
        headers["location"] = location
    body = content.model_dump_json(exclude_none=True).encode()
    return Answer(status=status, body=body, headers=headers)


def nothing() -> Response:
    """Answer 204: it is done, there is nothing to show."""
    return Response(status_code=204)
