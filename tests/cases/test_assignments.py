"""Work never lies unread: what nobody can look after is listed as assigned to nobody."""

from typing import Any

import pytest

from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register


def _assigned(register: Register, to: str) -> str:
    """File a case and assign it to a user; return its reference."""
    filed = register.caller("operator").file(received_on="2022-09-01")
    target = f"/v1/cases/{filed['reference']}"
    tag = register.caller("supervisor").get(target).headers["etag"]
    assert register.caller("supervisor").patch(target, {"assigned_to": to}, If_Match=tag).status_code == 200
    return str(filed["reference"])


def _listed(caller: Caller, assigned: str) -> set[str]:
    answer = caller.get("/v1/cases", assigned=assigned, limit=200)
    assert answer.status_code == 200, answer.text
    return {case["reference"] for case in answer.json()["items"]}


def _verifier(register: Register) -> dict[str, Any]:
    admin, agency = register.caller("admin"), str(register.caller("operator").agency_id)
    made = admin.post("/v1/users", {"username": "a-colleague", "role": "verifier", "agency_id": agency})
    assert made.status_code == 201, made.text
    return dict(made.json())


def test_an_account_that_is_disabled_or_reads_cases_no_more_leaves_its_cases_to_nobody(register: Register) -> None:
    colleague = _verifier(register)
    supervisor, admin = register.caller("supervisor"), register.caller("admin")
    unassigned = str(register.caller("operator").file(received_on="2022-09-01")["reference"])
    case = _assigned(register, colleague["id"])
    assert _listed(supervisor, "nobody") == {unassigned}
    account = f"/v1/users/{colleague['id']}"
    changed = admin.patch(account, {"role": "reporting"}, If_Match=admin.get(account).headers["etag"])
    assert changed.status_code == 200, changed.text
    assert _listed(supervisor, "nobody") == {unassigned, case}
    back = admin.patch(account, {"role": "verifier"}, If_Match=changed.headers["etag"])
    assert back.status_code == 200, back.text
    assert _listed(supervisor, "nobody") == {unassigned}
    assert admin.delete(account, If_Match=admin.get(account).headers["etag"]).status_code == 204
    assert _listed(supervisor, "nobody") == {unassigned, case}
    assert _listed(supervisor, colleague["id"]) == {case}


def test_ones_own_cases_are_listed_without_an_id(register: Register) -> None:
    operator, supervisor = register.caller("operator"), register.caller("supervisor")
    case = _assigned(register, str(operator.id))
    _assigned(register, str(supervisor.id))
    assert _listed(operator, "me") == {case}
    assert _listed(operator, "nobody") == set()


@pytest.mark.parametrize("assigned", ["nobody", "019a9f60-0000-7000-8000-000000000000"])
def test_a_liaison_does_not_filter_by_whom_else_a_case_is_assigned_to(register: Register, assigned: str) -> None:
    answer = register.caller("liaison", "TWN").get("/v1/cases", assigned=assigned)
    assert_problem(answer, 400, "invalid-parameter")
