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
        announced = _announced_body(scope) if scope["type"] == "http" else None
        if announced is None:
            await self._app(scope, receive, send)
            return
        size, ended = 0, False

        async def received() -> "Message":
            nonlocal size, ended
            message = await receive()
            size += len(message.get("body", b""))
            ended = not message.get("more_body", False) or str(size).encode() == announced
            return message

        async def sent(message: "Message") -> None:
            if message["type"] == "http.response.start" and not ended:
                message = {**message, "headers": [*message["headers"], _CLOSE]}
            await send(message)

        await self._app(scope, received, sent)


def _announced_body(scope: "Scope") -> bytes | None:
    """Return the length that a header announces, as it is written there, or the coding; None for no body.

    Source: RFC 9112, section 6.
    """
    return next(
        (
            value
            for name, value in scope["headers"]
            if (name == b"content-length" and value != b"0") or name == b"transfer-encoding"
        ),
        None,
    )
