"""`safe-return check` finds nothing in a sound register, and names the first thing that was tampered with."""

import asyncio
from datetime import date

import asyncpg
import pytest

from service.cases.actions.checking import RegisterCheck, check_register
from service.db.database import Upkeep
from tests.ledger.conftest import fold_all
from tests.register import FINDING, Register


def _check(register: Register) -> RegisterCheck:
    async def run() -> RegisterCheck:
        database = Upkeep.at(register.database.api_url)
        try:
            return await check_register(database, lambda done, total: None)
        finally:
            await database.close()

    return asyncio.run(run())


def _tamper(register: Register, *statements: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(register.database.admin_url)
        try:
            await connection.execute("SET session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def _some_cases(register: Register) -> str:
    person = register.rescued_person()
    register.caller("liaison", "TWN").record(
        "repatriated", [person], "2022-09-20", mode="embassy_assisted", to_country="TWN"
    )
    other = register.rescued_person(nationality="MYS")
    events = register.caller("supervisor").get(f"/v1/cases/{other.rsplit('-', 1)[0]}/events").json()["items"]
    register.caller("supervisor").post(f"/v1/events/{events[-1]['id']}/void", {"reason": "wrong_date"})
    added = next(event for event in events if event["kind"] == "finding_made")
    register.caller("supervisor").post(f"/v1/events/{added['id']}/void", {"reason": "recorded_in_error"})
    register.caller("operator").file(persons=[{}], head_count={"low": 3})
    return person


def test_a_sound_register_has_no_difference(register: Register) -> None:
    _some_cases(register)
    check = _check(register)
    assert check.differences == []
    assert (check.cases, check.events > 10, check.entries > 20) == (3, True, True)


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE persons SET status = 'rescued' WHERE status = 'repatriated'", "persons differs from the log in"),
        ("UPDATE cases SET received_on = received_on - 1", "cases differs from the log in received_on"),
        ("DELETE FROM persons", "persons lacks a row"),
        ("UPDATE events SET occurred_on = occurred_on + 1 WHERE kind = 'repatriated'", "persons differs from the log"),
        ("DELETE FROM events WHERE kind = 'finding_made'", "its log has a gap"),
        ("DELETE FROM ledger_entries WHERE measure = 'persons_repatriated'", "the ledger differs from the log in"),
        ("UPDATE ledger_entries SET delta = 2 WHERE measure = 'journeys_home'", "ledger differs from the log in jour"),
    ],
)
def test_tampering_is_named(register: Register, tampering: str, named: str) -> None:
    _some_cases(register)
    _tamper(register, tampering)
    assert any(named in found for found in _check(register).differences)


def test_totals_moved_between_cells_are_named(register: Register) -> None:
    _some_cases(register)
    register.clock.move(days=1)
    assert fold_all(register) == [date(2022, 10, 1)]
    assert _check(register).differences == []
    _tamper(register, "UPDATE ledger_totals SET nationality = 'VNM' WHERE grain = 'coarse' AND nationality = 'MYS'")
    assert any("the coarse totals of 2022-10-01 differ" in found for found in _check(register).differences)


@pytest.mark.parametrize("grain", ["nationality", "whole"])
def test_a_month_that_differs_from_its_days_is_named(register: Register, grain: str) -> None:
    _some_cases(register)
    register.clock.move(days=31)
    register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", register.clock.now)
    _some_cases(register)
    register.clock.move(days=1)
    assert fold_all(register) == [date(2022, 10, 1), date(2022, 11, 1)]
    assert _check(register).differences == []
    tampering = "UPDATE ledger_months SET delta = delta + 1 WHERE measure = 'journeys_home' AND grain = "
    _tamper(register, f"{tampering} '{grain}'")
    assert any(f"the month of 2022-10-01 by {grain} differs" in found for found in _check(register).differences)


def test_entries_that_belong_to_no_case_are_named(register: Register) -> None:
    _some_cases(register)
    _tamper(register, "UPDATE ledger_entries SET case_id = gen_random_uuid() WHERE measure = 'alleged_low'")
    assert any("belong to no case" in found for found in _check(register).differences)


def test_a_voided_person_is_no_difference(register: Register) -> None:
    case = register.caller("operator").file(persons=[{}, {}])
    supervisor = register.caller("supervisor")
    events = supervisor.get(f"/v1/cases/{case['reference']}/events").json()["items"]
    added = [event for event in events if event["kind"] == "added"]
    assert supervisor.post(f"/v1/events/{added[1]['id']}/void", {"reason": "recorded_twice"}).status_code == 201
    assert _check(register).differences == []
    assert supervisor.get(f"/v1/persons/{case['persons'][1]['reference']}").status_code == 404
    register.caller("verifier").record("finding_made", [case["reference"]], "2022-10-01", **FINDING)
    assert _check(register).differences == []


def test_an_offender_taken_back_is_no_difference_and_is_shown_nowhere(register: Register) -> None:
    operator, supervisor = register.caller("operator"), register.caller("supervisor")
    offenders = [{"role": "guard", "names": [{"text": "Somebody Named"}]}, {"role": "guard"}]
    case = operator.file(offenders=offenders)
    named, kept = (offender["reference"] for offender in case["offenders"])
    search = {"for": "offenders", "name": "somebody named", "purpose": "verification"}
    assert len(operator.post("/v1/searches", search).json()["items"]) == 1
    events = supervisor.get(f"/v1/cases/{case['reference']}/events").json()["items"]
    added = next(event for event in events if event["kind"] == "named" and event["subject"] == named)
    assert supervisor.post(f"/v1/events/{added['id']}/void", {"reason": "recorded_in_error"}).status_code == 201
    assert _check(register).differences == []
    for caller in (operator, supervisor, register.caller("officer")):
        assert caller.get(f"/v1/offenders/{named}").status_code == 404
        assert caller.get(f"/v1/offenders/{kept}").status_code == 200
        shown = caller.get(f"/v1/cases/{case['reference']}").json()
        assert [offender["reference"] for offender in shown["offenders"]] == [kept]
    change = operator.patch(f"/v1/offenders/{named}", {"roles": ["guard"]}, If_Match='"2"')
    assert change.status_code == 404
    assert operator.post("/v1/searches", search).json()["items"] == []
