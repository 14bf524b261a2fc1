"""The service as a process of its own, spoken to over HTTP like any client would."""

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from service.settings import PROJECT
from tests.engine import TestDatabase

LONGEST_START_S = 120.0
LONGEST_STOP_S = 60.0
SERVER = (sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "service.main:app_from_environment")


@contextmanager
def serving(database: TestDatabase, log: Path) -> Iterator[str]:
    """Serve a database on a free port of the loopback interface, and answer the address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = _start(database, port, output)
        try:
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(LONGEST_STOP_S)


def _start(database: TestDatabase, port: int, output: IO[bytes]) -> subprocess.Popen[bytes]:
    keys = {"1": base64.b64encode(secrets.token_bytes(32)).decode()}
    environment = {
        **os.environ,
        "SAFE_RETURN_DATABASE_URL": database.api_url,
        "SAFE_RETURN_KEYS": json.dumps(keys),
        "SAFE_RETURN_VAR": str(Path(output.name).parent),
    }
    command = [*SERVER, "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "warning"]
    return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/health/ready", timeout=30).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not become ready: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
    return port
