"""The server parameters of an embedded cluster.

They are given on the command line, so that the data folder keeps PostgreSQL's own files unchanged and a new
version of the service brings its new values with it.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from service.db.embedded import errors

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

_OURS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
}
"""What keeps the cluster private; nobody may change it."""

_FIXED = frozenset({*_OURS, "unix_socket_directories", "data_directory", "hba_file", "ident_file", "external_pid_file"})

_DEFAULTS: Mapping[str, str] = {
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    # Errors go to whoever caused them. A statement, its parameters, the DETAIL of a broken constraint and the
    # text of an error may all hold a person's name, so none of them is written down; the server's own
    # troubles are.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


def check_parameters(chosen: Mapping[str, str]) -> None:
    """Refuse parameters that are malformed or would open the cluster.

    Raises:
        EmbeddedError: Naming the first of them.
    """
    for name, value in chosen.items():
        if _NAME.fullmatch(name) is None or name.lower() in _FIXED or "\0" in value:
            raise errors.bad_parameter(name)


def server_options(chosen: Mapping[str, str], socket: Path) -> list[str]:
    """The command line options of the server, the caller's choices over our defaults."""
    settings = {**_DEFAULTS, **chosen, **_OURS, "unix_socket_directories": f'"{socket}"'}
    return as_options(settings)


def creation_options(chosen: Mapping[str, str]) -> list[str]:
    """The command line options of the run that makes roles; it has no sockets."""
    return as_options({**_DEFAULTS, **chosen, "exit_on_error": "on"})


def as_options(settings: Mapping[str, str]) -> list[str]:
    """Write parameters the way `postgres` reads them."""
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
