"""Agencies, users and keys, from the console to the first call over HTTP."""

import csv
import io

import pytest

from tests.cli.commands import Here
from tests.register import Register


def sign_in(register: Register, username: str, password: str) -> int:
    given = {"username": username, "password": password}
    return register.client().post("/v1/sessions", json=given).status_code


def test_a_user_signs_in_with_the_password_that_was_printed(here: Here, register: Register) -> None:
    agency = here.one("agency", "add", "សភា Secretariat", "--kind", "ncct")
    user = here.one("user", "add", "Sokha", "--role", "operator", "--agency", "សភា Secretariat")
    assert user["username"] == "sokha"
    assert sign_in(register, "sokha", user["password"]) == 201
    replaced = here.one("user", "password", "sokha")
    assert sign_in(register, "sokha", user["password"]) == 401
    assert sign_in(register, "sokha", replaced["password"]) == 201
    disabled = here.one("user", "disable", user["id"])
    assert disabled["disabled_at"]
    assert disabled["agency_id"] == agency["id"]
    assert sign_in(register, "sokha", replaced["password"]) == 401
    assert here.one("user", "enable", "sokha")["disabled_at"] is None
    assert sign_in(register, "sokha", replaced["password"]) == 201
    assert user["password"] not in here("user", "list").out


def test_the_last_administrator_is_not_disabled_from_the_console_either(here: Here) -> None:
    here.one("agency", "add", "Secretariat", "--kind", "ncct")
    here.one("user", "add", "admin-one", "--role", "admin", "--agency", "Secretariat")
    refused = here("user", "disable", "admin-one")
    assert refused.status == 1
    assert "Make or enable another one first" in refused.err
    assert here("agency", "set", "Secretariat", "--disable").status == 1
    here.one("user", "add", "admin-two", "--role", "admin", "--agency", "Secretariat")
    assert here.one("user", "disable", "admin-one")["disabled_at"]


def test_the_console_needs_no_second_administrator(here: Here, register: Register) -> None:
    """Whoever has it has the database, and one administrator who forgot the password has nobody else to ask."""
    here.one("agency", "add", "Secretariat", "--kind", "ncct")
    here.one("agency", "add", "Watch", "--kind", "ncct")
    for name, role, agency in (("chief", "admin", "Secretariat"), ("first", "auditor", "Secretariat"),
                               ("second", "auditor", "Watch"), ("third", "auditor", "Watch")):  # fmt: skip
        here.one("user", "add", name, "--role", role, "--agency", agency)
    assert sign_in(register, "chief", here.one("user", "password", "chief")["password"]) == 201
    assert here.one("user", "disable", "third")["disabled_at"]
    assert here.one("agency", "set", "Watch", "--disable")["disabled_at"]


def test_a_password_may_be_chosen_on_standard_input_only(here: Here, register: Register) -> None:
    here.one("agency", "add", "Hotline", "--kind", "police")
    here.one("user", "add", "vanna", "--role", "operator", "--agency", "Hotline")
    chosen = "seven grey herons at noon"
    shown = here.one("user", "password", "vanna", "--choose", stdin=f"{chosen}\n")
    assert "password" not in shown
    assert sign_in(register, "vanna", chosen) == 201
    assert here("user", "password", "vanna", "--choose", stdin="short\n").status == 1
    assert here("user", "password", "vanna", "--choose").status == 2
    assert here("user", "password", "vanna", chosen).status == 2
    assert sign_in(register, "vanna", chosen) == 201


def test_a_key_reads_figures_until_it_is_revoked(here: Here, register: Register) -> None:
    here.one("agency", "add", "Statistics", "--kind", "ncct")
    key = here.one("key", "add", "nightly", "--agency", "Statistics", "--scope", "figures:exact", "--days", "7")
    job = register.client(key["token"])
    assert job.get("/v1/figures/persons_by_status").status_code == 200
    assert here.one("key", "revoke", "nightly")["revoked_at"]
    assert job.get("/v1/figures/persons_by_status").status_code == 401
    assert here("key", "revoke", "nightly").status == 1
    assert key["token"] not in here("key", "list").out


def test_an_agency_is_changed_and_the_rest_of_it_stays(here: Here) -> None:
    made = here.one("agency", "add", "Embassy", "--kind", "embassy", "--nationality", "MYS")
    changed = here.one("agency", "set", "Embassy", "--nationality", "TWN", "--nationality", "MYS", "--disable")
    assert changed["nationalities"] == ["MYS", "TWN"] or changed["nationalities"] == ["TWN", "MYS"]
    assert changed["disabled_at"]
    assert (changed["name"], changed["kind"], changed["version"]) == (made["name"], made["kind"], 2)
    assert here.one("agency", "set", made["id"], "--enable")["disabled_at"] is None


def test_rows_are_printed_as_a_table_as_csv_and_as_json(here: Here) -> None:
    here.one("agency", "add", 'A "quoted", 領事館 one', "--kind", "embassy", "--nationality", "MYS")
    listed = here("agency", "list", "--format", "json").json()
    (row,) = csv.DictReader(io.StringIO(here("agency", "list", "--format", "csv").out))
    assert row["name"] == listed[0]["name"] == 'A "quoted", 領事館 one'
    heading, line = here("agency", "list").out.splitlines()
    assert heading.startswith("id ")
    assert listed[0]["id"] in line
    assert "\033" not in heading


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["user", "add", "dara", "--role", "operator", "--agency", "Nobody"], 1, "There is no agency"),
        (["agency", "add", "Hotline", "--kind", "police"], 1, "agency"),
        (["agency", "add", "Other", "--kind", "police", "--nationality", "XXQ"], 2, "nationalities"),
        (["agency", "set", "Hotline"], 2, "Nothing to change"),
        (["agency", "add", "Other", "--kind", "circus"], 2, "circus"),
        (["user", "password", "nobody"], 1, "There is no user"),
        (["key", "revoke", "nothing"], 1, "There is no key"),
        (["no-such-command"], 2, "No such command"),
    ],
)
def test_what_is_refused_ends_with_a_sentence(here: Here, arguments: list[str], status: int, said: str) -> None:
    here.one("agency", "add", "Hotline", "--kind", "police")
    ran = here(*arguments)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_the_console_is_on_record(here: Here, register: Register) -> None:
    here.one("agency", "add", "Hotline", "--kind", "police")
    here.one("user", "add", "vanna", "--role", "operator", "--agency", "Hotline")
    recorded = register.rows("SELECT action, principal_id FROM audit_log ORDER BY id")
    assert [(row["action"], row["principal_id"]) for row in recorded] == [("agency:made", None), ("user:made", None)]
