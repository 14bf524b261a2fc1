"""`safe-return check` names what was done to search keys, and to what they point to."""

import asyncio

import pytest

from service.clock import utc_now
from service.db.database import Upkeep
from service.people.actions.checking import SearchCheck, check_search_keys
from service.people.actions.opening import KeyOpener
from tests.audit.searching import counts
from tests.people.test_indexing import acting, file_some
from tests.register import Register

NAME = "record_id = (SELECT id FROM sealed_records WHERE kind = 'name' ORDER BY id LIMIT 1)"


def check(register: Register, *, opening: bool) -> SearchCheck:
    """Check as the command does, opening what is sealed or not."""

    async def work() -> SearchCheck:
        database = Upkeep.at(register.database.api_url, pool_size=2)
        try:
            keys = await KeyOpener(database, register.keys, utc_now).open_keys() if opening else None
            return await check_search_keys(database, keys, acting, lambda *_: None)
        finally:
            await database.close()

    return asyncio.run(work())


def test_sound_search_keys_have_no_difference_and_nothing_is_opened_unasked(register: Register) -> None:
    operator = file_some(register)
    [person] = operator.file(persons=[{"names": [{"text": "Former"}]}])["persons"]
    officer = register.caller("officer")
    told = {"kind": "raid", "grounds": "Order 12", "site": "a site"}
    assert officer.post("/v1/operations", told).status_code == 201
    path = f"/v1/persons/{person['reference']}"
    changed = operator.patch(path, {"names": [{"text": "Present"}]}, If_Match=operator.get(path).headers["etag"])
    assert changed.is_success
    before = counts(register)
    closed = check(register, opening=False)
    assert (closed.differences, closed.opened, closed.unindexed) == ([], 0, 0)
    assert counts(register) == before
    present = register.rows("SELECT count(*) AS n FROM sealed_records WHERE indexed IS NOT NULL")[0]["n"]
    opened = check(register, opening=True)
    assert (opened.differences, opened.records, opened.opened) == ([], present, present)
    rows = register.rows("SELECT * FROM audit_log WHERE action = 'records:checked'")
    subjects = register.rows("SELECT DISTINCT subject_id FROM sealed_records WHERE indexed IS NOT NULL")
    assert [set(row["subject_ids"]) for row in rows] == [{row["subject_id"] for row in subjects}]
    assert {"name", "narrative", "grounds"} <= set(rows[0]["fields"])


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("DELETE FROM data_keys", "has no record any more"),
        ("DELETE FROM sealed_records WHERE kind = 'name'", "has no record any more"),
        ("UPDATE sealed_records SET indexed = NULL WHERE kind = 'narrative'", "has no record any more"),
        ("UPDATE search_keys SET subject_id = gen_random_uuid() WHERE NAME", "somebody its record is not about"),
        ("UPDATE search_keys SET subject_kind = 'offender' WHERE NAME", "somebody its record is not about"),
    ],
)
def test_keys_that_point_wrong_are_named_without_opening_anything(
    register: Register, tampering: str, named: str
) -> None:
    file_some(register)
    register.rows(tampering.replace("NAME", NAME))
    [difference] = check(register, opening=False).differences
    assert named in difference
    [case] = register.rows("SELECT id FROM cases")
    assert difference.startswith(f"case {case['id']}: ")


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("DELETE FROM search_keys WHERE NAME", "name has other search keys"),
        ("UPDATE search_keys SET key = key + 1 WHERE NAME AND kind = 'name'", "name has other search keys"),
        ("UPDATE search_keys SET kind = 'document' WHERE NAME AND kind = 'whole_name'", "name has other search"),
        ("INSERT INTO search_keys SELECT case_id, record_id, subject_kind, subject_id, 'text', 5 FROM search_keys "
         "WHERE NAME LIMIT 1", "name has other search keys"),
        ("UPDATE sealed_records SET content = '\\x00' WHERE kind = 'reporter'", "reporter does not open"),
        ("UPDATE sealed_records a SET content = b.content FROM sealed_records b WHERE a.kind = 'description' "
         "AND b.kind = 'name' AND b.subject_kind = 'offender'", "description does not open"),
    ],
)  # fmt: skip
def test_what_only_opening_shows_is_named_when_asked_for(register: Register, tampering: str, named: str) -> None:
    file_some(register)
    register.rows(tampering.replace("NAME", NAME))
    assert check(register, opening=False).differences == []
    [difference] = check(register, opening=True).differences
    assert named in difference


def test_records_without_keys_of_the_present_rules_are_counted_and_are_no_difference(register: Register) -> None:
    file_some(register)
    register.rows("DELETE FROM search_keys WHERE kind = 'name'")
    register.rows("UPDATE sealed_records SET indexed = 0 WHERE kind IN ('name', 'reporter')")
    found = check(register, opening=True)
    assert (found.differences, found.unindexed, found.opened) == ([], 5, found.records - 5)
