"""Sending thousands of requests to the application itself: no socket and no client, so what grows is the service's."""

import asyncio
import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import FastAPI

AT_ONCE: Final = 4


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    token: str = ""
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    version: int | None = None
    address: str = "127.0.0.1"

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return b"" if self.body is None else json.dumps(self.body).encode()

    @property
    def scope(self) -> dict[str, Any]:
        """What an application is handed by whatever serves it."""
        headers = [(b"host", b"register.test")]
        if self.token:
            headers.append((b"authorization", f"Bearer {self.token}".encode()))
        if self.version is not None:
            headers.append((b"if-match", f'"{self.version}"'.encode()))
        if self.body is not None:
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self.content))]
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": self.method,
            "scheme": "http", "path": self.path, "raw_path": self.path.encode(), "root_path": "",
            "query_string": urlencode(self.query).encode(), "headers": headers, "client": (self.address, 1),
            "server": ("register.test", 80), "state": {},
        }  # fmt: skip


@dataclass
class Driven:
    """What came back, and how many blocks of memory the process held after each part.

    Attributes:
        last: the last answer's body, for a failing test.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    held: list[int] = field(default_factory=list)
    last: bytes = b""

    @property
    def growth(self) -> int:
        """Blocks that the last part left behind."""
        return self.held[-1] - self.held[-2]


async def drive(app: FastAPI, parts: Sequence[Iterator[Asked]]) -> Driven:
    """Send some parts of requests, one after the other, and count what is held after each."""
    driven = Driven()
    for part in parts:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(_send(app, part, driven))
        gc.collect()
        driven.held.append(sys.getallocatedblocks())
    return driven


async def _send(app: FastAPI, part: Iterator[Asked], driven: Driven) -> None:
    for asked in part:
        answered = _Answer(asked.content)
        await app(asked.scope, answered.receive, answered.send)
        driven.statuses[answered.status] += 1
        driven.last = answered.body


class _Answer:
    """One exchange, as an application sees it."""

    def __init__(self, content: bytes) -> None:
        self.status = 0
        self.body = b""
        self._content = content

    async def receive(self) -> dict[str, Any]:
        content, self._content = self._content, b""
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message.get("body", b"")
