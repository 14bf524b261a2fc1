"""What a worker process serves, and how it ends."""

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Final

from granian.utils.proxies import wrap_asgi_with_proxy_headers

from service.server.last import LastAnswer
from service.server.logs import leave_out_what_no_line_says
from service.server.unread import bound_unread

if TYPE_CHECKING:
    from starlette.types import ASGIApp

CANNOT_START: Final = signal.SIGUSR1
"""What a worker sends its parent where it cannot be put together: the next worker could not be either."""

GRACE_S: Final = 10
"""How long requests in hand may take once the service is stopping, seconds."""

BELIEVED_PROXIES: Final = ["127.0.0.1", "::1"]
"""Whose X-Forwarded-For says where a request comes from; failed sign-ins are counted by that address."""

_LOOK_EVERY_S: Final = 0.25


def application() -> "ASGIApp":
    """Return the application of a worker process; Granian calls this once in each.

    The worker leaves its parent's session: Ctrl-C and the end of a terminal reach the parent alone, which stops its
    workers in order. What a forked worker inherits of its parent's handlers is undone, or a stop would be lost on it.
    """
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    leave_out_what_no_line_says()
    threading.Thread(target=_watch, name="watch", daemon=True).start()
    try:
        from service.main import app_from_environment

        app: ASGIApp = wrap_asgi_with_proxy_headers(LastAnswer(app_from_environment()), trusted_hosts=BELIEVED_PROXIES)
    except Exception:  # noqa: BLE001 - whatever it is, it is shown and ends the service
        traceback.print_exc()
        os.kill(os.getppid(), CANNOT_START)
        sys.exit(1)
    return app


def _watch() -> None:
    """End as a stop would, where the parent is killed: an orphan would keep the port from the service started next."""
    parent = multiprocessing.parent_process()
    bounded = False
    while parent is not None and os.getppid() == parent.pid:
        bounded = bounded or bound_unread()
        time.sleep(_LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)
