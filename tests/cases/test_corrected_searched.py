"""Searches and what was corrected or taken out: who is found by it, and whom it must not crowd out."""

import asyncio
from functools import partial
from typing import Final

import asyncpg
import httpx
import pytest

from service.cases.actions import searching
from tests.cases.test_searching import found, named, one, search
from tests.register import Register

MADE_ANEW: Final = """
INSERT INTO search_keys (case_id, record_id, subject_kind, subject_id, kind, key)
SELECT case_id, record_id, subject_kind, subject_id, kind, key + 1 FROM search_keys
WHERE record_id IN (SELECT id FROM sealed_records WHERE kind = 'contact')
"""
WAITS: Final = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def test_what_is_taken_out_takes_along_what_was_corrected_of_it(register: Register) -> None:
    operator = register.caller("operator")
    person = one(operator, **named("Forgotten Number"), contacts=[{"kind": "phone", "value": "012 333 444 5"}])
    for told in ([{"kind": "phone", "value": "012 333 444 6"}], None):
        tag = operator.get(f"/v1/persons/{person}").headers["etag"]
        assert operator.patch(f"/v1/persons/{person}", {"contacts": told}, If_Match=tag).status_code == 200
    assert found(operator, phone="123334445") == found(operator, phone="123334446") == []
    assert found(operator, name="forgotten") == [person]


def test_what_is_taken_out_while_its_keys_are_made_anew_leaves_none(register: Register) -> None:
    operator = register.caller("operator")
    person = one(operator, contacts=[{"kind": "phone", "value": "012 555 666 7"}])
    tag = operator.get(f"/v1/persons/{person}").headers["etag"]

    async def beside() -> httpx.Response:
        indexing = await asyncpg.connect(register.database.admin_url)
        try:
            async with indexing.transaction():
                await indexing.execute("SELECT FROM sealed_records WHERE kind = 'contact' FOR UPDATE")
                await indexing.execute(MADE_ANEW)
                change = partial(operator.patch, f"/v1/persons/{person}", {"contacts": None}, If_Match=tag)
                changing = asyncio.create_task(asyncio.to_thread(change))
                while not register.rows(WAITS):
                    await asyncio.sleep(0)
            return await changing
        finally:
            await indexing.close()

    assert asyncio.run(beside()).status_code == 200
    left = "SELECT FROM search_keys k JOIN sealed_records s ON s.id = k.record_id WHERE s.indexed IS NULL"
    assert register.rows(left) == []


@pytest.mark.parametrize("for_", ["persons", "cases"])
def test_what_an_embassy_may_not_find_takes_no_place_and_is_not_told_of(
    register: Register, for_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, liaison = register.caller("operator"), register.caller("liaison", "TWN")
    shown = one(operator, nationality="TWN", **named("Canary"))
    for _ in range(3):
        hidden = one(operator, nationality="TWN", **named("Canary"))
        assert operator.patch(f"/v1/persons/{hidden}", named("Otherwise"), If_Match='"1"').status_code == 200
    monkeypatch.setattr(searching, "OPENED_AT_MOST", 2)
    answer = search(liaison, for_, name="canary")
    wanted = shown if for_ == "persons" else shown.rpartition("-")[0]
    assert ([item["reference"] for item in answer["items"]], answer["more"]) == ([wanted], False)
