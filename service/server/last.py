"""The end of a request's body, and what ends with it."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CLOSE: Final = (b"connection", b"close")


class LastAnswer:
    """Knows where the body of a request ends.

    - The last byte of the announced length ends a body (RFC 9112, section 6.3). Granian hands over the end as a message
      of its own; to wait for that takes as long as to wait for the body.
    - A response that is given before the end is the last on its connection, and says so with `Connection: close`.
      Granian closes then, because it does not read on; whether it says so depends on which of its threads comes first
      (section 9.6: the server should).
    """

    def __init__(self, app: "ASGIApp") -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on one request and its response."""
        announced = _announced_body(scope) if scope["type"] == "http" else 0
        if announced == 0:
            await self._app(scope, receive, send)
            return
        size, ended = 0, False

        async def received() -> "Message":
            nonlocal size, ended
            message = await receive()
            size += len(message.get("body", b""))
            if size == announced:
                message = {**message, "more_body": False}
            ended = not message.get("more_body", False)
            return message

        async def sent(message: "Message") -> None:
            if message["type"] == "http.response.start" and not ended:
                message = {**message, "headers": [*message["headers"], _CLOSE]}
            await send(message)

        await self._app(scope, received, sent)


def _announced_body(scope: "Scope") -> int | None:
    """Return the length of the body that a header announces; None where it comes in chunks, which outweigh a length.

    Source: RFC 9112, section 6.3.
    """
    length: int | None = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value) if value.isdigit() else None
    return length
