"""The folder of the server's socket: private, with a path that is short enough."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

from service.db.embedded import errors
from service.db.embedded.account import Account
from service.db.embedded.layout import Layout
from service.db.embedded.private_files import private_folder, read_private, write_private

SOCKET_NAME = ".s.PGSQL.5432"

_LONGEST = 103
"""Longest path of a socket, bytes: `sun_path` is 104 with its terminating zero on macOS and the BSDs, 108 on Linux."""

_PLAIN = re.compile(r"/[A-Za-z0-9_./ +=@~-]*")
"""Characters that are separators neither in PostgreSQL's list of folders nor in a connection URL."""

_NAME = re.compile(r"safe-return-[0-9a-f]{16}")


def socket_folder(layout: Layout, account: Account) -> Path:
    """Create and return the socket's folder.

    Args:
        layout: The cluster, whose own folder is preferred.
        account: The folder's owner.

    Returns:
        `socket` in the cluster's folder; if that path is too long, a temporary folder with a random name, the same at
        every start.

    Raises:
        EmbeddedError: No path is short enough, or the recorded folder now belongs to another user.
    """
    if _fits(layout.socket):
        private_folder(layout.socket, account, {account.uid, os.geteuid()})
        return layout.socket
    recorded = _recorded(layout, account)
    if recorded is not None:
        private_folder(recorded, account, {account.uid})
        return recorded
    for place in _temporary_places(account):
        made = place / f"safe-return-{token_hex(8)}"
        if _fits(made):
            private_folder(made, account, set())
            write_private(layout.socket_record, f"{made}\n")
            return made
    raise errors.no_short_path(layout.folder)


def _fits(folder: Path) -> bool:
    longest = len(os.fsencode(folder / SOCKET_NAME))
    return longest <= _LONGEST and _PLAIN.fullmatch(str(folder)) is not None


def _recorded(layout: Layout, account: Account) -> Path | None:
    """Return the folder of an earlier start, or None; a record that this service cannot have written is ignored."""
    try:
        text = read_private(layout.socket_record, {os.geteuid(), account.uid})
    except PermissionError:
        return None
    path = Path((text or "").strip())
    ours = _NAME.fullmatch(path.name) is not None and path.parent in _temporary_places(account)
    return path if ours and _fits(path) else None


def _temporary_places(account: Account) -> Iterator[Path]:
    places = (tempfile.gettempdir(), "/tmp")  # noqa: S108 - what is made there is private
    for place in dict.fromkeys(Path(name).resolve() for name in places):
        if not account.switch or account.may("-x", place):
            yield place
