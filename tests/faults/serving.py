"""The service as its own command serves it, with callers who have real tokens, and raw connections to it."""

import base64
import json
import os
import pty
import resource
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from service.acting import Role
from tests.cli.commands import compiling, free_port
from tests.db.embedded_clusters import PROJECT
from tests.engine import Databases
from tests.register import Caller, Register, open_register

LONGEST_START_S = 120.0
LONGEST_STOP_S = 120.0
FOR_EVER_S = str(10**9)
"""Sessions of the test register began in 2022."""


@dataclass
class Service:
    """A running service over a database of its own."""

    register: Register
    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    clients: ExitStack

    def caller(self, role: Role | str, *nationalities: str, **named: str) -> Caller:
        """Return a caller of the test register, connected to this process; not thread-safe."""
        known = self.register.caller(role, *nationalities, **named)
        return replace(known, http=self.client(known.token))

    def client(self, token: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        made = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=60, trust_env=False)
        return self.clients.enter_context(made)

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Open a connection and send the beginning of something."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        made.sendall(sent)
        return made


@contextmanager
def open_service(
    databases: Databases,
    log: Path,
    *arguments: str,
    files: int | None = None,
    terminal: bool | None = None,
    **settings: object,
) -> Iterator[Service]:
    """Serve a new register with these arguments and settings, with at most so many open files, in a terminal or not."""
    database, port = databases.make(), free_port()
    keys = {"1": base64.b64encode(secrets.token_bytes(32)).decode()}
    given: dict[str, object] = {
        "database_url": database.api_url,
        "keys": json.dumps(keys),
        "session_idle_s": FOR_EVER_S,
    }
    given |= {"requests_of_one": 10_000, "refused_limit": 10**9, "var": log.parent, **settings}
    try:
        with open_register(database) as register, log.open("wb") as output, ExitStack() as clients:
            process = start_service(given, port, output, *arguments, files=files, terminal=terminal)
            try:
                service = Service(register, process, port, log, clients)
                wait_until_ready(service.client(), process, log)
                yield service
            finally:
                process.terminate()
                process.wait(LONGEST_STOP_S)
                if process.stdin is not None:
                    process.stdin.close()
    finally:
        databases.drop(database)


def start_service(
    settings: dict[str, Any],
    port: int,
    output: Any,
    *arguments: str,
    files: int | None = None,
    terminal: bool | None = None,
) -> "subprocess.Popen[bytes]":
    """Start `safe-return serve` with these settings and no others; in whatever session this is, if that is not said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAFE_RETURN_")}
    ours = {f"SAFE_RETURN_{name.upper()}": str(value) for name, value in settings.items()}
    own, its = pty.openpty() if terminal else (None, None)
    command = [sys.executable, "-m", "service", "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(
        ["setsid", "--ctty", *command] if terminal else command,
        cwd=PROJECT,
        env={**kept, **compiling(), **ours},
        stdin=subprocess.DEVNULL if its is None else its,
        stdout=output,
        stderr=output,
        start_new_session=terminal is False,
    )
    if own is not None and its is not None:
        os.close(its)
        process.stdin = os.fdopen(own, "wb", buffering=0)  # a terminal lives as long as somebody holds its other end
    if files is not None:
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (files, files))  # long before it asks for its limit
    return process


def wait_until_ready(client: httpx.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for the first answer; fail with the log if there will be none."""
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if client.get("/health/ready").is_success:
                return
        time.sleep(0.05)
    raise AssertionError(f"it did not become ready: {log.read_text()[-2000:]}")


def workers_of(pid: int) -> list[int]:
    """Return the worker processes of a service: its forked children run the same command, its spawned ones say so."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in children if is_worker(command_line(child), command_line(pid))]


def is_worker(command: bytes, of_service: bytes) -> bool:
    return command == of_service or b"spawn_main" in command


def command_line(pid: int) -> bytes:
    """Return the command of a process, empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@dataclass(frozen=True)
class Spoken:
    """What a server said on a connection until it closed it, and how long that took."""

    text: bytes
    seconds: float

    @property
    def status(self) -> int:
        return int(self.text.split(b" ", 2)[1]) if self.text else 0

    @property
    def headers(self) -> dict[str, str]:
        lines = self.text.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json", self.text
        found: dict[str, Any] = json.loads(self.text.partition(b"\r\n\r\n")[2])
        assert found["status"] == self.status
        assert found["instance"] == f"urn:uuid:{self.headers['x-request-id']}"
        return found


def listen(connection: socket.socket, *, trickle: bytes = b"", every_s: float = 0.2, longest_s: float = 60) -> Spoken:
    """Hear the server out until it closes, saying a little again and again meanwhile."""
    begun = time.monotonic()
    heard = b""
    connection.settimeout(every_s if trickle else longest_s)
    with connection:
        while time.monotonic() - begun < longest_s:
            try:
                more = connection.recv(65536)
            except TimeoutError:
                with suppress(OSError):
                    connection.sendall(trickle)
                continue
            except ConnectionResetError:
                more = b""
            if not more:
                return Spoken(heard, time.monotonic() - begun)
            heard += more
    raise AssertionError(f"the connection was still open after {longest_s} s")
