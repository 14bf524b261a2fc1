"""Creating a data folder: the cluster, its roles and its database.

This happens in a folder with a temporary name, which is renamed at the end. A `data` folder is therefore always
complete, and an incomplete one can always be removed: a kill -9 at any moment leaves nothing to repair. A single-user
server creates the roles, because it needs no socket, no password and no client program.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from service.db.embedded import errors
from service.db.embedded.account import Account
from service.db.embedded.binaries import Binaries
from service.db.embedded.credentials import ROLE_NAMES, Role
from service.db.embedded.layout import Layout
from service.db.embedded.parameters import creation_options
from service.db.embedded.private_files import sync_folder

DATABASE = "safe_return"

_UNFINISHED = "data.unfinished-"
_LOCALES = ("C.UTF-8", "C")
"""Both sort by code point. The first also knows letters beyond ASCII, but old C libraries lack it."""

_BUILTIN_LOCALE_MAJOR = 17
"""Since this version PostgreSQL has its own C.UTF-8, which no update of the C library can change."""

_COMMAND_FAILED = "PostgreSQL gave no reason"


def create_data(
    layout: Layout,
    account: Account,
    binaries: Binaries,
    passwords: Mapping[Role, str],
    parameters: Mapping[str, str],
) -> None:
    """Create the data folder.

    Args:
        layout: The cluster, which has no data folder yet.
        account: The owner of the folder.
        binaries: The programs to create it with.
        passwords: One password per role.
        parameters: Server parameters; `fsync=off` also avoids waiting for the disk here.

    Raises:
        EmbeddedError: It could not be created; nothing of it remains.
    """
    _discard_unfinished(layout)
    unfinished = layout.folder / f"{_UNFINISHED}{token_hex(4)}"
    try:
        _initialise(unfinished, account, binaries, parameters)
        statements = [*_role_statements(), *_password_statements(passwords), *_database_statements()]
        _run_alone(unfinished, account, binaries, parameters, statements)
        unfinished.rename(layout.data)
    finally:
        _discard_unfinished(layout)
    sync_folder(layout.folder)


def replace_passwords(
    layout: Layout,
    account: Account,
    binaries: Binaries,
    passwords: Mapping[Role, str],
    parameters: Mapping[str, str],
) -> None:
    """Set new passwords for the roles of a stopped cluster, whose data was restored without the old ones.

    Raises:
        EmbeddedError: The server refused.
    """
    _run_alone(layout.data, account, binaries, parameters, _password_statements(passwords))


def _discard_unfinished(layout: Layout) -> None:
    for left in layout.folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def _initialise(data: Path, account: Account, binaries: Binaries, parameters: Mapping[str, str]) -> None:
    command = [
        str(binaries.folder / "initdb"),
        f"--pgdata={data}",
        f"--username={ROLE_NAMES['admin']}",
        "--auth-local=scram-sha-256",
        "--auth-host=reject",
        "--data-checksums",
        "--encoding=UTF8",
        "--no-instructions",
    ]
    if binaries.major >= _BUILTIN_LOCALE_MAJOR:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if parameters.get("fsync") == "off":
        command.append("--no-sync")
    reason = ""
    for locale in _LOCALES:
        answer = account.run([*command, f"--locale={locale}"], data.parent)
        if answer.returncode == 0:
            return
        reason = _last_line(answer.stderr, "error:")
        if "invalid locale name" not in answer.stderr:
            break
    raise errors.could_not_create(reason, data.parent)


def _run_alone(
    data: Path,
    account: Account,
    binaries: Binaries,
    parameters: Mapping[str, str],
    statements: list[str],
) -> None:
    command = [str(binaries.folder / "postgres"), "--single", "-D", str(data), *creation_options(parameters)]
    answer = account.run([*command, "template1"], data.parent, "".join(f"{line}\n" for line in statements))
    if answer.returncode != 0:
        raise errors.could_not_create(_last_line(answer.stderr, "FATAL:"), data.parent)


def _role_statements() -> list[str]:
    """Return the statements that create the roles; a single-user server reads one statement per line."""
    ordinary = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    return [f"CREATE ROLE {ROLE_NAMES[role]} {ordinary};" for role in ("owner", "api")]


def _password_statements(passwords: Mapping[Role, str]) -> list[str]:
    return [f"ALTER ROLE {ROLE_NAMES[role]} PASSWORD '{password}';" for role, password in passwords.items()]


def _database_statements() -> list[str]:
    owner, api = ROLE_NAMES["owner"], ROLE_NAMES["api"]
    return [
        f"CREATE DATABASE {DATABASE} OWNER {owner};",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {api};",
        "REVOKE ALL ON DATABASE postgres FROM PUBLIC;",
        "REVOKE ALL ON DATABASE template1 FROM PUBLIC;",
    ]


def _last_line(text: str, mark: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line[line.index(mark) + len(mark) :].strip() for line in lines if mark in line]
    return (marked or lines or [_COMMAND_FAILED])[-1]
