"""Granian with our settings: workers, the signals that end them, limits on connections."""

import gc
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Final

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from service.server.answering import when_answering
from service.server.errors import ServingError
from service.server.logs import logging_settings
from service.server.reloading import told_by_hangup
from service.server.worker import CANNOT_START, GRACE_S

HEADER_S: Final = 3.0
"""From the opening of a connection, or the end of a response, to the end of the next header, seconds (security 7).
Granian has one deadline for both, so an idle connection is closed after it too."""

HEADER_BYTES: Final = 32 * 1024
"""Largest header. The longest that the contract needs is below 4 KiB. Granian's buffer may exceed its limit once, so it
is given half of this."""

MOST_CONNECTIONS: Final = 4096
"""Connections of one worker; further ones wait until one of these is closed."""

_BACKLOG: Final = 2048
_FILES_KEPT: Final = 100
"""File descriptors for the database, the log, and the files of a worker."""


def may_fork() -> bool:
    """Whether workers may be forked from this process.

    A forked worker starts at once, with everything imported, and shares its parent's memory. But it inherits a thread
    pool without its threads, and would wait for them for ever. So workers are spawned if another thread is alive, and
    on macOS (Python documentation, multiprocessing, "Contexts and start methods"). Ask before the two threads start
    that the service runs beside its workers, `answering` and the keeper of the embedded server: they hold no lock that
    a worker needs.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def serve(
    count: int,
    bound: socket.socket,
    level: str,
    when_ready: Callable[[], None],
    trial: Callable[[], None],
    *,
    fork: bool,
) -> None:
    """Serve in worker processes until a signal; their settings are in the environment.

    Args:
        count: the number of worker processes.
        bound: the socket that holds the address (`address.reserve`).
        level: the log level.
        when_ready: called from a thread once requests get responses.
        trial: exits with another status than 0 where new workers could not serve (`reloading`).
        fork: whether to fork the workers rather than spawn them (`may_fork`).

    Raises:
        ServingError: the workers cannot start, or die repeatedly.
    """
    multiprocessing.set_start_method("fork" if fork else "spawn", force=True)
    gc.freeze()  # else the workers' garbage collectors would copy pages shared with this process
    server = _server(count, bound, level)
    failures: list[str] = []

    def stop_unable(*_: object) -> None:
        failures.append("cannot start")
        os.kill(os.getpid(), signal.SIGTERM)

    def begin() -> None:
        signal.signal(CANNOT_START, stop_unable)
        signal.signal(signal.SIGHUP, told_by_hangup(server, trial))
        when_answering(bound, when_ready)
        if sys.platform != "linux":
            bound.close()  # on other systems Granian's parent listens itself, from now on

    server.on_startup(begin)
    try:
        server.serve()
    except SystemExit:
        failures.append("die repeatedly")
    if failures:
        raise ServingError(f"The worker processes {failures[0]}: see the log above, and correct the cause.")


def _server(count: int, bound: socket.socket, level: str) -> MPServer:
    host, port = bound.getsockname()[:2]
    return MPServer(
        "service.server.worker:application",
        host,
        port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=count,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=int(HEADER_S * 1000), max_buffer_size=HEADER_BYTES // 2),
        websockets=False,
        backlog=_BACKLOG,
        backpressure=_most_connections(),
        log_level=LogLevels.warning,
        log_dictconfig=logging_settings(level),
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_S,
    )


def _most_connections() -> int:
    """Return the limit of connections of a worker, below its limit of open files, whose soft limit is raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _FILES_KEPT
    if 0 <= soft < wanted:
        soft = wanted if hard < 0 else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(min(wanted, soft) - _FILES_KEPT, 1) if soft >= 0 else MOST_CONNECTIONS
