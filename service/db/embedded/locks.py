"""Locks between processes. The kernel releases them when their process ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.db.embedded import errors
from service.db.embedded.account import Account
from service.db.embedded.private_files import open_private

_PAUSE_SECONDS = 0.02


def try_hold(path: Path, account: Account) -> int | None:
    """Take a lock if it is free.

    Returns:
        A descriptor, whose `os.close` releases the lock; None if another process holds it.
    """
    descriptor = open_private(path, account, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def exclusive(path: Path, account: Account, seconds: float) -> Iterator[None]:
    """Hold a lock for the duration of a block.

    Args:
        path: The lock file.
        account: Its owner.
        seconds: How long to wait for another holder.

    Raises:
        EmbeddedError: Another process holds it for longer.
    """
    deadline = time.monotonic() + seconds
    descriptor = try_hold(path, account)
    while descriptor is None:
        if time.monotonic() > deadline:
            raise errors.busy(path.parent)
        time.sleep(_PAUSE_SECONDS)
        descriptor = try_hold(path, account)
    try:
        yield
    finally:
        os.close(descriptor)
