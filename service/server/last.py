"""Announcing the last response on a connection with `Connection: close`."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CLOSE: Final = (b"connection", b"close")


class LastAnswer:
    """Sends `Connection: close` with a response that is given before the end of the request's body.

    Granian closes the connection then, because it does not read on. Whether it says so depends on which of its threads
    comes first (RFC 9112, section 9.6: the server should).
    """

    def __init__(self, app: "ASGIApp") -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on one request and its response."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        ended = False

        async def received() -> "Message":
            nonlocal ended
            message = await receive()
            ended = not message.get("more_body", False)
            return message

        async def sent(message: "Message") -> None:
            if message["type"] == "http.response.start" and not ended:
                message = {**message, "headers": [*message["headers"], _CLOSE]}
            await send(message)

        await self._app(scope, received, sent)


def _has_body(scope: "Scope") -> bool:
    """Whether the header of a request announces a body (RFC 9112, section 6)."""
    return any(
        (name == b"content-length" and value != b"0") or name == b"transfer-encoding"
        for name, value in scope["headers"]
    )
