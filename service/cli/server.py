"""The HTTP server: the socket, the processes, the signals that end them."""

import multiprocessing
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from service.cli.failures import CommandError
from service.cli.logs import leave_out_what_no_line_says, logging_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

FACTORY: Final = "service.cli.server:app_of_worker"

_KEEP_ALIVE_S: Final = 30
_GRACE_S: Final = 10
"""How long requests in hand may take once the service was told to stop."""

_BACKLOG: Final = 2048
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def bind(host: str, port: int) -> socket.socket:
    """Take the address, without listening on it yet.

    Raises:
        CommandError: somebody else has it, or it is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise _taken(host, port, error) from None
    return bound


def serve_here(app: "FastAPI", bound: socket.socket, level: str, when_ready: Callable[[], None]) -> None:
    """Serve in this process until told to stop.

    Args:
        app: the application.
        bound: where to listen.
        level: of the log.
        when_ready: called once requests are answered.

    Raises:
        CommandError: somebody else began to listen there first.
    """
    host, port = bound.getsockname()[:2]
    leave_out_what_no_line_says()
    try:
        _Server(_config(app, level), when_ready).run(sockets=[bound])
    except OSError as error:
        raise _taken(host, port, error) from None


def serve_in_workers(count: int, bound: socket.socket, level: str, when_ready: Callable[[], None]) -> None:
    """Serve in processes of their own until told to stop; their settings are in the environment.

    Raises:
        CommandError: somebody else began to listen there first, or the processes cannot work.
    """
    host, port = bound.getsockname()[:2]
    try:
        bound.listen(_BACKLOG)
    except OSError as error:
        raise _taken(host, port, error) from None
    bound.set_inheritable(True)
    workers = _Workers(_config(FACTORY, level, workers=count, factory=True), bound, when_ready)
    workers.run()
    if not workers.told_to_stop:
        raise CommandError("The worker processes could not start: the log above says why.")


def app_of_worker() -> "FastAPI":
    """Put the service together in a worker process, which ends when whoever started it is killed.

    It would otherwise keep the port from the service that is started next. What cannot be put together could not be by
    the next worker either: the process ends with the status by which the others are stopped and none is started again.
    """
    from service.main import app_from_environment

    leave_out_what_no_line_says()
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    try:
        return app_from_environment()
    except Exception:  # noqa: BLE001 - whatever it is, it is shown and ends the process
        traceback.print_exc()
        sys.exit(STARTUP_FAILURE)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


class _Server(uvicorn.Server):
    """Ends its loop on a signal and comes back, so that whoever called it can tidy up."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._when_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in _STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class _Workers(Multiprocess):
    """Stops on SIGHUP too: a closed terminal ends the service."""

    def __init__(self, config: uvicorn.Config, bound: socket.socket, when_ready: Callable[[], None]) -> None:
        super().__init__(config, sockets=[bound])
        self._when_ready = when_ready

    def init_processes(self) -> None:
        super().init_processes()
        self._when_ready()

    @property
    def told_to_stop(self) -> bool:
        """Whether a signal ended it, rather than a worker that cannot start."""
        return all(process.exitcode != STARTUP_FAILURE for process in self.processes)

    def handle_hup(self) -> None:
        self.should_exit.set()


def _config(app: Any, level: str, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="service.cli.connections:Connection",
        ws="none",
        lifespan="on",
        log_config=logging_settings(level),
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        backlog=_BACKLOG,
        **more,
    )


def _taken(host: str, port: int, error: OSError) -> CommandError:
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
    return CommandError(
        f"Cannot listen on {host}, port {port} ({reason}): stop what uses it, or choose another with --port."
    )
