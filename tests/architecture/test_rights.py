"""The run-time role can do what is written in `service.db.rights` and nothing else."""

from typing import Final

from service.db.rights import APPEND_ONLY, RIGHTS, RUN_TIME_ROLE
from service.tables import METADATA
from tests.register import Register

VERSION_TABLE: Final = "alembic_version"


def test_every_table_has_its_rights_written_down() -> None:
    assert set(RIGHTS) == set(METADATA.tables) | {VERSION_TABLE}


def test_nothing_that_is_evidence_can_be_changed() -> None:
    assert {RIGHTS[table] for table in APPEND_ONLY} == {"SELECT, INSERT"}
    assert {"events", "ledger_entries", "audit_log"} <= APPEND_ONLY


def test_the_role_has_exactly_the_rights_written_down(register: Register) -> None:
    found = register.rows(
        "SELECT table_name AS name, privilege_type AS right FROM information_schema.role_table_grants "
        "WHERE grantee = $1 AND table_schema = 'public'",
        RUN_TIME_ROLE,
    )
    actual: dict[str, set[str]] = {}
    for row in found:
        actual.setdefault(row["name"], set()).add(row["right"])
    assert actual == {table: set(rights.split(", ")) for table, rights in RIGHTS.items()}


def test_nobody_else_has_any(register: Register) -> None:
    found = register.rows(
        "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = 'public'"
    )
    owner = register.rows("SELECT DISTINCT tableowner AS name FROM pg_tables WHERE schemaname = 'public'")
    assert {row["grantee"] for row in found} == {RUN_TIME_ROLE, *(row["name"] for row in owner)}
    assert RUN_TIME_ROLE not in {row["name"] for row in owner}


def test_the_role_is_nobody_special(register: Register) -> None:
    [role] = register.rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin, "
        "has_schema_privilege(oid, 'public', 'CREATE') AS creates, "
        "(SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid) AS memberships "
        "FROM pg_roles WHERE rolname = $1",
        RUN_TIME_ROLE,
    )
    assert role.pop("rolcanlogin") is True
    assert not any(role.values()), role


def test_the_application_runs_as_this_role(register: Register) -> None:
    assert f"//{RUN_TIME_ROLE}" in register.database.api_url
