"""The audit log that an earlier release filled is moved into months, and back, and nobody can change any of them."""

import re
import threading
from datetime import UTC, date, datetime
from typing import Final

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Engine, event

from service.db.migrations import _config, migrate
from tests.engine import TestDatabase
from tests.migrations.catalog import fetch

BELOW: Final = "0023"
THIS: Final = "0024"
MANY: Final = 45_000
"""Rows, more than two slices."""
FILLED: Final = f"""
INSERT INTO audit_log (id, recorded_at, action, subject_ids, fields, digest)
SELECT gen_random_uuid(), timestamptz '2024-01-31 22:00+00' + n * interval '1 minute', 'case:read',
       ARRAY[gen_random_uuid()], ARRAY['names'], sha256(n::text::bytea)
FROM generate_series(1, {MANY}) n
"""  # noqa: S608 - a number
CONTENT: Final = "SELECT md5(string_agg(a::text, '' ORDER BY id)) FROM audit_log a"
PARTS: Final = """
SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_log'::regclass ORDER BY name
"""


@pytest.fixture
def filled(blank: TestDatabase) -> TestDatabase:
    """A register of the revision before, with an audit log of more than a month."""
    migrate(blank.owner_url, BELOW)
    fetch(blank.owner_url, FILLED)
    return blank


def value(database: TestDatabase, query: str, *arguments: object) -> object:
    found: object = fetch(database.admin_url, query, *arguments)[0][0]
    return found


def held(database: TestDatabase, part: str) -> object:
    return value(database, f"SELECT count(*) FROM audit_parts.{part}")  # noqa: S608 - names of this file


def test_every_row_is_in_its_month_and_what_it_was(filled: TestDatabase) -> None:
    before = value(filled, CONTENT)
    told: list[tuple[int, int, str]] = []
    migrate(filled.owner_url, THIS, lambda *step: told.append(step))
    assert value(filled, CONTENT) == before
    in_january, in_february = 2 * 60 - 1, 29 * 24 * 60
    assert held(filled, "audit_log_2024_01") == in_january
    assert held(filled, "audit_log_2024_02") == in_february
    assert held(filled, "audit_log_2024_03") == MANY - in_january - in_february
    assert held(filled, "audit_log_rest") == 0
    assert [done for done, _, _ in told] == [20_000, 40_000, MANY]
    assert {total for _, total, _ in told} == {MANY}
    command.downgrade(_config(filled.owner_url), BELOW)
    assert value(filled, CONTENT) == before
    assert value(filled, "SELECT count(*) FROM pg_namespace WHERE nspname = 'audit_parts'") == 0
    migrate(filled.owner_url, THIS)
    assert value(filled, CONTENT) == before


def test_months_are_made_ahead(filled: TestDatabase) -> None:
    migrate(filled.owner_url, THIS)
    now = datetime.now(UTC)
    ahead = {date(now.year + (now.month - 1 + n) // 12, (now.month - 1 + n) % 12 + 1, 1) for n in range(4)}
    months = {row[0] for row in fetch(filled.admin_url, "SELECT month FROM audit_months")}
    assert months == ahead | {date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)}
    names = {f"audit_parts.audit_log_{month:%Y_%m}" for month in months} | {"audit_parts.audit_log_rest"}
    assert {row[0] for row in fetch(filled.admin_url, PARTS)} == names


def test_what_is_written_while_it_is_moved_is_moved_too(filled: TestDatabase) -> None:
    """The release before goes on writing, also rows whose ids lie behind what was moved already."""
    late: list[int] = []

    def write(done: int, _total: int, _words: str) -> None:
        writing = threading.Thread(target=fetch, args=(filled.api_url, LATE))
        writing.start()
        writing.join()
        late.append(done)

    migrate(filled.owner_url, THIS, write)
    assert len(late) == 3
    rows = fetch(filled.api_url, "SELECT recorded_at FROM audit_log WHERE action = 'session:opened'")
    assert len(rows) == len(late)
    fetch(filled.api_url, LATE)
    assert fetch(filled.admin_url, LEFT_OVER) == []


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
def test_the_log_is_not_read_while_it_is_locked(filled: TestDatabase, down: bool) -> None:
    """Its size says nothing of how long the lock is held."""
    said: list[str] = []
    if down:
        migrate(filled.owner_url, THIS)

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        command.downgrade(_config(filled.owner_url), BELOW) if down else migrate(filled.owner_url, THIS)
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    locked = said[said.index("LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE") :]
    assert "DROP TABLE audit_log" in locked
    assert [words for words in locked if re.search(r"FROM (audit_log|audit_log_new)\b", words)] == []


LEFT_OVER: Final = """
SELECT tgname FROM pg_trigger WHERE tgname = 'audit_log_noted'
UNION ALL SELECT relname FROM pg_class WHERE relname IN ('audit_log_late', 'audit_log_new')
UNION ALL SELECT proname FROM pg_proc WHERE proname = 'note_late_audit'
"""
LATE: Final = """
INSERT INTO audit_log (id, recorded_at, action, subject_ids, fields, digest)
VALUES (overlay(gen_random_uuid()::text placing '0000' from 1)::uuid, now(), 'session:opened', '{}', '{}', '')
"""


def test_a_move_that_was_interrupted_begins_anew(filled: TestDatabase) -> None:
    before = value(filled, CONTENT)

    def interrupt(done: int, _total: int, _words: str) -> None:
        if done == 40_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(filled.owner_url, THIS, interrupt)
    assert value(filled, "SELECT version_num FROM alembic_version") == BELOW
    assert value(filled, CONTENT) == before
    fetch(filled.api_url, LATE)
    before = value(filled, CONTENT)
    migrate(filled.owner_url, THIS)
    assert value(filled, CONTENT) == before
    assert fetch(filled.admin_url, LEFT_OVER) == []


def test_nobody_changes_any_part(filled: TestDatabase) -> None:
    migrate(filled.owner_url, THIS)
    fetch(filled.owner_url, FILLED.replace("2024-01-31", "1999-01-31"))
    fetch(filled.owner_url, FILLED.replace("timestamptz '2024-01-31 22:00+00'", "now()"))
    parts = [row[0] for row in fetch(filled.admin_url, PARTS)]
    assert len(parts) == 8
    for part in ("audit_log", *parts):
        held = value(filled, f"SELECT count(*) FROM {part}")  # noqa: S608 - names of the catalogue
        changes = [f"UPDATE {part} SET id = id", f"DELETE FROM {part}"] if held else []  # noqa: S608
        for statement in (*changes, f"TRUNCATE {part}"):
            with pytest.raises(asyncpg.RestrictViolationError):
                fetch(filled.owner_url, statement)
    for part in parts:
        for statement in (f"SELECT FROM {part}", f"INSERT INTO {part} SELECT * FROM audit_log"):  # noqa: S608
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                fetch(filled.api_url, statement)


def test_no_write_fails_for_a_missing_month(filled: TestDatabase) -> None:
    """What no month holds is kept with the rest, and sorted when its month is made."""
    migrate(filled.owner_url, THIS)
    present = f"audit_log_{datetime.now(UTC):%Y_%m}"
    fetch(filled.admin_url, f"DROP TABLE audit_parts.{present}")
    fetch(filled.admin_url, "DELETE FROM audit_months WHERE month = date_trunc('month', now() AT TIME ZONE 'UTC')")
    fetch(filled.api_url, LATE)
    assert held(filled, "audit_log_rest") == 1
    assert fetch(filled.api_url, "SELECT keep_audit_months(3)")[0][0] == 1
    assert held(filled, "audit_log_rest") == 0
    assert held(filled, present) == 1
    assert fetch(filled.api_url, "SELECT keep_audit_months(3)")[0][0] == 0
    with pytest.raises(asyncpg.RestrictViolationError):
        fetch(filled.owner_url, f"TRUNCATE audit_parts.{present}")


def test_only_the_owner_detaches_a_month(filled: TestDatabase) -> None:
    migrate(filled.owner_url, THIS)
    for call in ("make_audit_month('2030-01-01', 'audit_log')", "sort_audit_rest()", "make_audit_rest('audit_log')",
                 "note_audit_export('2024-01-01', 119, '')", "detach_audit_month('2024-01-01', true)"):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            fetch(filled.api_url, f"SELECT {call}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        fetch(filled.api_url, "UPDATE audit_months SET detached_at = now()")
    assert value(filled, "SELECT detach_audit_month('2024-01-01', true)") is False, "it was not exported"
    assert value(filled, "SELECT note_audit_export('2024-01-01', 118, '')") is True
    with pytest.raises(asyncpg.RaiseError, match="119 rows, and 118 were exported"):
        fetch(filled.owner_url, "SELECT detach_audit_month('2024-01-01', true)")
    assert value(filled, "SELECT note_audit_export('2024-01-01', 119, '')") is True
    assert value(filled, "SELECT detach_audit_month('2024-01-01', false)") is True
    for statement in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"):
        with pytest.raises(asyncpg.RestrictViolationError):
            fetch(filled.owner_url, statement.format("audit_parts.audit_log_2024_01"))
    with pytest.raises(RuntimeError, match="no way back"):
        command.downgrade(_config(filled.owner_url), BELOW)
