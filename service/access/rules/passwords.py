"""Which passwords are good enough, and what is said of a wrong one."""

from typing import Final

from service.common_passwords import is_easy
from service.credentials import one_form
from service.errors import InvalidError, UnauthenticatedError


class WeakPasswordError(InvalidError):
    """The password is too short, too long or too easy to guess."""


class BadCredentialsError(UnauthenticatedError):
    """User name and password do not belong together; which of them is wrong is not said."""

    code = "bad-credentials"
    title = "User name or password is wrong"


PASSWORD_CHARACTERS: Final = 15
"""Least length. Source: design/trust.md section 1; NIST SP 800-63B-4 section 3.1.1.2 (single factor)."""

PASSWORD_BYTES: Final = 256


def check_password(password: str, *, username: str) -> None:
    """Raise unless a password is good enough for a user.

    Raises:
        WeakPasswordError: shorter than 15 characters, longer than 256 bytes, or made of what an attacker tries first:
            the user name, this register's words, and the most used passwords, also with @ for a and 0 for o.
    """
    password = one_form(password)
    if len(password) < PASSWORD_CHARACTERS:
        raise WeakPasswordError(f"A password has at least {PASSWORD_CHARACTERS} characters. A sentence is fine.")
    if len(password.encode()) > PASSWORD_BYTES:
        raise WeakPasswordError(f"A password has at most {PASSWORD_BYTES} bytes.")
    if is_easy(password, username):
        raise WeakPasswordError("This password is too easy to guess. Use several unrelated words.")
