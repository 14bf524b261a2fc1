"""What figures say of operations: which brought people out, and nothing of one that is still under embargo."""

from datetime import timedelta
from typing import Any

import pytest

from tests.operations.field import ok, operation, report
from tests.register import Caller, Register

PERIOD = {"from_": "2022-09-01", "to": "2022-09-30"}


@pytest.fixture
def job(register: Register) -> Caller:
    return register.key("figures:exact")


def rescued(asking: Caller, **more: Any) -> dict[str, int]:
    answer = asking.figure("persons_rescued", **PERIOD, by="operation", **more)
    assert all(check["holds"] for check in answer["checks"])
    return {cell["codes"]["operation"]: cell["value"] for cell in answer["cells"] if cell["value"]}


def test_until_an_embargo_has_passed_figures_tell_only_a_supervisor_of_the_operation(
    register: Register, job: Caller
) -> None:
    officer, supervisor, clock = register.caller("officer"), register.caller("supervisor"), register.clock
    until = clock.now + timedelta(hours=2)
    open_one, hidden = operation(officer), operation(officer, embargo_until=until.isoformat())
    for reference, people in ((open_one, 2), (hidden, 3)):
        found = [{"outcomes": ["rescued"], "nationality": "TWN", "count": people}]
        ok(report(officer, reference)(found=found))
    ids = {name: ok(officer.get(f"/v1/operations/{name}"), 200)["id"] for name in (open_one, hidden)}

    before = rescued(job)
    assert (before[ids[open_one]], before["under_embargo"]) == (2, 3)
    assert ids[hidden] not in str(job.figure("persons_rescued", **PERIOD, by="operation"))
    assert rescued(supervisor)[ids[hidden]] == 3
    assert rescued(job, operation=ids[hidden]) == {}
    assert rescued(job, operation="under_embargo") == {"under_embargo": 3}

    clock.move(minutes=120)
    after = rescued(job)
    assert (after[ids[open_one]], after[ids[hidden]]) == (2, 3)
    assert sum(after.values()) == sum(before.values())
