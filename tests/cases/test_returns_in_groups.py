"""The returns of one flight are one group: looked at and taken back together, by whom and for how long it is theirs."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx
import pytest

from service.cases.rules import bounds
from service.story.case import Case
from service.story.kinds.received import begin
from service.story.log import Event
from tests.http.problem_documents import assert_problem, without_request_id
from tests.register import FINDING, Caller, Register

FILED: Final = "2022-09-01"
FLOWN: Final = "2022-09-05"
ABSENT: Final = "/v1/returns/019a9f60-0000-7000-8000-000000000000"
HOME: Final = {"mode": "embassy_assisted", "to_country": "TWN", "funding": ["self_or_family"]}
WHY: Final = {"reason": "found_untrue", "note": "The flight was cancelled."}


def _rescued(register: Register, *nationalities: str) -> list[str]:
    """File one case with so many persons, have them rescued, and return their references in order."""
    persons = [{"nationality": nationality} for nationality in nationalities]
    case = register.caller("operator").file(received_on=FILED, persons=persons)
    register.caller("verifier").record("finding_made", [case["reference"]], FILED, **FINDING)
    references = [part["reference"] for part in case["persons"]]
    register.caller("officer").record("rescued", references, FILED)
    return sorted(references)


def _fly(by: Caller, persons: list[str], **data: Any) -> str:
    """Record the returns of a flight, and return the address of their group."""
    return f"/v1/returns/{by.record('repatriated', persons, FLOWN, **{**HOME, **data})['group_id']}"


def _statuses(caller: Caller, group: str) -> dict[str, str]:
    answer = caller.get(group)
    assert answer.status_code == 200, answer.text
    return {item["person"]: item["status"] for item in answer.json()["items"]}


def _returned(register: Register) -> Any:
    period = {"from": FILED, "to": "2022-09-30", "by": "nationality"}
    answer = register.caller("supervisor").get("/v1/figures/persons_repatriated", **period).json()
    return answer["total"], answer["cells"]


def test_a_flight_of_two_cases_is_looked_at_and_taken_back_as_one(register: Register) -> None:
    liaison = register.caller("liaison", "TWN")
    persons = [*_rescued(register, "TWN", "TWN"), *_rescued(register, "TWN")]
    before = _returned(register)
    group = _fly(liaison, persons)
    shown = liaison.get(group)
    assert (shown.json()["occurred_on"], shown.json()["data"]) == (FLOWN, HOME)
    assert _statuses(liaison, group) == dict.fromkeys(sorted(persons), "repatriated")
    assert _returned(register) != before
    for person in persons:
        case = person.rsplit("-", 1)[0]
        [told] = [
            event
            for event in liaison.get(f"/v1/cases/{case}/events").json()["items"]
            if (event["kind"], event["subject"]) == ("repatriated", person)
        ]
        assert group.endswith(told["group_id"])
    back = liaison.post(f"{group}/void", WHY)
    assert back.status_code == 201, back.text
    assert {(item["subject"], item["status"]) for item in back.json()["items"]} == {(p, "rescued") for p in persons}
    assert group.endswith(back.json()["group_id"])
    assert _statuses(liaison, group) == dict.fromkeys(sorted(persons), "rescued")
    assert all(item["voided_by"] for item in liaison.get(group).json()["items"])
    assert _returned(register) == before
    rows = register.rows("SELECT action, subject_ids FROM audit_log WHERE action LIKE 'returns:%' ORDER BY id")
    assert Counter(row["action"] for row in rows) == {"returns:read": 4, "returns:voided": 1}
    ids = {row["id"] for row in register.rows("SELECT id FROM persons")}
    assert all(ids <= set(row["subject_ids"]) for row in rows)


def test_returns_are_theirs_who_recorded_them_for_a_day_and_then_a_supervisors(register: Register) -> None:
    liaison, supervisor = register.caller("liaison", "TWN"), register.caller("supervisor")
    colleague = register.caller("liaison", "TWN", agency="liaison TWN", name="colleague")
    first, second = (_fly(liaison, _rescued(register, "TWN")) for _ in range(2))
    assert colleague.get(first).status_code == 200
    assert_problem(colleague.post(f"{first}/void", WHY), 403, "may-not-record")
    register.clock.move(hours=23, minutes=59)
    assert liaison.post(f"{first}/void", WHY).status_code == 201
    register.clock.move(minutes=2)
    assert_problem(liaison.post(f"{second}/void", WHY), 403, "may-not-record")
    assert set(_statuses(liaison, second).values()) == {"repatriated"}
    assert supervisor.post(f"{second}/void", WHY).status_code == 201


def test_an_officer_takes_the_deportations_it_recorded_back(register: Register) -> None:
    officer, liaison = register.caller("officer"), register.caller("liaison", "TWN")
    group = _fly(officer, _rescued(register, "TWN", "TWN"), mode="deported")
    assert_problem(liaison.post(f"{group}/void", WHY), 403, "may-not-record")
    assert_problem(register.caller("operator").post(f"{group}/void", WHY), 403, "forbidden")
    assert officer.post(f"{group}/void", WHY).status_code == 201


def test_each_embassy_sees_its_own_of_a_flight_and_no_trace_of_others(register: Register) -> None:
    supervisor, taiwan, malaysia = (
        register.caller("supervisor"), register.caller("liaison", "TWN"), register.caller("liaison", "MYS"),
    )  # fmt: skip
    persons = [*_rescued(register, "TWN"), *_rescued(register, "MYS"), *_rescued(register, "TWN")]
    group = _fly(supervisor, persons)
    assert _statuses(taiwan, group).keys() == {persons[0], persons[2]}
    assert _statuses(malaysia, group).keys() == {persons[1]}
    others = register.caller("liaison", "VNM")
    read = [others.get(at) for at in (group, ABSENT)]
    sent = [others.post(f"{at}/void", WHY) for at in (group, ABSENT)]
    for answers in (read, sent):
        assert_problem(answers[0], 404, "not-found")
        assert without_request_id(answers[0]) == without_request_id(answers[1])
    path = f"/v1/persons/{persons[0]}"
    hold = supervisor.patch(path, {"fears_own_state": True}, If_Match=supervisor.get(path).headers["etag"])
    assert hold.status_code == 200, hold.text
    assert _statuses(taiwan, group).keys() == {persons[2]}
    assert _statuses(supervisor, group).keys() == set(persons)


def test_what_an_embassy_takes_back_is_what_it_sees_and_the_rest_stays_for_a_supervisor(register: Register) -> None:
    liaison, supervisor = register.caller("liaison", "TWN"), register.caller("supervisor")
    hidden, seen = [*_rescued(register, "TWN"), *_rescued(register, "TWN")]
    group = _fly(liaison, [hidden, seen])
    path = f"/v1/persons/{hidden}"
    assert supervisor.patch(path, {"fears_own_state": True}, If_Match=supervisor.get(path).headers["etag"]).is_success
    assert [item["subject"] for item in liaison.post(f"{group}/void", WHY).json()["items"]] == [seen]
    assert _statuses(supervisor, group) == {hidden: "repatriated", seen: "rescued"}
    assert [item["subject"] for item in supervisor.post(f"{group}/void", WHY).json()["items"]] == [hidden]


def test_what_rests_on_one_return_keeps_all_of_them_and_is_named(register: Register) -> None:
    liaison, supervisor = register.caller("liaison", "TWN"), register.caller("supervisor")
    persons = _rescued(register, "TWN", "TWN", "TWN")
    group = _fly(liaison, persons)
    again = register.caller("officer").record("rescued", [persons[1]], "2022-09-07")["items"][0]["event_id"]
    refused = liaison.post(f"{group}/void", WHY)
    problem = assert_problem(refused, 409, "standing-events")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("#/items/1", "standing_events")]
    assert again not in refused.text
    told = assert_problem(supervisor.post(f"{group}/void", WHY), 409, "standing-events")
    assert told["events"] == [again]
    assert _statuses(liaison, group) == dict(zip(persons, ["repatriated", "rescued", "repatriated"], strict=True))
    assert supervisor.post(f"/v1/events/{again}/void", {"reason": "wrong_subject"}).status_code == 201
    assert liaison.post(f"{group}/void", WHY).status_code == 201
    assert set(_statuses(liaison, group).values()) == {"rescued"}


def test_what_was_taken_back_is_not_taken_back_again_but_told_again(register: Register) -> None:
    liaison, supervisor = register.caller("liaison", "TWN"), register.caller("supervisor")
    persons = _rescued(register, "TWN", "TWN")
    group = _fly(liaison, persons)
    one = liaison.get(group).json()["items"][0]["event_id"]
    assert supervisor.post(f"/v1/events/{one}/void", {"reason": "wrong_subject"}).status_code == 201
    first = liaison.post(f"{group}/void", WHY, Idempotency_Key="once")
    assert [item["subject"] for item in first.json()["items"]] == [persons[1]]
    again = liaison.post(f"{group}/void", WHY, Idempotency_Key="once")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert_problem(liaison.post(f"{group}/void", WHY), 409, "conflict")


def test_a_case_is_folded_as_often_for_many_returns_as_for_few(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    folds = Counter[int]()

    def counted(event: Event) -> Case:
        folds[many] += 1
        return begin(event)

    liaison = register.caller("liaison", "TWN")
    for many in (2, 40):
        group = _fly(liaison, _rescued(register, *["TWN"] * many))
        with monkeypatch.context() as patch:
            patch.setattr("service.story.fold.begin", counted)
            assert len(liaison.post(f"{group}/void", WHY).json()["items"]) == many
    assert folds[40] == folds[2] > 1


def test_a_flight_of_full_cases_is_taken_back_though_they_have_grown(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    liaison = register.caller("liaison", "TWN")
    persons = [*_rescued(register, "TWN"), *_rescued(register, "TWN")]
    group = _fly(liaison, persons)
    [events] = register.rows("SELECT count(*)::int AS n FROM events")
    monkeypatch.setattr(bounds, "EVENTS_OF_A_CALL", events["n"] - 2)
    refused = liaison.post("/v1/events", {"kind": "nationality_asserted", "subjects": persons, "occurred_on": FLOWN,
                                          "data": {"nationality": "TWN", "source": "confirmed_by_state"}})  # fmt: skip
    assert_problem(refused, 422, "too-much-at-once")
    assert liaison.post(f"{group}/void", WHY).status_code == 201


@pytest.mark.parametrize("cases", [1, 3])
def test_of_two_who_take_back_at_once_one_does(register: Register, cases: int) -> None:
    liaison, supervisor = register.caller("liaison", "TWN"), register.caller("supervisor")
    persons = [person for _ in range(cases) for person in _rescued(register, "TWN", "TWN")]
    group = _fly(liaison, persons)

    def take_back(by: Caller) -> httpx.Response:
        return by.post(f"{group}/void", WHY)

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(take_back, (liaison, supervisor)))
    assert sorted(answer.status_code for answer in answers) == [201, 409], [answer.text for answer in answers]
    voids = register.rows("SELECT count(*) AS voids FROM events WHERE kind = 'voided'")
    assert voids == [{"voids": len(persons)}]
