"""Every sentence the launcher says when it cannot go on.

They stand together so that one reader can judge them as one text: each names what is wrong and what to do.
"""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL_TEXT = "No space left on device"


class EmbeddedError(Exception):
    """An expected failure of the embedded PostgreSQL; the message is one sentence for a person."""


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals into sentences.

    Args:
        folder: What to name when the refusal itself names no file.

    Raises:
        EmbeddedError: In place of any `OSError`.
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
            f"The database cannot use {place} ({error.strerror}): give this user the right to write there, "
            "or choose another data folder."
        )
    reason = error.strerror or str(error)
    return EmbeddedError(f"The database cannot use {place}: {reason}; repair that, then start again.")


def disk_full(folder: Path) -> EmbeddedError:
    """No room for the cluster."""
    return EmbeddedError(f"The disk that holds {folder} is full: free some space and start again; no data was removed.")


def no_binaries(minimum: int) -> EmbeddedError:
    """Neither the machine nor the Python environment has a PostgreSQL."""
    return EmbeddedError(
        f"No PostgreSQL {minimum} or newer was found: install your system's PostgreSQL server package, "
        "or name the folder that holds its 'postgres' and 'initdb' programs."
    )


def not_binaries(folder: Path, minimum: int) -> EmbeddedError:
    """The configured folder is no use."""
    return EmbeddedError(
        f"The configured folder {folder} has no working 'postgres' and 'initdb', version {minimum} or newer: "
        "correct the setting, or remove it to let the service look for one."
    )


def wrong_major(wanted: int, found: Iterable[int]) -> EmbeddedError:
    """The data folder belongs to a major version nobody here can run."""
    have = " and ".join(str(major) for major in sorted(set(found))) or "none"
    return EmbeddedError(
        f"The data folder was made by PostgreSQL {wanted}, but the PostgreSQL found here is {have}: "
        f"install PostgreSQL {wanted} and start again, or move the data with pg_dump and pg_restore."
    )


def cannot_run(program: str, user: str, reason: str) -> EmbeddedError:
    """The operating system refused to start a program."""
    return EmbeddedError(
        f"Cannot run {program} as user '{user}' ({reason}): install PostgreSQL where that user can run it."
    )


def out_of_reach(folder: Path, user: str) -> EmbeddedError:
    """Programs in a folder the account cannot enter."""
    return EmbeddedError(
        f"PostgreSQL runs as the user '{user}', who cannot use the programs in {folder}: "
        "install PostgreSQL where that user can run it."
    )


def unknown_user(name: str) -> EmbeddedError:
    """The account to run as does not exist."""
    return EmbeddedError(f"There is no user '{name}' here to run PostgreSQL as: name an existing one.")


def not_ordinary(name: str) -> EmbeddedError:
    """PostgreSQL refuses to run as root."""
    return EmbeddedError(f"PostgreSQL never runs as '{name}', who has root's rights: name an ordinary user.")


def only_root_switches(name: str) -> EmbeddedError:
    """An ordinary user asked for somebody else's account."""
    return EmbeddedError(f"Only root can run PostgreSQL as '{name}': leave that out, or start as root.")


def cannot_enter(folder: Path, user: str) -> EmbeddedError:
    """The account that runs PostgreSQL cannot reach its own data."""
    return EmbeddedError(
        f"PostgreSQL runs as the user '{user}', who cannot enter {folder}: "
        "choose a data folder under one that user can enter, for example /var/lib/safe-return."
    )


def not_ours(folder: Path) -> EmbeddedError:
    """The folder holds something else."""
    return EmbeddedError(
        f"{folder} already holds files that are not of an embedded database: choose an empty or a new folder."
    )


def foreign_folder(folder: Path) -> EmbeddedError:
    """Somebody else owns a folder that must be private."""
    return EmbeddedError(
        f"{folder} is not a folder of the user who runs the database: remove it, choose another data folder, "
        "or start as the user who made it."
    )


def damaged_data(folder: Path) -> EmbeddedError:
    """A data folder that is neither empty nor a cluster."""
    return EmbeddedError(
        f"{folder} is not empty and has no PG_VERSION file, so it is damaged or incomplete: "
        "restore it from a backup, or move it away to begin with an empty database."
    )


def foreign_secrets(path: Path) -> EmbeddedError:
    """The passwords cannot be trusted or read."""
    return EmbeddedError(
        f"The passwords in {path} are no private file of this user: start as the user who made the database."
    )


def damaged_secrets(path: Path) -> EmbeddedError:
    """The passwords cannot be understood."""
    return EmbeddedError(
        f"The passwords in {path} cannot be read: move that file away while the database is stopped, "
        "and the next start makes new ones."
    )


def secrets_missing(path: Path) -> EmbeddedError:
    """A running server whose passwords nobody knows."""
    return EmbeddedError(
        f"The database is running but its passwords in {path} are gone: stop it, and the next start makes new ones."
    )


def no_short_path(folder: Path) -> EmbeddedError:
    """No place for a socket."""
    return EmbeddedError(
        f"The path {folder} is too long for a Unix socket and no temporary folder can take its place: "
        "choose a data folder with a shorter path."
    )


def busy(folder: Path) -> EmbeddedError:
    """Somebody else has been starting for too long."""
    return EmbeddedError(
        f"Another start of the database in {folder} is still under way: wait for it to end, then start again."
    )


def could_not_create(reason: str, folder: Path) -> EmbeddedError:
    """The new cluster failed."""
    if _FULL_TEXT in reason:
        return disk_full(folder)
    return EmbeddedError(
        f"PostgreSQL could not make a new database in {folder} ({reason}): repair that, then start again."
    )


def could_not_copy(reason: str, folder: Path) -> EmbeddedError:
    """The programs could not be copied into the cluster's folder."""
    if _FULL_TEXT in reason:
        return disk_full(folder)
    return EmbeddedError(
        f"PostgreSQL's programs could not be copied to {folder} ({reason}): repair that, then start again."
    )


def did_not_start(reason: str, log: Path) -> EmbeddedError:
    """The server ended while it started."""
    if _FULL_TEXT in reason:
        return disk_full(log.parent)
    return EmbeddedError(
        f"PostgreSQL ended while it was starting ({reason}): read the last lines of {log}, repair that, "
        "then start again; no data was removed."
    )


def children_left(log: Path) -> EmbeddedError:
    """A killed server's children outlived it, and a second server beside them would spoil the data."""
    return EmbeddedError(
        f"Processes of a PostgreSQL that was killed still use the data in {log.parent}: "
        "end them or restart the machine, then start again; no data was removed."
    )


def ended_at_once(log: Path) -> EmbeddedError:
    """The server was ready and then gone, which somebody else must have caused."""
    return EmbeddedError(f"PostgreSQL was stopped while it started: read {log}, then start again.")


def still_starting(seconds: float, log: Path) -> EmbeddedError:
    """The server is neither ready nor gone."""
    return EmbeddedError(
        f"PostgreSQL was not ready in {seconds:.0f} seconds: read the last lines of {log}, then start again."
    )


def would_not_stop(pid: int, log: Path) -> EmbeddedError:
    """The server ignores its signals."""
    return EmbeddedError(f"PostgreSQL (process {pid}) does not stop: read the last lines of {log}.")


def not_started(folder: Path) -> EmbeddedError:
    """An address was asked for too early."""
    return EmbeddedError(f"The database in {folder} has no address before it is started: start it first.")


def bad_parameter(name: str) -> EmbeddedError:
    """A server parameter that is malformed or would undo the cluster's privacy."""
    return EmbeddedError(f"The PostgreSQL parameter '{name}' cannot be set here: leave it out.")
