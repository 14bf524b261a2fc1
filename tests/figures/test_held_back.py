"""No figure tells a reporting key who is alone, of those who are protected: under a hold, withheld or under embargo."""

from collections import Counter
from typing import Any, Final

import pytest

from service.figures.rules.holding import held_keys
from tests.register import Caller, Register

YEAR: Final = {"from_": "2022-01-01", "to": "2022-12-31"}
DAY: Final = "2022-09-01"


def protect(register: Register, how: str, **person: Any) -> None:
    """File a case of one person and protect them."""
    told = {"nationality": "LAO", "sex": "female", "age": 30, **person}
    given = {"received_on": DAY, "location": {"province": "KH-12"}, "head_count": {"low": 7}}
    if how == "hold":
        register.caller("operator").file(**given, persons=[{**told, "fears_own_state": True}])
        return
    filed = register.caller("operator").file(**given, persons=[told])
    if how == "withheld":
        supervisor = register.caller("supervisor")
        tag = supervisor.get(f"/v1/cases/{filed['id']}").headers["etag"]
        agency = {"withheld_from": [str(register.caller("officer").agency_id)]}
        assert supervisor.patch(f"/v1/cases/{filed['id']}", agency, If_Match=tag).status_code == 200
    else:
        embargo = {"kind": "inspection", "case": filed["reference"], "embargo_until": "2022-10-02T00:00:00Z"}
        made = register.caller("officer").post("/v1/operations", embargo)
        assert made.status_code == 201, made.text


def others(register: Register, number: int = 3) -> None:
    for _ in range(number):
        told = {"nationality": "MYS", "sex": "male", "age": 30}
        register.caller("operator").file(
            received_on=DAY, location={"province": "KH-18"}, persons=[told], head_count={"low": 2}
        )


@pytest.fixture
def job(register: Register) -> Caller:
    return register.key("figures:exact")


def cells(answer: dict[str, Any], by: str) -> dict[str, int]:
    return {cell["codes"][by]: cell["value"] for cell in answer["cells"] if cell["value"]}


@pytest.mark.parametrize("how", ["hold", "withheld", "embargo"])
def test_somebody_protected_alone_is_in_one_row_with_another_cell(register: Register, job: Caller, how: str) -> None:
    protect(register, how)
    others(register)
    protect(register, "hold", nationality="MYS")
    for by, one in (("nationality", "LAO"), ("sex", "female"), ("province", "KH-12")):
        shown = job.figure("persons_received", by=by, **YEAR)
        assert shown["total"]["value"] == 5, "the total is what it is"
        assert all(check["holds"] for check in shown["checks"])
        if by == "nationality":
            assert shown["held_back"] is True
            assert cells(shown, by) == {"held_back": 5}
            assert one not in {cell["codes"][by] for cell in shown["cells"]}
        supervisor = register.caller("supervisor").figure("persons_received", by=by, **YEAR)
        assert supervisor["total"] == shown["total"]
        assert "held_back" not in supervisor
        assert one in cells(supervisor, by)


def test_a_filter_tells_nobody_from_somebody_alone(register: Register, job: Caller) -> None:
    protect(register, "hold")
    others(register)
    texts = {}
    for code in ("LAO", "VNM"):
        shown = job.figure("persons_received", nationality=code, by="sex", **YEAR)
        assert "total" not in shown
        assert (shown["cells"], shown["checks"], shown["held_back"]) == ([], [], True)
        assert "fitted" not in shown
        table = job.get("/v1/figures/persons_received", **{"from": "2022-01-01", "to": "2022-12-31"},
                        nationality=code, format="csv", known_at="2022-09-30")  # fmt: skip
        assert table.status_code == 200
        texts[code] = shown
    assert job.figure("persons_received", **YEAR)["total"]["value"] == 4
    assert "total" not in job.figure("persons_received", nationality="MYS", **YEAR), "the rest would be one alone"
    assert register.caller("supervisor").figure("persons_received", nationality="LAO", **YEAR)["total"]["value"] == 1


def test_the_table_says_that_something_is_held_back(register: Register, job: Caller) -> None:
    protect(register, "hold")
    others(register)
    asked = {"from": "2022-01-01", "to": "2022-12-31", "format": "csv"}
    for more in ({"by": "nationality"}, {"nationality": "LAO"}):
        lines = job.get("/v1/figures/persons_received", **asked, **more).text.splitlines()
        assert lines[0].endswith(",held_back")
        assert all(line.endswith(",true") for line in lines[1:])
        assert "LAO" not in "".join(line.replace("nationality=LAO", "") for line in lines)
    plain = job.get("/v1/figures/persons_received", **asked).text.splitlines()
    assert plain[1].endswith(",false")


def test_claims_and_completeness_of_one_withheld_case_are_not_told_apart(register: Register, job: Caller) -> None:
    protect(register, "withheld")
    others(register)
    shown = job.figure("persons_alleged", by="province", **YEAR)
    assert [cell["codes"]["province"] for cell in shown["cells"] if cell["low"]] == ["held_back"]
    assert (shown["total"]["low"], shown["held_back"]) == (13, True)
    assert "KH-12" not in {cell["codes"]["province"] for cell in shown["cells"]}
    assert "about" not in job.figure("persons_alleged", province="KH-12", **YEAR)


def test_what_a_withheld_case_alone_lacks_is_not_told(register: Register, job: Caller) -> None:
    """None of one tells of the one as much as one of one."""
    protect(register, "withheld")
    others(register)
    asked = {**YEAR, "by": "province", "essential": "contact"}
    exact = {cell["codes"]["province"]: cell["base"] for cell in _whole(register, **asked)["cells"]}
    assert exact["KH-12"] == 1
    shown = job.figure("completeness", **asked)
    assert (shown["held_back"], shown["cells"]) == (True, [])
    assert "total" not in shown, "none and one of those who are protected are not told apart"


def test_one_more_is_held_back_of_every_line_that_this_leaves_alone() -> None:
    amounts: dict[tuple[str, ...], int] = {(row, column): 5 for row in "123" for column in "abc"}
    amounts["1", "a"] = 1
    held = held_keys(amounts, {("1", "a"): 1})
    for place in (0, 1):
        in_line = Counter(key[place] for key in held)
        assert all(number >= 2 for number in in_line.values()), held


def _whole(register: Register, **asked: Any) -> dict[str, Any]:
    return register.caller("supervisor").figure("completeness", **asked)


def test_whom_nobody_protects_is_told_exactly(register: Register, job: Caller) -> None:
    others(register, 1)
    shown = job.figure("persons_received", by="nationality", **YEAR)
    assert cells(shown, "nationality") == {"MYS": 1}
    assert "held_back" not in shown


def test_any_moment_is_for_exact_keys_and_on_record(register: Register, job: Caller) -> None:
    asked = {"from": "2022-01-01", "to": "2022-12-31", "known_at": "2022-09-30"}
    for role in ("supervisor", "reporting", "publisher"):
        answer = register.caller(role).get("/v1/figures/persons_received", **asked)
        assert (answer.status_code, answer.json()["required_scope"]) == (403, "figures:exact")
    assert job.get("/v1/figures/persons_received", **asked).status_code == 200
    [row] = register.rows("SELECT principal_id, reason FROM audit_log WHERE action = 'figure:as_known'")
    assert (row["principal_id"], row["reason"][:40]) == (job.id, "persons_received as known at 2022-09-30T")
