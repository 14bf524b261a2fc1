"""Locks between processes, held by the kernel: they end with their process, however it ends."""

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
        A descriptor to give to `os.close`, which ends the lock; None when somebody else holds it.
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
    """Hold a lock for the length of a block.

    Args:
        path: The lock's file.
        account: Its owner.
        seconds: How long to wait for another holder.

    Raises:
        EmbeddedError: Another holder keeps it longer than that.
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
