"""The history of the schema: one line, up and down with data in it, and at its end what the code declares."""

import ast
import re
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from alembic import command
from alembic.script import Script, ScriptDirectory

from service.cli.revisions import newest_revision
from service.db.migrations import _config, migrate
from service.db.rights import RIGHTS, RUN_TIME_ROLE
from tests.engine import TestDatabase
from tests.migrations.catalog import (
    VERSION_TABLE,
    counts_of,
    create_from_metadata,
    everything_of,
    fetch,
    shape_of,
)

EVIDENCE: Final = ("events", "ledger_entries", "audit_log")
MADE_AGAIN: Final = {"search_keys": 0, "index_keys": 0, "clock_tolerance": 0}
"""Tables whose content going down forgets, because it can be made again from what is sealed, or said again."""
BY_WHAT_IS_THERE: Final = "audit_months"
"""Months of the audit log are made for the rows that are there when the table is made, and ahead."""
FIRST: Final = "0001"
FORGOTTEN: Final = "counted_by"
"""A register that went down and up again is due to be counted again: an earlier release may have written to it."""


def revisions() -> list[Script]:
    """Every revision, the oldest first."""
    return list(reversed(list(ScriptDirectory.from_config(_config()).walk_revisions())))


def downgrade(database: TestDatabase, revision: str) -> None:
    command.downgrade(_config(database.owner_url), revision)


def test_there_is_one_line_and_one_head() -> None:
    directory = ScriptDirectory.from_config(_config())
    assert directory.get_heads() == [newest_revision()]
    assert directory.get_bases() == [FIRST]
    assert all(not found.branch_labels and not found.dependencies for found in revisions())


@pytest.mark.parametrize("revision", revisions(), ids=lambda found: str(found.revision))
def test_a_revision_explains_itself_and_stands_alone(revision: Script) -> None:
    path = Path(revision.path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert len(ast.get_docstring(tree) or "") > 40
    assert re.fullmatch(rf"\d{{8}}_{revision.revision}_[a-z0-9_]+\.py", path.name)
    assert not {name for name in imported_by(tree) if name.split(".")[0] in {"service", "tests"}}
    assert {"upgrade", "downgrade"} <= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


RELEASED: Final = "0021"
"""The last revision that may build an index while nobody else writes: the tables were small, or new."""


@pytest.mark.parametrize("revision", revisions(), ids=lambda found: str(found.revision))
def test_an_index_of_a_table_that_is_there_is_made_while_others_write(revision: Script) -> None:
    words = Path(revision.path).read_text(encoding="utf-8").split("def downgrade")[0]
    tables = re.findall(r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)\S+ ON (\w+)", words)
    waiting = [table for table in tables if f"CREATE TABLE {table}" not in words]
    assert revision.revision <= RELEASED or not (waiting or "create_index(" in words)


def imported_by(tree: ast.Module) -> set[str]:
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_revisions_make_what_the_code_declares(database: TestDatabase, blank: TestDatabase) -> None:
    create_from_metadata(blank.owner_url)
    migrated, declared = shape_of(database.admin_url), shape_of(blank.admin_url)
    assert migrated == declared
    assert len(migrated) > 150


def test_the_comparison_sees_a_difference(database: TestDatabase, blank: TestDatabase) -> None:
    create_from_metadata(blank.owner_url)
    fetch(blank.owner_url, "ALTER TABLE cases DROP CONSTRAINT ck_cases_status")
    fetch(blank.owner_url, "ALTER TABLE persons ALTER COLUMN sex DROP NOT NULL")
    fetch(blank.owner_url, "DROP INDEX ix_events_id")
    assert len(set(shape_of(database.admin_url).items()) - set(shape_of(blank.admin_url).items())) == 3


def test_alembic_finds_nothing_to_add(database: TestDatabase) -> None:
    command.check(_config(database.owner_url))


def test_every_revision_goes_down_and_up_with_data_in_it(loaded: TestDatabase) -> None:
    before, catalogue = counts_of(loaded.admin_url), everything_of(loaded.admin_url)
    assert all(before[table] for table in EVIDENCE)
    for revision in reversed(revisions()[1:]):
        downgrade(loaded, str(revision.down_revision))
        kept = {name: count for name, count in counts_of(loaded.admin_url).items() if name not in MADE_AGAIN}
        assert kept == {name: before[name] for name in kept}
    migrate(loaded.owner_url)
    after = counts_of(loaded.admin_url)
    assert after.pop(BY_WHAT_IS_THERE) == before.pop(BY_WHAT_IS_THERE) + 1
    assert after == before | MADE_AGAIN | {FORGOTTEN: 0}
    assert everything_of(loaded.admin_url) == catalogue


def test_down_to_nothing_and_up_again(loaded: TestDatabase) -> None:
    catalogue = everything_of(loaded.admin_url)
    downgrade(loaded, "base")
    assert counts_of(loaded.admin_url) == {}
    assert everything_of(loaded.admin_url) == {}
    migrate(loaded.owner_url)
    assert everything_of(loaded.admin_url) == catalogue
    counts = counts_of(loaded.admin_url)
    assert {name for name, count in counts.items() if count} == {FORGOTTEN, "register_ids", BY_WHAT_IS_THERE}


def test_migrating_twice_changes_nothing(loaded: TestDatabase) -> None:
    catalogue, counts = everything_of(loaded.admin_url), counts_of(loaded.admin_url)
    assert migrate(loaded.owner_url) is True
    assert (everything_of(loaded.admin_url), counts_of(loaded.admin_url)) == (catalogue, counts)


def test_a_table_made_by_migrating_has_its_rights(blank: TestDatabase) -> None:
    migrate(blank.owner_url)
    [row] = fetch(
        blank.admin_url,
        "SELECT count(DISTINCT table_name) FROM information_schema.role_table_grants WHERE grantee = $1",
        RUN_TIME_ROLE,
    )
    assert row[0] == len(RIGHTS)
    assert fetch(blank.api_url, f"SELECT version_num FROM {VERSION_TABLE}")[0][0] == newest_revision()  # noqa: S608


CHANGES: Final = {
    **{f"update {table}": f"UPDATE {table} SET recorded_at = now()" for table in EVIDENCE},  # noqa: S608
    **{f"delete {table}": f"DELETE FROM {table}" for table in EVIDENCE},  # noqa: S608
    **{f"truncate {table}": f"TRUNCATE {table}" for table in EVIDENCE},
    "truncate by way of another table": "TRUNCATE cases CASCADE",
}


def test_the_owner_cannot_change_what_is_recorded(loaded: TestDatabase) -> None:
    assert refused(loaded) == set(CHANGES)
    assert all(counts_of(loaded.admin_url)[table] for table in EVIDENCE)


def test_it_is_the_second_revision_that_refuses_and_it_comes_back(loaded: TestDatabase) -> None:
    downgrade(loaded, FIRST)
    fetch(loaded.owner_url, "UPDATE audit_log SET recorded_at = recorded_at")
    migrate(loaded.owner_url)
    assert refused(loaded) == set(CHANGES)


def test_the_run_time_role_is_refused_before_any_trigger(loaded: TestDatabase) -> None:
    for statement in CHANGES.values():
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            fetch(loaded.api_url, statement)


def refused(database: TestDatabase) -> set[str]:
    return {name for name, statement in CHANGES.items() if is_refused(database, statement)}


def is_refused(database: TestDatabase, statement: str) -> bool:
    try:
        fetch(database.owner_url, statement)
    except asyncpg.RestrictViolationError as error:
        return "never changed or deleted" in str(error)
    return False


def test_nothing_is_deleted_by_way_of_something_else(database: TestDatabase) -> None:
    """No foreign key cascades or forgets: what is evidence outlives what it points at, or keeps it."""
    found = fetch(database.admin_url, "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'a'")
    assert [row[0] for row in found] == []
