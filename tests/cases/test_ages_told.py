"""Whoever tells an age and a birth year that cannot both be so is told where, and nothing of it is kept."""

from typing import Any

import httpx
import pytest

from tests.audit.searching import counts
from tests.http.problem_documents import assert_problem
from tests.operations.field import operation, report
from tests.register import Register

WRONG = {"birth_year": 1987, "age": 61}
LATER = {"birth_year": 2087}
FITTING = [{"birth_year": 1987, "age": age} for age in (33, 34, 35, 36)]
"""On 1 September 2022 somebody born in 1987 was 34 or 35; a year more or less is an honest mistake."""


def pointers_of(answer: httpx.Response) -> list[str]:
    """Check that fields are named and nothing that was sent is repeated."""
    problem = assert_problem(answer, 422, "validation")
    said = problem["detail"] + "".join(fault["detail"] for fault in problem["errors"])
    assert not any(str(number) in said for number in (1987, 61, 2087, 35))
    return [fault["pointer"] for fault in problem["errors"]]


def test_an_age_that_contradicts_the_birth_year_told_with_it_is_refused_by_place_when_filing(
    register: Register,
) -> None:
    operator = register.caller("operator")
    told = {"channel": "hotline_117", "received_on": "2022-09-01"}
    operator.file(**told)
    before = counts(register)
    answer = operator.post("/v1/cases", {**told, "persons": [{}, WRONG, *FITTING, LATER]})
    assert pointers_of(answer) == ["#/persons/1/age", "#/persons/6/birth_year"]
    assert counts(register) == before
    assert len(operator.file(**told, persons=FITTING)["persons"]) == len(FITTING)
    for age in (32, 37):
        answer = operator.post("/v1/cases", {**told, "persons": [{"birth_year": 1987, "age": age}]})
        assert pointers_of(answer) == ["#/persons/0/age"]


@pytest.mark.parametrize(("told", "pointer"), [(WRONG, "#/age"), (LATER, "#/birth_year")])
def test_it_is_refused_when_somebody_is_added_or_corrected(
    register: Register, told: dict[str, Any], pointer: str
) -> None:
    operator = register.caller("operator")
    case = operator.file(received_on="2022-09-01", persons=[{"birth_year": 1987}])
    assert pointers_of(operator.post(f"/v1/cases/{case['reference']}/persons", told)) == [pointer]
    path = f"/v1/persons/{case['persons'][0]['reference']}"
    before = operator.get(path)
    assert pointers_of(operator.patch(path, told, If_Match=before.headers["etag"])) == [pointer]
    assert operator.get(path).json() == before.json()
    assert operator.patch(path, {"birth_year": 1987, "age": 35}, If_Match=before.headers["etag"]).is_success


def test_when_somebody_became_known_is_the_day_on_which_the_age_was_told(register: Register) -> None:
    operator = register.caller("operator")
    case = operator.file(received_on="2019-05-01")
    path, told = f"/v1/cases/{case['reference']}/persons", {"birth_year": 2000, "age": 19}
    assert operator.post(path, {**told, "known_since": "2019"}).status_code == 201
    assert pointers_of(operator.post(path, told)) == ["#/age"]


def test_of_people_found_by_an_operation_the_line_and_the_field_are_named(register: Register) -> None:
    officer = register.caller("officer")
    send = report(officer, operation(officer))
    line = {"nationality": "VNM", "outcomes": ["rescued"]}
    assert send(found=[line]).status_code == 201
    before = counts(register)
    assert pointers_of(send(found=[line, {**line, **WRONG, "count": 3}])) == ["#/found/1/age"]
    assert pointers_of(send(found=[line, line, {**line, **LATER}])) == ["#/found/2/birth_year"]
    assert counts(register) == before
    assert send(found=[{**line, "birth_year": 1987, "age": 35}]).status_code == 201
