"""Whoever has the run-time role's password opens no account, key or session, and retires nothing, off the record."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import pytest

from service.people.models import SealedRecord
from tests.ledger.test_clocks import OWN_CLOCK
from tests.register import Register

NOW: Final = datetime.now(UTC)
LATER: Final = NOW + timedelta(days=1)
NEW: Final = "019a9f60-0000-7000-8000-0000000000aa"

Statement = tuple[str, Sequence[Any]]


def run(register: Register, *statements: Statement) -> None:
    """Run statements as the run-time role, in one transaction."""

    async def together() -> None:
        connection = await asyncpg.connect(register.database.api_url)
        try:
            async with connection.transaction():
                for statement, values in statements:
                    await connection.execute(statement, *values)
        finally:
            await connection.close()

    asyncio.run(together())


def refused(register: Register, *statements: Statement) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        run(register, *statements)


def on_record(action: str, subject: object, principal: object = None, at: datetime = NOW) -> Statement:
    row = "INSERT INTO audit_log (id, recorded_at, principal_id, action, subject_ids, fields, digest) "
    return row + "VALUES (gen_random_uuid(), $1, $2, $3, ARRAY[$4::uuid], '{}', '')", (at, principal, action, subject)


def session(user: object, expires: datetime = LATER) -> Statement:
    row = "INSERT INTO sessions (digest, user_id, opened_at, seen_at, expires_at) "
    return row + "VALUES (sha256(gen_random_uuid()::text::bytea), $1, $2, $2, $3)", (user, NOW, expires)


def account(agency: object, at: datetime = NOW) -> Statement:
    row = "INSERT INTO users (id, agency_id, username, role, created_at, version, password_hash) "
    return row + "VALUES ($1, $2, 'newcomer', 'admin', $3, 1, 'none')", (NEW, agency, at)


def key(agency: object, at: datetime = NOW) -> Statement:
    row = "INSERT INTO service_keys (id, agency_id, name, role, scopes, digest, created_at, expires_at, version) "
    return row + "VALUES ($1, $2, 'own', 'reporting', '{}', sha256('own'), $3, $4, 1)", (NEW, agency, at, LATER)


def test_no_session_is_opened_that_is_not_on_record(register: Register) -> None:
    user = register.caller("supervisor").id
    refused(register, session(user))
    refused(register, session(user), on_record("session:closed", user))
    refused(register, session(user), on_record("session:opened", user, at=NOW - timedelta(seconds=1)))
    refused(register, session(user), on_record("session:opened", register.caller("operator").id))
    run(register, session(user), on_record("session:opened", user))


def test_a_disabled_user_has_no_session_and_none_ends_before_it_begins(register: Register) -> None:
    user = register.caller("supervisor").id
    refused(register, session(user, expires=NOW), on_record("session:opened", user))
    register.rows("UPDATE users SET disabled_at = now() WHERE id = $1 RETURNING id", user)
    refused(register, session(user), on_record("session:opened", user))


def test_nobody_of_a_disabled_agency_has_a_session(register: Register) -> None:
    user = register.caller("supervisor")
    register.rows("UPDATE agencies SET disabled_at = now() WHERE id = $1 RETURNING id", user.agency_id)
    refused(register, session(user.id), on_record("session:opened", user.id))


@pytest.mark.parametrize(("made", "action"), [(account, "user:made"), (key, "key:made")])
def test_accounts_and_keys_are_made_on_record_by_an_administrator(register: Register, made: Any, action: str) -> None:
    admin, operator = register.caller("admin"), register.caller("operator")
    refused(register, made(operator.agency_id))
    refused(register, made(operator.agency_id), on_record("case:read", NEW, admin.id))
    refused(register, made(operator.agency_id), on_record(action, NEW, operator.id))
    run(register, made(operator.agency_id), on_record(action, NEW, admin.id))


@pytest.mark.parametrize(("made", "action"), [(account, "user:made"), (key, "key:made")])
def test_a_disabled_administrator_makes_nothing(register: Register, made: Any, action: str) -> None:
    admin = register.caller("admin")
    register.rows("UPDATE users SET disabled_at = now() WHERE id = $1 RETURNING id", admin.id)
    refused(register, made(admin.agency_id), on_record(action, NEW, admin.id))


def test_nothing_sealed_is_retired_off_the_record_or_altered(register: Register) -> None:
    filed = register.caller("operator").file(persons=[{"names": [{"text": "Sealed Canary"}]}])
    retired = ("UPDATE sealed_records SET retired_at = $1 WHERE kind = 'name'", (NOW,))
    refused(register, retired)
    refused(register, retired, on_record("person:changed", NEW))
    refused(register, retired, on_record("case:read", filed["id"]))
    for column in sorted({*SealedRecord.__table__.columns.keys()} - {"retired_at", "indexed"}):
        refused(register, (f"UPDATE sealed_records SET {column} = {column}", ()))  # noqa: S608 - of the table
    run(register, retired, on_record("person:changed", filed["id"]))
    refused(register, ("UPDATE sealed_records SET retired_at = NULL WHERE kind = 'name'", ()))


def test_one_entry_covers_nothing_that_is_done_later(register: Register) -> None:
    user = register.caller("supervisor").id
    filed = register.caller("operator").file(persons=[{"names": [{"text": "Sealed Canary"}]}])
    run(register, session(user), on_record("session:opened", user), on_record("person:changed", filed["id"]))
    refused(register, session(user))
    refused(register, ("UPDATE sealed_records SET retired_at = $1 WHERE kind = 'name'", (NOW,)))


@pytest.mark.parametrize(("made", "action"), [(account, "user:made"), (key, "key:made")])
@pytest.mark.parametrize("off", [timedelta(days=-60), timedelta(seconds=-60), timedelta(seconds=60)])
def test_what_is_made_is_made_now(register: Register, made: Any, action: str, off: timedelta) -> None:
    """Supervisors are shown the accounts that were made lately."""
    admin, at = register.caller("admin"), datetime.now(UTC)
    register.rows(OWN_CLOCK)
    with pytest.raises(asyncpg.PostgresError) as found:
        run(register, made(admin.agency_id, at + off), on_record(action, NEW, admin.id, at=at + off))
    assert found.value.sqlstate == "SR001"
    at = datetime.now(UTC)
    run(register, made(admin.agency_id, at), on_record(action, NEW, admin.id, at=at))


@pytest.mark.parametrize(
    "altered",
    ["digest = sha256('mine')", "user_id = gen_random_uuid()", "opened_at = now()", "expires_at = 'infinity'"],
)
def test_a_session_is_never_that_of_somebody_else(register: Register, altered: str) -> None:
    register.caller("supervisor")
    refused(register, (f"UPDATE sessions SET {altered}", ()))  # noqa: S608 - of this list
    run(register, ("UPDATE sessions SET seen_at = now()", ()))


def test_a_session_that_ended_is_not_opened_again(register: Register) -> None:
    register.caller("supervisor")
    run(register, ("UPDATE sessions SET closed_at = now()", ()))
    refused(register, ("UPDATE sessions SET closed_at = NULL", ()))


@pytest.mark.parametrize(
    "altered",
    ["id = gen_random_uuid()", "agency_id = gen_random_uuid()", "role = 'admin'", "scopes = '{figures:exact}'",
     "digest = sha256('mine')", "created_at = now()", "expires_at = 'infinity'"],
)  # fmt: skip
def test_a_key_may_never_do_anything_else(register: Register, altered: str) -> None:
    register.key("figures:public")
    refused(register, (f"UPDATE service_keys SET {altered}", ()))  # noqa: S608 - of this list
    run(register, ("UPDATE service_keys SET name = 'renamed', scopes = scopes, revoked_at = now()", ()))
    refused(register, ("UPDATE service_keys SET revoked_at = NULL", ()))
