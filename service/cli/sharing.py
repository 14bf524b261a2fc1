"""Sharing the embedded cluster between commands: the first one starts it, the last one stops it."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from service.db.embedded import Cluster

_FILE: Final = "users"
_PAUSE_S: Final = 0.02
_HANDOVER_S: Final = 5.0
"""How long to wait for the command that started the cluster to end, seconds."""

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def shared(cluster: Cluster) -> Iterator[Cluster]:
    """Run a cluster for the duration of a block, and longer if another command uses it too.

    Raises:
        EmbeddedError: It cannot be started.
    """
    descriptor: int | None = None
    try:
        cluster.start()
        descriptor = _join(cluster.folder)
        cluster.start()  # the last of the others may have stopped it before we had joined
        yield cluster
    finally:
        with undisturbed():
            _leave(cluster, descriptor)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore stop signals for the duration of a block, which is the last thing the process does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _join(folder: Path) -> int:
    """Take a shared lock on the cluster, and wait while the last user stops it. It is released with this process."""
    descriptor = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _leave(cluster: Cluster, descriptor: int | None) -> None:
    """Stop the cluster unless another process holds the shared lock."""
    if descriptor is None:
        cluster.stop()
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    _take_over(cluster)
    cluster.stop()
    os.close(descriptor)


def _take_over(cluster: Cluster) -> None:
    """Take over the cluster, so that this process stops it, as soon as the process that started it has ended."""
    deadline = time.monotonic() + _HANDOVER_S
    while not cluster.ours and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)
        cluster.stop()
        cluster.start()
