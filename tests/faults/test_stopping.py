"""How the service ends, whole or in part: nothing in hand is cut, nothing stays behind, and what died is replaced."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import httpx
import pytest

from service.server.address import reserve
from service.server.errors import ServingError
from tests.db.embedded_clusters import alive, until
from tests.engine import Databases
from tests.faults.serving import LONGEST_STOP_S, Service, listen, open_service, workers_of
from tests.register import Caller

BODY = b'{"channel": "hotline_117"}'
CROWD = 8


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
def service(databases: Databases, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    with open_service(databases, tmp_path / "log", "--workers", str(request.param)) as made:
        yield made


def half_sent(service: Service, token: str) -> socket.socket:
    """Send a request but for the last byte of its body, and wait until the service has begun to read it."""
    lines = ("POST /v1/cases HTTP/1.1", "Host: a", f"Authorization: Bearer {token}", "Content-Type: application/json")
    header = "\r\n".join((*lines, f"Content-Length: {len(BODY)}", "Expect: 100-continue", "", ""))
    connection = service.connect(header.encode())
    assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(BODY[:-1])
    return connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_waits_for_the_request_in_hand_and_takes_no_further_one(service: Service, number: int) -> None:
    connection = half_sent(service, service.caller("operator").token)
    workers = workers_of(service.process.pid)
    service.process.send_signal(number)
    until(lambda: refuses(service.port))
    assert service.process.poll() is None
    connection.sendall(BODY[-1:])
    spoken = listen(connection)
    assert spoken.status == 201
    assert spoken.headers["connection"] == "close"
    assert service.process.wait(LONGEST_STOP_S) == 0
    assert [pid for pid in workers if alive(pid)] == []
    assert len(service.register.rows("SELECT 1 FROM cases")) == 1


def test_a_stop_under_load_answers_what_it_took(service: Service) -> None:
    """Whatever was recorded was told: no answer was lost."""
    clerks = [service.caller("operator", agency="desk", name=f"clerk {number}") for number in range(CROWD)]
    begun, stopped = Barrier(CROWD + 1), Event()
    with ThreadPoolExecutor(CROWD) as threads:
        working = [threads.submit(file_until_refused, clerk, begun, stopped) for clerk in clerks]
        begun.wait()
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(LONGEST_STOP_S) == 0
        stopped.set()
        told = [reference for one in working for reference in one.result()]
    recorded = {row["reference"] for row in service.register.rows("SELECT reference FROM cases")}
    assert len(told) >= CROWD
    assert recorded == set(told)


def file_until_refused(clerk: Caller, begun: Barrier, stopped: Event) -> list[str]:
    """File cases until the connection is refused; return the references of those that were answered."""
    told: list[str] = []
    while not stopped.is_set():
        try:
            answer = clerk.post("/v1/cases", {"channel": "hotline_117"})
        except httpx.TransportError:
            return told
        assert answer.status_code == 201, answer.text
        told.append(answer.json()["reference"])
        if len(told) == 1:
            begun.wait()
    return told


def test_a_body_that_never_ends_does_not_keep_a_stop_waiting(service: Service) -> None:
    with half_sent(service, service.caller("operator").token):
        begun = time.monotonic()
        service.process.terminate()
        service.process.wait(LONGEST_STOP_S)
        assert time.monotonic() - begun < LONGEST_STOP_S / 2


def test_a_killed_worker_is_replaced(service: Service) -> None:
    operator = service.caller("operator")
    before = workers_of(service.process.pid)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(set(workers_of(service.process.pid)) - set(before)) == 1)
    until(lambda: not refuses(service.port))
    assert service.client(operator.token).get("/v1/me").status_code == 200
    assert service.process.poll() is None


def test_workers_of_a_killed_parent_end_and_leave_the_port(service: Service) -> None:
    workers = workers_of(service.process.pid)
    assert workers
    service.process.kill()
    service.process.wait()
    until(lambda: not any(alive(pid) for pid in workers))
    until(lambda: is_free(service.port))


def is_free(port: int) -> bool:
    try:
        reserve("127.0.0.1", port).close()
    except ServingError:
        return False
    return True


def refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
