"""A denial recorded by mistake is taken back by whoever recorded it, although it took the person out of their sight."""

from typing import Any, Final

import httpx
import pytest

from tests.doors.scene import DAY, OWN, Scene, set_scene
from tests.http.problem_documents import assert_problem, without_request_id
from tests.register import Caller, Register

ABSENT: Final = "019a9f60-0000-7000-8000-000000000000"


@pytest.fixture
def scene(register: Register) -> Scene:
    return set_scene(register)


def deny(scene: Scene, caller: Caller, state: str = "TWN") -> str:
    said = {"nationality": state, "source": "denied_by_state"}
    event: str = caller.record("nationality_asserted", [scene.persons[OWN].id], DAY, **said)["items"][0]["event_id"]
    return event


def take_back(caller: Caller, event: str, **more: Any) -> httpx.Response:
    return caller.post(f"/v1/events/{event}/void", {"reason": "recorded_in_error", **more})


def assert_like_absent(caller: Caller, event: str) -> None:
    answers = [take_back(caller, known) for known in (event, ABSENT)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_request_id(answers[0]) == without_request_id(answers[1])


def test_who_denied_takes_it_back_and_sees_the_person_again(scene: Scene) -> None:
    person, liaison = scene.persons[OWN], scene.liaison
    event = deny(scene, liaison)
    assert_problem(liaison.get(f"/v1/persons/{person.id}"), 404)
    assert_problem(liaison.get(f"/v1/cases/{scene.case}"), 404)
    answer = take_back(liaison, event, note="The wrong file was open")
    assert answer.status_code == 201, answer.text
    [item] = answer.json()["items"]
    assert item.pop("event_id") != event
    assert item == {
        "subject": person.reference, "subject_kind": "person", "case": scene.case, "status": "taken_back",
    }  # fmt: skip
    assert liaison.get(f"/v1/persons/{person.id}").json()["nationality"] == "TWN"
    [row] = scene.register.rows("SELECT principal_id, reason FROM audit_log WHERE action = 'event:voided'")
    assert (row["principal_id"], row["reason"]) == (liaison.id, "recorded_in_error")
    assert_like_absent(liaison, event)


def test_nobody_else_takes_it_back_nor_learns_that_there_is_something_to_take(scene: Scene) -> None:
    register, event = scene.register, deny(scene, scene.liaison)
    colleague = register.caller("liaison", "TWN", agency="liaison TWN", name="colleague")
    for other in (colleague, register.caller("liaison", "TWN", agency="trade office"), scene.neighbour):
        assert_like_absent(other, event)
    for role in ("operator", "verifier", "officer"):
        assert_problem(take_back(register.caller(role), event), 403, "forbidden")
    assert take_back(scene.supervisor, event).status_code == 201


def test_a_liaison_takes_back_nothing_but_denials(scene: Scene) -> None:
    liaison, own = scene.liaison, scene.persons[OWN].id
    confirmed = {"nationality": "TWN", "source": "confirmed_by_state"}
    said = [liaison.record("nationality_asserted", [own], DAY, **confirmed)]
    said += [liaison.record("wish_stated", [own], DAY, purpose="return_home", value="yes", freely="yes")]
    for recorded in said:
        assert_like_absent(liaison, recorded["items"][0]["event_id"])


def test_a_supervisors_denial_is_not_the_liaisons_to_take_back(scene: Scene) -> None:
    assert_like_absent(scene.liaison, deny(scene, scene.supervisor))


def test_who_serves_that_state_no_more_or_must_not_know_of_the_case_takes_back_nothing(scene: Scene) -> None:
    event, register = deny(scene, scene.liaison), scene.register
    tag, agency = scene.version_of("cases", scene.filed["id"]), str(scene.liaison.agency_id)
    kept = scene.supervisor.patch(f"/v1/cases/{scene.case}", {"withheld_from": [agency]}, If_Match=tag)
    assert kept.status_code == 200, kept.text
    assert_like_absent(scene.liaison, event)
    tag = scene.version_of("cases", scene.filed["id"])
    assert scene.supervisor.patch(f"/v1/cases/{scene.case}", {"withheld_from": []}, If_Match=tag).is_success
    admin = register.caller("admin")
    assert admin.patch(f"/v1/agencies/{agency}", {"nationalities": ["MYS"]}, If_Match='"1"').is_success
    assert_like_absent(scene.liaison, event)


def test_the_answer_is_the_same_where_the_person_stays_out_of_sight(scene: Scene) -> None:
    person = scene.persons[OWN]
    event = deny(scene, scene.liaison)
    hold = {"fears_own_state": True}
    tag = scene.version_of("persons", person.id)
    assert scene.supervisor.patch(f"/v1/persons/{person.id}", hold, If_Match=tag).is_success
    answer = take_back(scene.liaison, event)
    assert (answer.status_code, answer.json()["items"][0]["status"]) == (201, "taken_back")
    assert_problem(scene.liaison.get(f"/v1/persons/{person.id}"), 404)


def test_what_rests_on_it_is_not_told_to_the_liaison(scene: Scene) -> None:
    """Somebody of whom two claims were made went home to Cambodia after one state denied them."""
    register, person = scene.register, scene.persons[OWN].id
    register.caller("verifier").record("nationality_asserted", [person], DAY, nationality="KHM", source="document_copy")
    event = deny(scene, scene.liaison)
    scene.supervisor.record("ended", [person], "2022-09-12", outcome="home_in_cambodia")
    problem = assert_problem(take_back(scene.liaison, event), 409, "standing-events")
    assert not {"rests", "events"} & problem.keys()
    told = assert_problem(take_back(scene.supervisor, event), 409, "standing-events")
    assert told["rests"] == ["ended as home in Cambodia, without that nationality"]


def test_whom_a_state_denies_is_hidden_from_the_embassy_that_reported_them_too(register: Register) -> None:
    liaison = register.caller("liaison", "MYS")
    person = liaison.file(received_on=DAY, persons=[{}])["persons"][0]["reference"]
    assert liaison.get(f"/v1/persons/{person}").status_code == 200
    liaison.record("nationality_asserted", [person], DAY, nationality="MYS", source="denied_by_state")
    assert_problem(liaison.get(f"/v1/persons/{person}"), 404)
