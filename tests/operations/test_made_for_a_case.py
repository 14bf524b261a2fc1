"""An operation is tied to the case it was made for, also where it met nobody there."""

from typing import Any

from tests.http.problem_documents import assert_problem, without_request_id
from tests.operations.field import ABSENT, DAY, ok, operation, report, wanted
from tests.register import Caller, Register

NO_CASE = "KH22-0000-0000"


def listed(caller: Caller, case: str) -> list[str]:
    found = ok(caller.get("/v1/operations", case=case), 200)
    return [one["reference"] for one in found["items"]]


def filed(register: Register, *persons: dict[str, Any]) -> dict[str, Any]:
    return register.caller("operator").file(received_on="2022-09-01", persons=list(persons))


def test_an_inspection_that_met_nobody_is_found_by_its_case(register: Register) -> None:
    officer, case, other = register.caller("officer"), filed(register), filed(register)
    made = officer.post("/v1/operations", {"kind": "inspection", "started_on": DAY, "case": case["reference"]})
    assert ok(made)["case"] == case["reference"]
    inspection = made.json()["reference"]
    for caller in (officer, register.caller("verifier"), register.caller("supervisor")):
        assert listed(caller, case["reference"]) == listed(caller, case["id"]) == [inspection]
        assert listed(caller, case["reference"].lower().replace("-", "")) == [inspection]
        assert ok(caller.get(f"/v1/operations/{inspection}"), 200)["case"] == case["reference"]
        assert listed(caller, other["reference"]) == listed(caller, NO_CASE) == listed(caller, ABSENT) == []
    [row] = register.rows("SELECT subject_ids FROM audit_log WHERE action = 'operation:recorded'")
    assert str(row["subject_ids"][1]) == case["id"]


def test_one_that_looked_for_somebody_is_found_by_their_case_without_naming_it(register: Register) -> None:
    officer, [name] = register.caller("officer"), wanted(register)
    visit = operation(officer)
    ok(report(officer, visit)(persons=[{"person": name, "outcomes": ["not_found"]}]))
    assert listed(officer, name.rsplit("-", 1)[0]) == [visit]
    assert "case" not in ok(officer.get(f"/v1/operations/{visit}"), 200)


def test_the_case_is_named_later_corrected_and_left_out_again(register: Register) -> None:
    officer, first, second = register.caller("officer"), filed(register), filed(register)
    path = f"/v1/operations/{operation(officer)}"

    def patched(case: str | None) -> Any:
        return officer.patch(path, {"case": case}, If_Match=officer.get(path).headers["etag"])

    for case in (first["reference"], second["id"]):
        assert ok(patched(case), 200)["case"] in {first["reference"], second["reference"]}
    assert listed(officer, first["reference"]) == []
    assert len(listed(officer, second["reference"])) == 1
    assert_problem(patched(NO_CASE), 404)
    assert "case" not in ok(patched(None), 200)
    assert listed(officer, second["reference"]) == []


def test_who_may_not_know_of_the_case_is_answered_as_if_there_were_none(register: Register) -> None:
    liaison, neighbour = register.caller("liaison", "TWN"), register.caller("liaison", "MYS")
    case = filed(register, {"nationality": "TWN"})["reference"]
    hidden, absent = (
        neighbour.post("/v1/operations", {"kind": "consular_visit", "case": known}) for known in (case, NO_CASE)
    )
    assert hidden.status_code == 404
    assert without_request_id(hidden) == without_request_id(absent)
    visit = ok(liaison.post("/v1/operations", {"kind": "consular_visit", "started_on": DAY, "case": case}))["reference"]
    assert listed(liaison, case) == [visit]
    assert listed(neighbour, case) == []
    [person] = register.rows("SELECT id::text AS id, version FROM persons WHERE reference LIKE $1", f"{case}%")
    hold = {"fears_own_state": True}
    held = register.caller("supervisor").patch(f"/v1/persons/{person['id']}", hold, If_Match=f'"{person["version"]}"')
    assert held.status_code == 200
    assert "case" not in ok(liaison.get(f"/v1/operations/{visit}"), 200)
    assert listed(liaison, case) == []


def test_under_an_embargo_its_case_does_not_give_it_away(register: Register) -> None:
    officer, case = register.caller("officer"), filed(register)["reference"]
    until = register.clock.now.replace(year=register.clock.now.year + 1).isoformat()
    told = {"kind": "inspection", "started_on": DAY, "case": case, "embargo_until": until}
    inspection = ok(officer.post("/v1/operations", told))["reference"]
    for other in (register.caller("verifier"), register.caller("officer", agency="another police")):
        assert listed(other, case) == []
    assert listed(officer, case) == listed(register.caller("supervisor"), case) == [inspection]
