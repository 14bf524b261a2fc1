"""Files and folders that only their owner can access, opened without following symbolic links.

When the service is root, the folder belongs to an unprivileged user, who could place a link where root is about to
write. Every file is therefore opened without following links, and changed through its descriptor.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from service.db.embedded import errors
from service.db.embedded.account import Account

_READ_LIMIT = 65536


def private_folder(path: Path, account: Account, accepted_owners: set[int]) -> None:
    """Create a folder of mode 0700 that belongs to the account, or ensure that an existing one is such a folder.

    Args:
        path: The folder; its parent exists.
        account: Its owner afterwards.
        accepted_owners: Users who may already own it.

    Raises:
        EmbeddedError: It exists and belongs to another user, or is not a folder.
        OSError: It cannot be created.
    """
    made = False
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        made = True
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise errors.foreign_folder(path) from error
    try:
        if not made and os.fstat(descriptor).st_uid not in accepted_owners:
            raise errors.foreign_folder(path)
        account.own(descriptor)
        os.fchmod(descriptor, 0o700)
    finally:
        os.close(descriptor)


def open_private(path: Path, account: Account, flags: int) -> int:
    """Open a file of the account with mode 0600, creating it if necessary.

    Raises:
        OSError: It is a link, or cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    account.own(descriptor)
    return descriptor


def write_private(path: Path, text: str) -> None:
    """Write a file of the invoking user with mode 0600 atomically."""
    temporary = path.with_name(f"{path.name}.{token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read_private(path: Path, accepted_owners: set[int]) -> str | None:
    """Return the content of a small private file, or None if there is none.

    Raises:
        PermissionError: It is a link, its owner is not accepted, or others may read it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PermissionError(error.errno, error.strerror, str(path)) from error
    try:
        info = os.fstat(descriptor)
        private = stat.S_ISREG(info.st_mode) and not info.st_mode & 0o077
        if not private or info.st_uid not in accepted_owners:
            raise PermissionError(str(path))
        return os.read(descriptor, _READ_LIMIT).decode("utf-8", "replace")
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a rename inside the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
