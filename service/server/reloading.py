"""Replacing the workers of a running service by new ones, none of which is missed (ADR 56)."""

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from typing import Final

from granian.server import MPServer
from pydantic_core import to_json

LOG: Final = logging.getLogger("service.server")

LONGEST_TRIAL_S: Final = 60.0
"""How long a trial may take before it counts as refused, seconds."""

_SHORTEST_S: Final = 3.0
_MARGIN: Final = 2


def told_by_hangup(server: MPServer, trial: Callable[[], None]) -> Callable[..., None]:
    """Return the handler of SIGHUP: it stops a service that has a terminal, and reloads any other.

    A terminal that is closed sends SIGHUP; a service without one is sent it on purpose (signal(7), daemon(7)).

    Args:
        server: of this process.
        trial: prepares in a process of its own what a worker needs, and exits with another status than 0 if it cannot.
    """
    return server.signal_handler_interrupt if _has_terminal() else _Reloading(server, trial).begin


class _Reloading:
    def __init__(self, server: MPServer, trial: Callable[[], None]) -> None:
        self._server = server
        self._trial = trial
        self._thread = threading.Thread()

    def begin(self, *_: object) -> None:
        """Begin to reload, unless that has begun already."""
        if not self._thread.is_alive():
            self._thread = threading.Thread(target=self._reload, name="reload", daemon=True)
            self._thread.start()

    def _reload(self) -> None:
        """Replace the workers where a trial shows that new ones can work.

        They are spawned, so that they run the code that is installed now. Granian ends an old worker a fixed time after
        it began its successor: that is twice what the trial took, which does more than a worker before it serves.
        """
        spawn = multiprocessing.get_context("spawn")
        process = spawn.Process(target=self._trial, name="trial", daemon=True)
        begun = time.monotonic()
        process.start()
        process.join(LONGEST_TRIAL_S)
        if process.exitcode != 0:
            process.kill()
            LOG.error(to_json({"reload": "refused", "then": "the workers stay as they are"}).decode())
            return
        took = time.monotonic() - begun
        LOG.info(to_json({"reload": "begun", "trial_s": round(took, 1)}).decode())
        multiprocessing.set_start_method("spawn", force=True)
        self._server.respawn_interval = max(_SHORTEST_S, _MARGIN * took)
        take_over: Callable[[], None] = self._server.signal_handler_reload
        take_over()


def _has_terminal() -> bool:
    try:
        os.close(os.open(os.ctermid(), os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
