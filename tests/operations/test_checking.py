"""`safe-return check` names what was done to operations, and to what stands in the logs in their name."""

import asyncio
from collections.abc import Iterator

import pytest

from service.db.database import Upkeep
from service.operations.actions.checking import OperationsCheck, check_operations
from tests.cases.test_checking import _tamper
from tests.engine import Databases
from tests.operations.field import events_of, ok, operation, report, wanted
from tests.register import Register, open_register


@pytest.fixture
def reported(databases: Databases) -> Iterator[Register]:
    """A register with three operations, one of which did nothing yet, and something that was voided."""
    database = databases.make()
    try:
        with open_register(database) as register:
            officer, names = register.caller("officer"), wanted(register, 4)
            raid, visit = operation(officer, kind="raid", grounds="Order 12"), operation(officer)
            operation(officer)
            found = [{"nationality": "VNM", "outcomes": ["rescued"], "count": 2}]
            ok(report(officer, raid)(persons=[{"person": names[0], "outcomes": ["rescued"]}], found=found))
            ok(report(officer, visit)(persons=[{"person": name, "outcomes": ["not_found"]} for name in names[1:]]))
            event = events_of(register, names[1])[-1]
            void = register.caller("supervisor").post(f"/v1/events/{event['id']}/void", {"reason": "wrong_subject"})
            assert void.is_success
            yield register
    finally:
        databases.drop(database)


def check(register: Register) -> OperationsCheck:
    async def run() -> OperationsCheck:
        database = Upkeep.at(register.database.api_url)
        try:
            return await check_operations(database)
        finally:
            await database.close()

    return asyncio.run(run())


def test_operations_and_what_was_reported_of_them_agree(reported: Register) -> None:
    found = check(reported)
    assert (found.operations, found.differences) == (3, [])


RAID = "(SELECT id FROM operations WHERE kind = 'raid')"


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("DELETE FROM operations WHERE id = RAID", "in the name of an operation that is not there"),
        ("UPDATE operations SET agency_id = gen_random_uuid() WHERE id = RAID", "is another agency's"),
        ("UPDATE operations SET started_on = '2022-09-11' WHERE id = RAID", "lies before it began"),
        ("UPDATE operations SET authority = 'ngo' WHERE id = RAID", "finding in its name in case "),
        ("UPDATE events SET operation_id = NULL WHERE operation_id = RAID", "of whom the logs say nothing"),
        ("DELETE FROM events WHERE kind = 'located'", "of whom the logs say nothing in its name"),
        ("UPDATE events SET operation_id = RAID WHERE kind = 'located'", "people whom no report of it named"),
        ("UPDATE events SET operation_id = RAID WHERE kind = 'added'", "people whom no report of it named"),
    ],
)
def test_what_was_done_to_an_operation_is_named(reported: Register, tampering: str, named: str) -> None:
    _tamper(reported, tampering.replace("RAID", RAID))
    differences = check(reported).differences
    assert any(named in found for found in differences), differences
    assert all(found.startswith(("operation OP22-", "operation ?: ", "case KH22-")) for found in differences)


DETACHED = """
SELECT sort_audit_rest();
SELECT note_audit_export(month, (SELECT count(*) FROM audit_log WHERE recorded_at >= month::timestamp AT TIME ZONE 'UTC'
                                 AND recorded_at < (month + interval '1 month') AT TIME ZONE 'UTC'), '')
FROM audit_months WHERE month < '2023-01-01';
SELECT detach_audit_month(month, true) FROM audit_months WHERE month < '2023-01-01'
"""


def test_what_was_reported_in_a_detached_month_is_no_difference(reported: Register) -> None:
    for statement in DETACHED.split(";"):
        reported.rows(statement)
    assert reported.rows("SELECT FROM audit_log WHERE action = 'operation:reported'") == []
    assert check(reported).differences == []
    reported.clock.move(days=32)
    officer = reported.caller("officer")
    late = operation(officer, kind="raid", grounds="Order 13")
    ok(report(officer, late)(found=[{"nationality": "VNM", "outcomes": ["rescued"], "count": 1}]))
    assert check(reported).differences == []
    since = reported.clock.now.date()
    raid = "(SELECT id FROM operations WHERE kind = 'raid' LIMIT 1)"
    _tamper(
        reported,
        f"UPDATE events SET operation_id = {raid} WHERE kind = 'added' AND recorded_at >= '{since}'",  # noqa: S608 - of this file
    )
    assert any("people whom no report of it named" in found for found in check(reported).differences)
