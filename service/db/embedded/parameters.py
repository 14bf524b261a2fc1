"""The server parameters of an embedded cluster.

They are passed on the command line, so that PostgreSQL's own configuration files stay unchanged and a new release of
the service applies its own values.
"""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from service.db.embedded import errors

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

_OURS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
}
"""What keeps the cluster private; it cannot be overridden."""

_FIXED = frozenset({*_OURS, "unix_socket_directories", "data_directory", "hba_file", "ident_file", "external_pid_file"})

_DEFAULTS: Mapping[str, str] = {
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    # Errors are returned to the client that caused them. A statement, its parameters, the DETAIL of a violated
    # constraint and the text of an error may all contain a person's name, so none is logged; errors of the
    # server itself are.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


_ARCHIVE_EVERY: Final = "60s"
"""How much a lost disk may cost of what was recorded, where that is little: a segment of the log waits no longer."""


def archiving_to(folder: Path) -> dict[str, str]:
    """Return the parameters by which every segment of the log is copied to a folder, for recovery up to an instant.

    A segment appears there whole or not at all, and is never written over; one that is there already may be handed
    over again after a crash (PostgreSQL 18 documentation, 25.3.1).

    Args:
        folder: exists, and its server may write to it.
    """
    place = shlex.quote(str(folder.expanduser().resolve())).replace("%", "%%")
    kept, part = f"{place}/%f", f"{place}/.%f.part"
    command = f"if test -f {kept}; then cmp -s %p {kept}; else cp %p {part} && mv {part} {kept}; fi"
    return {"archive_mode": "on", "archive_command": command, "archive_timeout": _ARCHIVE_EVERY}


def check_parameters(chosen: Mapping[str, str]) -> None:
    """Raise EmbeddedError for a parameter that is malformed or would expose the cluster.

    Raises:
        EmbeddedError: It names the first such parameter.
    """
    for name, value in chosen.items():
        if _NAME.fullmatch(name) is None or name.lower() in _FIXED or "\0" in value:
            raise errors.bad_parameter(name)


def server_options(chosen: Mapping[str, str], socket: Path) -> list[str]:
    """Return the command line options of the server; the caller's values override our defaults."""
    settings = {**_DEFAULTS, **chosen, **_OURS, "unix_socket_directories": f'"{socket}"'}
    return as_options(settings)


def creation_options(chosen: Mapping[str, str]) -> list[str]:
    """Return the command line options of the single-user server, which has no sockets."""
    return as_options({**_DEFAULTS, **chosen, "exit_on_error": "on"})


def as_options(settings: Mapping[str, str]) -> list[str]:
    """Return parameters as command line options of `postgres`."""
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
