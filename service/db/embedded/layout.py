"""The paths in the folder of a cluster, and the place of that folder."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from service.db.embedded import errors
from service.db.embedded.account import Account, choose_account
from service.db.embedded.private_files import private_folder

STATE_ROOT = Path("/var/lib/safe-return")
"""Where root keeps clusters of projects that the unprivileged user cannot enter (FHS 3.0, 5.8)."""

_PARENT_MODE = 0o755


@dataclass(frozen=True)
class Layout:
    """The paths in a cluster's folder."""

    folder: Path

    @property
    def data(self) -> Path:
        """The data folder, which is always complete."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "postgresql.log"

    @property
    def older_log(self) -> Path:
        """What the log held before it last turned over."""
        return self.folder / "postgresql.log.1"

    @property
    def socket(self) -> Path:
        """The folder of the socket, if its path is short enough."""
        return self.folder / "socket"

    @property
    def socket_record(self) -> Path:
        """The file that names the socket's folder if it is another one."""
        return self.folder / "socket-folder"

    @property
    def secrets(self) -> Path:
        """The file of the roles' passwords."""
        return self.folder / "secrets.json"

    @property
    def lock(self) -> Path:
        """The lock file held during a start."""
        return self.folder / "lock"

    @property
    def holder(self) -> Path:
        """The lock file held by the process that will stop the server, until that process ends."""
        return self.folder / "holder"

    def major(self) -> int | None:
        """Return the major version of the data, or None if there is none yet.

        Raises:
            EmbeddedError: The folder exists, but is not a data folder of PostgreSQL.
        """
        version = self.data / "PG_VERSION"
        if version.is_file():
            text = version.read_text("ascii", "replace").strip()
            if not text.isdigit():
                raise errors.damaged_data(self.data)
            return int(text)
        if self.data.is_symlink() or (self.data.exists() and any(self.data.iterdir())):
            raise errors.damaged_data(self.data)
        return None


def prepare_folder(layout: Layout, account: Account) -> None:
    """Create the cluster's folder, private to the account.

    Missing parent folders are created; existing ones are never changed.

    Raises:
        EmbeddedError: It contains other files, belongs to another user, or the account cannot enter it.
    """
    folder = layout.folder
    if account.switch and not account.may("-x", _nearest(folder.parent)):
        raise errors.cannot_enter(_nearest(folder.parent), account.name)
    _make_parents(folder.parent)
    # Another process may be creating the same folder. The lock is the first thing in it, so it is looked for last.
    if folder.is_dir() and _holds_something(folder) and not _is_ours(layout):
        raise errors.not_ours(folder)
    private_folder(folder, account, {account.uid, os.geteuid()})


def default_folder(project_root: Path, run_as: str | None = None) -> Path:
    """Return the default folder of a project's cluster.

    A folder that already contains data wins, so that changed permissions of the project never look like lost data.

    Args:
        project_root: The project's folder.
        run_as: The user PostgreSQL runs as when the service is root.

    Returns:
        `var/postgresql` in the project; for root, if the unprivileged user cannot enter that, a folder for this
        project under `/var/lib/safe-return`.
    """
    root = project_root.resolve()
    inside = root / "var" / "postgresql"
    if os.geteuid() != 0:
        return inside
    account = choose_account(run_as, inside / "data")
    reachable = account.may("-x", _nearest(inside))
    outside = STATE_ROOT / hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    if reachable and (inside / "data").exists():
        return inside
    if not reachable or (outside / "data").exists():
        return outside
    return inside


def _nearest(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _make_parents(folder: Path) -> None:
    """Create missing folders that anybody may enter, whatever the umask: the account must pass through them."""
    if folder.exists():
        return
    _make_parents(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(_PARENT_MODE)


def _holds_something(folder: Path) -> bool:
    return any(not entry.name.startswith(".") for entry in folder.iterdir())


def _is_ours(layout: Layout) -> bool:
    return layout.lock.exists() or (layout.data / "PG_VERSION").exists()
