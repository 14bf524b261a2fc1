"""What a case takes, and what one call takes: beyond it a refusal that says how much and the way on."""

from collections.abc import Iterator

import httpx
import pytest

from service.cases.rules import bounds
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register, open_register

DAY = "2022-09-02"


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


@pytest.fixture
def operator(register: Register) -> Caller:
    return register.caller("operator")


def located(caller: Caller, subjects: list[str]) -> httpx.Response:
    body = {"kind": "located", "subjects": subjects, "occurred_on": DAY, "data": {"result": "not_held"}}
    return caller.post("/v1/events", body)


def test_a_case_takes_so_many_persons_and_says_the_way_on(operator: Caller) -> None:
    filed = operator.file(received_on="2022-09-01", persons=[{"sex": "male"}] * bounds.PERSONS)
    refused = operator.post(f"/v1/cases/{filed['reference']}/persons", {"sex": "female"})
    problem = assert_problem(refused, 409, "case-full")
    assert problem["limit"] == bounds.PERSONS
    assert "another case" in problem["detail"]
    assert operator.get(f"/v1/cases/{filed['reference']}").json()["version"] == filed["version"]


def test_a_case_takes_so_many_offenders(operator: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "OFFENDERS", 2)
    case = operator.file(received_on="2022-09-01", offenders=[{"description": "a guard"}], persons=[{}, {}])
    path = f"/v1/cases/{case['reference']}/offenders"
    assert operator.post(path, {"description": "a driver"}).status_code == 201
    assert assert_problem(operator.post(path, {"description": "a cook"}), 409, "case-full")["limit"] == 2
    assert operator.post(f"/v1/cases/{case['reference']}/persons", {}).status_code == 201


def test_a_full_subject_takes_what_protects_and_corrects(
    register: Register, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "EVENTS_OF_ONE", 8)
    verifier, supervisor = register.caller("verifier"), register.caller("supervisor")
    filed = operator.file(received_on="2022-09-01", persons=[{}, {}])
    one, other = (person["reference"] for person in filed["persons"])
    last = ""
    for _ in range(7):
        recorded = verifier.record("located", [one], DAY, result="not_held")
        last = recorded["items"][0]["event_id"]
    problem = assert_problem(located(verifier, [other, one]), 409, "case-full")
    assert [fault["pointer"] for fault in problem["errors"]] == ["#/subjects/1"]
    shown = operator.get(f"/v1/persons/{one}")
    held = operator.patch(f"/v1/persons/{one}", {"fears_own_state": True}, If_Match=shown.headers["etag"])
    assert held.status_code == 200
    assert supervisor.post(f"/v1/events/{last}/void", {"reason": "recorded_in_error"}).status_code == 201
    assert_problem(located(verifier, [one]), 409, "case-full")
    shown = operator.get(f"/v1/persons/{one}")
    assert_problem(
        operator.patch(f"/v1/persons/{one}", {"sex": "male"}, If_Match=shown.headers["etag"]), 409, "case-full"
    )


def test_a_full_case_takes_no_more_of_anybody(
    register: Register, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "EVENTS", 4)
    filed = operator.file(received_on="2022-09-01", persons=[{}, {}, {}])
    assert assert_problem(operator.post(f"/v1/cases/{filed['reference']}/persons", {}), 409, "case-full")["limit"] == 4
    persons = [person["reference"] for person in filed["persons"]]
    assert_problem(located(register.caller("verifier"), persons[:1]), 409, "case-full")


def test_notes_of_a_case_and_of_an_operation_have_an_end(
    register: Register, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SEALED_BYTES", 2_000)
    officer = register.caller("officer")
    case = operator.file(received_on="2022-09-01")["reference"]
    body = {"kind": "inspection", "province": "KH-18", "started_on": DAY}
    operation = officer.post("/v1/operations", body).json()["reference"]
    note = {"text": "n" * 900}
    for caller, path in ((operator, f"/v1/cases/{case}/notes"), (officer, f"/v1/operations/{operation}/notes")):
        taken = [caller.post(path, note).status_code for _ in range(2)]
        assert taken == [201, 201]
        assert_problem(caller.post(path, note), 409, "case-full")
    told = {
        "kind": "alleged",
        "subjects": [case],
        "occurred_on": DAY,
        "data": {"types": ["illegal_detention"]},
        "note": note["text"],
    }
    assert_problem(operator.post("/v1/events", told), 409, "case-full")


def test_so_many_records_are_sealed_for_a_case(operator: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SEALED_RECORDS", 2)
    named = {"names": [{"text": "Lin Example"}, {"text": "Li Example"}, {"text": "Lin Li"}]}
    answer = operator.post("/v1/cases", {"channel": "hotline_117", "persons": [named]})
    assert_problem(answer, 409, "case-full")
    case = operator.file(persons=[{"names": named["names"][:2]}])["reference"]
    assert_problem(
        operator.post(f"/v1/cases/{case}/persons", {"names": [{"text": "Nguyen Example"}]}), 409, "case-full"
    )


def test_what_is_corrected_has_more_room_than_what_is_new(operator: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    case = operator.file(persons=[{"names": [{"text": "Lin Example"}]}])
    monkeypatch.setattr(bounds, "SEALED_RECORDS", 1)
    person = case["persons"][0]["reference"]
    tag = operator.get(f"/v1/persons/{person}").headers["etag"]
    corrected = {"names": [{"text": "Li Example"}]}
    assert_problem(operator.post(f"/v1/cases/{case['reference']}/notes", {"text": "more"}), 409, "case-full")
    monkeypatch.setattr(bounds, "RESERVED", 2)
    assert operator.patch(f"/v1/persons/{person}", corrected, If_Match=tag).status_code == 200


def test_one_call_loads_so_many_events_whatever_it_names(
    register: Register, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = register.caller("verifier")
    cases = [operator.file(received_on="2022-09-01", persons=[{}, {}]) for _ in range(3)]
    monkeypatch.setattr(bounds, "EVENTS_OF_A_CALL", 7)
    named = [case["persons"][place]["reference"] for case in cases for place in (0, 1)]
    problem = assert_problem(located(verifier, named), 422, "too-much-at-once")
    assert problem["limit"] == 7
    assert located(verifier, named[:4]).status_code == 201


def test_what_is_out_of_scope_is_not_told_by_its_size(
    register: Register, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = operator.file(received_on="2022-09-01", persons=[{"nationality": "VNM"}, {"nationality": "VNM"}])
    monkeypatch.setattr(bounds, "EVENTS_OF_A_CALL", 1)
    told = {
        "kind": "wish_stated",
        "occurred_on": DAY,
        "data": {"purpose": "return_home", "value": "yes", "freely": "yes"},
    }
    subjects = [person["reference"] for person in hidden["persons"]]
    assert_problem(
        register.caller("liaison", "TWN").post("/v1/events", {**told, "subjects": subjects}), 404, "not-found"
    )
