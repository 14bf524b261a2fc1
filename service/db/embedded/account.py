"""The operating system user of PostgreSQL, and running programs as that user.

PostgreSQL refuses to run as root. When the service is root, its children drop to an unprivileged user.
Accounts are never created or changed.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from service.db.embedded import errors

_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
_PREFERRED = ("postgres", "nobody")
_PROGRAM_SECONDS = 300.0
"""Deadline of `initdb`, seconds. Two are usual; slow disks need far more."""


@dataclass(frozen=True)
class Account:
    """An operating system user; `switch` says whether children must drop to it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def own(self, descriptor: int) -> None:
        """Change the owner of an open file or folder to this account."""
        if self.switch:
            os.fchown(descriptor, self.uid, self.gid)

    def may(self, test: str, path: Path) -> bool:
        """Whether a path passes a shell `test` that runs as this account.

        Reading mode bits would miss access lists and mount options.

        Args:
            test: A flag of `test`, such as `-x`.
            path: What to test.
        """
        script = f'[ {test} "$1" ]'
        return self.run(["/bin/sh", "-c", script, "sh", str(path)], Path("/")).returncode == 0

    def run(self, command: Sequence[str], folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program and wait for its end.

        Args:
            command: Program and arguments.
            folder: Where to run it.
            text: Its standard input.

        Raises:
            EmbeddedError: It cannot be started, or does not end in time.
        """
        try:
            return subprocess.run(  # noqa: S603 - no shell; the program comes from the installation
                command,
                input=text,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=_PROGRAM_SECONDS,
                cwd=folder,
                env=_environment(folder),
                start_new_session=True,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise errors.cannot_run(command[0], self.name, str(error)) from error

    def spawn(self, command: Sequence[str], folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program that outlives this call.

        It gets a session of its own, so that Ctrl-C in a terminal reaches the service first, and none of the
        service's open files.

        Args:
            command: Program and arguments.
            folder: Where to run it.
            log: Receives all its output.

        Raises:
            EmbeddedError: It cannot be started.
        """
        try:
            return subprocess.Popen(  # noqa: S603 - no shell; the program comes from the installation
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=_environment(folder),
                start_new_session=True,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise errors.cannot_run(command[0], self.name, str(error)) from error


def choose_account(run_as: str | None, data: Path) -> Account:
    """Return the user that PostgreSQL runs as.

    Args:
        run_as: The configured user; None for the default.
        data: A data folder; if it exists, PostgreSQL only accepts its owner.

    Raises:
        EmbeddedError: The configured user does not exist, has root's rights, or cannot be switched to.
    """
    current = os.geteuid()
    if current != 0:
        return _own_account(run_as, current)
    entry = _entry(run_as) if run_as is not None else _owner(data) or _preferred()
    if entry.pw_uid == 0:
        raise errors.not_ordinary(entry.pw_name)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _own_account(run_as: str | None, uid: int) -> Account:
    if run_as is not None and _entry(run_as).pw_uid != uid:
        raise errors.only_root_switches(run_as)
    return Account(run_as or _name(uid), uid, os.getegid(), switch=False)


def _entry(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError as error:
        raise errors.unknown_user(name) from error


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _owner(data: Path) -> pwd.struct_passwd | None:
    try:
        uid = data.lstat().st_uid
        return pwd.getpwuid(uid) if uid != 0 else None
    except (OSError, KeyError):
        return None


def _preferred() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in _PREFERRED:
        if name in known:
            return known[name]
    raise errors.unknown_user(_PREFERRED[-1])


def _environment(home: Path) -> dict[str, str]:
    """Return the minimal environment of a child.

    Every process of its user can read a server's environment, and the service's may hold keys. A stray PGDATA or
    PGOPTIONS would change what the server does.
    """
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {"PATH": os.defpath, **kept, "HOME": str(home), "LC_ALL": "C"}
