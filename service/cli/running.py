"""Running the service: the order of start-up and shutdown."""

import gc
import importlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from service.cli.counting import counting_together
from service.cli.surroundings import Surroundings, open_surroundings, read_settings
from service.settings import Settings

_HEAVY: Final = ("service.cli.starting", "service.main", "uvloop")


@dataclass(frozen=True)
class Wishes:
    """The options of the command line; None means the value of the settings."""

    host: str | None
    port: int | None
    workers: int | None
    demo: bool
    accept_loss: bool = False


def run(wishes: Wishes) -> None:
    """Serve until a signal; then stop everything that was started.

    Raises:
        CommandError, EmbeddedError, SealingError, ServingError: the service cannot be started.
    """
    _end_on_signals()
    settings = _over(read_settings(), wishes)
    bound = _bound(wishes, settings)
    with bound, counting_together(), _imported(_HEAVY) as wait, open_surroundings(settings) as around:
        wait()
        _start(around, bound, wishes)


def _start(around: Surroundings, bound: socket.socket, wishes: Wishes) -> None:
    from service.cli.starting import start

    start(around, bound, demo=wishes.demo, accept_loss=wishes.accept_loss)


def _over(settings: Settings, wishes: Wishes) -> Settings:
    given: dict[str, Any] = {"host": wishes.host, "workers": wishes.workers}
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})


def _bound(wishes: Wishes, settings: Settings) -> socket.socket:
    """Reserve the port first: if it is in use, nothing else is touched."""
    from service.server.address import reserve

    return reserve(settings.host, settings.port if wishes.port is None else wishes.port)


@contextmanager
def _imported(names: Sequence[str]) -> Iterator[Callable[[], None]]:
    """Import slow modules in a thread while the database starts.

    Yields:
        A function that waits for the imports; call it before importing anything else.
    """
    gc.disable()
    thread = threading.Thread(target=_import_all, args=(names,), name="imports", daemon=True)
    thread.start()

    def wait() -> None:
        thread.join()
        gc.enable()

    try:
        yield wait
    finally:
        gc.enable()


def _import_all(names: Sequence[str]) -> None:
    """Import the modules; an error here is raised again by the import that uses the module."""
    with suppress(Exception):
        for name in names:
            importlib.import_module(name)


def _end_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into SystemExit, so that everything is stopped in order."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
