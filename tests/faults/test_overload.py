"""More work at once than the service takes: what is too much waits, and nothing is lost."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.engine import Databases
from tests.faults.serving import Service, open_service
from tests.http.problem_documents import assert_problem
from tests.register import Caller

CROWD = 12
EACH = 10
PAUSE_S = 0.02


@pytest.fixture(scope="module")
def service(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("service") / "log"
    with open_service(databases, log, requests_at_once=2, pool_size=2) as made:
        yield made


def test_too_many_at_once_take_turns_and_nothing_acknowledged_is_lost(service: Service) -> None:
    crowd = [service.caller("operator", agency="crowd", name=f"clerk {number}") for number in range(CROWD)]
    done = Event()
    with ThreadPoolExecutor(CROWD + 1) as threads:
        watched = threads.submit(watch, done, service.client())
        served = list(threads.map(file_all, crowd))
        done.set()
        assert watched.result() > 0
    filed = [reference for references in served for reference in references]
    rows = service.register.rows("SELECT reference FROM cases")
    assert sorted(row["reference"] for row in rows) == sorted(filed)
    assert len(filed) == CROWD * EACH
    audited = service.register.rows("SELECT 1 FROM audit_log WHERE action = 'case:filed'")
    assert len(audited) == CROWD * EACH


def file_all(clerk: Caller) -> list[str]:
    """File cases, each as often as it takes on a busy machine; answer their references."""
    filed: list[str] = []
    while len(filed) < EACH:
        answer = clerk.post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key=f"case-{len(filed)}")
        if answer.status_code == 201:
            filed.append(answer.json()["reference"])
        else:
            assert_problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) >= 1
    return filed


def watch(done: Event, client: httpx.Client) -> int:
    """Ask all the time whether the service lives."""
    asked = 0
    while not done.is_set() or asked == 0:
        assert client.get("/health/live").status_code == 200
        asked += 1
        time.sleep(PAUSE_S)
    return asked


def test_who_sends_slowly_holds_no_place(service: Service, tmp_path: Path) -> None:
    operator = service.caller("operator")
    lines = f"POST /v1/cases HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {operator.token}\r\n"
    slow = f"{lines}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode()
    connections = [service.connect(slow) for _ in range(20)]
    try:
        assert [operator.get("/v1/me").status_code for _ in range(20)] == [200] * 20
    finally:
        for connection in connections:
            connection.close()
