"""Requests as bytes, past every client that would tidy them, answered as a server hands them to the application."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.register import Register

Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class RawAnswer:
    """Status, headers and body as they were sent."""

    status: int
    headers: list[Header]
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key == name), None)


def send_raw(
    register: Register,
    method: str,
    target: bytes,
    *,
    headers: Iterable[Header] = (),
    chunks: Iterable[bytes] = (b"",),
    gone: bool = False,
) -> RawAnswer:
    """Send one request; nothing is added to it, not even a content length. Raises whatever the application raises.

    With `gone`, the client goes before the body has ended.
    """
    path, _, query = target.partition(b"?")
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": unquote(path.decode("ascii")), "raw_path": path, "query_string": query, "root_path": "",
        "headers": list(headers), "server": ("register.test", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    answer: RawAnswer = register.portal.call(_converse, register, scope, list(chunks), gone)
    return answer


def bearer(token: str, *more: Header) -> list[Header]:
    """Return the headers of a caller who sends JSON."""
    return [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json"), *more]


async def _converse(register: Register, scope: dict[str, Any], chunks: list[bytes], gone: bool) -> RawAnswer:
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if not gone:
        waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await register.app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return RawAnswer(sent[0]["status"], list(sent[0]["headers"]), body)
