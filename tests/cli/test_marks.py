"""A register that lacks what its high-water mark knows of is neither migrated nor served, unless on record."""

import asyncio
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from service.cli.revisions import known_revisions, newest_revision
from service.ledger.actions import MarkKeeper
from service.marks import read_marks
from service.settings import Settings
from tests.cli.commands import DEADLINE_S, Here, There, free_port
from tests.engine import Databases, TestDatabase
from tests.register import Register, _fetch

EMPTIED: Final = (
    "SET session_replication_role = replica; TRUNCATE cases, persons, events, ledger_entries, audit_log, "
    "sealed_records, search_keys, data_keys, ledger_totals, ledger_months, ledger_folds CASCADE"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the commands of this test look for a mark."""
    return Settings(var=tmp_path).mark_path


def mark(register: Register, path: Path) -> None:
    """Note what a register holds, as the service does again and again."""
    keeper = MarkKeeper(register.app.state.services.database, path, register.clock)
    register.portal.call(keeper.keep)


def grow(register: Register) -> None:
    """Record something, and let it settle."""
    register.rescued_person()
    register.clock.move(minutes=1)


def emptied(register: Register) -> None:
    """Take everything that was recorded, as the database's superuser can."""
    register.rows(f"DO $$ BEGIN {EMPTIED}; END $$")


def test_a_mark_moves_on_with_its_register(register: Register, path: Path) -> None:
    entries = []
    for _ in range(3):
        grow(register)
        mark(register, path)
        [kept] = read_marks(path).values()
        assert kept.at < register.clock.now - timedelta(seconds=29)
        assert kept.last is not None
        entries.append(kept.entries)
    [there] = register.rows("SELECT count(*) AS n FROM ledger_entries")
    assert 0 < entries[0] < entries[1] < entries[2] == there["n"]


def test_what_is_not_settled_is_not_marked(register: Register, path: Path) -> None:
    register.rescued_person()
    mark(register, path)
    assert [kept.entries for kept in read_marks(path).values()] == [0]


def test_folding_changes_no_mark(register: Register, path: Path) -> None:
    grow(register)
    mark(register, path)
    before = read_marks(path)
    register.clock.move(days=2)
    mark(register, path)
    assert [kept.entries for kept in read_marks(path).values()] == [kept.entries for kept in before.values()]


def test_an_older_dump_is_neither_migrated_nor_served(
    here: Here, there: There, register: Register, databases: Databases, path: Path
) -> None:
    grow(register)
    register.let_go()
    older = databases.make_copy(register.database)
    grow(register)
    register.rescued_person()
    register.clock.move(minutes=5)
    mark(register, path)
    register.let_go()
    try:
        assert here("check").status == here("migrate").status == 0
        before = read_marks(path)
        here.patch.setenv("SAFE_RETURN_DATABASE_URL", older.api_url)
        here.patch.setenv("SAFE_RETURN_OWNER_URL", older.owner_url)
        checked, migrated = here("check"), here("migrate")
        assert (checked.status, migrated.status) == (1, 1)
        for ran in (checked, migrated):
            assert "ledger entries, what was recorded after 2022-10-01 03:0" in ran.err
        assert "older dump" in migrated.err
        assert "--accept-loss" in migrated.err
        there.environment |= {"SAFE_RETURN_DATABASE_URL": older.api_url, "SAFE_RETURN_OWNER_URL": older.owner_url}
        served = there("serve", "--port", str(free_port()))
        assert (served.status, served.out) == (1, "")
        assert "older dump" in served.err
        earlier = known_revisions()[newest_revision()]
        turned = "UPDATE alembic_version SET version_num = $1 RETURNING version_num"
        asyncio.run(_fetch(older.admin_url, turned, (earlier,)))
        refused = there("serve", "--demo", "--port", str(free_port()))
        assert (refused.status, "older dump" in refused.err, "Migrating" in refused.err) == (1, True, False)
        asyncio.run(_fetch(older.admin_url, turned, (newest_revision(),)))
        assert read_marks(path) == before
        accepted = here("migrate", "--accept-loss")
        assert accepted.status == 0
        assert here("check").status == here("migrate").status == 0
        on_record = "SELECT id FROM audit_log WHERE action = 'register:loss_accepted'"
        assert len(asyncio.run(_fetch(older.admin_url, on_record, ()))) == 1
    finally:
        databases.drop(older)


def test_an_emptied_register_differs(here: Here, register: Register, path: Path) -> None:
    grow(register)
    mark(register, path)
    assert here("check").status == 0
    emptied(register)
    ran = here("check")
    assert ran.status == 1
    assert "it lacks" in ran.err
    mark(register, path)
    assert here("check").status == 1, "the service does not forget what it knew"


def test_what_is_dated_into_the_past_afterwards_differs(here: Here, register: Register, path: Path) -> None:
    grow(register)
    then = register.clock.now
    register.clock.move(hours=1)
    mark(register, path)
    register.clock.now = then
    register.rescued_person()
    ran = here("check")
    assert (ran.status, "were dated before" in ran.err) == (1, True)
    assert here("migrate").status == 0


def test_a_mark_that_cannot_be_used_is_said(
    here: Here, register: Register, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text("{")
    for command in ("check", "migrate"):
        ran = here(command)
        assert (ran.status, "malformed" in ran.err) == (3, True)
    grow(register)
    for _ in range(2):
        mark(register, path / "nowhere")
    assert caplog.text.count("mark=") == 2


def test_another_register_is_said_to_be_another(here: Here, register: Register, path: Path) -> None:
    grow(register)
    mark(register, path)
    register.rows("UPDATE register_ids SET id = gen_random_uuid() RETURNING id")
    ran = here("migrate")
    assert (ran.status, "does not know this register" in ran.err) == (0, True)


def test_a_service_leaves_a_mark(there: There, database: TestDatabase, path: Path) -> None:
    there.environment["SAFE_RETURN_DATABASE_URL"] = database.api_url
    with there.serving() as served:
        deadline = time.monotonic() + DEADLINE_S
        while not path.exists() and time.monotonic() < deadline:
            served.get("/health/live")
        assert served.end(signal.SIGTERM) == 0
    [kept] = read_marks(path).values()
    assert datetime.now(UTC) - timedelta(minutes=10) < kept.at < datetime.now(UTC) - timedelta(seconds=29)
