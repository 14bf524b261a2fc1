"""The errors of the launcher.

They are in one file so that they can be reviewed as one text: each message says what is wrong and what to do.
"""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL_TEXT = "No space left on device"


class EmbeddedError(Exception):
    """An expected failure of the embedded PostgreSQL. The message is one sentence: what is wrong and what to do."""


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn errors of the operating system into messages for the operator.

    Args:
        folder: The folder to name if the error names no file.

    Raises:
        EmbeddedError: Instead of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        place = Path(str(error.filename)) if error.filename else folder
        raise _sentence(error, place, folder) from error


def _sentence(error: OSError, place: Path, folder: Path) -> EmbeddedError:
    if error.errno in _DISK_FULL:
        return disk_full(folder)
    if error.errno in _NOT_ALLOWED:
        return EmbeddedError(
            f"The database cannot use {place} ({error.strerror}): make it writable for this user, "
            "or choose another data folder."
        )
    reason = error.strerror or str(error)
    return EmbeddedError(f"The database cannot use {place}: {reason}; correct that and start again.")


def disk_full(folder: Path) -> EmbeddedError:
    """The disk is full."""
    return EmbeddedError(f"The disk that holds {folder} is full: free some space and start again; no data was lost.")


def no_binaries(minimum: int) -> EmbeddedError:
    """Neither the machine nor the Python environment has a PostgreSQL."""
    return EmbeddedError(
        f"No PostgreSQL {minimum} or newer was found: install your system's PostgreSQL server package, "
        "or name the folder that holds its 'postgres' and 'initdb' programs."
    )


def not_binaries(folder: Path, minimum: int) -> EmbeddedError:
    """The configured folder contains no usable PostgreSQL."""
    return EmbeddedError(
        f"The configured folder {folder} has no working 'postgres' and 'initdb', version {minimum} or newer: "
        "correct the setting, or unset it to search for one."
    )


def wrong_major(wanted: int, found: Iterable[int]) -> EmbeddedError:
    """The data folder belongs to a major version that is not installed."""
    have = " and ".join(str(major) for major in sorted(set(found))) or "none"
    return EmbeddedError(
        f"The data folder was created by PostgreSQL {wanted}, but the PostgreSQL found here is {have}: "
        f"install PostgreSQL {wanted} and start again, or move the data with pg_dump and pg_restore."
    )


def cannot_run(program: str, user: str, reason: str) -> EmbeddedError:
    """The operating system refused to start a program."""
    return EmbeddedError(
        f"Cannot run {program} as user '{user}' ({reason}): install PostgreSQL where that user can run it."
    )


def out_of_reach(folder: Path, user: str) -> EmbeddedError:
    """The account cannot enter the folder of the programs."""
    return EmbeddedError(
        f"PostgreSQL runs as the user '{user}', who cannot use the programs in {folder}: "
        "install PostgreSQL where that user can run it."
    )


def unknown_user(name: str) -> EmbeddedError:
    """The account to run as does not exist."""
    return EmbeddedError(
        f"The user '{name}' for PostgreSQL does not exist: set SAFE_RETURN_POSTGRES_USER to an existing one."
    )


def not_ordinary(name: str) -> EmbeddedError:
    """PostgreSQL refuses to run as root."""
    return EmbeddedError(f"PostgreSQL cannot run as '{name}', who has root's rights: name an unprivileged user.")


def only_root_switches(name: str) -> EmbeddedError:
    """A user other than root asked for another account."""
    return EmbeddedError(f"Only root can run PostgreSQL as '{name}': unset that user, or start as root.")


def cannot_enter(folder: Path, user: str) -> EmbeddedError:
    """The account that runs PostgreSQL cannot reach its own data."""
    return EmbeddedError(
        f"PostgreSQL runs as the user '{user}', who cannot enter {folder}: "
        "choose a data folder under one that user can enter, for example /var/lib/safe-return."
    )


def not_ours(folder: Path) -> EmbeddedError:
    """The folder contains other files."""
    return EmbeddedError(
        f"{folder} contains files that do not belong to an embedded database: choose an empty or a new folder."
    )


def foreign_folder(folder: Path) -> EmbeddedError:
    """Another user owns a folder that must be private."""
    return EmbeddedError(
        f"{folder} does not belong to the user who runs the database: remove it, choose another data folder, "
        "or start as the user who created it."
    )


def damaged_data(folder: Path) -> EmbeddedError:
    """A data folder that is neither empty nor a cluster."""
    return EmbeddedError(
        f"{folder} is not empty and has no PG_VERSION file, so it is damaged or incomplete: "
        "restore it from a backup, or move it away to start with an empty database."
    )


def foreign_secrets(path: Path) -> EmbeddedError:
    """The file of passwords belongs to another user, or others can read it."""
    return EmbeddedError(
        f"The passwords in {path} are not a private file of this user: start as the user who created the database."
    )


def damaged_secrets(path: Path) -> EmbeddedError:
    """The file of passwords is malformed."""
    return EmbeddedError(
        f"The passwords in {path} cannot be read: move that file away while the database is stopped, "
        "and the next start creates new ones."
    )


def secrets_missing(path: Path) -> EmbeddedError:
    """The server is running and its passwords are missing."""
    return EmbeddedError(
        f"The database is running, but its passwords in {path} are missing: "
        "stop it, and the next start creates new ones."
    )


def no_short_path(folder: Path) -> EmbeddedError:
    """Every possible path of the socket is too long."""
    return EmbeddedError(
        f"The path {folder} is too long for a Unix socket, and no temporary folder is usable instead: "
        "choose a data folder with a shorter path."
    )


def busy(folder: Path) -> EmbeddedError:
    """Another process holds the start lock for too long."""
    return EmbeddedError(
        f"Another process is still starting the database in {folder}: wait until it has finished, then start again."
    )


def could_not_create(reason: str, folder: Path) -> EmbeddedError:
    """The new cluster could not be created."""
    if _FULL_TEXT in reason:
        return disk_full(folder)
    return EmbeddedError(
        f"PostgreSQL could not create a new database in {folder} ({reason}): correct that and start again."
    )


def could_not_copy(reason: str, folder: Path) -> EmbeddedError:
    """The programs could not be copied into the cluster's folder."""
    if _FULL_TEXT in reason:
        return disk_full(folder)
    return EmbeddedError(
        f"PostgreSQL's programs could not be copied to {folder} ({reason}): correct that and start again."
    )


def did_not_start(reason: str, log: Path) -> EmbeddedError:
    """The server ended while it started."""
    if _FULL_TEXT in reason:
        return disk_full(log.parent)
    return EmbeddedError(
        f"PostgreSQL ended while it was starting ({reason}): read the last lines of {log}, correct the cause, "
        "and start again; no data was lost."
    )


def children_left(log: Path) -> EmbeddedError:
    """Child processes of a killed server still run, and a second server beside them would corrupt the data."""
    return EmbeddedError(
        f"Processes of a PostgreSQL that was killed still use the data in {log.parent}: "
        "end them or restart the machine, then start again; no data was lost."
    )


def ended_at_once(log: Path) -> EmbeddedError:
    """The server was ready and then ended, so another process must have stopped it."""
    return EmbeddedError(f"PostgreSQL was stopped while it started: read {log}, then start again.")


def still_starting(seconds: float, log: Path) -> EmbeddedError:
    """The server did not become ready in time, and still runs."""
    return EmbeddedError(
        f"PostgreSQL was not ready in {seconds:.0f} seconds: read the last lines of {log}, then start again."
    )


def would_not_stop(pid: int, log: Path) -> EmbeddedError:
    """The server ignores its signals."""
    return EmbeddedError(
        f"PostgreSQL (process {pid}) does not stop: read the last lines of {log}, then end that process."
    )


def not_started(folder: Path) -> EmbeddedError:
    """The URL was requested before the start."""
    return EmbeddedError(f"The database in {folder} has no URL before it is started: start it first.")


def bad_parameter(name: str) -> EmbeddedError:
    """A server parameter is malformed, or would expose the cluster."""
    return EmbeddedError(f"The PostgreSQL parameter '{name}' cannot be set here: remove it.")
