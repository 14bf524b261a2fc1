"""One measurement: a number of seconds of one kind of request, or of one script, and its cost."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from bench.arithmetic import percentile
from bench.client import Job, Outcome
from bench.machine import cpu_s
from bench.pgbench import Driven, drive
from bench.requests import Stream
from bench.service import Service
from service.settings import PROJECT

_GRACE_S = 60.0


@dataclass(frozen=True)
class Measured:
    """The result of one measurement.

    Attributes:
        per_second: answers or transactions.
        p50_ms: half of them took no longer.
        p99_ms: 99 of 100 took no longer.
        api_ms: processor time of the service for one of them; None for pgbench.
        postgres_ms: processor time of PostgreSQL for one of them.
        client_ms: processor time of whoever asked, for one of them.
    """

    per_second: float
    p50_ms: float
    p99_ms: float
    api_ms: float | None
    postgres_ms: float
    client_ms: float

    @property
    def tail(self) -> float:
        """Return p99 as a multiple of p50."""
        return self.p99_ms / self.p50_ms


def on_record(name: str) -> str:
    """Return the name of the script that also writes the audit row."""
    return f"{name}, on record"


class RefusedError(Exception):
    """The service refused a request, so nothing was measured."""


@dataclass(frozen=True)
class Bench:
    """One register that is being measured.

    Attributes:
        persons: it was filled with.
        service: that serves it.
        postmaster: process id of the PostgreSQL below.
        url: of its database, as the run-time role.
        streams: requests by name.
        scripts: of pgbench, by name; empty where there is no pgbench.
        variables: of the scripts.
        deep_page: which page `list_deep` is.
    """

    persons: int
    service: Service
    postmaster: int
    url: str
    streams: dict[str, Stream]
    scripts: dict[str, str]
    variables: Mapping[str, int]
    deep_page: int

    def ask(self, name: str, *, connections: int, seconds: float, most: int = 0) -> Measured:
        """Send the requests of a stream.

        Raises:
            RefusedError: an answer was no success.
        """
        stream = self.streams[name]
        job = Job(
            port=self.service.port,
            connections=connections,
            seconds=seconds,
            requests=stream.ahead(most or None),
            again=False,
            headers={"Authorization": f"Bearer {stream.member.token}"},
            idempotency=token_hex(6) if stream.idempotency else "",
        )
        api, postgres = cpu_s(self.service.pid), cpu_s(self.postmaster)
        outcome = send(job)
        api, postgres = cpu_s(self.service.pid) - api, cpu_s(self.postmaster) - postgres
        refused = {status: number for status, number in outcome.statuses.items() if not status.startswith("2")}
        if refused or not outcome.latencies_ms:
            raise RefusedError(f"{name}: {refused or 'no answer'}")
        answers = len(outcome.latencies_ms)
        stream.took(answers)
        return Measured(
            per_second=answers / outcome.seconds,
            p50_ms=percentile(outcome.latencies_ms, 0.5),
            p99_ms=percentile(outcome.latencies_ms, 0.99),
            api_ms=api * 1000 / answers,
            postgres_ms=postgres * 1000 / answers,
            client_ms=outcome.cpu_s * 1000 / answers,
        )

    def drive(self, program: Path, name: str, *, seconds: int) -> Measured:
        """Run a script of pgbench."""
        postgres = cpu_s(self.postmaster)
        driven: Driven = drive(program, self.url, self.scripts[name], self.variables, seconds)
        postgres = cpu_s(self.postmaster) - postgres
        transactions = len(driven.latencies_ms)
        return Measured(
            per_second=driven.per_second,
            p50_ms=percentile(driven.latencies_ms, 0.5),
            p99_ms=percentile(driven.latencies_ms, 0.99),
            api_ms=None,
            postgres_ms=postgres * 1000 / transactions,
            client_ms=driven.cpu_s * 1000 / transactions,
        )


def send(job: Job) -> Outcome:
    """Run a job in the load client, in a process of its own.

    Raises:
        RuntimeError: it failed; its last words.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"], cwd=PROJECT, input=json.dumps(asdict(job)), capture_output=True,
        text=True, check=False, timeout=job.seconds + _GRACE_S,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"The load client failed: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return Outcome(**found)
