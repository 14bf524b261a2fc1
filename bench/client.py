"""The load: a small HTTP/1.1 client in a process of its own, so that its processor time is separate from the service's.

It reads one job as JSON from standard input and writes one result to standard output. Loopback only, bounded by the
number of connections, of seconds and of requests.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import count, cycle
from typing import Any, Final

import uvloop

LOOPBACK: Final = "127.0.0.1"
_ANSWERS_KEPT: Final = 20_000
_GRACE_S: Final = 20.0
_END_OF_HEAD: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


@dataclass(frozen=True)
class Job:
    """The requests to send.

    Attributes:
        port: on the loopback interface.
        connections: kept alive, each with one request at a time.
        seconds: after which no new request is sent.
        requests: method, path, body or None, and maybe the version for `If-Match`; sent in their order by whichever
            connection is free.
        again: begin anew at the end of the requests, rather than stop.
        headers: of every request.
        idempotency: a prefix; every request gets a key of its own. Empty for none.
        keep: answer the bodies too, the first twenty thousand.
        most: requests at most, 0 for any number.
    """

    port: int
    connections: int
    seconds: float
    requests: list[tuple[str, str, str | None] | tuple[str, str, str | None, int]]
    again: bool
    headers: dict[str, str]
    idempotency: str = ""
    keep: bool = False
    most: int = 0


@dataclass
class Outcome:
    """The responses.

    Attributes:
        seconds: from the first request to the last answer.
        latencies_ms: of every answer, unordered.
        statuses: how many of each.
        cpu_s: processor time of this client.
        bodies: if asked for.
    """

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    cpu_s: float = 0.0
    bodies: list[str] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    """One connection: sends the next request as soon as a response is complete."""

    def __init__(self, requests: Iterator[bytes], until: float, outcome: Outcome, *, keep: bool) -> None:
        self._requests = requests
        self._until = until
        self._outcome = outcome
        self._keep = keep
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.WriteTransport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # a stream's
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(_END_OF_HEAD)
        if head_end < 0:
            return
        head = self._received[:head_end].lower()
        body_at = head_end + len(_END_OF_HEAD)
        place = head.find(_LENGTH)
        length = 0 if place < 0 else int(head[place + len(_LENGTH) :].split(b"\r\n", 1)[0])
        if len(self._received) >= body_at + length:
            self._answered(self._received[9:12].decode(), self._received[body_at:])
            self._received = b""
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the service closed the connection"))

    def _answered(self, status: str, body: bytes) -> None:
        outcome = self._outcome
        outcome.latencies_ms.append((time.perf_counter() - self._sent_at) * 1000)
        outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
        if self._keep and len(outcome.bodies) < _ANSWERS_KEPT:
            outcome.bodies.append(body.decode())

    def _send(self) -> None:
        now = time.perf_counter()
        request = next(self._requests, None) if now < self._until else None
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
            return
        self._sent_at = now
        if self._transport is not None:
            self._transport.write(request)


def written(job: Job) -> Iterator[bytes]:
    """Return the complete requests of a job, as bytes."""
    fixed = "".join(f"{name}: {value}\r\n" for name, value in {"Host": LOOPBACK, **job.headers}.items())
    numbers = count(1)
    for method, path, body, *version in cycle(job.requests) if job.again else job.requests:
        number = next(numbers)
        if job.most and number > job.most:
            return
        content = (body or "").encode()
        head = f"{method} {path} HTTP/1.1\r\n{fixed}"
        if job.idempotency:
            head += f'Idempotency-Key: "{job.idempotency}-{number}"\r\n'
        if version:
            head += f'If-Match: "{version[0]}"\r\n'
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        yield head.encode() + b"\r\n" + content


async def run(job: Job) -> Outcome:
    """Send the requests of a job over its connections until all are sent or the time is over.

    Raises:
        OSError: the service does not listen, or closes a connection.
        TimeoutError: an answer does not come.
    """
    outcome = Outcome()
    requests = written(job)
    loop = asyncio.get_running_loop()
    began, used = time.perf_counter(), _cpu_s()
    opened = [
        await loop.create_connection(
            lambda: _Connection(requests, began + job.seconds, outcome, keep=job.keep), LOOPBACK, job.port
        )
        for _ in range(job.connections)
    ]
    async with asyncio.timeout(job.seconds + _GRACE_S):
        await asyncio.gather(*(connection.done for _, connection in opened))
    outcome.seconds, outcome.cpu_s = time.perf_counter() - began, _cpu_s() - used
    for transport, _ in opened:
        transport.close()
    return outcome


def main() -> None:
    """Run the job that is given on standard input."""
    given: dict[str, Any] = json.load(sys.stdin)
    outcome = uvloop.run(run(Job(**given)))
    json.dump(asdict(outcome), sys.stdout)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
