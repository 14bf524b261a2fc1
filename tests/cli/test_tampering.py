"""What somebody with the database in hand changes is found by `safe-return check`, or docs/operations.md says not.

Each test changes a copy of one register, as the superuser can: without triggers, foreign keys or rights.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from service.cli.checking import check_all
from service.cli.failures import CommandError
from service.cli.parts import Wanted
from service.settings import Settings
from tests.cli.commands import Here
from tests.cli.test_marks import mark
from tests.engine import Databases, TestDatabase
from tests.ledger.conftest import fold_all
from tests.operations.field import ok, operation, report
from tests.register import Register, _fetch, open_register, put_accounts_on_record

PLACES: Final = {
    "SOMEBODY": "SELECT id FROM users WHERE role = 'verifier' LIMIT 1",
    "FIRST_CASE": "SELECT id FROM cases ORDER BY id LIMIT 1",
    "NAME": "SELECT id FROM sealed_records WHERE kind = 'name' ORDER BY id LIMIT 1",
}
"""What these words stand for in the statements."""

FOUND: Final = {
    "an event's day": (
        "UPDATE events SET occurred_on = occurred_on + 1 WHERE kind = 'rescued'",
        "differs from the log",
    ),
    "what an event says": (
        "UPDATE events SET fact = jsonb_set(fact, '{outcome}', '\"unfounded\"') WHERE kind = 'finding_made'",
        "differs from the log",
    ),
    "an event says what none can": (
        "UPDATE events SET fact = '{}' WHERE kind = 'finding_made'",
        "or cannot be read",
    ),
    "a ledger entry of no measure": (
        "UPDATE ledger_entries SET measure = 'another' WHERE measure = 'persons_rescued'",
        "measures that are not known: another",
    ),
    "about whom an event is": (
        "UPDATE events SET subject_id = case_id, subject_kind = 'case' WHERE kind = 'rescued'", "differs from the log",
    ),
    "an event in between is gone": ("DELETE FROM events WHERE seq = 2", "its log has a gap"),
    "an event is added, with what follows from it": (
        "INSERT INTO events SELECT case_id, gen_random_uuid(), (SELECT max(seq) + 1 FROM events WHERE "
        "case_id = e.case_id), "
        "kind, subject_kind, subject_id, occurred_on, occurred_precision, recorded_at + interval '1 hour', "
        "recorded_by, "
        "agency_id, fact, operation_id FROM events e WHERE kind = 'finding_made'",
        "an event was recorded of which the audit log says nothing",
    ),
    "who recorded an event": (
        "UPDATE events SET recorded_by = (SOMEBODY) WHERE kind = 'rescued'",
        "an event was recorded of which the audit log says nothing",
    ),
    "when an event was recorded": (
        "UPDATE events SET recorded_at = recorded_at - interval '1 day' WHERE kind = 'rescued'", "its log runs back",
    ),
    "an event's operation": (
        "UPDATE events SET operation_id = NULL WHERE operation_id IS NOT NULL",
        "a report of it named people of whom the logs say nothing",
    ),
    "a case's status": ("UPDATE cases SET status = 'closed'", "cases differs from the log in status"),
    "a person's nationality": ("UPDATE persons SET nationality = 'MYS'", "persons differs from the log in"),
    "to whom a person is shown": ("UPDATE persons SET disclosed_to = '{VNM}'", "persons differs from the log in"),
    "an offender's stage": ("UPDATE offenders SET stage = 'charged'", "offenders differs from the log in stage"),
    "an offender is gone": ("DELETE FROM offenders", "offenders lacks a row"),
    "a case is gone, with all that is in it": (
        "WITH gone AS (DELETE FROM cases WHERE id = (FIRST_CASE) RETURNING id), "
        "e AS (DELETE FROM events WHERE case_id = (FIRST_CASE)), p AS (DELETE FROM persons WHERE case_id = "
        "(FIRST_CASE)), "
        "l AS (DELETE FROM ledger_entries WHERE case_id = (FIRST_CASE)), "
        "s AS (DELETE FROM sealed_records WHERE case_id = (FIRST_CASE)), "
        "d AS (DELETE FROM data_keys WHERE case_id = (FIRST_CASE)), "
        "k AS (DELETE FROM search_keys WHERE case_id = (FIRST_CASE)) SELECT FROM gone",
        "a case was filed that is not there",
    ),
    "a case's row is gone": ("DELETE FROM cases WHERE id = (FIRST_CASE)", "rows that belong to no case"),
    "a ledger entry's number": (
        "UPDATE ledger_entries SET delta = 2 WHERE measure = 'persons_rescued'",
        "ledger differs",
    ),
    "a ledger entry is gone": ("DELETE FROM ledger_entries WHERE measure = 'persons_rescued'", "ledger differs"),
    "when a ledger entry was recorded": (
        "UPDATE ledger_entries SET recorded_at = recorded_at + interval '1 hour' WHERE measure = 'persons_rescued'",
        "an entry of an instant at which nothing was recorded",
    ),
    "a day's total": ("UPDATE ledger_totals SET delta = delta + 1 WHERE grain = 'full'", "the full totals of"),
    "a total is gone": ("DELETE FROM ledger_totals WHERE grain = 'coarse'", "the coarse totals of"),
    "a closed month's cell": (
        "UPDATE ledger_cells SET delta = delta + 1 WHERE sex <> '-'", "the cells of the month of",
    ),
    "a cell is gone": ("DELETE FROM ledger_cells WHERE measure = 'cases_received'", "the cells of the month of"),
    "a month is open again": ("DELETE FROM ledger_closed", "is closed though it was not folded, or the reverse"),
    "a month is closed too soon": (
        "INSERT INTO ledger_closed SELECT date_trunc('month', max(recorded_on)), now() FROM ledger_folds "
        "ON CONFLICT DO NOTHING",
        "differ from the entries in",
    ),
    "a month to come is closed": (
        "INSERT INTO ledger_closed VALUES ('2099-01-01', now())", "is closed though it was not folded, or the reverse",
    ),
    "a month's sum": ("UPDATE ledger_months SET delta = delta + 1 WHERE grain = 'whole'", "the month of"),
    "how many entries were folded": ("UPDATE ledger_folds SET entries = entries - 1", "other entries than were noted"),
    "a folded day is gone": (
        "DELETE FROM ledger_folds WHERE recorded_on = (SELECT min(recorded_on) FROM ledger_folds)",
        "other entries than were noted",
    ),
    "which rules counted it": ("DELETE FROM counted_by", None),
    "an operation's agency": ("UPDATE operations SET agency_id = gen_random_uuid()", "is another agency's"),
    "when an operation began": ("UPDATE operations SET started_on = started_on + 400", "lies before it began"),
    "an operation is gone": ("DELETE FROM operations", "an operation that is not there"),
    "an operation's version": ("UPDATE operations SET version = version + 1", "was changed otherwise"),
    "a sealed record is gone": ("DELETE FROM sealed_records WHERE id = (NAME)", "has no record any more"),
    "a sealed record is retired": (
        "UPDATE sealed_records SET retired_at = recorded_at + interval '1 hour' WHERE id = (NAME)",
        "something sealed was retired of which the audit log says nothing",
    ),
    "a sealed record is added": (
        "INSERT INTO sealed_records SELECT case_id, gen_random_uuid(), subject_kind, subject_id, kind, "
        "version, content, "
        "agency_id, recorded_at + interval '1 hour', recorded_by, NULL, indexed FROM sealed_records WHERE id = (NAME)",
        "something was sealed of which the audit log says nothing",
    ),
    "a data key": ("UPDATE data_keys SET wrapped = wrapped || 'x'", "keys: "),
    "the index key": ("UPDATE index_keys SET wrapped = wrapped || 'x'", "keys: "),
    "the key of a kept answer": ("UPDATE kept_answers SET wrapped_key = wrapped_key || 'x'", "keys: "),
    "to whom a search key points": (
        "UPDATE search_keys SET subject_id = gen_random_uuid()", "points to somebody its record is not about",
    ),
    "audit rows of what was written": (
        "DELETE FROM audit_log WHERE action = 'events:recorded'",
        "an event was recorded of which the audit log says nothing",
    ),
    "who is on record of what was written": (
        "UPDATE audit_log SET principal_id = (SOMEBODY) WHERE action = 'case:filed'",
        "an event was recorded of which the audit log says nothing",
    ),
    "an account is made": (
        "INSERT INTO users (id, agency_id, username, role, password_hash, created_at, version) "
        "SELECT gen_random_uuid(), agency_id, 'intruder', 'admin', password_hash, created_at, 1 "
        "FROM users WHERE id = (SOMEBODY)",
        "it was made of which the audit log says nothing",
    ),
    "an account's role": ("UPDATE users SET role = 'admin' WHERE username = 'a-colleague'", "its role is not the one"),
    "an account is changed": (
        "UPDATE users SET version = version + 1",
        "it was changed otherwise than the audit log says",
    ),
    "an account is disabled": ("UPDATE users SET disabled_at = created_at", "it was disabled of which"),
    "an account is gone": ("DELETE FROM users WHERE username = 'a-colleague'", "it was made, and it is not there"),
    "an agency's nationalities": (
        "UPDATE agencies SET nationalities = '{VNM}' WHERE name = 'An embassy'", "its nationalities are not those",
    ),
    "a key is made": (
        "INSERT INTO service_keys (id, agency_id, name, role, scopes, digest, created_at, expires_at, version) "
        "SELECT gen_random_uuid(), agency_id, 'another', role, scopes, '\\x00', created_at, expires_at, 1 "
        "FROM service_keys LIMIT 1",
        "it was made of which the audit log says nothing",
    ),
    "a key is valid again": ("UPDATE service_keys SET revoked_at = NULL", "it is revoked, or not, otherwise"),
    "a session is opened": (
        "INSERT INTO sessions (digest, user_id, opened_at, seen_at, expires_at) "
        "SELECT '\\x00', id, created_at + interval '1 s', created_at, created_at FROM users WHERE id = (SOMEBODY)",
        "a session was opened of which the audit log says nothing",
    ),
    "a trigger is dropped": (
        "DROP TRIGGER events_rows_stay ON events",
        "the trigger events_rows_stay of events is missing",
    ),
    "a trigger is off": (
        "ALTER TABLE audit_log DISABLE TRIGGER audit_log_rows_stay",
        "audit_log_rows_stay of audit_log",
    ),
    "a trigger of a part is off": (
        "ALTER TABLE audit_parts.audit_log_rest DISABLE TRIGGER audit_log_rest_stays",
        "a trigger of audit_log_rest, a part of the audit log",
    ),
    "a right to a part": ("GRANT SELECT ON audit_parts.audit_log_rest TO safe_return_api", "may SELECT audit_log_rest"),
    "a trigger is added": (
        "CREATE TRIGGER mine AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse_change()", "does not know",
    ),
    "a trigger calls another function": (
        "DROP TRIGGER events_rows_stay ON events; CREATE TRIGGER events_rows_stay AFTER INSERT ON events "
        "FOR EACH ROW EXECUTE FUNCTION refuse_untimely()",
        "the trigger events_rows_stay of events calls another function",
    ),
    "a function": (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "the function refuse_change() is not that of this release",
    ),
    "a function is gone": ("DROP FUNCTION fold_ledger_step(timestamptz, integer)", "fold_ledger_step"),
    "a constraint is dropped": (
        "ALTER TABLE events DROP CONSTRAINT uq_events_case_id_seq",
        "the constraint uq_events_case_id_seq",
    ),
    "a right is gone": ("REVOKE INSERT ON events FROM safe_return_api", "the run-time role may not INSERT events"),
    "whose a table is": (
        "ALTER TABLE persons OWNER TO safe_return_api",
        "the run-time role may do whatever the owner may",
    ),
    "a constraint is not valid": (
        "ALTER TABLE operations DROP CONSTRAINT fk_operations_case_id; ALTER TABLE operations ADD CONSTRAINT "
        "fk_operations_case_id FOREIGN KEY (case_id) REFERENCES cases (id) NOT VALID",
        "the constraint fk_operations_case_id",
    ),
    "a right": ("GRANT UPDATE ON events TO safe_return_api", "the run-time role may UPDATE events"),
    "a right to a column": ("GRANT UPDATE (fact) ON events TO safe_return_api", "the run-time role may UPDATE events"),
    "a right of everybody's": ("GRANT DELETE ON audit_log TO PUBLIC", "the run-time role may DELETE audit_log"),
    "everything": (
        "TRUNCATE cases, persons, offenders, events, operations, ledger_entries, ledger_totals, "
        "ledger_months, ledger_folds, "
        "audit_log, sealed_records, search_keys, data_keys, kept_answers CASCADE",
        "it lacks",
    ),
}  # fmt: skip
"""What is changed, and a word of what is said of it; None where `check` only says that a recount is due."""

UNSEEN: Final = {
    "a reading on record": "DELETE FROM audit_log WHERE action = 'case:read'",
    "a code on record": "UPDATE audit_log SET reason = 'verification' WHERE action = 'case:read'",
    "a password": "UPDATE users SET password_hash = 'other'",
    "a closed session": "UPDATE sessions SET closed_at = NULL, expires_at = expires_at + interval '1 day'",
    "an assignment": "UPDATE cases SET assigned_to = (SOMEBODY)",
    "an operation's province": "UPDATE operations SET province = 'KH-1', embargo_until = NULL",
    "search keys": "DELETE FROM search_keys",
    "sealed words": "UPDATE sealed_records SET content = content || 'x'",
    "a kept answer": "DELETE FROM kept_answers",
    "failed sign-ins": "DELETE FROM sign_in_failures",
    "an erasure": "DELETE FROM data_keys WHERE subject_id NOT IN (SELECT subject_id FROM search_keys)",
}
"""What is not found, but for sealed words and search keys, which `--sealed` finds: docs/operations.md says so."""


@dataclass(frozen=True)
class Told:
    """A register with some of everything, and where its mark is."""

    register: Register
    mark: Path


@pytest.fixture(scope="module")
def told(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    database = databases.make()
    path = Settings(var=tmp_path_factory.mktemp("told")).mark_path
    with open_register(database) as register:
        _fill(register)
        put_accounts_on_record(database.admin_url)
        mark(register, path)
        register.let_go()
        yield Told(register, path)
    databases.drop(database)


def _fill(register: Register) -> None:
    admin, operator, officer = (register.caller(role) for role in ("admin", "operator", "officer"))
    embassy = ok(admin.post("/v1/agencies", {"name": "An embassy", "kind": "embassy", "nationalities": ["TWN"]}))
    colleague = {"username": "a-colleague", "role": "verifier", "agency_id": str(officer.agency_id)}
    ok(admin.post("/v1/users", colleague))
    key = ok(admin.post("/v1/keys", {"name": "nightly", "scopes": ["metrics"], "agency_id": embassy["id"]}))
    assert admin.delete(f"/v1/keys/{key['id']}", If_Match='"1"').is_success
    register.rescued_person(names=[{"text": "Somebody Invented"}])
    case = operator.file(received_on="2022-09-01", persons=[{}], offenders=[{"role": "guard"}])
    assert operator.get(f"/v1/cases/{case['reference']}").is_success
    assert operator.post("/v1/cases", {"channel": "walk_in"}, Idempotency_Key="k").is_success
    wrong = {"username": "a-colleague", "password": "not the right one"}
    assert register.client().post("/v1/sessions", json=wrong).status_code == 401
    raid = operation(officer, kind="raid", grounds="Order 12")
    ok(report(officer, raid)(persons=[{"person": case["persons"][0]["reference"], "outcomes": ["not_found"]}]))
    register.clock.move(days=32)
    register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", register.clock.now)
    operator.file(persons=[{}])
    register.clock.move(days=1)
    assert len(fold_all(register)) == 2


@pytest.fixture
def copy(databases: Databases, told: Told, here: Here) -> Iterator[TestDatabase]:
    """A copy of it, which the settings name."""
    made = databases.make_copy(told.register.database)
    keys = {name: base64.b64encode(key).decode() for name, key in told.register.keys.keys.items()}
    here.patch.setenv("SAFE_RETURN_DATABASE_URL", made.api_url)
    here.patch.setenv("SAFE_RETURN_OWNER_URL", made.owner_url)
    here.patch.setenv("SAFE_RETURN_KEYS", json.dumps(keys))
    here.patch.setenv("SAFE_RETURN_MARK_FILE", str(told.mark))
    yield made
    databases.drop(made)


async def _change(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")
        assert await connection.execute(statement) not in {"UPDATE 0", "DELETE 0", "INSERT 0 0"}
    finally:
        await connection.close()


def tamper(told: Told, copy: TestDatabase, statement: str) -> None:
    for name, stands_for in PLACES.items():
        statement = statement.replace(name, stands_for)
    told.register.portal.call(_change, copy.admin_url, statement)


def rows(told: Told, copy: TestDatabase, query: str) -> list[asyncpg.Record]:
    return told.register.portal.call(_fetch, copy.admin_url, query, ())


def differences(*, sealed: bool = False) -> list[str]:
    found = check_all(lambda *_: None, Wanted(processes=1, sealed=sealed))
    return [*found.differences, *(["recount"] if found.recount_due else [])]


@pytest.mark.usefixtures("copy")
def test_nothing_differs_before_anything_was_changed() -> None:
    assert differences(sealed=True) == []


@pytest.mark.parametrize("what", FOUND)
def test_a_change_is_found(told: Told, copy: TestDatabase, what: str) -> None:
    statement, words = FOUND[what]
    tamper(told, copy, statement)
    assert any((words or "recount") in found for found in differences())


@pytest.mark.parametrize("what", UNSEEN)
def test_what_is_said_not_to_be_found_is_not(told: Told, copy: TestDatabase, what: str) -> None:
    tamper(told, copy, UNSEEN[what])
    assert differences() == []
    if what in {"search keys", "sealed words"}:
        assert differences(sealed=True) != []


def test_another_schema_is_refused(told: Told, copy: TestDatabase) -> None:
    tamper(told, copy, "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(CommandError, match="run safe-return migrate"):
        differences()


@pytest.mark.parametrize("command", ["recount", "index"])
def test_what_differs_is_not_made_to_agree_unless_it_is_named(
    told: Told, copy: TestDatabase, here: Here, command: str
) -> None:
    tamper(told, copy, "UPDATE persons SET status = 'received' WHERE case_id = (FIRST_CASE)")
    [row] = rows(told, copy, "SELECT reference FROM cases ORDER BY id LIMIT 1")
    name, persons = f"case {row['reference']}", "SELECT id, status, version FROM persons ORDER BY id"
    accepted = "SELECT reason FROM audit_log WHERE action = 'register:difference_accepted'"
    before = rows(told, copy, persons)
    refused, other = here(command), here(command, "--accept", "case KH22-0000-0000")
    assert (refused.status, other.status) == (1, 1)
    assert f'--accept "{name}"' in refused.err
    assert (rows(told, copy, persons), rows(told, copy, accepted)) == (before, [])
    assert here(command, "--accept", name).status == 0
    assert [one["reason"] for one in rows(told, copy, accepted)] == [name]
    assert here("check").status == int(command == "index")
    assert here(command, "--accept", "case KH22-0000-0000").status == 1


def test_a_due_recount_is_refused_where_more_differs_than_the_rules_explain(
    told: Told, copy: TestDatabase, here: Here
) -> None:
    tamper(told, copy, "DELETE FROM counted_by")
    tamper(told, copy, "DELETE FROM ledger_entries WHERE measure = 'cases_complete'")
    tamper(told, copy, "UPDATE ledger_months SET delta = delta + 1 WHERE grain = 'whole'")
    for command in ("recount", "migrate"):
        ran = here(command)
        assert (ran.status, "the month of" in ran.err) == (1, True)
    assert "recount first" in here("index").err
