"""Reloading: new workers take over and nobody who asks meanwhile notices. What they could not serve with is refused."""

import base64
import json
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from service.cli.revisions import known_revisions, newest_revision
from service.marks import Mark, keep_marks
from tests.engine import Databases
from tests.faults.serving import LONGEST_STOP_S, Service, open_service, workers_of
from tests.register import Caller

BODY = {"channel": "hotline_117"}
CROWD = 4
LONGEST_S = 400.0
"""A trial and a start of everything on a machine that does much else."""


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(json.dumps({"first": new_key()}))
    path.chmod(0o600)
    return path


@pytest.fixture
def service(databases: Databases, key_file: Path, tmp_path: Path) -> Iterator[Service]:
    with open_service(databases, tmp_path / "log", keys="", key_file=key_file, terminal=False) as made:
        yield made


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_a_reload_loses_nothing_and_takes_the_newest_key(service: Service, key_file: Path) -> None:
    """One worker, so that nobody else is there to answer. What is said twice is said as clients are told to say it."""
    clerks = [service.caller("operator", agency="desk", name=f"clerk {number}") for number in range(CROWD)]
    before = workers_of(service.process.pid)
    ended = Event()
    with ThreadPoolExecutor(CROWD) as threads:
        working = [threads.submit(file_until, ended, clerk) for clerk in clerks]
        key_file.write_text(json.dumps({**json.loads(key_file.read_text()), "second": new_key()}))
        try:
            service.process.send_signal(signal.SIGHUP)
            eventually(lambda: not set(before) & set(workers_of(service.process.pid)))
        finally:
            ended.set()
        told = [reference for one in working for reference in one.result()]
    assert len(workers_of(service.process.pid)) == 1
    assert file_one(clerks[0]) not in told
    recorded = {row["reference"] for row in service.register.rows("SELECT reference FROM cases")}
    assert len(told) == len(set(told)) == len(recorded) - 1
    assert key_of_the_last_answer(service) == "second"
    assert service.process.poll() is None


def file_until(ended: Event, clerk: Caller) -> list[str]:
    told = []
    while not ended.is_set():
        told.append(file_one(clerk))
    return told


def file_one(clerk: Caller) -> str:
    """File a case and return its reference. A connection that is closed before an answer is used once more.

    Source: RFC 9112, section 9.3.1: a server may close any idle connection, and a client sends again what can be.
    """
    header = {"Idempotency-Key": secrets.token_hex(16)}
    try:
        answer = clerk.http.post("/v1/cases", json=BODY, headers=header)
    except httpx.TransportError:
        answer = clerk.http.post("/v1/cases", json=BODY, headers=header)
    assert answer.status_code == 201, answer.text
    reference: str = answer.json()["reference"]
    return reference


def key_of_the_last_answer(service: Service) -> str:
    last = service.register.rows("SELECT wrapped_key FROM kept_answers ORDER BY kept_at DESC LIMIT 1")
    return bytes(last[0]["wrapped_key"]).partition(b":")[0].decode()


def test_what_a_new_worker_could_not_serve_with_is_refused(service: Service, key_file: Path) -> None:
    reader = service.caller("operator")
    file_one(reader)
    before = workers_of(service.process.pid)
    revision = "UPDATE alembic_version SET version_num = $1"
    service.register.rows(revision, known_revisions()[newest_revision()])
    assert "run safe-return migrate" in refusal(service, 1)
    service.register.rows(revision, newest_revision())
    path = key_file.with_name(f"{key_file.name}.mark")
    [register_id] = service.register.rows("SELECT id FROM register_ids")
    keep_marks(path, {register_id["id"]: Mark(service.register.clock.now, 10**6, None)})
    assert "it lacks" in refusal(service, 2)
    path.unlink()
    key_file.write_text(json.dumps({"another": new_key()}))
    assert "are not those of this register" in refusal(service, 3)
    assert workers_of(service.process.pid) == before
    file_one(reader)


def refusal(service: Service, number: int) -> str:
    """Ask a service to reload, wait until it refuses that, and return what its log says since."""
    begun = len(service.log.read_text())
    service.process.send_signal(signal.SIGHUP)
    eventually(lambda: service.log.read_text().count('"reload":"refused"') == number)
    return service.log.read_text()[begun:]


def test_a_supervisor_is_told_when_requests_are_answered_and_a_closed_terminal_stops_the_service(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(LONGEST_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with open_service(databases, tmp_path / "log", terminal=True) as service:
            assert supervisor.recv(64) == b"READY=1"
            service.process.send_signal(signal.SIGHUP)
            assert service.process.wait(LONGEST_STOP_S) == 0
