"""The metrics of a service with two workers: the same whichever is asked, also after one of them died."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.engine import Databases
from tests.faults.serving import Service, open_service, workers_of

ASKED = 40
POOL = 3


@pytest.fixture
def service(databases: Databases, tmp_path: Path) -> Iterator[Service]:
    with open_service(databases, tmp_path / "log", "--workers", "2", pool_size=POOL) as made:
        yield made


def once(service: Service, path: str, token: str = "") -> httpx.Response:
    """Ask on a connection of its own, which either worker may accept."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.get(f"http://127.0.0.1:{service.port}{path}", headers=headers, timeout=30, trust_env=False)


def value(text: str, name: str, **labels: str) -> float:
    """Return the sum of the samples of a name with these labels."""
    lines = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    wanted = [f'{label}="{text}"' for label, text in labels.items()]
    return sum(float(number) for given, number in lines if all(one in given for one in wanted))


def until(found: Callable[[], bool], longest_s: float = 60) -> None:
    deadline = time.monotonic() + longest_s
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_every_worker_tells_of_all_and_nothing_is_lost_with_one(service: Service) -> None:
    token = service.register.key("metrics").token
    service.register.rows(
        "UPDATE service_keys SET expires_at = '2100-01-01'"
    )  # the test register's clock stands in 2022

    def text() -> str:
        answer = once(service, "/metrics", token)
        assert answer.status_code == 200
        return answer.text

    def reference(text: str) -> tuple[float, float]:
        refused = value(text, "safe_return_refusals_total", kind="unauthenticated")
        return value(text, "safe_return_requests_total", route="/v1/me", status="401"), refused

    until(lambda: value(text(), "safe_return_workers") == 2)
    for _ in range(ASKED):
        assert once(service, "/v1/me").status_code == 401
    assert {reference(text()) for _ in range(10)} == {(ASKED, ASKED)}
    assert value(text(), "safe_return_request_seconds_count", route="/v1/me") == ASKED
    assert value(text(), "safe_return_pool_size") == 2 * POOL
    before = set(workers_of(service.process.pid))
    assert {int(pid) for pid in re.findall(r'process_resident_memory_bytes{pid="(\d+)"}', text())} == before

    gone = before.pop()
    os.kill(gone, signal.SIGKILL)
    until(lambda: gone not in workers_of(service.process.pid))
    assert f'pid="{gone}"' not in text()
    until(lambda: value(text(), "safe_return_workers") == 2)
    assert reference(text()) == (ASKED, ASKED)
    assert value(text(), "safe_return_pool_size") == 2 * POOL


def test_the_folder_of_the_counts_goes_with_the_service(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))

    def folders() -> list[Path]:
        return list(temporary.glob("safe-return-metrics-*"))

    with open_service(databases, tmp_path / "log") as service:
        (ours,) = folders()
        assert ours.stat().st_mode & 0o777 == 0o700
        service.process.send_signal(signal.SIGKILL)
        service.process.wait()
        until(lambda: folders() == [])
    with open_service(databases, tmp_path / "log"):
        assert len(folders()) == 1
    assert folders() == []
