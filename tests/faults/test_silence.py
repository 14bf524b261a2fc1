"""A database that says nothing any more: everybody is told within seconds, and served again once it is back."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from service.db.database import Database
from service.errors import UnavailableError
from tests.db.embedded_clusters import processes_in
from tests.engine import Databases, TestDatabase
from tests.faults.serving import Service, open_service
from tests.long import WORKERS

READY_WITHIN_S = 2.0
METRICS_WITHIN_S = 8.0
KNOWN_WITHIN_S = 90.0
TOLD_WITHIN_S = 12.0
BACK_WITHIN_S = 15.0
PATIENCE = 20
"""Times what the lightest call takes meanwhile, that is added to each of these: a busy machine is no fault."""
CROWD = 24

Call = Callable[[httpx.Client], httpx.Response]

CALLS: dict[str, Call] = {
    "a list": lambda http: http.get("/v1/cases"),
    "a figure": lambda http: http.get("/v1/figures/cases_received"),
    "a new case": lambda http: http.post(
        "/v1/cases", json={"channel": "hotline_117"}, headers={"Idempotency-Key": '"silent-1"'}
    ),
    "a sign-in": lambda http: http.post("/v1/sessions", json={"username": "nobody-1", "password": "n" * 20}),
    "the caller": lambda http: http.get("/v1/me"),
}


@pytest.fixture(params=WORKERS, ids="{} workers".format)
def service(databases: Databases, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    with open_service(databases, tmp_path / "log", "--workers", str(request.param)) as made:
        yield made


@contextmanager
def frozen(databases: Databases) -> Iterator[None]:
    """Stop every process of the server where it stands: the kernel goes on accepting what it is sent."""
    found = processes_in(databases.log.parent / "data")
    assert len(found) > 3
    for pid in found:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in found:
            os.kill(pid, signal.SIGCONT)


def timed(call: Call, http: httpx.Client) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    return call(http), time.monotonic() - begun


def late(http: httpx.Client) -> float:
    """Return how much later anything may be because the machine is busy, seconds: it takes no time on a quiet one."""
    return PATIENCE * max(timed(lambda http: http.get("/health/live"), http)[1] for _ in range(3))


def test_nobody_waits_for_a_frozen_database_and_it_is_used_again(service: Service, databases: Databases) -> None:
    caller = service.caller("operator")
    tokens = [caller.token] * CROWD
    clients = [service.client(token) for token in tokens]
    for http in clients[:4]:
        assert http.get("/v1/cases").status_code == 200
    plain = service.client()
    with frozen(databases), ThreadPoolExecutor(CROWD) as crowd:
        asked = [
            crowd.submit(timed, call, http) for call, http in zip([*CALLS.values()] * CROWD, clients, strict=False)
        ]
        ready = [timed(lambda http: http.get("/health/ready"), plain) for _ in range(5)]
        busy = late(plain)
        told = [one.result() for one in asked]
    for answer, seconds in ready:
        assert answer.status_code == 503
        assert seconds < READY_WITHIN_S + busy
    for answer, seconds in told:
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"] == "unavailable"
        assert seconds < TOLD_WITHIN_S + busy
    assert_back(plain, lambda: plain.get("/health/ready").status_code == 200)
    for http in clients:
        assert_back(plain, lambda: http.get("/v1/cases").status_code == 200)  # noqa: B023 - called at once
    assert clients[0].post("/v1/cases", json={"channel": "hotline_117"}).status_code == 201


def test_the_metrics_are_answered_of_a_frozen_database(service: Service, databases: Databases) -> None:
    token = service.register.key("metrics").token
    service.register.rows(
        "UPDATE service_keys SET expires_at = '2100-01-01'"
    )  # the test register's clock stands in 2022
    http = service.client(token)

    def asked() -> httpx.Response:
        with frozen(databases):
            answer, seconds = timed(lambda http: http.get("/metrics"), http)
            busy = late(http)
        assert seconds < METRICS_WITHIN_S + busy
        assert_back(http, lambda: http.get("/health/ready").status_code == 200)
        return answer

    deadline = time.monotonic() + KNOWN_WITHIN_S
    while (answer := asked()).status_code != 200:  # until the workers know of the key
        assert time.monotonic() < deadline
    assert "safe_return_database_up 0.0" in answer.text
    assert "safe_return_kept_answers" not in answer.text
    assert "safe_return_database_up 1.0" in http.get("/metrics").text


def assert_back(http: httpx.Client, served: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not served():
        assert time.monotonic() - begun < BACK_WITHIN_S + late(http), "it did not come back in time"
        time.sleep(0.2)


class Between:
    """Passes bytes between a client and the server; what was open when `hang` was called says nothing."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._open: list[asyncio.StreamWriter] = []
        self._hung = 0

    @property
    def accepted(self) -> int:
        return len(self._open) // 2

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._path)
        place = len(self._open)
        self._open += [writer, back]
        await asyncio.gather(self._pass(reader, back, place), self._pass(there, writer, place))

    def hang(self) -> None:
        self._hung = len(self._open)

    async def close(self) -> None:
        for writer in self._open:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self._open), return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: int) -> None:
        with suppress(OSError):
            while more := await reader.read(65536):
                if place >= self._hung:
                    writer.write(more)
        writer.close()


def test_connections_that_hang_are_replaced_where_the_successor_answers(database: TestDatabase) -> None:
    """What a pooler's host does that freezes: its address answers elsewhere, and what was open says nothing."""
    path, url = _through(database.api_url)

    async def work() -> None:
        between = Between(path)
        server = await asyncio.start_server(between.accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        opened = Database.at(url.format(port=port), pool_size=4)
        begun = time.monotonic()
        await asyncio.gather(*(opened.lookup(text("SELECT pg_sleep(0.2)")) for _ in range(4)))
        busy = PATIENCE * (time.monotonic() - begun - 0.2)
        assert between.accepted == 4
        assert (
            [one for one in kernel_limits_ms(port) if 0 < one <= BACK_WITHIN_S * 1000] == kernel_limits_ms(port) != []
        )
        between.hang()
        begun = time.monotonic()
        refused = 0
        while time.monotonic() - begun < BACK_WITHIN_S + busy:
            try:
                assert await opened.lookup(text("SELECT 1 AS one")) == {"one": 1}
                break
            except UnavailableError:
                refused += 1
                await asyncio.sleep(0.1)
        else:
            raise AssertionError("it did not come back in time")
        assert refused > 0
        assert time.monotonic() - begun < TOLD_WITHIN_S / 2 + busy
        again = await asyncio.gather(*(opened.lookup(text("SELECT 1 AS one")) for _ in range(8)))
        assert again == [{"one": 1}] * 8
        await opened.close()
        server.close()
        await between.close()

    asyncio.run(work())


def kernel_limits_ms(port: int) -> list[int]:
    """Return after how long the kernel ends each of our connections to a port whose other end is gone."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError), socket.socket(fileno=os.dup(int(entry.name))) as one:
            if one.getpeername()[1:2] == (port,) and one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE):
                found.append(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))
    return found


def _through(url: str) -> tuple[str, str]:
    """Return the socket of a database, and its address on the port of something in between."""
    head, _, place = url.partition("?host=")
    folder, _, number = place.partition("&port=")
    return f"{folder}/.s.PGSQL.{number}", f"{head.replace('@/', '@127.0.0.1:{port}/')}"
