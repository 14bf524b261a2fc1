"""The server's `postmaster.pid`: reading it, and telling a live server from a stale process id.

After a kill -9 or a power cut the file remains, and its process id may belong to any other program. Only a PostgreSQL
process that works in this data folder counts.
"""

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_FILE_NAME = "postmaster.pid"
_SOCKET_LINE = 4
_STATUS_LINE = 7
_READY = ("ready", "standby")
_READ_LIMIT = 8192
_PS_SECONDS = 10.0


@dataclass(frozen=True)
class PidFile:
    """The content of the file; `socket` is empty while the server is starting."""

    pid: int
    socket: str
    status: str

    @property
    def ready(self) -> bool:
        """Whether the server accepts connections."""
        return self.status in _READY and bool(self.socket)


def read_pid_file(data: Path) -> PidFile | None:
    """Return the content of the file, or None if it is missing or incomplete."""
    try:
        lines = _read(data / _FILE_NAME).splitlines()
    except OSError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    lines += [""] * (_STATUS_LINE + 1 - len(lines))
    return PidFile(int(lines[0]), lines[_SOCKET_LINE].strip(), lines[_STATUS_LINE].strip())


def live_server(data: Path) -> PidFile | None:
    """Return the server that runs on this data folder now, or None."""
    entry = read_pid_file(data)
    return entry if entry is not None and is_server(entry.pid, data) else None


def is_server(pid: int, data: Path) -> bool:
    """Whether a process is alive and a PostgreSQL server that works in this data folder."""
    process = Path("/proc") / str(pid)
    if not Path("/proc/self/cmdline").exists():
        return _is_server_by_ps(pid, data)
    try:
        arguments = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if not arguments[0].endswith(b"postgres"):
        return False
    try:
        return (process / "cwd").samefile(data)
    except OSError:
        return os.fsencode(data) in arguments


def neutralise(data: Path) -> None:
    """Make a stale file harmless. The caller holds the start lock, and no server runs.

    PostgreSQL refuses to start while the process id in the file belongs to any live process of its user other than its
    own parent, so the id is replaced by ours. The rest stays: from it PostgreSQL sees whether children of the dead
    server still use its shared memory, and refuses to start beside them. An empty file is removed, because PostgreSQL
    would refuse to start because of it for ever.
    """
    path = data / _FILE_NAME
    with suppress(FileNotFoundError):
        lines = _read(path).splitlines(keepends=True)
        if not lines:
            path.unlink()
            return
        text = f"{os.getpid()}\n{''.join(lines[1:])}".encode()
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        try:
            os.pwrite(descriptor, text, 0)
            os.ftruncate(descriptor, len(text))
        finally:
            os.close(descriptor)


def _read(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return os.read(descriptor, _READ_LIMIT).decode("utf-8", "replace")
    finally:
        os.close(descriptor)


def _is_server_by_ps(pid: int, data: Path) -> bool:
    """Whether a process is such a server, on systems without /proc (macOS, the BSDs)."""
    try:
        answer = subprocess.run(  # noqa: S603 - no shell; a fixed program and a number
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_PS_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return "postgres" in answer.stdout and str(data) in answer.stdout
