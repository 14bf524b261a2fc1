"""What lies where in the folder of a cluster, and where that folder is."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from service.db.embedded import errors
from service.db.embedded.account import Account, choose_account
from service.db.embedded.private_files import private_folder

STATE_ROOT = Path("/var/lib/safe-return")
"""Where root keeps clusters of projects that the ordinary user cannot enter (FHS 3.0, 5.8)."""

_PARENT_MODE = 0o755


@dataclass(frozen=True)
class Layout:
    """The paths inside a cluster's folder."""

    folder: Path

    @property
    def data(self) -> Path:
        """The data folder; it only ever appears finished."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "postgresql.log"

    @property
    def socket(self) -> Path:
        """Where the socket is when the path is short enough."""
        return self.folder / "socket"

    @property
    def socket_record(self) -> Path:
        """Names the socket's folder when it is elsewhere."""
        return self.folder / "socket-folder"

    @property
    def secrets(self) -> Path:
        """The roles' passwords."""
        return self.folder / "secrets.json"

    @property
    def lock(self) -> Path:
        """Held while somebody starts."""
        return self.folder / "lock"

    @property
    def holder(self) -> Path:
        """Held by whoever will stop the server, for as long as that process lives."""
        return self.folder / "holder"

    def major(self) -> int | None:
        """The major version of the data; None when there are none yet.

        Raises:
            EmbeddedError: There is something, but no data folder of PostgreSQL.
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
    """Make the cluster's folder, private to the account.

    Folders above it are made when missing, but existing ones are never changed.

    Raises:
        EmbeddedError: It holds something else, is somebody else's, or the account cannot enter it.
    """
    folder = layout.folder
    if account.switch and not account.may("-x", _nearest(folder.parent)):
        raise errors.cannot_enter(_nearest(folder.parent), account.name)
    _make_parents(folder.parent)
    known = layout.lock.exists() or (layout.data / "PG_VERSION").exists()
    if folder.is_dir() and not known and _holds_something(folder):
        raise errors.not_ours(folder)
    private_folder(folder, account, {account.uid, os.geteuid()})


def default_folder(project_root: Path, run_as: str | None = None) -> Path:
    """Where a project's cluster lives when nothing is configured.

    A folder that already holds data wins, so that a changed mode of the project never looks like lost data.

    Args:
        project_root: The project's folder.
        run_as: The user PostgreSQL is to run as when the service is root.

    Returns:
        `var/postgresql` in the project; for root, when the ordinary user cannot enter that, a folder of
        the project's own under `/var/lib/safe-return`.
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
    """Make missing folders that anyone may enter, whatever the umask: the account passes through them."""
    if folder.exists():
        return
    _make_parents(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(_PARENT_MODE)


def _holds_something(folder: Path) -> bool:
    return any(not entry.name.startswith(".") for entry in folder.iterdir())
