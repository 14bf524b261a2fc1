"""A call about many people says on which line it was refused, and saves nothing."""

from typing import Any

import httpx
import pytest

from tests.http.problem_documents import assert_problem
from tests.operations.field import ABSENT, DAY, operation, report, wanted
from tests.register import Register

VERIFIED = {
    "outcome": "presumed_victim", "authority": "police", "standard": "reasonable_grounds", "evidence": ["site_visit"],
}  # fmt: skip


def _record(register: Register, role: str, kind: str, subjects: list[str], on: str, **data: Any) -> httpx.Response:
    body = {"kind": kind, "subjects": subjects, "occurred_on": on, "data": data}
    return register.caller(role).post("/v1/events", body)


def _lines(problem: dict[str, Any]) -> list[str]:
    return [fault["pointer"] for fault in problem["errors"]]


def _with_a_dead_one(register: Register, people: int) -> list[str]:
    """File and verify so many people, of whom the last has died."""
    names = wanted(register, people)
    assert _record(register, "verifier", "finding_made", names, "2022-09-02", **VERIFIED).status_code == 201
    told = {"outcome": "deceased", "reported": True}
    assert _record(register, "officer", "ended", names[-1:], "2022-09-05", **told).status_code == 201
    died = _record(register, "supervisor", "ended", names[-1:], "2022-09-05", outcome="deceased")
    assert died.status_code == 201
    return names


def test_an_event_for_many_names_the_line_of_whoever_it_cannot_happen_to(register: Register) -> None:
    names = _with_a_dead_one(register, 20)
    answer = _record(register, "officer", "rescued", names, DAY)
    problem = assert_problem(answer, 409, "invalid-transition")
    assert _lines(problem) == ["#/subjects/19"]
    assert "died on 2022-09-05" in problem["detail"]
    assert _record(register, "officer", "rescued", names[:-1], DAY).status_code == 201


@pytest.mark.parametrize("absent", [ABSENT, "KH22-0000-0000-0000"])
def test_an_event_for_many_names_every_line_with_nobody_on_it(register: Register, absent: str) -> None:
    first, second = wanted(register, 2)
    answer = _record(register, "officer", "rescued", [absent, first, ABSENT[:-1] + "1", second], DAY)
    assert _lines(assert_problem(answer, 404, "not-found")) == ["#/subjects/0", "#/subjects/2"]


def test_an_event_for_many_names_every_line_that_repeats_another(register: Register) -> None:
    first, second = wanted(register, 2)
    answer = _record(register, "officer", "rescued", [first, second, first.lower()], DAY)
    assert _lines(assert_problem(answer, 422, "validation")) == ["#/subjects/2"]


def test_an_operation_that_reports_somebody_dead_is_told_which_line(register: Register) -> None:
    names = _with_a_dead_one(register, 3)
    officer = register.caller("officer")
    raid = operation(officer)
    told = [{"person": name, "outcomes": ["rescued"]} for name in names]
    problem = assert_problem(report(officer, raid)(persons=told), 409, "invalid-transition")
    assert _lines(problem) == ["#/persons/2"]
    assert report(officer, raid)(persons=told[:-1]).status_code == 201
