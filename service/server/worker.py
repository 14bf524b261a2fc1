"""The application of a worker process, and how the process ends."""

import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Final

from service.server.last import LastAnswer
from service.server.logs import skip_unused_fields
from service.server.unread import bound_unread
from service.settings import Counting

if TYPE_CHECKING:
    from starlette.types import ASGIApp

CANNOT_START: Final = signal.SIGUSR1
"""The signal a worker sends its parent if it cannot build the application: the next worker could not either."""

GRACE_S: Final = 10
"""How long current requests may take once the service is stopping, seconds."""

_LOOK_EVERY_S: Final = 0.25


def application() -> "ASGIApp":
    """Return the application of a worker process; Granian calls this once in each.

    The worker leaves its parent's session: Ctrl-C and a closed terminal reach the parent alone, which stops its workers
    in order. Signal handlers inherited from the parent are reset, or the worker would ignore a stop.
    """
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    skip_unused_fields()
    threading.Thread(target=_watch, name="watch", daemon=True).start()
    try:
        from service.main import app_from_environment

        app: ASGIApp = LastAnswer(app_from_environment())
    except Exception:  # noqa: BLE001 - any error is printed and ends the service
        traceback.print_exc()
        os.kill(os.getppid(), CANNOT_START)
        sys.exit(1)
    return app


def _watch() -> None:
    """End this process when its parent is killed: an orphan would block the port for the next service."""
    parent = multiprocessing.parent_process()
    bounded = False
    while parent is not None and os.getppid() == parent.pid:
        bounded = bounded or bound_unread()
        time.sleep(_LOOK_EVERY_S)
    _forget_counts()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)


def _forget_counts() -> None:
    """Remove the folder in which the workers count, which is their parent's to remove."""
    folder = Counting().multiproc_dir
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
