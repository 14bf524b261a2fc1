"""What a liaison is not told leaves no trace: not in a timeline, a version, a tag or a list (ADR 44)."""

from typing import Any, Final

import pytest

from tests.http.problem_documents import assert_problem
from tests.register import FINDING, Caller, Register
from tests.situations.telling import Telling

KEPT: Final = {"purpose": "inform_embassy", "value": "no", "freely": "yes"}
NAMED: Final = {"nationality": "MYS", "names": [{"text": "Contoh Satu"}]}


def _timeline(caller: Caller, case: str, limit: int = 200) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = caller.get(f"/v1/cases/{case}/events", limit=limit, **cursor).json()
        items += page["items"]
        if "next_cursor" not in page:
            return items
        assert len(page["items"]) == limit, "a page that is not the last is full"
        cursor = {"cursor": page["next_cursor"]}


def _all_that_is_seen(caller: Caller, case: str) -> list[Any]:
    person = caller.get("/v1/persons").json()["items"][0]["reference"]
    paths = ["/v1/cases", "/v1/persons", f"/v1/cases/{case}", f"/v1/persons/{person}", f"/v1/cases/{case}/events"]
    answers = [caller.get(path) for path in paths]
    found = caller.post("/v1/searches", {"for": "persons", "name": "Contoh Satu", "purpose": "rescue"})
    seen = [(one.status_code, one.headers.get("etag"), one.json()) for one in answers]
    return [*seen, found.json(), _timeline(caller, case, limit=1)]


def _patch(told: Telling, role: str, **changed: Any) -> None:
    path = f"/v1/persons/{told.person}"
    tag = told.by(role).get(path).headers["etag"]
    answer = told.by(role).patch(path, changed, If_Match=tag)
    assert answer.status_code == 200, answer.text


def _last_event(told: Telling) -> str:
    return str(_timeline(told.by("supervisor"), told.case)[-1]["id"])


def _hold_and_lift(told: Telling) -> None:
    _patch(told, "operator", fears_own_state=True)
    assert told.by("liaison").get(f"/v1/persons/{told.person}").status_code == 404
    _patch(told, "supervisor", fears_own_state=False)


def _hold_and_void(told: Telling) -> None:
    _patch(told, "operator", fears_own_state=True)
    void = told.by("supervisor").post(f"/v1/events/{_last_event(told)}/void", {"reason": "found_untrue"})
    assert void.status_code == 201, void.text


def _claim_another_state(told: Telling) -> None:
    told.say("operator", "nationality_asserted", "2022-09-06", nationality="SGP", source="language_inferred")
    void = told.by("supervisor").post(f"/v1/events/{_last_event(told)}/void", {"reason": "found_untrue"})
    assert void.status_code == 201, void.text


def _keep_from_embassy(told: Telling) -> None:
    told.say("operator", "wish_stated", "2022-09-06", **KEPT)
    assert told.by("liaison").get(f"/v1/persons/{told.person}").status_code == 404
    void = told.by("supervisor").post(f"/v1/events/{_last_event(told)}/void", {"reason": "wrong_subject"})
    assert void.status_code == 201, void.text


def _tell_of_others(told: Telling) -> None:
    operator = told.by("operator")
    added = operator.post(f"/v1/cases/{told.case}/persons", {"nationality": "CHN", "known_since": "2022-09-05"})
    told.say("verifier", "located", "2022-09-10", added.json()["reference"], result="not_found")
    told.say("operator", "alleged", "2022-09-10", told.case, types=["resale"])


HIDDEN: Final = [_hold_and_lift, _hold_and_void, _claim_another_state, _keep_from_embassy, _tell_of_others]


@pytest.mark.parametrize("happens", HIDDEN, ids=lambda happens: happens.__name__.strip("_"))
def test_what_a_liaison_is_not_told_changes_nothing_that_it_sees(register: Register, happens: Any) -> None:
    told = Telling(register, given={"persons": [NAMED]}).verified()
    liaison = told.by("liaison")
    before = _all_that_is_seen(liaison, told.case)
    tag = liaison.get(f"/v1/persons/{told.person}").headers["etag"]
    happens(told)
    assert _all_that_is_seen(liaison, told.case) == before
    answer = liaison.patch(f"/v1/persons/{told.person}", {"birth_year": 1999}, If_Match=tag)
    assert answer.status_code == 200, answer.text


def test_a_version_is_the_same_wherever_a_person_is_shown(register: Register) -> None:
    told = Telling(register, given={"persons": [{**NAMED, "age": 30}]}).verified().rescued()
    liaison = told.by("liaison")
    alone = told.shown("liaison")["version"]
    [in_case] = told.case_shown("liaison")["persons"]
    [in_list] = liaison.get("/v1/persons").json()["items"]
    body = {"for": "persons", "name": "Contoh Satu", "purpose": "rescue"}
    [found] = liaison.post("/v1/searches", body).json()["items"]
    assert {in_case["version"], in_list["version"], found["version"]} == {alone}


@pytest.mark.parametrize(
    "changed",
    [
        {"names": [{"text": "Contoh Dua"}]},
        {"documents": [{"type": "passport", "number": "EX1234567"}]},
        {"contacts": [{"kind": "phone", "value": "+855 00 000 0117"}]},
        {"birth_year": 1990},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_nobody_overwrites_what_was_changed_of_what_they_may_see(register: Register, changed: dict[str, Any]) -> None:
    told = Telling(register, given={"persons": [NAMED]})
    liaison, path = told.by("liaison"), f"/v1/persons/{told.person}"
    tag = liaison.get(path).headers["etag"]
    _patch(told, "operator", **changed)
    problem = assert_problem(liaison.patch(path, {"sex": "male"}, If_Match=tag), 412, "stale-version")
    assert problem["etag"] == liaison.get(path).headers["etag"] != tag
    sent = liaison.patch(path, {"sex": "male"}, If_Match=problem["etag"])
    assert sent.status_code == 200, sent.text
    assert sent.headers["etag"] == liaison.get(path).headers["etag"] == f'"{sent.json()["version"]}"'


def test_a_liaison_cannot_try_out_how_often_somebody_was_written_to(register: Register) -> None:
    told = Telling(register)
    _hold_and_lift(told)
    for number in range(12):
        answer = told.by("liaison").patch(f"/v1/persons/{told.person}", {"sex": "male"}, If_Match=f'"{number}"')
        assert_problem(answer, 412, "stale-version")


def test_a_finding_on_the_case_before_their_national_joined_is_not_theirs(register: Register) -> None:
    told = Telling(register, nationality="TWN").verified("2022-09-03")
    added = told.by("operator").post(f"/v1/cases/{told.case}/persons", {"nationality": "MYS"})
    assert added.status_code == 201
    mys = register.caller("liaison", "MYS")
    assert [event["kind"] for event in _timeline(mys, told.case)] == ["received", "added", "nationality_asserted"]
    [person] = mys.get(f"/v1/cases/{told.case}").json()["persons"]
    assert person["findings"] == []
    register.caller("verifier").record("finding_made", [told.case], "2022-10-01", **FINDING)
    assert [event["kind"] for event in _timeline(mys, told.case)][3:] == ["finding_made"]
    assert [event["kind"] for event in _timeline(told.by("liaison"), told.case)].count("finding_made") == 2


def test_who_wants_the_embassy_told_nothing_is_hidden_until_they_freely_tell_somebody_else(register: Register) -> None:
    told = Telling(register)
    liaison, path = told.by("liaison"), f"/v1/persons/{told.person}"
    told.say("operator", "wish_stated", "2022-09-04", **KEPT)
    for wish in ({"freely": "no"}, {"value": "undecided", "freely": "yes"}, {"value": "not_asked", "freely": "yes"}):
        told.say("operator", "wish_stated", "2022-09-05", **{**KEPT, "value": "yes", **wish})
        assert liaison.get(path).status_code == liaison.get(f"/v1/cases/{told.case}").status_code == 404
        assert liaison.get("/v1/persons").json()["items"] == []
        said = told.try_to_say("liaison", "wish_stated", "2022-09-05", **{**KEPT, "value": "yes"})
        assert said.status_code == 404
    told.say("operator", "wish_stated", "2022-09-06", **{**KEPT, "value": "yes"})
    assert [(wish["purpose"], wish["value"]) for wish in told.shown("liaison")["wishes"]] == [("inform_embassy", "yes")]
    told_of = [event["data"] for event in _timeline(liaison, told.case) if event["kind"] == "wish_stated"]
    assert {data["value"] for data in told_of} == {"yes"}


def test_an_answer_that_was_not_free_hides_nobody_and_is_not_told(register: Register) -> None:
    told = Telling(register)
    before = _timeline(told.by("liaison"), told.case)
    told.say("operator", "wish_stated", "2022-09-04", **{**KEPT, "freely": "no"})
    assert told.shown("liaison")["wishes"] == []
    assert _timeline(told.by("liaison"), told.case) == before


@pytest.mark.parametrize("later", [None, "undecided"])
def test_the_wish_hides_from_the_embassy_that_reported_the_person_too(register: Register, later: str | None) -> None:
    liaison = register.caller("liaison", "MYS")
    filed = liaison.file(received_on="2022-09-01", persons=[{}])
    person = filed["persons"][0]["reference"]
    assert liaison.get(f"/v1/persons/{person}").status_code == 200
    supervisor = register.caller("supervisor")
    for value in ["no", *([later] if later else [])]:
        supervisor.record("wish_stated", [person], "2022-09-04", **{**KEPT, "value": value})
    assert liaison.get(f"/v1/persons/{person}").status_code == 404
    assert liaison.get(f"/v1/cases/{filed['reference']}").json()["persons"] == []
