"""A register under test: the application over a real database, and callers with real tokens.

Nothing is mocked: requests go through the whole application, commits are real.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from service.acting import Role
from service.credentials import KEY_PREFIX, SESSION_PREFIX, new_token, token_digest
from service.db.database import Database
from service.ids import new_id
from service.main import _tidy, create_app
from service.sealing import SecretKeyRing, new_data_key
from service.settings import Settings
from tests.engine import TestDatabase

NOW: Final = datetime(2022, 10, 1, 3, 0, tzinfo=UTC)
"""Where the test clock starts: 1 October 2022, ten in the morning in Phnom Penh."""


PATIENT: Final = Settings(
    search_limit=100_000, refused_limit=10**9, requests_of_one=64, mark_file=Path("/dev/null/none")
)
"""Its clock nearly stands still: whatever a test does is done within five minutes. It leaves no mark behind."""

UNHURRIED_S: Final = 120.0
"""The time of a write: where that is not what is tested, nothing is refused because the machine is busy."""


class TestClock:
    """A clock that stands still unless it is moved; each look moves it a millisecond, so that order shows."""

    __test__ = False

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def move(self, **by: float) -> datetime:
        """Move on, for example by `days=1`."""
        self.now += timedelta(**by)
        return self.now


class PortalTransport(httpx.BaseTransport):
    """Sends a synchronous client's requests to an application that runs in a loop of its own."""

    def __init__(self, app: FastAPI, portal: BlockingPortal, address: str) -> None:
        self._transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        plain = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        response = await self._transport.handle_async_request(plain)
        body = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=body)


@dataclass
class Caller:
    """Somebody with a token. Bodies are sent as JSON; answers come back as they are."""

    id: UUID
    agency_id: UUID
    token: str
    http: httpx.Client

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self.http.get(path, params=parameters or None)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return self.http.post(path, json={} if body is None else body, headers=_headers(headers))

    def patch(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.http.patch(path, json=body, headers=_headers(headers))

    def delete(self, path: str, **headers: str) -> httpx.Response:
        return self.http.delete(path, headers=_headers(headers))

    def file(self, **given: Any) -> dict[str, Any]:
        """File a case and answer what came back."""
        return _ok(self.post("/v1/cases", {"channel": "hotline_117", **given}), 201)

    def record(self, kind: str, subjects: list[str], on: str, **data: Any) -> dict[str, Any]:
        """Record an event and answer what came back."""
        body = {"kind": kind, "subjects": subjects, "occurred_on": on, "data": data}
        return _ok(self.post("/v1/events", body), 201)

    def figure(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Ask for a figure; `from_` stands for `from`."""
        named = {key.rstrip("_"): value for key, value in parameters.items()}
        return _ok(self.http.get(f"/v1/figures/{name}", params=named), 200)


FINDING: Final[Mapping[str, Any]] = {
    "outcome": "presumed_victim",
    "authority": "police",
    "standard": "reasonable_grounds",
    "evidence": ["site_visit"],
}


@dataclass
class Register:
    """One register and its callers, each made when first asked for."""

    app: FastAPI
    database: TestDatabase
    clock: TestClock
    portal: BlockingPortal
    keys: SecretKeyRing
    _callers: dict[tuple[str, ...], Caller] = field(default_factory=dict)
    _agencies: dict[tuple[str, ...], UUID] = field(default_factory=dict)
    _superuser: asyncpg.Connection | None = None

    def caller(self, role: Role | str, *nationalities: str, agency: str = "", name: str = "") -> Caller:
        """Return a caller of this role; for a liaison, give the nationalities its agency serves."""
        role = Role(role)
        key = (role.value, agency, name, *nationalities)
        if key not in self._callers:
            agency_id = self._agency(agency or f"{role.value} {' '.join(nationalities)}", *nationalities)
            self._callers[key] = self._sign_in(role, agency_id, "-".join(key) or role.value)
        return self._callers[key]

    def key(self, *scopes: str) -> Caller:
        """Return a program with a service key of these scopes."""
        token = new_token(KEY_PREFIX)
        agency_id = self._agency("reporting office")
        id_ = new_id(self.clock())
        self._execute(
            "INSERT INTO service_keys (id, agency_id, name, role, scopes, digest, created_at, expires_at, version) "
            "VALUES ($1, $2, 'nightly', 'reporting', $3, $4, $5, $6, 1)",
            id_, agency_id, list(scopes), token_digest(token), self.clock.now, self.clock.now + timedelta(days=90),
        )  # fmt: skip
        return Caller(id_, agency_id, token, self.client(token))

    def client(self, token: str | None = None, address: str = "127.0.0.1") -> httpx.Client:
        """Return a bare client."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = PortalTransport(self.app, self.portal, address)
        return httpx.Client(transport=transport, base_url="http://register.test", headers=headers)

    def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        """Look into the database as its superuser."""
        return [dict(row) for row in self.portal.call(self._ask, query, arguments)]

    def rescued_person(self, *, nationality: str = "TWN", filed: str = "2022-09-01", **person: Any) -> str:
        """File, verify and rescue one person, and answer their reference."""
        operator, verifier, officer = (self.caller(role) for role in ("operator", "verifier", "officer"))
        case = operator.file(received_on=filed, persons=[{"nationality": nationality, **person}])
        verifier.record("finding_made", [case["reference"]], filed, **FINDING)
        reference: str = case["persons"][0]["reference"]
        officer.record("rescued", [reference], filed)
        return reference

    def tidy(self) -> None:
        """Delete what is outdated, as the service does now and then."""
        self.portal.call(_tidy, self.app.state.services)

    def _agency(self, name: str, *nationalities: str) -> UUID:
        key = (name, *nationalities)
        if key not in self._agencies:
            self._agencies[key] = new_id(self.clock())
            self._execute(
                "INSERT INTO agencies (id, name, kind, nationalities, created_at, version) "
                "VALUES ($1, $2, 'police', $3, $4, 1)",
                self._agencies[key], name, list(nationalities), self.clock.now,
            )  # fmt: skip
        return self._agencies[key]

    def _sign_in(self, role: Role, agency_id: UUID, username: str) -> Caller:
        token, id_, now = new_token(SESSION_PREFIX), new_id(self.clock()), self.clock.now
        self._execute(
            "INSERT INTO users (id, agency_id, username, role, password_hash, created_at, version) "
            "VALUES ($1, $2, $3, $4, 'none', $5, 1)",
            id_, agency_id, username, role.value, now,
        )  # fmt: skip
        self._execute(
            "INSERT INTO sessions (digest, user_id, opened_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            token_digest(token), id_, now, now + timedelta(days=3650), now + timedelta(days=3650),
        )  # fmt: skip
        return Caller(id_, agency_id, token, self.client(token))

    def _execute(self, statement: str, *arguments: Any) -> None:
        self.portal.call(self._ask, statement, arguments)

    async def _ask(self, statement: str, arguments: tuple[Any, ...]) -> list[asyncpg.Record]:
        if self._superuser is None or self._superuser.is_closed():
            self._superuser = await asyncpg.connect(self.database.admin_url)
        return list(await self._superuser.fetch(statement, *arguments))

    def let_go(self) -> None:
        """Disconnect from the database, until something is asked again."""
        self.portal.call(self._let_go)

    async def _let_go(self) -> None:
        await self.app.state.services.database.close()
        if self._superuser is not None and not self._superuser.is_closed():
            with suppress(TimeoutError):
                await self._superuser.close(timeout=5)


@contextmanager
def open_register(
    database: TestDatabase,
    settings: Settings = PATIENT,
    *,
    keys: SecretKeyRing | None = None,
    now: datetime = NOW,
    statement_cache_size: int = 512,
) -> Iterator[Register]:
    """Put a register together over a database, under a new key unless it has its own already."""
    keys = keys or SecretKeyRing({"1": new_data_key()}, "1")
    clock = TestClock(now)
    pool = Database.at(
        database.api_url, pool_size=8, statement_cache_size=statement_cache_size, write_timeout_s=UNHURRIED_S
    )
    app = create_app(settings, pool, keys, clock)
    with start_blocking_portal() as portal:
        register = Register(app, database, clock, portal, keys)
        try:
            yield register
        finally:
            register.let_go()


ACCOUNTS_ON_RECORD: Final = (
    *(
        f"INSERT INTO audit_log (id, recorded_at, action, subject_ids, fields, digest) "  # noqa: S608 - names of ours
        f"SELECT id, created_at, '{noun}:made', ARRAY[id], '{{}}', '' FROM {table} one WHERE NOT EXISTS "
        f"(SELECT FROM audit_log a WHERE a.action = '{noun}:made' AND a.subject_ids[1] = one.id)"
        for noun, table in {"agency": "agencies", "user": "users", "key": "service_keys"}.items()
    ),
    "INSERT INTO audit_log (id, recorded_at, principal_id, action, subject_ids, fields, digest) "
    "SELECT CAST('00000000' || substr(encode(digest, 'hex'), 1, 24) AS uuid), opened_at, user_id, 'session:opened', "
    "ARRAY[user_id], '{}', '' FROM sessions one "
    "WHERE NOT EXISTS (SELECT FROM audit_log a WHERE a.action = 'session:opened' AND a.principal_id = one.user_id "
    "AND a.recorded_at = one.opened_at)",
)
"""What the service would have put on record of the accounts that a test made by hand; for whoever checks a register."""


def put_accounts_on_record(admin_url: str) -> None:
    """Put the accounts that are not on record there."""

    async def put() -> None:
        connection = await asyncpg.connect(admin_url)
        try:
            if await connection.fetchval("SELECT to_regclass('audit_log')") is None:
                return
            for statement in ACCOUNTS_ON_RECORD:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(put())


async def _fetch(url: str, query: str, arguments: tuple[Any, ...]) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


def _headers(named: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}


def _ok(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, f"{response.status_code} {response.text}"
    content: dict[str, Any] = response.json()
    return content
