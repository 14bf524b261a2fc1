"""Migrating, checking, the demonstration, the code lists and the contract."""

import base64
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from alembic.script import ScriptDirectory

from service.cli.failures import CommandError
from service.cli.preparing import prepare_keys
from service.cli.registers import State, state_of
from service.cli.revisions import known_revisions, newest_revision
from service.db.migrations import _config
from service.sealing import SecretKeyRing, make_key_file, new_data_key
from service.server.logs import JsonLines
from service.settings import Settings
from tests.cli.commands import Here
from tests.engine import TestDatabase
from tests.register import Register


def test_the_newest_revision_is_the_one_that_migrating_leads_to() -> None:
    assert newest_revision() == ScriptDirectory.from_config(_config()).get_current_head()
    assert list(known_revisions().values()).count("") == 1


def test_a_register_that_agrees_with_its_logs(here: Here, register: Register) -> None:
    register.rescued_person()
    ran = here("check")
    assert ran.status == 0
    assert dict(line.rsplit(maxsplit=1) for line in ran.out.splitlines())["Cases"] == "1"


def test_a_register_that_differs_from_its_logs(here: Here, register: Register) -> None:
    register.rescued_person()
    register.rows("UPDATE persons SET status = 'repatriated'")
    ran = here("check")
    assert ran.status == 1
    assert "The register differs from its logs: " in ran.err
    assert "Differences" in ran.out


def test_a_check_for_programs(here: Here, register: Register) -> None:
    register.rescued_person()
    agrees = here("check", "--format", "json")
    assert (agrees.status, agrees.json()["cases"], agrees.json()["differences"]) == (0, 1, [])
    register.rows("UPDATE persons SET status = 'repatriated'")
    differs = here("check", "--format", "json")
    assert differs.status == 1
    assert len(differs.json()["differences"]) >= 1
    assert differs.json()["differences"][0] in differs.err


def test_records_from_before_there_were_searches_are_indexed(here: Here, register: Register, tmp_path: Path) -> None:
    keys = {name: base64.b64encode(key).decode() for name, key in register.keys.keys.items()}
    here.patch.setenv("SAFE_RETURN_KEYS", json.dumps(keys))
    register.rescued_person(names=[{"text": "Somebody"}])
    assert "index" not in here("migrate").out
    register.rows("DELETE FROM search_keys")
    register.rows("UPDATE sealed_records SET indexed = 0")
    assert "1 sealed record" in here("migrate").out
    ran = here("index")
    assert ran.status == 0, ran.err
    assert dict(line.rsplit(maxsplit=1) for line in ran.out.splitlines())["Records indexed"] == "1"
    body = {"for": "persons", "name": "somebody", "purpose": "rescue"}
    assert len(register.caller("operator").post("/v1/searches", body).json()["items"]) == 1
    register.rows("UPDATE sealed_records SET indexed = 0, content = '\\x00'")
    assert (here("index").status, here("check").status) == (1, 1)


def test_a_check_opens_what_is_sealed_where_it_is_asked_to_and_says_what_differs(
    here: Here, register: Register
) -> None:
    keys = {name: base64.b64encode(key).decode() for name, key in register.keys.keys.items()}
    register.rescued_person(names=[{"text": "Somebody"}])
    register.rows("DELETE FROM search_keys")
    assert here("check").status == 0
    here.patch.setenv("SAFE_RETURN_KEYS", json.dumps({"1": base64.b64encode(b"k" * 32).decode()}))
    assert (here("check").status, here("check", "--sealed").status) == (1, 1)
    here.patch.setenv("SAFE_RETURN_KEYS", json.dumps(keys))
    ran = here("check", "--sealed")
    assert ran.status == 1
    assert "a sealed name has other search keys than its words give" in ran.err
    register.rows("UPDATE sealed_records SET indexed = 0")
    ran = here("check")
    assert (ran.status, "run safe-return index" in ran.err) == (1, True)
    assert here("index").status == here("check", "--sealed").status == 0
    register.rows("DELETE FROM data_keys WHERE subject_id IN (SELECT id FROM persons)")
    ran = here("check")
    assert (ran.status, "has no record any more" in ran.err) == (1, True)
    assert here("index").status == here("check").status == 0


def test_indexing_under_other_keys_changes_nothing(here: Here, register: Register) -> None:
    register.rescued_person(names=[{"text": "Somebody"}])
    register.rows("UPDATE sealed_records SET indexed = 0")
    here.patch.setenv("SAFE_RETURN_KEYS", json.dumps({"1": base64.b64encode(b"k" * 32).decode()}))
    ran = here("index")
    assert (ran.status, ran.out) == (1, "")
    assert register.rows("SELECT FROM audit_log WHERE action = 'records:indexed'") == []


def test_the_demonstration_goes_into_an_empty_register_only(here: Here, register: Register) -> None:
    ran = here("demo", "--desk", "--format", "json")
    assert ran.status == 0, ran.err
    accounts = {line["name"]: line["secret"] for line in ran.json()}
    signed_in = register.client().post("/v1/sessions", json={"username": "operator", "password": accounts["operator"]})
    assert signed_in.status_code == 201
    assert here("check").status == 0
    again = here("demo")
    assert (again.status, again.out) == (1, "")
    assert "not empty" in again.err


def test_a_register_knows_whether_the_service_owns_its_tables(database: TestDatabase) -> None:
    states = [state_of(Settings(), url, "any") for url in (database.api_url, database.owner_url)]
    assert [state.owner for state in states] == [False, True]
    assert all(state.empty and not state.sealed and state.cases == 0 for state in states)


def test_a_lost_key_file_is_not_replaced_while_something_needs_it(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    holding = State(version="15", revision="0001", cases=1, empty=False, sealed=(b"1:",), owner=False, counted_by=2)
    with pytest.raises(CommandError, match="put it back"):
        prepare_keys(settings, holding)
    assert not settings.key_path.exists()


def test_the_key_file_of_another_register_is_refused(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    assert make_key_file(settings.key_path)
    wrapped = SecretKeyRing({"1": b"k" * 32}, "1").wrap(b"d" * 32)
    holding = State(version="15", revision="0001", cases=1, empty=False, sealed=(wrapped,), owner=False, counted_by=2)
    with pytest.raises(CommandError, match="not those of this register"):
        prepare_keys(settings, holding)


def as_setting(keys: Mapping[str, bytes]) -> str:
    return json.dumps({name: base64.b64encode(key).decode() for name, key in keys.items()})


SEALED: Final = {
    "data_keys": "UPDATE data_keys SET wrapped = $1 WHERE subject_id IN (SELECT id FROM persons)",
    "index_keys": "UPDATE index_keys SET wrapped = $1",
    "kept_answers": "UPDATE kept_answers SET wrapped_key = $1",
}


@pytest.mark.parametrize("table", SEALED)
def test_a_key_file_of_before_a_rotation_is_refused(here: Here, register: Register, tmp_path: Path, table: str) -> None:
    older = dict(register.keys.keys)
    newer = SecretKeyRing({**older, "2-new": new_data_key()}, "2-new")
    register.rescued_person(names=[{"text": "Somebody"}])
    register.caller("operator").post("/v1/cases", {"channel": "walk_in"}, Idempotency_Key="k")
    here.patch.setenv("SAFE_RETURN_KEYS", as_setting(older))
    assert here("check").status == 0
    register.rows(SEALED[table], newer.wrap(new_data_key()))
    differs = here("check")
    assert differs.status == 1
    assert "2-new" in differs.err
    state = state_of(Settings(), register.database.api_url, "any")
    assert len(state.sealed) == 2
    for keys, missing in ((older, "2-new"), ({"2-new": newer.keys["2-new"]}, "1")):
        with pytest.raises(CommandError, match=rf"A key is missing .*: {missing}\. ") as refused:
            prepare_keys(Settings(var=tmp_path), state)
        secrets = [base64.b64encode(key).decode() for key in keys.values()]
        assert [secret for secret in secrets if secret in str(refused.value)] == []
        here.patch.setenv("SAFE_RETURN_KEYS", as_setting({"2-new": newer.keys["2-new"]}))
    here.patch.setenv("SAFE_RETURN_KEYS", as_setting(newer.keys))
    assert prepare_keys(Settings(var=tmp_path), state).unwrap(state.sealed[0])
    assert here("check").status == 0
    here.patch.setenv("SAFE_RETURN_KEYS", as_setting({**older, "2-new": new_data_key()}))
    with pytest.raises(CommandError, match="not those of this register"):
        prepare_keys(Settings(var=tmp_path), state)


def test_a_register_in_which_nothing_is_sealed_takes_any_key(
    here: Here, database: TestDatabase, tmp_path: Path
) -> None:
    state = state_of(Settings(), database.api_url, "any")
    assert state.sealed == ()
    assert make_key_file(Settings(var=tmp_path).key_path)
    assert prepare_keys(Settings(var=tmp_path), state).wrap(new_data_key())
    assert here("check").status == 0


def test_the_contract_needs_no_database(here: Here, tmp_path: Path) -> None:
    here.patch.delenv("SAFE_RETURN_DATABASE_URL")
    written = tmp_path / "openapi.json"
    assert here("openapi", "--output", str(written)).status == 0
    text = written.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert here("openapi").out == text
    assert [path.name for path in tmp_path.iterdir()] == ["openapi.json"]
    assert here("openapi", "--output", str(tmp_path / "none" / "x")).status == 3


def test_the_code_lists_need_no_database(here: Here) -> None:
    here.patch.delenv("SAFE_RETURN_DATABASE_URL")
    names = [row["name"] for row in here("reference", "list", "--format", "json").json()]
    assert "provinces" in names
    found = here("reference", "show", "provinces", "--find", "Kampong Som", "--format", "json").json()
    assert [row["code"] for row in found] == ["KH-18"]
    assert here("reference", "show", "nothing").status == 1


def test_a_log_line_is_json_and_never_repeats_what_an_error_says() -> None:
    def line(message: str, **more: object) -> dict[str, object]:
        record = logging.LogRecord("service", logging.INFO, __file__, 1, message, (), more.get("error"))  # type: ignore[arg-type]  # either is fine
        made: dict[str, object] = json.loads(JsonLines().format(record))
        return made

    assert line('{"status": 200}')["status"] == 200
    assert line('said "so"\nand more')["message"] == 'said "so"\nand more'
    with pytest.raises(ValueError, match="somebody") as raised:
        int("somebody")
    shown = line("It failed", error=raised._excinfo)
    assert shown["error"] == "ValueError"
    assert "invalid literal" not in json.dumps(shown)
