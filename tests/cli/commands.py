"""Runs commands: in this process against a database that is there, or as processes of their own."""

import atexit
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import pytest

from service.cli.application import run
from tests.db.embedded_clusters import PROJECT
from tests.engine import TestDatabase
from tests.register import put_accounts_on_record

DEADLINE_S = 240.0
"""It ends a test that fails; no command needs as long, however busy the machine is."""


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Here:
    """Runs commands in this process; what they need of the environment is set by whoever makes it."""

    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    database: TestDatabase

    def __call__(self, *arguments: str, stdin: str = "") -> Ran:
        if arguments[0] in {"check", "index", "migrate", "recount"}:
            self._put_accounts_on_record()
        self.patch.setattr(sys, "stdin", io.StringIO(stdin))
        self.capture.readouterr()
        status = run(list(arguments))
        said = self.capture.readouterr()
        return Ran(status, said.out, said.err)

    def _put_accounts_on_record(self) -> None:
        name = re.search(r"\btest_[0-9]+\b", os.environ.get("SAFE_RETURN_DATABASE_URL", ""))
        if name is not None:
            put_accounts_on_record(self.database.admin_url.replace(self.database.name, name[0]))

    def one(self, *arguments: str, stdin: str = "") -> dict[str, Any]:
        """Run a command that must succeed and answer what it printed as JSON."""
        ran = self(*arguments, "--format", "json", stdin=stdin)
        assert ran.status == 0, ran.err
        found: dict[str, Any] = ran.json()
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Served:
    """A service in a process of its own."""

    process: "subprocess.Popen[str]"
    http: httpx.Client
    out: str = ""
    err: str = ""

    def get(self, path: str, token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.get(path, headers=headers)

    def sign_in(self, username: str, password: str) -> httpx.Response:
        return self.http.post("/v1/sessions", json={"username": username, "password": password})

    def end(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end and keep what was said."""
        self.process.send_signal(number)
        self.out, self.err = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode

    def secret_of(self, name: str) -> str:
        """The password or token printed for a user or a key."""
        found = re.search(rf"\s{re.escape(name)}\s+(\S+)$", self.out, re.MULTILINE)
        assert found is not None, self.out
        return found[1]


@dataclass
class There:
    """Runs commands as processes, with an environment of their own."""

    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str) -> Ran:
        process = self._start(*arguments)
        try:
            out, err = process.communicate(timeout=DEADLINE_S)
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=DEADLINE_S)
        return Ran(process.returncode, out, err)

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[Served]:
        """A service that answers; killed at the end if the test did not end it."""
        port = free_port()
        process = self._start("serve", "--port", str(port), *arguments)
        http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
        served = Served(process, http)
        try:
            _wait_until_ready(served)
            yield served
        finally:
            http.close()
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=DEADLINE_S)

    def _start(self, *arguments: str) -> "subprocess.Popen[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SAFE_RETURN_")}
        return subprocess.Popen(
            [sys.executable, "-m", "service", *arguments],
            cwd=PROJECT,
            env={**kept, **compiling(), **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@cache
def compiling() -> dict[str, str]:
    """Where this Python keeps no compiled files, the commands share some: each would compile everything again."""
    if not sys.dont_write_bytecode:
        return {}
    folder = tempfile.mkdtemp(prefix="sr-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}


def _wait_until_ready(served: Served) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if served.process.poll() is not None:
            out, err = served.process.communicate()
            raise AssertionError(f"it ended with {served.process.returncode}: {out}{err}")
        try:
            if served.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it was not ready in time")
