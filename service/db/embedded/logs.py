"""The server's log, which turns over: it takes the room of two files, however long the server runs."""

import os
import shutil

from service.db.embedded.account import Account
from service.db.embedded.layout import Layout
from service.db.embedded.private_files import open_private

LOG_LIMIT = 10_000_000
"""The size at which the log turns over, bytes."""


def turn_log(layout: Layout, account: Account) -> int:
    """Copy a log that is too long to the older file, and empty it.

    It is emptied and not renamed, because every process of a running server goes on writing to the open file. A line
    written between the end of the copy and the emptying is lost, which takes microseconds.

    Args:
        layout: The cluster, whether its server runs or not.
        account: The user it runs as, to whom both files belong.

    Returns:
        The size of the log afterwards, in bytes.

    Raises:
        OSError: One of the files is a link, or cannot be written.
    """
    if not layout.log.exists():
        return 0
    with os.fdopen(open_private(layout.log, account, os.O_RDWR), "rb+") as log:
        size = os.fstat(log.fileno()).st_size
        if size < LOG_LIMIT:
            return size
        flags = os.O_WRONLY | os.O_TRUNC
        with os.fdopen(open_private(layout.older_log, account, flags), "wb") as older:
            shutil.copyfileobj(log, older)
        log.truncate(0)
    return 0
