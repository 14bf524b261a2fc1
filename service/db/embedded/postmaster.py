"""Starting a server, waiting for it, and stopping it."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from service.db.embedded import errors
from service.db.embedded.account import Account
from service.db.embedded.layout import Layout
from service.db.embedded.logs import turn_log
from service.db.embedded.pidfile import is_server, neutralise, read_pid_file
from service.db.embedded.private_files import open_private
from service.db.embedded.sockets import SOCKET_NAME

START_SECONDS = 300.0
"""Deadline of a start, seconds. It is usually quick, but after a power cut PostgreSQL first replays its log."""

_ORPHANS_SECONDS = 5.0
"""How long children of a killed server may take to end, seconds; PostgreSQL does not start beside them."""

_ORPHANS_TEXT = "pre-existing shared memory block"
_PAUSE_SECONDS = 0.01
_STOP_STEPS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 20.0))
"""Fast shutdown, then immediate shutdown, after which the next start recovers without loss."""

_LOG_TAIL = 8192


@dataclass(frozen=True)
class Server:
    """A running server, with the handle of its process if this process is its parent."""

    pid: int
    layout: Layout
    process: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        """Whether it still runs; a child that has ended is reaped here."""
        if self.process is not None:
            return self.process.poll() is None
        return is_server(self.pid, self.layout.data)

    def wait_until_ready(self, seconds: float = START_SECONDS) -> bool:
        """Wait until it accepts connections.

        Returns:
            False if it ended instead.

        Raises:
            EmbeddedError: It did neither in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            entry = read_pid_file(self.layout.data)
            if entry is not None and entry.pid == self.pid and entry.ready:
                return True
            if not self.alive():
                return False
            time.sleep(_PAUSE_SECONDS)
        raise errors.still_starting(seconds, self.layout.log)

    def stop(self) -> None:
        """Shut it down: roll back running transactions, close sessions, write everything to disk.

        Raises:
            EmbeddedError: It ignores the second signal too.
        """
        for step, seconds in _STOP_STEPS:
            if not self.alive():
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, step)
            if self._gone_within(seconds):
                return
        raise errors.would_not_stop(self.pid, self.layout.log)

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE_SECONDS)
        return True


def launch(layout: Layout, account: Account, program: Path, socket: Path, options: Sequence[str]) -> Server:
    """Start a server and wait until it accepts connections.

    Args:
        layout: The cluster, on which no server runs; the caller holds the start lock.
        account: The user it runs as.
        program: The `postgres` to run.
        socket: The folder of its socket; files of a dead server there are removed.
        options: Its command line options.

    Raises:
        EmbeddedError: It ended, or was not ready in time and was stopped.
    """
    deadline = time.monotonic() + _ORPHANS_SECONDS
    while True:
        outcome = _attempt(layout, account, program, socket, options)
        if isinstance(outcome, Server):
            return outcome
        if _ORPHANS_TEXT not in outcome:
            raise errors.did_not_start(outcome, layout.log)
        if time.monotonic() > deadline:
            raise errors.children_left(layout.log)
        time.sleep(10 * _PAUSE_SECONDS)


def _attempt(layout: Layout, account: Account, program: Path, socket: Path, options: Sequence[str]) -> Server | str:
    """Start a server once; return the running server, or the reason why it ended."""
    neutralise(layout.data)
    for left in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (socket / left).unlink(missing_ok=True)
    already_said = turn_log(layout, account)
    with os.fdopen(open_private(layout.log, account, os.O_WRONLY | os.O_APPEND), "ab") as log:
        process = account.spawn([str(program), "-D", str(layout.data), *options], layout.folder, log)
    server = Server(process.pid, layout, process)
    try:
        if server.wait_until_ready():
            return server
    except BaseException:
        server.stop()
        raise
    return _reason(layout.log, already_said)


def _reason(log: Path, start: int) -> str:
    """Return the server's last error message since it was started."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(start, size - _LOG_TAIL))
        lines = file.read().decode("utf-8", "replace").splitlines()
    fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    last = (fatal or lines or ["it gave no reason"])[-1]
    return last.rpartition(":  ")[2].strip()
