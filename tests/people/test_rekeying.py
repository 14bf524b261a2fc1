"""After the rules have changed the service makes search keys anew, and finds by the old ones until then."""

import asyncio
import logging
from typing import Any

import pytest

from service.clock import utc_now
from service.db.database import Database
from service.people.actions import rekeying
from service.people.actions.indexing import Indexing
from service.people.actions.opening import KeyOpener
from service.people.actions.rekeying import rekey_outdated
from service.people.rules.terms import TERMS_VERSION
from tests.audit.searching import counts
from tests.people.test_indexing import acting, file_some, found, keys_of
from tests.register import Register

NATIVE, LATIN = "សុខ ចាន់ដារ៉ា", "Sok Chandara"


def rekey(register: Register, *, workers: int = 1) -> list[Indexing]:
    """Do what the service does in the background, in as many workers as told."""

    async def work() -> list[Indexing]:
        database = Database.at(register.database.api_url, pool_size=4)
        opener = KeyOpener(database, register.keys, utc_now)
        try:
            return list(
                await asyncio.gather(*(rekey_outdated(database, opener.open_keys, acting) for _ in range(workers)))
            )
        finally:
            await database.close()

    return asyncio.run(work())


def as_the_release_before_left_it(register: Register) -> None:
    """Leave the keys of the name as it is written, and say that they are of the rules before."""
    register.rows("UPDATE sealed_records SET indexed = $1", TERMS_VERSION - 1)
    register.rows("DELETE FROM search_keys WHERE kind = 'sound' OR (kind IN ('name', 'whole_name') AND key = ANY($1))",
                  latin_keys(register))  # fmt: skip


def latin_keys(register: Register) -> list[int]:
    """Return the keys of the Latin spelling: those that a record with only that name has too."""
    only = register.caller("operator").file(persons=[{"names": [{"text": LATIN}]}])["persons"][0]["id"]
    keys = [row["key"] for row in register.rows("SELECT key FROM search_keys WHERE subject_id = $1", only)]
    register.rows("DELETE FROM search_keys WHERE subject_id = $1", only)
    register.rows("UPDATE sealed_records SET retired_at = recorded_at WHERE subject_id = $1", only)
    return keys


def test_a_name_in_khmer_is_found_by_its_latin_spelling_once_its_keys_are_made_anew(register: Register) -> None:
    operator = register.caller("operator")
    operator.file(persons=[{"names": [{"text": NATIVE}]}])
    before = keys_of(register)
    assert (found(operator, name=NATIVE), found(operator, name=LATIN)) == (1, 1)
    as_the_release_before_left_it(register)
    assert (found(operator, name=NATIVE), found(operator, name=LATIN)) == (1, 0)
    [done] = rekey(register)
    assert (done.records, done.unreadable) == (1, 0)
    assert keys_of(register) == before
    assert (found(operator, name=NATIVE), found(operator, name=LATIN)) == (1, 1)


def test_a_latin_name_is_found_by_its_spelling_in_another_script(register: Register) -> None:
    operator = register.caller("operator")
    operator.file(persons=[{"names": [{"text": LATIN}]}, {"names": [{"text": "Somebody Else"}]}])
    assert found(operator, name=NATIVE) == 1


def test_whose_records_were_opened_is_on_record_and_nothing_is_done_twice(
    register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    file_some(register)
    before = keys_of(register)
    register.rows("UPDATE sealed_records SET indexed = $1", TERMS_VERSION - 1)
    with caplog.at_level(logging.INFO, "service.people"):
        [done] = rekey(register)
    assert f"rekey=done records={done.records} of={done.records} unreadable=0" in caplog.text
    rows = register.rows("SELECT subject_ids, principal_id FROM audit_log WHERE action = 'records:indexed'")
    subjects = {row["subject_id"] for row in register.rows("SELECT subject_id FROM data_keys")}
    assert {id_ for row in rows for id_ in row["subject_ids"]} == subjects
    assert {row["principal_id"] for row in rows} == {None}
    state = (keys_of(register), counts(register))
    assert rekey(register) == [Indexing()]
    assert state == (before, counts(register))


def test_several_workers_share_the_work(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    file_some(register)
    before = keys_of(register)
    register.rows("UPDATE sealed_records SET indexed = $1", TERMS_VERSION - 1)
    monkeypatch.setattr(rekeying, "FEW", 1)
    done = rekey(register, workers=3)
    assert sum(one.records for one in done) == counts(register)["sealed_records"]
    assert keys_of(register) == before
    assert register.rows("SELECT 1 FROM sealed_records WHERE indexed < $1", TERMS_VERSION) == []


def test_what_was_stopped_goes_on_where_it_was(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    file_some(register)
    before = keys_of(register)
    register.rows("UPDATE sealed_records SET indexed = $1", TERMS_VERSION - 1)
    monkeypatch.setattr(rekeying, "FEW", 2)
    waited: list[float] = []

    async def stop(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(rekeying, "sleep", stop)
    with pytest.raises(asyncio.CancelledError):
        rekey(register)
    assert len(register.rows("SELECT 1 FROM sealed_records WHERE indexed = $1", TERMS_VERSION)) == 4
    monkeypatch.undo()
    assert rekey(register)[0].records == counts(register)["sealed_records"] - 4
    assert keys_of(register) == before


def test_what_a_check_must_find_is_left_as_it_is(register: Register) -> None:
    """A key that points to somebody else, and one whose record is gone, are shown by a check, not mended unseen."""
    file_some(register)
    [name] = register.rows("SELECT id FROM sealed_records WHERE kind = 'name' ORDER BY id LIMIT 1")
    register.rows("UPDATE search_keys SET subject_id = gen_random_uuid() WHERE record_id = $1", name["id"])
    register.rows("UPDATE sealed_records SET indexed = $1", TERMS_VERSION - 1)
    register.rows("UPDATE sealed_records SET retired_at = recorded_at, indexed = NULL WHERE kind = 'reporter'")
    pointing = "SELECT * FROM search_keys k WHERE record_id = $1 OR EXISTS (SELECT FROM sealed_records r WHERE " \
               "r.id = k.record_id AND r.retired_at IS NOT NULL) ORDER BY record_id, kind, key"  # fmt: skip
    before = register.rows(pointing, name["id"])
    assert rekey(register)[0].records == counts(register)["sealed_records"] - 2
    assert register.rows(pointing, name["id"]) == before != []


def test_what_does_not_open_is_counted_and_does_not_stop_the_rest(register: Register) -> None:
    file_some(register)
    register.rows("UPDATE sealed_records SET indexed = 0")
    register.rows("UPDATE sealed_records SET content = '\\x00' WHERE kind = 'reporter'")
    [done] = rekey(register)
    assert (done.records, done.unreadable) == (counts(register)["sealed_records"] - 1, 1)


def test_a_register_without_work_is_given_no_key(register: Register) -> None:
    assert rekey(register) == [Indexing()]
    assert counts(register)["index_keys"] == 0


def test_the_metrics_say_how_many_are_left(register: Register) -> None:
    file_some(register)
    admin: Any = register.caller("admin")
    left = "safe_return_outdated_search_records"
    assert f"{left} 0.0" in admin.get("/metrics").text
    register.rows("UPDATE sealed_records SET indexed = 0 WHERE kind = 'name'")
    assert f"{left} 4.0" in admin.get("/metrics").text


def test_the_background_finds_outdated_records_by_an_index_of_their_own(register: Register) -> None:
    [index] = register.rows("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_sealed_records_outdated'")
    assert f"(indexed < {TERMS_VERSION})" in index["indexdef"]
