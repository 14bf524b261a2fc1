"""EX-01 to EX-22 for operations: one under embargo, another embassy's, whom a report names, are like none at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.audit.searching import counts
from tests.doors.alike import Send, assert_alike, sending, told
from tests.doors.scene import FOREIGN, HELD, OWN, UNKNOWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.operations.field import DAY, ok, operation, report
from tests.register import NOW, Caller

PATH: Final = "/v1/operations/{}"
FOUND: Final = {"found": [{"nationality": "MYS", "outcomes": ["rescued"]}]}
OUTSIDE: Final = {"found": [{"outcomes": ["rescued"], "occurred_on": "2022-08-01"}]}
OF_OPERATIONS: Final[dict[str, Send]] = {
    "EX-01 read": sending("GET", PATH),
    "EX-01 read for a purpose": sending("GET", f"{PATH}?purpose=rescue"),
    "EX-01 results": sending("GET", f"{PATH}/results"),
    "EX-02 change of no version": sending("PATCH", PATH, {"province": "KH-1"}),
    "EX-02 change of a stale version": sending("PATCH", PATH, {"province": "KH-1"}, If_Match='"77"'),
    "EX-02 change of the present version": sending("PATCH", PATH, {"province": "KH-1"}, If_Match='"1"'),
    "EX-02 change to what may not be": sending("PATCH", PATH, {"ended_on": "2021-01-01"}, If_Match='"1"'),
    "EX-03 delete": sending("DELETE", PATH, If_Match='"1"'),
    "EX-04 a day of no operation": sending("POST", f"{PATH}/results", OUTSIDE),
    "EX-05 a note": sending("POST", f"{PATH}/notes", {"text": "x"}),
    "EX-05 a note of no form": sending("POST", f"{PATH}/notes", {"text": 1}),
    "EX-05 people found": sending("POST", f"{PATH}/results", FOUND),
    "EX-06 head": sending("HEAD", PATH),
    "EX-06 a range": sending("GET", PATH, Range="bytes=0-10"),
    "EX-07 a note under another's key": sending("POST", f"{PATH}/notes", {"text": "x"}, Idempotency_Key="theirs"),
    "EX-22 a tag": sending("GET", PATH, If_None_Match='"1"'),
    "EX-22 any tag": sending("GET", PATH, If_None_Match="*"),
}


@dataclass(frozen=True)
class Hidden:
    """An operation by both of its names, and who carries it out."""

    id: str
    reference: str
    by: Caller


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


@pytest.fixture(scope="module")
def hidden(scene: Scene) -> dict[str, Hidden]:
    """A raid under embargo, and the visit of an embassy, each with a note and somebody met."""
    officer, liaison = scene.register.caller("officer", agency="quiet police"), scene.liaison
    embargo = {"kind": "raid", "grounds": "Order", "embargo_until": (NOW + timedelta(days=30)).isoformat()}
    made: dict[str, Hidden] = {}
    for name, by, told_of in (("embargo", officer, embargo), ("embassy", liaison, {})):
        reference = operation(by, site="Site Canary", **told_of)
        id_ = scene.register.rows("SELECT id::text AS id FROM operations WHERE reference = $1", reference)[0]["id"]
        ok(by.post(f"/v1/operations/{id_}/notes", {"text": "x"}, Idempotency_Key="theirs"))
        ok(report(by, reference)(persons=[{"person": scene.persons[OWN].id, "outcomes": ["not_found"]}]))
        made[name] = Hidden(id_, reference, by)
    return made


@pytest.mark.parametrize("role", ["officer", "verifier", "liaison"])
@pytest.mark.parametrize("name", OF_OPERATIONS)
def test_an_operation_under_embargo(scene: Scene, hidden: dict[str, Hidden], name: str, role: str) -> None:
    caller = scene.liaison if role == "liaison" else scene.register.caller(role, agency="loud police")
    for form in (hidden["embargo"].id, hidden["embargo"].reference):
        assert not assert_alike(caller, OF_OPERATIONS[name], form).is_success


@pytest.mark.parametrize("name", OF_OPERATIONS)
def test_an_operation_of_another_embassy(scene: Scene, hidden: dict[str, Hidden], name: str) -> None:
    for form in (hidden["embassy"].id, hidden["embassy"].reference):
        assert not assert_alike(scene.neighbour, OF_OPERATIONS[name], form).is_success


LINES: Final[dict[str, dict[str, Any]]] = {
    "that is right": {"outcomes": ["not_found"]},
    "that rescues": {"outcomes": ["rescued"]},
    "that says two things at once": {"outcomes": ["rescued", "not_found"]},
    "of a day outside the operation": {"outcomes": ["not_found"], "occurred_on": "2022-08-01"},
    "of no form": {"outcomes": ["vanished"]},
}


@pytest.mark.parametrize("who", [FOREIGN, UNKNOWN, HELD])
@pytest.mark.parametrize("line", LINES)
def test_whom_a_report_names(scene: Scene, hidden: dict[str, Hidden], line: str, who: str) -> None:
    """Whatever else is wrong with the line: the order in which it is looked at tells nothing either."""
    visit, before = hidden["embassy"].reference, counts(scene.register)
    for lines in ([LINES[line]], [LINES[line], LINES[line]]):
        send = sending("POST", f"/v1/operations/{visit}/results", {"persons": lines})
        for form in (scene.persons[who].id, scene.persons[who].reference):
            assert not assert_alike(scene.liaison, send, form).is_success
    assert counts(scene.register) == before


def test_ex_13_results_are_the_same_with_and_without_somebody_one_may_not_know_of(scene: Scene) -> None:
    kept, officer = scene.register.caller("officer", agency="kept police"), scene.register.caller("officer")
    filed = scene.operator.file(received_on="2022-09-01", persons=[{"nationality": "TWN"}])
    tag, withheld = scene.version_of("cases", filed["id"]), {"withheld_from": [str(kept.agency_id)]}
    ok(scene.supervisor.patch(f"/v1/cases/{filed['id']}", withheld, If_Match=tag), 200)
    raid = operation(officer, kind="inspection")
    ok(report(officer, raid)(persons=[{"person": scene.persons[OWN].id, "outcomes": ["not_found"]}]))
    before = told(kept.get(f"/v1/operations/{raid}/results"))
    ok(report(officer, raid)(persons=[{"person": filed["persons"][0]["id"], "outcomes": ["not_found"]}]))
    assert told(kept.get(f"/v1/operations/{raid}/results")) == before
    assert ok(officer.get(f"/v1/operations/{raid}/results"), 200)["tally"]["people"] == 2


LISTS: Final = ("/v1/operations", "/v1/operations?limit=1", "/v1/operations?kind=raid", "/v1/operations?province=KH-18")


@pytest.mark.parametrize("target", LISTS)
def test_ex_12_to_15_a_list_is_the_same_with_and_without_a_hidden_operation(scene: Scene, target: str) -> None:
    callers = [scene.neighbour, scene.register.caller("verifier"), scene.register.caller("officer")]
    for caller in callers:
        operation(scene.neighbour)
        before = told(caller.get(target))
        until = (NOW + timedelta(days=30)).isoformat()
        quiet = scene.register.caller("officer", agency="quiet police")
        operation(quiet, kind="raid", grounds="Order", province="KH-18", embargo_until=until, started_on=DAY)
        operation(scene.liaison, embargo_until=until)
        assert told(caller.get(target)) == before
    assert_problem(scene.operator.get(target), 403, "forbidden")
