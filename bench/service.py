"""The service under measurement: `safe-return serve` with its workers, on loopback, with its access log on."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.client import LOOPBACK
from bench.machine import family_of
from service.settings import PROJECT

WORKERS: Final = 2
_LONGEST_START_S: Final = 180.0
_LONGEST_STOP_S: Final = 20.0
_SPAWNED: Final = b"spawn_main"


@dataclass(frozen=True)
class Service:
    """A running service.

    Attributes:
        port: on the loopback interface.
        pid: of the process that was started; its workers are below it.
        started_s: from its start to its first answer.
    """

    port: int
    pid: int
    started_s: float

    def workers(self) -> list[int]:
        """Return the worker processes: forked ones have their parent's command line, spawned ones name themselves."""
        marks = (_command_of(self.pid), _SPAWNED)
        return [pid for pid in family_of(self.pid)[1:] if any(mark in _command_of(pid) for mark in marks)]


@contextmanager
def serving(port: int, folder: Path, variables: dict[str, str], *, workers: int = WORKERS) -> Iterator[Service]:
    """Serve for the duration of a block.

    Args:
        port: free on the loopback interface.
        folder: for its log and whatever else it keeps.
        variables: SAFE_RETURN_... of the environment.
        workers: processes.

    Raises:
        RuntimeError: it does not start.
    """
    command = [sys.executable, "-P", "-m", "service", "serve", "--port", str(port), "--workers", str(workers)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SAFE_RETURN_")}
    environment = {**inherited, "PYTHONPATH": str(PROJECT), "SAFE_RETURN_VAR": str(folder), **variables}
    log = folder / f"service-{port}.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - ours
        try:
            _wait(port, process, log)
            yield Service(port, process.pid, time.monotonic() - began)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the process and its descendants, by force if that takes too long."""
    family = family_of(process.pid)
    process.terminate()
    try:
        process.wait(_LONGEST_STOP_S)
    except subprocess.TimeoutExpired:
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _LONGEST_START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"The service did not start. Its log: {log.read_text(errors='replace')[-1000:]}")


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
