"""Making a new data folder: the cluster, its roles and its database.

All of it happens in a folder with a temporary name, which gets its own name in one step at the end. A `data`
folder is therefore always finished, and one that is not finished can always be removed: a kill -9 at any
moment leaves nothing to repair. Roles are made by a single-user server, which needs no socket, no password
and no client program.
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
"""Both sort by code point; the first also knows letters beyond ASCII, but old C libraries do not have it."""

_BUILTIN_LOCALE_MAJOR = 17
"""Since this version PostgreSQL has C.UTF-8 of its own, which no update of the C library can change."""

_COMMAND_FAILED = "PostgreSQL gave no reason"


def create_data(
    layout: Layout,
    account: Account,
    binaries: Binaries,
    passwords: Mapping[Role, str],
    parameters: Mapping[str, str],
) -> None:
    """Make the data folder.

    Args:
        layout: Where; there is no data folder yet.
        account: Its owner.
        binaries: The programs to make it with.
        passwords: One for each role.
        parameters: Server parameters; `fsync=off` also spares waiting for the disk here.

    Raises:
        EmbeddedError: It could not be made; nothing of it is left.
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
    """Give the roles of a stopped cluster new passwords, for data that came back without the old ones.

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
    """A single-user server reads one statement a line."""
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
