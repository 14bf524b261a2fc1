"""What is added to a case later: several persons in one call, in their order or not at all; notes with an author."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register, open_register


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


@pytest.fixture
def operator(register: Register) -> Caller:
    return register.caller("operator")


@pytest.fixture
def case(operator: Caller) -> str:
    reference: str = operator.file(received_on="2022-09-01", persons=[{"nationality": "TWN"}])["reference"]
    return reference


def listed(*names: str) -> list[Any]:
    return [{"names": [{"text": name}], "nationality": "VNM"} for name in names]


def test_they_are_added_in_their_order(operator: Caller, case: str) -> None:
    body = {"persons": listed("Aaa Example", "Bbb Example", "Ccc Example"), "known_since": "2022-09-05"}
    answer = operator.post(f"/v1/cases/{case}/persons/several", body, Idempotency_Key="several-1")
    assert answer.status_code == 201
    shown = operator.get(f"/v1/cases/{case}", purpose="intake").json()
    added = [one["reference"] for one in answer.json()["items"]]
    assert [one["reference"] for one in shown["persons"][1:]] == added
    assert [one["sealed"]["names"][0]["text"] for one in shown["persons"][1:]] == [
        "Aaa Example", "Bbb Example", "Ccc Example",
    ]  # fmt: skip
    assert {one["received_on"] for one in shown["persons"][1:]} == {"2022-09-05"}
    again = operator.post(f"/v1/cases/{case}/persons/several", body, Idempotency_Key="several-1")
    assert again.json() == answer.json()
    assert len(operator.get(f"/v1/cases/{case}").json()["persons"]) == 4


def test_what_is_wrong_with_one_names_it_and_adds_nobody(operator: Caller, case: str) -> None:
    persons = [*listed("Aaa Example"), {"birth_year": 2023}]
    problem = assert_problem(
        operator.post(f"/v1/cases/{case}/persons/several", {"persons": persons}), 422, "validation"
    )
    assert [error["pointer"] for error in problem["errors"]] == ["#/persons/1/birth_year"]
    assert len(operator.get(f"/v1/cases/{case}").json()["persons"]) == 1


def test_a_fault_in_one_is_told_alone(operator: Caller, case: str) -> None:
    body = {"persons": [{"age": {"low": 20, "high": 3}}]}
    problem = assert_problem(operator.post(f"/v1/cases/{case}/persons/several", body), 422, "validation")
    assert [error["pointer"] for error in problem["errors"]] == ["#/persons/0/age"]


@pytest.mark.parametrize("persons", [[], [{}] * 501])
def test_as_many_as_a_case_is_filed_with(operator: Caller, case: str, persons: list[Any]) -> None:
    problem = assert_problem(
        operator.post(f"/v1/cases/{case}/persons/several", {"persons": persons}), 422, "validation"
    )
    assert problem["errors"][0]["pointer"] == "#/persons"


def test_no_earlier_than_the_case_and_only_to_a_case_in_scope(register: Register, operator: Caller, case: str) -> None:
    early = {"persons": listed("Aaa Example"), "known_since": "2022-08-31"}
    assert_problem(operator.post(f"/v1/cases/{case}/persons/several", early), 409, "out-of-order")
    stranger = register.caller("operator", agency="another desk")
    body = {"persons": listed("Aaa Example")}
    foreign = stranger.post(f"/v1/cases/{case}/persons/several", body)
    absent = stranger.post("/v1/cases/KH22-0000-0000/persons/several", body)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    verifier = register.caller("verifier").post(f"/v1/cases/{case}/persons/several", body)
    assert_problem(verifier, 403, "forbidden")


def test_a_note_names_its_author(register: Register, operator: Caller, case: str) -> None:
    verifier = register.caller("verifier", name="Nita Example")
    assert verifier.post(f"/v1/cases/{case}/notes", {"text": "Rang the desk."}).is_success
    [note] = operator.get(f"/v1/cases/{case}", purpose="verification").json()["sealed"]["notes"]
    assert note["author"] == verifier.get("/v1/me").json()["name"]
