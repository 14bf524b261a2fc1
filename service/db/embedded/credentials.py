"""The passwords of the three roles, each 256 random bits."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from service.db.embedded import errors
from service.db.embedded.account import Account
from service.db.embedded.private_files import read_private, write_private

Role = Literal["owner", "api", "admin"]

ROLE_NAMES: Mapping[Role, str] = {
    "admin": "safe_return_admin",
    "owner": "safe_return_owner",
    "api": "safe_return_api",
}
_BYTES = 32


def load_passwords(path: Path, account: Account) -> dict[Role, str] | None:
    """Return the passwords, or None if none exist yet.

    Raises:
        EmbeddedError: The file is damaged, or not a private file of this user.
    """
    try:
        text = read_private(path, {os.geteuid(), account.uid})
    except PermissionError as error:
        raise errors.foreign_secrets(path) from error
    if text is None:
        return None
    try:
        found = json.loads(text)
        return {role: str(found[role]) for role in ROLE_NAMES}
    except (ValueError, KeyError, TypeError) as error:
        raise errors.damaged_secrets(path) from error


def make_passwords(path: Path) -> dict[Role, str]:
    """Return new passwords, stored in a file that only the invoking user can read."""
    made: dict[Role, str] = {role: secrets.token_urlsafe(_BYTES) for role in ROLE_NAMES}
    write_private(path, json.dumps(made, indent=1) + "\n")
    return made
