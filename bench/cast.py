"""The callers: one principal per role that the measurements need, with tokens, and the keys of their register."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg

from service.credentials import KEY_PREFIX, SESSION_PREFIX, new_token, token_digest
from service.ids import new_id

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

FILING_AGENCIES: Final = 4
"""Agencies that file cases; an operator sees a quarter of the register."""

ROLES: Final = ("operator", "verifier", "officer", "supervisor", "liaison")
_SIGNED_IN: Final = timedelta(days=30)


@dataclass(frozen=True)
class Member:
    """One principal."""

    id: UUID
    agency_id: UUID
    token: str


@dataclass(frozen=True)
class Cast:
    """All callers of one register.

    Attributes:
        members: by role; `figures` is a program with a service key.
        agencies: those that file; the operator's first.
        filers: an operator of each of them.
        keys: the content of a key file.
    """

    members: dict[str, Member]
    agencies: list[UUID]
    filers: list[UUID]
    keys: str = field(repr=False)


def new_keys() -> str:
    """Return the content of a key file with one random key."""
    return json.dumps({"1": base64.b64encode(secrets.token_bytes(32)).decode()})


async def make_cast(connection: Connection, *, nationalities: tuple[str, ...], keys: str) -> Cast:
    """Insert agencies, users with open sessions, and a service key.

    Args:
        connection: as a role that may write these tables.
        nationalities: whose persons the liaison sees.
        keys: the content of a key file.
    """
    now = datetime.now(UTC)
    filing = [await _agency(connection, f"Post {number}", (), now) for number in range(1, FILING_AGENCIES + 1)]
    filers = [await _member(connection, f"operator {number}", "operator", agency, now)
              for number, agency in enumerate(filing, 1)]  # fmt: skip
    members = {"operator": filers[0]}
    for role in ROLES[1:]:
        served = nationalities if role == "liaison" else ()
        members[role] = await _member(connection, role, role, await _agency(connection, role, served, now), now)
    members["figures"] = await _program(connection, filing[0], now)
    return Cast(members, filing, [filer.id for filer in filers], keys)


async def _agency(connection: Connection, name: str, nationalities: tuple[str, ...], now: datetime) -> UUID:
    agency_id = new_id(now)
    await connection.execute(
        "INSERT INTO agencies (id, name, kind, nationalities, created_at, version) "
        "VALUES ($1, $2, 'police', $3, $4, 1)",
        agency_id, name, list(nationalities), now,
    )  # fmt: skip
    return agency_id


async def _member(connection: Connection, name: str, role: str, agency_id: UUID, now: datetime) -> Member:
    token, user_id = new_token(SESSION_PREFIX), new_id(now)
    await connection.execute(
        "INSERT INTO users (id, agency_id, username, role, password_hash, created_at, version) "
        "VALUES ($1, $2, $3, $4, 'none', $5, 1)",
        user_id, agency_id, name, role, now,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO sessions (digest, user_id, opened_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $4)",
        token_digest(token), user_id, now, now + _SIGNED_IN,
    )  # fmt: skip
    return Member(user_id, agency_id, token)


async def _program(connection: Connection, agency_id: UUID, now: datetime) -> Member:
    token, key_id = new_token(KEY_PREFIX), new_id(now)
    await connection.execute(
        "INSERT INTO service_keys (id, agency_id, name, role, scopes, digest, created_at, expires_at, version) "
        "VALUES ($1, $2, 'figures', 'reporting', '{figures:exact}', $3, $4, $5, 1)",
        key_id, agency_id, token_digest(token), now, now + _SIGNED_IN,
    )  # fmt: skip
    return Member(key_id, agency_id, token)
