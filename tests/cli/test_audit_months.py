"""Old months of the audit log are exported, verified by their files and detached; `check` knows them from lost ones."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.commands import Here
from tests.engine import TestDatabase
from tests.migrations.catalog import fetch

FILLED: Final = """
INSERT INTO audit_log (id, recorded_at, action, subject_ids, fields, reason, digest)
SELECT overlay(gen_random_uuid()::text placing to_hex(n + 1048576) from 1)::uuid,
       timestamptz '2022-08-30 21:00+00' + n * interval '1 second', 'case:read', ARRAY[gen_random_uuid()],
       ARRAY['names', 'birth'], 'ខ្មែរ', sha256(n::text::bytea)
FROM generate_series(1, 12000) n
UNION ALL SELECT gen_random_uuid(), '2022-10-02', 'case:read', '{}', '{}', NULL, ''
"""
OPEN = "database: a trigger of {}, a part of the audit log, is missing, or off"
AUGUST, SEPTEMBER, OCTOBER = "audit-2022-08.jsonl", "audit-2022-09.jsonl", "audit-2022-10.jsonl"


@pytest.fixture
def filled(database: TestDatabase) -> TestDatabase:
    """A register whose audit log tells of three months of 2022."""
    fetch(database.api_url, FILLED.replace("2022-08-30 21:00", "2022-08-31 21:30"))
    return database


def exported(here: Here, folder: Path, before: str = "2022-10") -> list[dict[str, Any]]:
    ran = here("audit", "export", "--before", before, "--to", str(folder), "--format", "json")
    assert ran.status == 0, ran.err
    rows: list[dict[str, Any]] = ran.json()
    return rows


def detach(here: Here, folder: Path, *more: str) -> int:
    return here("audit", "detach", "--before", "2022-10", "--from", str(folder), *more).status


def differences(here: Here) -> list[str]:
    ran = here("check", "--format", "json")
    found: list[str] = ran.json()["differences"]
    assert ran.status == (1 if found else 0), ran.err
    return found


def on_record(database: TestDatabase, action: str) -> list[str]:
    query = "SELECT reason FROM audit_log WHERE action = $1 ORDER BY id"
    return [row["reason"] for row in fetch(database.admin_url, query, action)]


def test_a_file_holds_what_the_month_does(here: Here, filled: TestDatabase, tmp_path: Path) -> None:
    rows = exported(here, tmp_path)
    assert [(row["month"], row["state"], row["entries"]) for row in rows] == [
        ("2022-08", "exported", 2 * 3600 + 1800 - 1),
        ("2022-09", "exported", 12000 - 2 * 3600 - 1800 + 1),
    ]
    lines = [json.loads(line) for name in (AUGUST, SEPTEMBER) for line in (tmp_path / name).read_text().splitlines()]
    there = fetch(filled.admin_url, "SELECT * FROM audit_log WHERE recorded_at < '2022-10-01' ORDER BY id")
    assert len(lines) == len(there) == 12000
    for line, row in zip(lines, there, strict=True):
        assert datetime.fromisoformat(line.pop("recorded_at")) == row["recorded_at"]
        assert bytes.fromhex(line.pop("digest")) == row["digest"]
        assert line == {
            **{name: row[name] for name in ("role", "action", "fields", "reason")},
            **{name: row[name] and str(row[name]) for name in ("id", "principal_id", "agency_id", "request_id")},
            "subject_ids": [str(id_) for id_ in row["subject_ids"]],
        }
    assert [row["digest"] for row in rows] == [
        hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in (AUGUST, SEPTEMBER)
    ]
    summed = ["sha256sum", "--check", f"{AUGUST}.sha256", f"{SEPTEMBER}.sha256"]
    assert subprocess.run(summed, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    assert (tmp_path / AUGUST).stat().st_mode & 0o777 == 0o600
    assert on_record(filled, "audit:exported") == ["2022-08", "2022-09"]
    assert exported(here, tmp_path) == rows, "what is exported again is the same"
    assert here("audit", "verify", str(tmp_path / AUGUST), str(tmp_path / SEPTEMBER)).status == 0
    assert differences(here) == []


def test_a_detached_month_is_known_from_a_missing_one(here: Here, filled: TestDatabase, tmp_path: Path) -> None:
    exported(here, tmp_path)
    assert detach(here, tmp_path) == 0
    assert on_record(filled, "audit:detached") == ["2022-08", "2022-09"]
    assert fetch(filled.api_url, "SELECT FROM audit_log WHERE recorded_at < '2022-10-01'") == []
    assert len(fetch(filled.owner_url, "SELECT FROM audit_parts.audit_log_2022_08")) == 8999
    assert differences(here) == []
    assert here("audit", "verify", str(tmp_path / AUGUST)).status == 0
    listed = here("audit", "list", "--format", "json").json()
    assert [(row["month"], row["state"]) for row in listed][:3] == [
        ("2022-08", "detached"), ("2022-09", "detached"), ("2022-10", "attached")
    ]  # fmt: skip
    fetch(filled.owner_url, "ALTER TABLE audit_log DETACH PARTITION audit_parts.audit_log_2022_10")
    missing = "audit log: 2022-10 is missing, and nothing is on record of its being detached"
    assert differences(here) == [missing, OPEN.format("audit_log_2022_10")]
    fetch(filled.owner_url, "DROP TABLE audit_parts.audit_log_rest")
    assert "audit log: its part audit_log_rest is missing" in differences(here)


def test_a_dropped_month_leaves_its_file(here: Here, filled: TestDatabase, tmp_path: Path) -> None:
    exported(here, tmp_path)
    assert detach(here, tmp_path, "--drop") == 0
    parts = fetch(filled.admin_url, "SELECT tablename FROM pg_tables WHERE tablename LIKE 'audit_log_2022%'")
    assert [row[0] for row in parts] == ["audit_log_2022_10"]
    assert differences(here) == []
    assert detach(here, tmp_path) == 0, "there is nothing more to detach"
    fetch(filled.api_url, FILLED)
    assert differences(here) == [], "what is recorded late, of a month that is gone, is kept with the rest"


def test_nothing_is_detached_whose_file_is_not_what_was_exported(
    here: Here, filled: TestDatabase, tmp_path: Path
) -> None:
    assert here("audit", "detach", "--before", "2022-10", "--from", str(tmp_path)).status == 0, "no month is known yet"
    exported(here, tmp_path)
    changed = (tmp_path / SEPTEMBER).read_bytes().replace(b'"names"', b'"Names"', 1)
    (tmp_path / SEPTEMBER).write_bytes(changed)
    ran = here("audit", "verify", str(tmp_path / SEPTEMBER))
    assert (ran.status, "2022-09: the file is not what was exported" in ran.err) == (1, True)
    assert detach(here, tmp_path) == 1
    assert on_record(filled, "audit:detached") == ["2022-08"]
    (tmp_path / SEPTEMBER).unlink()
    assert detach(here, tmp_path) == 3
    exported(here, tmp_path)
    late = FILLED.partition("UNION ALL")[0].replace("12000", "1").replace("2022-08-30", "2022-09-30")
    fetch(filled.api_url, late)
    assert differences(here) == ["audit log: 2022-09 holds 3002 entries that are not the 3001 that were exported"]
    assert detach(here, tmp_path) == 1
    exported(here, tmp_path)
    assert detach(here, tmp_path) == 0


def test_a_changed_entry_of_an_exported_month_is_found(here: Here, filled: TestDatabase, tmp_path: Path) -> None:
    exported(here, tmp_path)
    tamper = "SET session_replication_role = replica; UPDATE audit_log SET action = 'case:filed' WHERE id = (SELECT "
    tamper += "id FROM audit_log WHERE recorded_at < '2022-09-01' LIMIT 1)"
    fetch(filled.admin_url, f"DO $$ BEGIN {tamper}; END $$")
    assert "audit log: 2022-08 holds 8999 entries that are not the 8999 that were exported" in differences(here)


def test_a_month_that_is_not_over_is_neither_exported_nor_detached(
    here: Here, filled: TestDatabase, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    ran = here("audit", "export", "--before", f"{now.year + 1}-01", "--to", str(tmp_path))
    assert (ran.status, "not over" in ran.err) == (3, True)
    assert list(tmp_path.glob("audit-*")) == []
    for wrong in ("2022", "2022-13", "2022-1", "x"):
        assert here("audit", "export", "--before", wrong, "--to", str(tmp_path)).status == 2
    assert here("audit", "export", "--before", "2022-10", "--to", str(tmp_path / "none")).status == 3
    assert here("audit", "verify", str(tmp_path / OCTOBER)).status == 3
