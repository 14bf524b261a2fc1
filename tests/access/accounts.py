"""Callers who know a password."""

from dataclasses import dataclass

import httpx
from argon2 import PasswordHasher

from tests.register import Caller, Register

KNOWN = "four unrelated quiet words"
WRONG = "another row of words"
TYPED = "wrongwordscanary"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As right as a slow hash, for accounts whose password is not what is tested."""


@dataclass(frozen=True)
class Account:
    """A caller who knows a password."""

    register: Register
    caller: Caller
    username: str

    def sign_in(self, username: str = "", password: str = KNOWN, address: str = "192.0.2.1") -> httpx.Response:
        body = {"username": username or self.username, "password": password}
        return self.register.client(address=address).post("/v1/sessions", json=body)

    def me(self, token: str) -> httpx.Response:
        return self.register.client(token).get("/v1/me")

    def forget_failures(self) -> None:
        self.register.rows("DELETE FROM sign_in_failures")
        self.register.rows("DELETE FROM sign_in_addresses")


def account(register: Register, role: str = "operator", name: str = "sokha") -> Account:
    caller = register.caller(role, name=name)
    username = f"{name}.{role}"
    change = "UPDATE users SET username = $2, password_hash = $3 WHERE id = $1"
    register.rows(change, caller.id, username, QUICK.hash(KNOWN))
    return Account(register, caller, username)
