"""Accounts, keys and sessions compared with what is on record of them: for checking a register, never for a caller."""

from collections.abc import AsyncIterator, Mapping
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import Uuid, text

from service.audit.queries import WHOLE_SINCE
from service.db.database import UnrecordedConnection
from service.db.statements import PersonalQuery

_ACTS: Final = """
WITH told AS (
    SELECT subject_ids[1] AS id, count(*) AS acts, count(*) FILTER (WHERE action = '{noun}:made') AS made,
           max(recorded_at) FILTER (WHERE action = 'key:revoked') AS revoked_at,
           array_agg(recorded_at) FILTER (WHERE 'disabled_at' = ANY (fields)) AS disabled_at,
           array_agg(recorded_at) FILTER (WHERE fields && ARRAY['password_hash', 'password']) AS given_at,
           (array_agg(reason ORDER BY id DESC))[1] AS reason
    FROM audit_log WHERE action IN ('{noun}:made', '{noun}:changed', '{noun}:revoked') GROUP BY 1)
SELECT coalesce(one.id, told.id) AS id FROM {table} one FULL JOIN told ON told.id = one.id WHERE {wrong} LIMIT 1
"""

_SESSIONS: Final = """
SELECT one.user_id AS id FROM sessions one WHERE one.opened_at >= {since} AND NOT EXISTS (
    SELECT FROM audit_log a WHERE a.action = 'session:opened' AND a.principal_id = one.user_id
    AND a.recorded_at = one.opened_at) LIMIT 1
"""

_MADE: Final = f"one.created_at >= {WHOLE_SINCE} AND coalesce(told.made, 0) <> 1"
_CHANGED: Final = "told.made = 1 AND one.version <> told.acts"
_GONE: Final = "one.id IS NULL"


def _differs(column: str, pattern: str) -> str:
    """Return the condition that a column is not what the audit log said of it last, where it said so."""
    return f"{column} <> substring(told.reason FROM '{pattern}')"


_ROLE: Final = _differs("one.role", "^role (?:[^;>]* > )?([^;> ]+)")
_SERVED: Final = _differs(
    "coalesce(nullif(array_to_string(ARRAY(SELECT unnest(one.nationalities) ORDER BY 1), ','), ''), 'none')",
    "nationalities (?:[^;>]* > )?([^;> ]+)",
)


def _acts(noun: str, table: str, wrong: str) -> str:
    return _ACTS.format(noun=noun, table=table, wrong=wrong)


_TABLES: Final = {"agency": "agencies", "user": "users", "key": "service_keys"}

_TEXTS: Final[Mapping[str, str]] = {
    **{
        f"{noun} {{id}}: {words}": _acts(noun, table, wrong)
        for noun, table in _TABLES.items()
        for words, wrong in {
            "it was made of which the audit log says nothing": _MADE,
            "it was changed otherwise than the audit log says": _CHANGED,
            "the audit log says that it was made, and it is not there": _GONE,
        }.items()
    },
    "user {id}: its role is not the one that the audit log says": _acts("user", "users", _ROLE),
    "user {id}: it was disabled of which the audit log says nothing": _acts(
        "user",
        "users",
        f"one.disabled_at >= {WHOLE_SINCE} AND NOT coalesce(one.disabled_at = ANY (told.disabled_at), false)",
    ),
    "user {id}: its password was set of which the audit log says nothing": _acts(
        "user",
        "users",
        f"one.password_set_at >= {WHOLE_SINCE} AND NOT coalesce(one.password_set_at = ANY (told.given_at), false)",
    ),
    "agency {id}: its nationalities are not those that the audit log says": _acts("agency", "agencies", _SERVED),
    "key {id}: it is revoked, or not, otherwise than the audit log says": _acts(
        "key",
        "service_keys",
        f"one.revoked_at >= {WHOLE_SINCE} AND told.revoked_at IS NULL "
        "OR one.id IS NOT NULL AND one.revoked_at IS NULL AND told.revoked_at IS NOT NULL",
    ),
    "user {id}: a session was opened of which the audit log says nothing": _SESSIONS.format(since=WHOLE_SINCE),
}


class _IdRecord(TypedDict):
    id: UUID


_QUERIES: Final = {words: PersonalQuery(text(query).columns(id=Uuid), _IdRecord) for words, query in _TEXTS.items()}


async def wrong_accounts(db: UnrecordedConnection) -> AsyncIterator[str]:
    """Yield in words what differs, with one account of which it does."""
    for words, query in _QUERIES.items():
        row = await db.row(query)
        if row is not None:
            yield words.format(id=row["id"])
