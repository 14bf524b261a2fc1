"""The index key is drawn once and outlives the keys around it; records without search keys get theirs by a command."""

import asyncio
from typing import Any

import pytest

from service.acting import Acting
from service.clock import utc_now
from service.db.database import Upkeep
from service.people.actions import indexing
from service.people.actions.indexing import Indexing, index_register
from service.people.actions.opening import KeyOpener
from service.people.rules.terms import name_terms
from service.sealing import RegisterKeys, SealingError, SecretKeyRing, new_data_key
from tests.audit.searching import counts
from tests.engine import TestDatabase
from tests.register import Caller, Register


def acting() -> Acting:
    return Acting(None, None, utc_now())


def index(register: Register) -> Indexing:
    """Index what is not, as the command does."""

    async def work() -> Indexing:
        database = Upkeep.at(register.database.api_url, pool_size=2)
        try:
            keys = await KeyOpener(database, register.keys, utc_now).open_keys()
            return await index_register(database, keys, acting, lambda *_: None)
        finally:
            await database.close()

    return asyncio.run(work())


def found(caller: Caller, **given: Any) -> int:
    answer = caller.post("/v1/searches", {"for": "persons", "purpose": "rescue", **given})
    assert answer.status_code == 200, answer.text
    return len(answer.json()["items"])


def keys_of(register: Register) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in register.rows("SELECT * FROM search_keys"))


def as_before_there_were_searches(register: Register) -> None:
    register.rows("DELETE FROM search_keys")
    register.rows("UPDATE sealed_records SET indexed = 0")


def file_some(register: Register) -> Caller:
    operator = register.caller("operator")
    persons = [{"names": [{"text": f"Somebody {number}"}], "story": "told"} for number in range(3)]
    operator.file(persons=persons, narrative="A narrative", reporter={"name": "A reporter"},
                  offenders=[{"names": [{"text": "..."}], "description": "d"}])  # fmt: skip
    return operator


def test_many_who_need_the_key_first_get_one_and_the_same(database: TestDatabase) -> None:
    ring = SecretKeyRing({"1": new_data_key()}, "1")

    async def open_at_once() -> set[bytes]:
        pool = Upkeep.at(database.api_url, pool_size=8)
        try:
            opened = await asyncio.gather(*(KeyOpener(pool, ring, utc_now).open_keys() for _ in range(8)))
        finally:
            await pool.close()
        return {keys.index_key for keys in opened}

    [key] = asyncio.run(open_at_once())
    assert len(key) == 32
    [reopened] = asyncio.run(open_at_once())
    assert reopened == key


def test_the_key_outlives_the_rotation_of_those_around_it(register: Register) -> None:
    operator = file_some(register)
    [before] = register.rows("SELECT wrapped FROM index_keys")
    secret = register.keys.unwrap(before["wrapped"])
    both = SecretKeyRing({**register.keys.keys, "2": new_data_key()}, "2")
    register.rows("UPDATE index_keys SET wrapped = $1", both.wrap(secret))
    newest = SecretKeyRing({"2": both.keys["2"]}, "2")

    async def reopen() -> RegisterKeys:
        pool = Upkeep.at(register.database.api_url)
        try:
            return await KeyOpener(pool, newest, utc_now).open_keys()
        finally:
            await pool.close()

    assert asyncio.run(reopen()).index_key == secret
    assert secret not in bytes(before["wrapped"])
    assert found(operator, name="somebody") == 3


def test_keys_of_another_register_draw_no_index_key(register: Register) -> None:
    file_some(register)
    register.rows("DELETE FROM index_keys")

    async def open_with_others() -> None:
        pool = Upkeep.at(register.database.api_url)
        try:
            await KeyOpener(pool, SecretKeyRing({"1": new_data_key()}, "1"), utc_now).open_keys()
        finally:
            await pool.close()

    with pytest.raises(SealingError):
        asyncio.run(open_with_others())
    assert counts(register)["index_keys"] == 0


def test_older_records_are_found_once_they_are_indexed(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = file_some(register)
    before = keys_of(register)
    as_before_there_were_searches(register)
    assert found(operator, name="somebody") == 0
    monkeypatch.setattr(indexing, "AT_ONCE", 4)
    done = index(register)
    assert (done.records, done.unreadable, done.forgotten) == (counts(register)["sealed_records"], 0, 0)
    assert keys_of(register) == before
    assert found(operator, name="somebody") == 3


def test_whose_records_were_opened_to_be_indexed_is_on_record(register: Register) -> None:
    file_some(register)
    as_before_there_were_searches(register)
    index(register)
    [row] = register.rows("SELECT * FROM audit_log WHERE action = 'records:indexed'")
    subjects = {row["subject_id"] for row in register.rows("SELECT subject_id FROM data_keys")}
    assert set(row["subject_ids"]) == subjects
    assert row["fields"] == ["description", "name", "narrative", "reporter"]
    assert row["principal_id"] is None


def test_indexing_twice_changes_nothing_and_opens_nothing(register: Register) -> None:
    file_some(register)
    before, rows = keys_of(register), counts(register)
    assert index(register) == Indexing()
    assert (keys_of(register), counts(register)) == (before, rows)


def test_indexing_that_was_stopped_goes_on_where_it_was(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    file_some(register)
    before = keys_of(register)
    as_before_there_were_searches(register)
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    monkeypatch.setattr(indexing, "_index", _failing_after(3))
    with pytest.raises(KeyboardInterrupt):
        index(register)
    monkeypatch.undo()
    [row] = register.rows("SELECT count(*) AS n FROM sealed_records WHERE indexed > 0")
    assert row["n"] == 2
    assert index(register).records == counts(register)["sealed_records"] - 2
    assert keys_of(register) == before


def _failing_after(records: int) -> Any:
    index_one, seen = indexing._index, []

    def stop(*arguments: Any) -> bool:
        seen.append(1)
        if len(seen) > records:
            raise KeyboardInterrupt
        return index_one(*arguments)

    return stop


def test_rules_that_grow_make_the_keys_anew(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = file_some(register)
    before = keys_of(register)
    register.rows("UPDATE sealed_records SET indexed = 0")
    register.rows("UPDATE search_keys SET key = key + 1")
    assert found(operator, name="somebody") == 0
    assert index(register).records == counts(register)["sealed_records"]
    assert keys_of(register) == before


def test_what_does_not_open_is_counted_and_does_not_stop_the_rest(register: Register) -> None:
    operator = file_some(register)
    as_before_there_were_searches(register)
    register.rows("UPDATE sealed_records SET content = set_byte(content, 20, get_byte(content, 20) # 1) "
                  "WHERE kind = 'reporter'")  # fmt: skip
    done = index(register)
    assert (done.records, done.unreadable) == (counts(register)["sealed_records"] - 1, 1)
    assert found(operator, name="somebody") == 3
    assert index(register).unreadable == 1


def test_keys_of_erased_subjects_and_of_what_was_taken_out_are_forgotten(register: Register) -> None:
    operator = register.caller("operator")
    names = ("Erased One", "Kept Two", "Taken Three")
    erased, kept, taken_out = operator.file(persons=[{"names": [{"text": name}]} for name in names])["persons"]
    register.rows("DELETE FROM data_keys WHERE subject_id = $1", erased["id"])
    register.rows(
        "UPDATE sealed_records SET retired_at = recorded_at, indexed = NULL WHERE subject_id = $1", taken_out["id"]
    )
    assert found(operator, name="one two three") == 1
    gone = [key for key in keys_of(register) if kept["id"] not in map(str, key)]
    assert index(register).forgotten == len(gone) > 0
    assert {str(row["subject_id"]) for row in register.rows("SELECT subject_id FROM search_keys")} == {kept["id"]}


def test_names_and_numbers_cannot_be_tried_against_a_copy_without_the_key(register: Register) -> None:
    for text in ("Same Name", "Same Name"):
        register.caller("operator").file(persons=[{"names": [{"text": text}]}])
    keys = {row["key"] for row in register.rows("SELECT key FROM search_keys")}
    assert len(keys) == len(name_terms("Same Name"))
    assert min(keys) < -(2**40) or max(keys) > 2**40
