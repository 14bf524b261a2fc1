"""Killed at random moments: what was acknowledged is there, once, and audited; and the service comes back by itself.

Clients do what the documentation says: they send the same again, under the same key or against the same version, until
they are answered, and note what they were told. Where everybody has been answered, what they noted is what must be
there: neither more nor less.
"""

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.db.embedded import Cluster
from tests.cli.commands import There, free_port
from tests.db.embedded_clusters import alive, postmaster, processes_in, temporary_folder
from tests.engine import TestDatabase
from tests.faults.serving import (
    FOR_EVER_S,
    LONGEST_START_S,
    LONGEST_STOP_S,
    command_line,
    start_service,
    wait_until_ready,
    workers_of,
)
from tests.register import Caller, Register, open_register, put_accounts_on_record

CLERKS = 6
ROUNDS = 21
WRITES = CLERKS * ROUNDS * 4
"""By one process, and again by two workers: a thousand in all."""

VICTIMS = {
    1: ("service", "service", "backend", "backend", "postmaster", "postmaster"),
    2: ("service", "worker", "worker", "backend", "postmaster", "postmaster"),
}
PAUSE_S = 0.05


@dataclass
class Ledger:
    """What clients were told."""

    cases: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    patches: Counter[str] = field(default_factory=Counter)
    repeats: int = 0

    @property
    def writes(self) -> int:
        return len(self.cases) + len(self.events) + self.notes.total() + self.patches.total()


@dataclass
class Supervised:
    """`safe-return serve` on its embedded PostgreSQL, started again whenever it ends, as a supervisor would."""

    folder: Path
    port: int
    log: Path
    workers: int
    stopping: bool = False
    starts: int = 0

    def __enter__(self) -> "Supervised":
        self._thread = threading.Thread(target=self._run)
        self._start()
        self._thread.start()
        try:
            with httpx.Client(base_url=self.address, trust_env=False) as client:
                wait_until_ready(client, self.process, self.log)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping = True
        self.process.terminate()
        self._thread.join()
        self.process.wait(LONGEST_STOP_S)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "postgresql" / "data"

    def kill(self, victim: str) -> None:
        """Kill the service, one of its workers, PostgreSQL's first process, or one that serves a connection."""
        find = {
            "service": lambda: [self.process.pid],
            "worker": lambda: workers_of(self.process.pid),
            "backend": self._backends,
            "postmaster": self._postmaster,
        }[victim]
        with suppress(OSError):
            for pid in find()[:1]:
                os.kill(pid, signal.SIGKILL)

    def _postmaster(self) -> list[int]:
        with suppress(OSError, ValueError, IndexError):
            return [pid for pid in [postmaster(self.folder / "postgresql")] if pid > 0 and alive(pid)]
        return []

    def _backends(self) -> list[int]:
        return [pid for pid in processes_in(self.data) if b"safe_return_api" in command_line(pid)]

    def _run(self) -> None:
        while not self.stopping:
            self.process.wait()
            if not self.stopping:
                self._start()

    def _start(self) -> None:
        settings = {"var": self.folder, "session_idle_s": FOR_EVER_S, "log_level": "warning"}
        with self.log.open("ab") as output:
            self.process = start_service(settings, self.port, output, "--workers", str(self.workers))
        self.starts += 1


@contextmanager
def looking_into(folder: Path) -> Iterator[Register]:
    """The register of a running service, to make callers in and to look into."""
    cluster = Cluster(folder / "postgresql")
    cluster.start()
    urls = [cluster.url(role) for role in ("owner", "api", "admin")]
    cluster.stop()
    with open_register(TestDatabase("safe_return", *urls)) as register:
        yield register


@dataclass
class Clerk:
    """One client, who sends everything until it is answered."""

    number: int
    caller: Caller
    address: str
    ledger: Ledger
    chance: random.Random

    def work(self) -> None:
        headers = {"Authorization": f"Bearer {self.caller.token}"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=20, trust_env=False) as http:
            self.http = http
            for number in range(ROUNDS):
                case = self.file(f"{self.number}-{number}")
                for write in self.chance.sample([self.record, self.note, self.patch], 3):
                    write(case, f"{self.number}-{number}")

    def file(self, key: str) -> str:
        filed = self.post("/v1/cases", {"channel": "hotline_117", "received_on": "2022-09-01"}, key)
        self.ledger.cases.append(filed["id"])
        reference: str = filed["id"]
        return reference

    def record(self, case: str, key: str) -> None:
        told = {"kind": "alleged", "subjects": [case], "occurred_on": "2022-09-01", "data": {"types": ["debt_bondage"]}}
        self.ledger.events.append(self.post("/v1/events", told, key)["items"][0]["event_id"])

    def note(self, case: str, key: str) -> None:
        self.post(f"/v1/cases/{case}/notes", {"text": f"note {key}"}, key)
        self.ledger.notes[case] += 1

    def patch(self, case: str, _: str) -> None:
        """Nobody else changes this case: a 412 after a lost answer says that the lost one was a yes."""
        tag = self.until_answered(lambda: self.http.get(f"/v1/cases/{case}")).headers["etag"]
        repeats = self.ledger.repeats
        change = {"urgency": "immediate"}
        answer = self.until_answered(
            lambda: self.http.patch(f"/v1/cases/{case}", json=change, headers={"If-Match": tag})
        )
        assert answer.status_code == 200 or (answer.status_code == 412 and self.ledger.repeats > repeats), answer.text
        self.ledger.patches[case] += 1

    def post(self, path: str, body: Any, key: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": f'"{path.rsplit("/", maxsplit=1)[-1]}-{key}"'}
        answer = self.until_answered(lambda: self.http.post(path, json=body, headers=headers))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def until_answered(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send again until there is an answer, for as long as a service may take to start."""
        deadline = time.monotonic() + LONGEST_START_S
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                answer = send()
                if answer.status_code != 503:
                    return answer
                assert int(answer.headers["retry-after"]) >= 1
            self.ledger.repeats += 1
            time.sleep(PAUSE_S)
        raise AssertionError(f"no answer within {LONGEST_START_S:g} s")


@pytest.mark.parametrize("workers", [1, 2], ids=["one worker", "two workers"])
def test_nothing_acknowledged_is_lost_or_doubled_or_unaudited(workers: int, tmp_path: Path) -> None:
    seed = 3000 + workers
    chance = random.Random(seed)
    victims = chance.sample(VICTIMS[workers], len(VICTIMS[workers]))
    moments = sorted(chance.sample(range(10, WRITES - 20), len(victims)))
    sys.stdout.write(f"seed {seed}: {list(zip(moments, victims, strict=True))}\n")
    with temporary_folder() as folder:
        with Supervised(folder, free_port(), tmp_path / "log", workers) as service:
            with looking_into(folder) as register:
                ledger = Ledger()
                callers = [register.caller("operator", agency="desk", name=str(number)) for number in range(CLERKS)]
                clerks = [
                    Clerk(number, caller, service.address, ledger, random.Random(seed + number))
                    for number, caller in enumerate(callers)
                ]
                with ThreadPoolExecutor(CLERKS) as threads:
                    working = [threads.submit(clerk.work) for clerk in clerks]
                    for moment, victim in zip(moments, victims, strict=True):
                        while ledger.writes < moment and not any(one.done() and one.exception() for one in working):
                            time.sleep(0.002)
                        time.sleep(chance.uniform(0, 0.02))
                        service.kill(victim)
                    for one in working:
                        one.result()
                assert_all_there(register, ledger)
                put_accounts_on_record(register.database.admin_url)
            # A start that finds the port still held by workers whose parent was just killed is tried again.
            assert service.log.read_text().count("Stop with Ctrl-C.") == 1 + victims.count("service")
        checked = There({"SAFE_RETURN_VAR": str(folder)})("check")
        assert checked.status == 0, checked.err
        assert checked.out.split()[-2:] == ["Differences", "0"]


def assert_all_there(register: Register, ledger: Ledger) -> None:
    assert ledger.writes == WRITES
    assert ledger.repeats > 0
    kinds = Counter(row["kind"] for row in register.rows("SELECT kind FROM events"))
    assert kinds == {"received": WRITES // 4, "alleged": WRITES // 4, "case_described": WRITES // 4}
    assert ids(register, "SELECT id FROM cases") == sorted(ledger.cases)
    assert ids(register, "SELECT id FROM events WHERE kind = 'alleged'") == sorted(ledger.events)
    noted = register.rows("SELECT case_id FROM sealed_records WHERE kind = 'note'")
    assert Counter(str(row["case_id"]) for row in noted) == ledger.notes
    patched = register.rows("SELECT case_id FROM events WHERE kind = 'case_described'")
    assert Counter(str(row["case_id"]) for row in patched) == ledger.patches
    for action, subjects in (
        ("case:filed", Counter(ledger.cases)),
        ("note:added", ledger.notes),
        ("case:changed", ledger.patches),
    ):
        rows = register.rows("SELECT subject_ids FROM audit_log WHERE action = $1", action)
        assert Counter(str(row["subject_ids"][0]) for row in rows) == subjects, action
    recorded = register.rows("SELECT 1 FROM audit_log WHERE action = 'events:recorded'")
    assert len(recorded) == len(ledger.events)


def ids(register: Register, query: str) -> list[str]:
    return sorted(str(row["id"]) for row in register.rows(query))
