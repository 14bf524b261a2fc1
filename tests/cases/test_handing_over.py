"""Assignments go from hand to hand within an agency: on record, seen by both, to whoever can look after them."""

from typing import Any, Final

import pytest

from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register

HAND_OVER: Final = "/v1/assignments/handover"
TAIWANESE: Final = [{"nationality": "TWN", "names": [{"text": "Lin Example"}]}]


def _colleague(register: Register, role: str, name: str = "second.one", *, of: str = "liaison TWN") -> Caller:
    """Return somebody of an embassy, or of another agency by its name in the test's register."""
    nationalities = ["TWN"] if of.startswith("liaison") else []
    found = register.caller(role, *nationalities, agency=of, name=name)
    register.rows("UPDATE users SET username = $2 WHERE id = $1 RETURNING id", found.id, name)
    return found


def _case(register: Register, to: Caller | None = None, **told: Any) -> str:
    """File a case with somebody from Taiwan, assigned to somebody; return its reference."""
    case = register.caller("operator").file(received_on="2022-09-01", persons=TAIWANESE, **told)["reference"]
    if to is not None:
        _assign(register, str(case), str(to.id))
    return str(case)


def _assign(register: Register, case: str, to: str | None) -> None:
    supervisor = register.caller("supervisor")
    tag = supervisor.get(f"/v1/cases/{case}").headers["etag"]
    assert supervisor.patch(f"/v1/cases/{case}", {"assigned_to": to}, If_Match=tag).is_success


def _mine(caller: Caller, assigned: str = "me") -> set[str]:
    answer = caller.get("/v1/cases", assigned=assigned, limit=200)
    assert answer.status_code == 200, answer.text
    return {case["reference"] for case in answer.json()["items"]}


def _faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def test_a_liaison_hands_one_and_then_all_cases_over_and_both_see_it(register: Register) -> None:
    liaison = register.caller("liaison", "TWN")
    colleague = _colleague(register, "liaison")
    first, second, third = (_case(register, liaison) for _ in range(3))
    one = liaison.post(HAND_OVER, {"to": "Second.One", "cases": [second]})
    assert one.status_code == 201, one.text
    assert [item["reference"] for item in one.json()["items"]] == [second]
    assert (one.json()["assigned_to"], one.json()["more"]) == (str(colleague.id), False)
    assert (_mine(liaison), _mine(colleague)) == ({first, third}, {second})
    for reader in (liaison, colleague):
        assert reader.get(f"/v1/cases/{second}").json()["assigned_to"] == str(colleague.id)
    rest = liaison.post(HAND_OVER, {"to": str(colleague.id)})
    assert [item["reference"] for item in rest.json()["items"]] == [third, first]
    assert (_mine(liaison), _mine(colleague)) == (set(), {first, second, third})
    assert liaison.post(HAND_OVER, {"to": str(colleague.id)}).json()["items"] == []
    rows = register.rows(
        "SELECT principal_id, subject_ids FROM audit_log WHERE action = 'cases:handed_over' ORDER BY id"
    )
    ids = {row["reference"]: row["id"] for row in register.rows("SELECT id, reference FROM cases")}
    hands = [liaison.id, colleague.id]
    told = [[ids[second], *hands], [ids[third], ids[first], *hands], hands]
    assert [(row["principal_id"], row["subject_ids"]) for row in rows] == [(liaison.id, ids_) for ids_ in told]


def test_an_embassy_is_told_of_its_own_assignments_only(register: Register) -> None:
    liaison = register.caller("liaison", "TWN")
    case = _case(register, register.caller("operator"))
    assert "assigned_to" not in liaison.get(f"/v1/cases/{case}").json()
    assert "assigned_to" not in liaison.get("/v1/cases").json()["items"][0]
    answer = liaison.post(HAND_OVER, {"to": str(_colleague(register, "liaison").id), "cases": [case]})
    assert_problem(answer, 422, "validation")
    assert _faults(answer) == [("#/cases/0", "not_assigned")]


def test_whoever_could_not_look_after_a_case_is_not_given_it(register: Register) -> None:
    liaison = register.caller("liaison", "TWN")
    case, other = _case(register, liaison), _case(register, liaison)
    operator, reporting = _colleague(register, "operator"), _colleague(register, "reporting", "third")
    gone = _colleague(register, "liaison", "fourth")
    account = f"/v1/users/{gone.id}"
    admin = register.caller("admin")
    assert admin.delete(account, If_Match=admin.get(account).headers["etag"]).status_code == 204
    for to, code in (
        (str(register.caller("operator").id), "unknown_user"),
        ("nobody.here", "unknown_user"),
        (str(gone.id), "unknown_user"),
        (str(reporting.id), "wrong_role"),
        (str(liaison.id), "same_user"),
        (str(operator.id), "case_not_visible"),
    ):
        answer = liaison.post(HAND_OVER, {"to": to})
        assert_problem(answer, 422, "validation")
        assert _faults(answer) == [("#/to", code)], to
    one = liaison.post(HAND_OVER, {"to": str(operator.id), "cases": [other, case]})
    assert _faults(one) == [("#/cases/0", "case_not_visible"), ("#/cases/1", "case_not_visible")]
    assert _mine(liaison) == {case, other}


def test_all_or_none_and_every_wrong_line_is_named(register: Register) -> None:
    liaison = register.caller("liaison", "TWN")
    colleague = _colleague(register, "liaison")
    case, unassigned = _case(register, liaison), _case(register)
    foreign = register.caller("operator").file(received_on="2022-09-01", persons=[{"nationality": "MYS"}])["reference"]
    for absent in (foreign, "KH22-0000-0000"):
        answer = liaison.post(HAND_OVER, {"to": str(colleague.id), "cases": [case, absent, unassigned]})
        assert_problem(answer, 404, "not-found")
        assert _faults(answer) == [("#/cases/1", "not_found")]
    for lines, faults in (
        ([case, unassigned], [("#/cases/1", "not_assigned")]),
        ([case, case], [("#/cases/1", "repeated")]),
    ):
        assert _faults(liaison.post(HAND_OVER, {"to": str(colleague.id), "cases": lines})) == faults
    assert (_mine(liaison), _mine(colleague)) == ({case}, set())


def test_a_hold_takes_a_case_out_of_an_embassys_hands_and_onto_the_list_of_nobody(register: Register) -> None:
    liaison, supervisor = register.caller("liaison", "TWN"), register.caller("supervisor")
    colleague = _colleague(register, "liaison")
    held, kept = _case(register, liaison), _case(register, liaison)
    assert _mine(supervisor, "nobody") == set()
    person = supervisor.get(f"/v1/cases/{held}").json()["persons"][0]
    path = f"/v1/persons/{person['reference']}"
    hold = supervisor.patch(path, {"fears_own_state": True}, If_Match=supervisor.get(path).headers["etag"])
    assert hold.status_code == 200, hold.text
    assert _mine(supervisor, "nobody") == {held}
    assert_problem(liaison.post(HAND_OVER, {"to": str(colleague.id), "cases": [held]}), 404)
    assert [item["reference"] for item in liaison.post(HAND_OVER, {"to": str(colleague.id)}).json()["items"]] == [kept]
    assert _mine(supervisor, "nobody") == {held}


def test_a_supervisor_hands_over_for_a_colleague_who_is_gone_and_nobody_else_does(register: Register) -> None:
    supervisor = register.caller("supervisor")
    operator = _colleague(register, "operator", "first.one", of="supervisor ")
    gone = _colleague(register, "operator", of="supervisor ")
    case = str(operator.file(received_on="2022-09-01")["reference"])
    _assign(register, case, str(gone.id))
    refused = operator.post(HAND_OVER, {"to": str(operator.id), "held_by": str(gone.id)})
    assert_problem(refused, 403, "may-not-record")
    account, admin = f"/v1/users/{gone.id}", register.caller("admin")
    assert admin.delete(account, If_Match=admin.get(account).headers["etag"]).status_code == 204
    assert _mine(supervisor, "nobody") == {case}
    unknown = supervisor.post(HAND_OVER, {"to": str(operator.id), "held_by": str(register.caller("liaison", "TWN").id)})
    assert _faults(unknown) == [("#/held_by", "unknown_user")]
    done = supervisor.post(HAND_OVER, {"to": str(operator.id), "held_by": "second.one"})
    assert done.status_code == 201, done.text
    assert (_mine(supervisor, "nobody"), _mine(operator)) == (set(), {case})


def test_the_same_call_under_one_key_hands_over_once(register: Register) -> None:
    liaison = register.caller("liaison", "TWN")
    colleague = _colleague(register, "liaison")
    case = _case(register, liaison)
    body = {"to": str(colleague.id)}
    first = liaison.post(HAND_OVER, body, Idempotency_Key="once")
    _assign(register, case, str(liaison.id))
    again = liaison.post(HAND_OVER, body, Idempotency_Key="once")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert _mine(liaison) == {case}


@pytest.mark.parametrize("how", ["role", "agency", "nationalities", "agency disabled", "withheld"])
def test_a_case_whose_holder_sees_it_no_more_is_listed_as_nobodys(register: Register, how: str) -> None:
    liaison, supervisor, admin = (
        register.caller("liaison", "TWN"),
        register.caller("supervisor"),
        register.caller("admin"),
    )
    case = _case(register, liaison)
    assert _mine(supervisor, "nobody") == set()
    account, agency = f"/v1/users/{liaison.id}", f"/v1/agencies/{liaison.agency_id}"
    changes: dict[str, tuple[Caller, str, dict[str, Any]]] = {
        "role": (admin, account, {"role": "operator"}),
        "agency": (admin, account, {"agency_id": str(register.caller("liaison", "MYS").agency_id)}),
        "nationalities": (admin, agency, {"nationalities": ["MYS"]}),
        "agency disabled": (admin, agency, {"disabled": True}),
        "withheld": (supervisor, f"/v1/cases/{case}", {"withheld_from": [str(liaison.agency_id)]}),
    }
    by, path, change = changes[how]
    changed = by.patch(path, change, If_Match=by.get(path).headers["etag"])
    assert changed.status_code == 200, changed.text
    assert _mine(supervisor, "nobody") == {case}
