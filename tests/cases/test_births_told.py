"""An age or a birth year may be a range or "about"; a date of birth is sealed, and its year is in clear."""

import json
from datetime import date
from typing import Any, Final

import pytest

from tests.audit.searching import counts
from tests.doors.scene import open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.operations.field import operation, report
from tests.plain.ages import age_group
from tests.register import Caller, Register

TODAY: Final = "2022-09-20"
BORN: Final = "2004-11-30"


def file_one(register: Register, **told: Any) -> str:
    """File somebody of whom something is told, and return their reference."""
    reference: str = register.caller("operator").file(received_on=TODAY, persons=[told])["persons"][0]["reference"]
    return reference


def shown(caller: Caller, person: str, **purpose: str) -> dict[str, Any]:
    answer = caller.get(f"/v1/persons/{person}", **purpose)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def patch(caller: Caller, person: str, told: dict[str, Any]) -> dict[str, Any]:
    answer = caller.patch(f"/v1/persons/{person}", told, If_Match=f'"{shown(caller, person)["version"]}"')
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def minors_and_others(register: Register, figure: str) -> dict[str, int]:
    job = register.caller("reporting")
    cells = job.figure(figure, **{"from": "2022-01-01", "to": "2023-12-31", "by": "age_group"})["cells"]
    return {cell["codes"]["age_group"]: cell["value"] for cell in cells if cell["value"]}


AGES: Final[list[tuple[Any, dict[str, int]]]] = [
    (17, {"low": 17, "high": 17}),
    ({"low": 16, "high": 20}, {"low": 16, "high": 20}),
    ({"low": 18, "high": 20}, {"low": 18, "high": 20}),
    ({"about": 18}, {"low": 16, "high": 20, "about": 18}),
    ({"about": 15}, {"low": 13, "high": 17, "about": 15}),
    ({"about": 1}, {"low": 0, "high": 3, "about": 1}),
]


@pytest.mark.parametrize(("age", "expected"), AGES)
def test_an_age_is_shown_as_it_was_told_and_counts_as_the_plain_model_says(
    register: Register, age: Any, expected: dict[str, int]
) -> None:
    today = register.clock.now.date()
    person = file_one(register, age=age)
    read = shown(register.caller("operator"), person)
    told_on = date.fromisoformat(TODAY)
    assert read["stated_age"] == {**expected, "on": TODAY}
    assert read["age_group"] == age_group(today, None, (age, told_on))
    group = age_group(told_on, None, (age, told_on))
    assert minors_and_others(register, "persons_received") == {group: 1}


def test_a_birth_year_may_be_a_range_or_about(register: Register) -> None:
    operator = register.caller("operator")
    for told, expected, number in (
        (2004, {"low": 2004, "high": 2004}, 2004),
        ({"low": 2004, "high": 2004}, {"low": 2004, "high": 2004}, 2004),
        ({"low": 2003, "high": 2005}, {"low": 2003, "high": 2005}, None),
        ({"about": 1999}, {"low": 1997, "high": 2001, "about": 1999}, None),
    ):
        read = shown(operator, file_one(register, birth_year=told))
        assert (read["birth_years"], read.get("birth_year")) == (expected, number)
    assert minors_and_others(register, "persons_received") == {"unknown": 3, "adult": 1}


def test_somebody_told_to_be_seventeen_is_rescued_two_days_later_as_a_minor(register: Register) -> None:
    person = file_one(register, age=17)
    register.caller("verifier").record("finding_made", [person], "2022-09-21", **VERIFIED)
    register.caller("officer").record("rescued", [person], "2022-09-22")
    assert minors_and_others(register, "persons_rescued") == {"minor": 1}


VERIFIED: Final = {
    "outcome": "presumed_victim", "authority": "police", "standard": "reasonable_grounds", "evidence": ["site_visit"],
}  # fmt: skip

NONSENSE: Final[list[Any]] = [
    {"low": 21, "high": 19}, {"low": 16}, {"low": 16, "high": 20, "about": 18}, {"about": 18, "high": 20}, {},
    {"low": 16, "high": 1987}, {"about": 1987}, 1987, -1, True, "17", 17.5, [16, 20], {"low": "16", "high": 20},
    {"low": None, "high": 20}, {"about": {"about": 18}}, {"years": 17}, 10**30,
]  # fmt: skip


@pytest.mark.parametrize("member", ["age", "birth_year"])
def test_nonsense_is_refused_by_its_place_and_never_repeated(register: Register, member: str) -> None:
    operator = register.caller("operator")
    person = file_one(register)
    tag, before = f'"{shown(operator, person)["version"]}"', counts(register)
    for value in NONSENSE if member == "age" else [2005.5, 1899, 2101, {"low": 2005, "high": 2003}, *NONSENSE[1:6]]:
        filed = {"channel": "hotline_117", "persons": [{}, {member: value}]}
        for answer, pointer in (
            (operator.post("/v1/cases", filed), f"#/persons/1/{member}"),
            (operator.patch(f"/v1/persons/{person}", {member: value}, If_Match=tag), f"#/{member}"),
        ):
            problem = assert_problem(answer, 422, "validation")
            assert [fault["pointer"] for fault in problem["errors"]] == [pointer], value
            said = problem["detail"] + "".join(fault["detail"] for fault in problem["errors"])
            assert not any(word in said for word in ("1987", "17.5", "2005.5", "1899", "2101", 'years":'))
    assert counts(register) == before


CONTRADICTIONS: Final[list[tuple[dict[str, Any], str | None]]] = [
    ({"birth_year": 1987, "age": {"low": 30, "high": 40}}, None),
    ({"birth_year": 1987, "age": {"low": 37, "high": 40}}, "age"),
    ({"birth_year": {"low": 1985, "high": 1989}, "age": 38}, None),
    ({"birth_year": {"about": 1987}, "age": 39}, "age"),
    ({"birth_year": {"about": 2022}}, None),
    ({"birth_year": {"about": 2023}}, "birth_year"),
    ({"birth_year": {"low": 2021, "high": 2023}}, "birth_year"),
    ({"date_of_birth": "1987-05-12", "age": {"about": 38}}, None),
    ({"date_of_birth": "1987-05-12", "age": 33}, "age"),
    ({"date_of_birth": "1987-05", "birth_year": 1987}, None),
    ({"date_of_birth": "1987-05", "birth_year": {"about": 1986}}, None),
    ({"date_of_birth": "1987-05", "birth_year": 1988}, "birth_year"),
    ({"date_of_birth": "2022-09-21"}, "date_of_birth"),
    ({"date_of_birth": "2022-09"}, None),
    *[({"date_of_birth": text}, "date_of_birth")
      for text in ("1998-13", "1998-02-30", "98-05-12", "1998-05-12~", "12.05.1998", "2541-05-12", "1899", "")],
]  # fmt: skip


@pytest.mark.parametrize(("told", "member"), CONTRADICTIONS)
def test_what_cannot_be_so_is_refused_by_its_place(
    register: Register, told: dict[str, Any], member: str | None
) -> None:
    answer = register.caller("operator").post(
        "/v1/cases", {"channel": "hotline_117", "received_on": TODAY, "persons": [told]}
    )
    if member is None:
        assert answer.status_code == 201, answer.text
        return
    problem = assert_problem(answer, 422, "validation")
    assert [fault["pointer"] for fault in problem["errors"]] == [f"#/persons/0/{member}"]


def test_a_date_of_birth_is_sealed_and_opens_for_a_purpose_only(register: Register) -> None:
    person = file_one(register, date_of_birth=BORN, nationality="TWN")
    operator, liaison = register.caller("operator"), register.caller("liaison", "TWN")
    for caller in (operator, liaison):
        assert "sealed" not in shown(caller, person)
        assert shown(caller, person)["birth_year"] == 2004
        assert shown(caller, person, purpose="return")["sealed"]["date_of_birth"] == BORN
    opened = register.rows("SELECT fields FROM audit_log WHERE 'birth' = ANY (fields) AND action LIKE '%read%'")
    assert len(opened) == 2
    for table in ("events", "persons", "sealed_records", "search_keys", "ledger_entries", "audit_log"):
        rows = register.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t")  # noqa: S608 - our own tables
        assert not any("11-30" in row["row"] for row in rows), table
    [kept] = register.rows("SELECT fact FROM events WHERE kind = 'described'")
    assert json.loads(kept["fact"]) == {"birth_year": 2004, "age": 17}


def test_whoever_is_erased_has_no_date_of_birth_any_more(register: Register) -> None:
    person = file_one(register, date_of_birth=BORN)
    operator = register.caller("operator")
    id_ = shown(operator, person)["id"]
    register.rows("DELETE FROM data_keys WHERE subject_id = $1", id_)
    assert "date_of_birth" not in shown(operator, person, purpose="return")["sealed"]
    assert minors_and_others(register, "persons_received") == {"minor": 1}


def test_of_an_adult_nothing_but_the_year_is_in_clear(register: Register) -> None:
    file_one(register, date_of_birth="1990-05-12")
    [kept] = register.rows("SELECT fact FROM events WHERE kind = 'described'")
    assert json.loads(kept["fact"]) == {"birth_year": 1990}


def test_a_date_of_birth_takes_year_and_age_along(register: Register) -> None:
    verifier = register.caller("verifier")

    def now_known(told: dict[str, Any]) -> tuple[Any, Any, Any]:
        patch(verifier, person, told)
        read = shown(verifier, person, purpose="verification")
        return read["sealed"].get("date_of_birth"), read.get("birth_year"), read.get("stated_age", {}).get("low")

    person = file_one(register, age=40)
    assert now_known({"date_of_birth": "1998-05"}) == ("1998-05", 1998, None)
    assert now_known({"age": 24}) == ("1998-05", 1998, 24)
    assert now_known({"date_of_birth": BORN}) == (BORN, 2004, 17 if register.clock.now.year == 2022 else None)
    assert now_known({"birth_year": 2004})[:2] == (BORN, 2004)
    assert now_known({"sex": "female"})[:2] == (BORN, 2004)
    assert now_known({"birth_year": 2001}) == (None, 2001, None)
    assert now_known({"date_of_birth": None}) == (None, 2001, None)
    assert now_known({"date_of_birth": "1998"}) == ("1998", 1998, None)
    assert now_known({"date_of_birth": None}) == (None, None, None)
    assert now_known({"date_of_birth": "1998-05-12", "age": 24}) == ("1998-05-12", 1998, 24)
    assert now_known({"birth_year": None}) == (None, None, None)


def test_an_operation_tells_of_ages_alike(register: Register) -> None:
    officer = register.caller("officer")
    send = report(officer, operation(officer))
    line = {"nationality": "VNM", "outcomes": ["rescued"]}
    assert send(found=[{**line, "age": {"low": 18, "high": 20}, "count": 3}]).status_code == 201
    assert send(found=[{**line, "date_of_birth": "1998-05-12"}]).status_code == 201
    problem = assert_problem(send(found=[{**line, "date_of_birth": "1998-05-12", "count": 2}]), 422, "validation")
    assert [fault["pointer"] for fault in problem["errors"]] == ["#/found/0"]


def test_nobody_is_found_by_a_date_of_birth(databases: Databases) -> None:
    with open_scene(databases) as scene:
        before = counts(scene.register)["search_keys"]
        scene.operator.file(persons=[{"date_of_birth": "1998-05-12"}])
        assert counts(scene.register)["search_keys"] == before
