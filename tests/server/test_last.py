"""Where a body ends, and which responses announce that they are the last on their connection."""

import asyncio
from typing import Any

import pytest

from service.server.last import LastAnswer

LENGTH = (b"content-length", b"6")
CHUNKS = (b"transfer-encoding", b"chunked")


@pytest.mark.parametrize(
    ("headers", "messages", "ended"),
    [
        ([LENGTH], [], False),
        ([LENGTH], [(b"abc", True)], False),
        ([LENGTH], [(b"abc", True), (b"def", True)], True),
        ([LENGTH], [(b"abcdef", False)], True),
        ([(b"content-length", b"006")], [(b"abcdef", True)], True),
        ([CHUNKS], [(b"abcdef", True)], False),
        ([CHUNKS], [(b"abcdef", True), (b"", False)], True),
        ([LENGTH, CHUNKS], [(b"abcdef", True)], False),
    ],
)
def test_a_response_before_the_end_of_the_body_is_the_last(
    headers: list[tuple[bytes, bytes]], messages: list[tuple[bytes, bool]], *, ended: bool
) -> None:
    read, start = converse(headers, messages)
    assert ((b"connection", b"close") in start["headers"]) is not ended
    assert [message["more_body"] for message in read[-1:]] == ([not ended] if messages else [])


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"0")]])
def test_without_a_body_nothing_is_awaited(headers: list[tuple[bytes, bytes]]) -> None:
    assert converse(headers, [])[1]["headers"] == []


def converse(headers: list[tuple[bytes, bytes]], messages: list[tuple[bytes, bool]]) -> tuple[list[Any], Any]:
    """Return the messages that an application was given, and the start of its response."""
    waiting = [{"type": "http.request", "body": content, "more_body": more} for content, more in messages]
    read: list[Any] = []
    sent: list[Any] = []

    async def app(_: Any, receive: Any, send: Any) -> None:
        read.extend([await receive() for _message in messages])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(LastAnswer(app)({"type": "http", "headers": headers}, receive, send))
    return read, sent[0]
