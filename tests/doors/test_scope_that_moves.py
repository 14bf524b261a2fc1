"""Who may know of a person follows the facts at once: lists, cursors, tags and retries do not outlive it."""

import pytest

from tests.doors.scene import DAY, FOREIGN, HELD, OWN, UNKNOWN, Scene, set_scene
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register


@pytest.fixture
def scene(register: Register) -> Scene:
    return set_scene(register)


def known_to(caller: Caller) -> list[str]:
    """Return all persons in a caller's list."""
    return [item["id"] for item in caller.get("/v1/persons").json()["items"]]


def correct(scene: Scene, who: str, nationality: str) -> None:
    """Let a supervisor decide that they have another nationality."""
    seen = {"nationality": nationality, "source": "document_seen", "decision": True}
    scene.supervisor.record("nationality_asserted", [scene.persons[who].id], DAY, **seen)


def test_a_corrected_nationality_moves_a_person_to_the_other_liaison_at_once(scene: Scene) -> None:
    person = scene.persons[OWN]
    tag = scene.liaison.get(f"/v1/persons/{person.id}").headers["etag"]
    assert known_to(scene.liaison) == [person.id]
    correct(scene, OWN, "MYS")
    assert known_to(scene.liaison) == []
    assert person.id in known_to(scene.neighbour)
    again = scene.liaison.http.get(f"/v1/persons/{person.id}", headers={"If-None-Match": tag})
    assert_problem(again, 404)
    assert_problem(scene.liaison.patch(f"/v1/persons/{person.id}", {"documents": []}, If_Match=tag), 404)
    assert_problem(scene.liaison.get(f"/v1/cases/{scene.case}"), 404)


def test_in_a_dispute_the_state_that_saw_goes_on_seeing_until_a_supervisor_decides(scene: Scene) -> None:
    person = scene.persons[OWN]
    seen = {"nationality": "MYS", "source": "document_copy"}
    scene.register.caller("verifier", agency="another office").record("nationality_asserted", [person.id], DAY, **seen)
    assert scene.liaison.get(f"/v1/persons/{person.id}").json()["nationality"] == "ZZ-DISPUTED"
    assert person.id in known_to(scene.liaison)
    assert person.id not in known_to(scene.neighbour)
    assert_problem(scene.neighbour.get(f"/v1/persons/{person.id}"), 404)
    scene.supervisor.record("nationality_asserted", [person.id], DAY, **seen, decision=True)
    assert person.id not in known_to(scene.liaison)
    assert person.id in known_to(scene.neighbour)


def test_a_cursor_from_before_the_correction_shows_nobody_who_moved(scene: Scene) -> None:
    more = scene.operator.file(persons=[{"nationality": "TWN"}, {"nationality": "TWN"}])
    first = scene.liaison.get("/v1/persons", limit=1).json()
    correct(scene, OWN, "MYS")
    rest = scene.liaison.get("/v1/persons", limit=50, cursor=first["next_cursor"]).json()
    shown = [item["id"] for item in (*first["items"], *rest["items"])]
    assert sorted(shown) == sorted(person["id"] for person in more["persons"])
    assert "next_cursor" not in rest


def test_the_new_liaison_is_not_shown_the_notes_of_the_old_one(scene: Scene) -> None:
    scene.liaison.post(f"/v1/cases/{scene.case}/notes", {"text": "Old Note Canary"})
    correct(scene, OWN, "MYS")
    assert "Old Note Canary" not in scene.neighbour.get(f"/v1/cases/{scene.case}", purpose="consular").text
    assert "Old Note Canary" in scene.operator.get(f"/v1/cases/{scene.case}", purpose="call_back").text


def test_a_state_that_denies_a_person_knows_of_them_no_more(scene: Scene) -> None:
    person = scene.persons[OWN].reference
    denied = scene.liaison.record("nationality_asserted", [person], DAY, nationality="TWN", source="denied_by_state")
    assert denied["items"][0]["subject"] == person
    assert known_to(scene.liaison) == []
    assert_problem(scene.liaison.get(f"/v1/persons/{person}"), 404)


def test_a_safety_hold_hides_a_person_from_their_own_states_liaison_at_once(scene: Scene) -> None:
    person = scene.persons[OWN].id
    tag = scene.tag_of_person(scene.operator, person)
    assert scene.operator.patch(f"/v1/persons/{person}", {"fears_own_state": True}, If_Match=tag).is_success
    assert known_to(scene.liaison) == []
    assert_problem(scene.liaison.get(f"/v1/persons/{person}"), 404)
    assert_problem(scene.liaison.get(f"/v1/cases/{scene.case}"), 404)


def test_a_language_alone_tells_no_state_about_a_person(scene: Scene) -> None:
    heard = {"nationality": "TWN", "source": "language_inferred"}
    scene.operator.record("nationality_asserted", [scene.persons[UNKNOWN].id], DAY, **heard)
    assert known_to(scene.liaison) == [scene.persons[OWN].id]


def test_a_changed_agency_takes_effect_on_the_next_request(scene: Scene) -> None:
    admin, agency = scene.register.caller("admin"), scene.liaison.agency_id
    assert known_to(scene.liaison) == [scene.persons[OWN].id]
    answer = admin.patch(f"/v1/agencies/{agency}", {"nationalities": ["MYS"]}, If_Match='"1"')
    assert answer.status_code == 200
    assert known_to(scene.liaison) == [scene.elsewhere["persons"][0]["id"], scene.persons[FOREIGN].id]


def test_a_liaison_of_no_state_knows_of_nobody(scene: Scene) -> None:
    nobody = scene.register.caller("liaison")
    assert known_to(nobody) == []
    assert nobody.get("/v1/cases").json()["items"] == []


def test_a_liaison_sees_of_a_case_it_filed_its_own_nationals_and_whom_no_state_is_named_for(scene: Scene) -> None:
    filed = scene.liaison.file(persons=[{"nationality": "TWN"}, {"nationality": "MYS"}, {}, {"fears_own_state": True}])
    own, foreign, unplaced, held = (person["id"] for person in filed["persons"])
    shown = scene.liaison.get(f"/v1/cases/{filed['reference']}", purpose="consular").json()
    assert [person["id"] for person in shown["persons"]] == [own, unplaced]
    assert set(known_to(scene.liaison)) == {unplaced, own, scene.persons[OWN].id}
    for hidden in (foreign, held):
        assert_problem(scene.liaison.get(f"/v1/persons/{hidden}"), 404)
    stranger = scene.register.caller("liaison", "TWN", agency="another office")
    assert_problem(stranger.get(f"/v1/persons/{unplaced}"), 404)


def test_whom_a_liaison_added_is_found_corrected_and_confirmed_until_another_state_is_named(scene: Scene) -> None:
    filed = scene.liaison.file(persons=[{"names": [{"text": "Embassy Examplelater"}]} for _ in range(2)])
    mine, claimed = (person["reference"] for person in filed["persons"])
    sought = {"for": "persons", "name": "Examplelater", "purpose": "consular"}
    assert len(scene.liaison.post("/v1/searches", sought).json()["items"]) == 2
    tag = scene.tag_of_person(scene.liaison, mine)
    changed = scene.liaison.patch(f"/v1/persons/{mine}", {"names": [{"text": "Lin Placed"}]}, If_Match=tag)
    assert changed.status_code == 200, changed.text
    claim = {"nationality": "MYS", "source": "claimed_self"}
    scene.supervisor.record("nationality_asserted", [claimed], "2022-10-01", **claim)
    scene.liaison.record("nationality_asserted", [mine], "2022-10-01", nationality="TWN", source="confirmed_by_state")
    assert scene.liaison.get(f"/v1/persons/{mine}").json()["nationality"] == "TWN"
    assert_problem(scene.liaison.get(f"/v1/persons/{claimed}"), 404)
    timeline = scene.liaison.get(f"/v1/cases/{filed['reference']}/events").json()["items"]
    assert {event["subject"] for event in timeline} == {filed["reference"], mine}


def test_whom_another_agency_added_to_its_case_a_liaison_does_not_know(scene: Scene) -> None:
    filed = scene.liaison.file(persons=[])
    added = scene.supervisor.post(f"/v1/cases/{filed['reference']}/persons", {})
    assert added.status_code == 201, added.text
    assert_problem(scene.liaison.get(f"/v1/persons/{added.json()['id']}"), 404)


def test_each_agencys_operators_list_their_own_agencys_cases(scene: Scene) -> None:
    colleague = scene.register.caller("operator", agency="first hotline", name="colleague")
    assert [item["id"] for item in colleague.get("/v1/cases").json()["items"]] == [scene.filed["id"]]
    assert [item["id"] for item in scene.stranger.get("/v1/cases").json()["items"]] == [scene.elsewhere["id"]]
    assert len(known_to(scene.stranger)) == 1
    assert len(known_to(colleague)) == 4
    assert len(known_to(scene.supervisor)) == 5


def test_another_agencys_operator_filters_nothing_out_of_hiding(scene: Scene) -> None:
    for wanted in ("status=received", "nationality=TWN", "province=KH-18", "urgency=immediate", "incomplete=true"):
        found = scene.stranger.http.get(f"/v1/cases?{wanted}").json()["items"]
        assert {item["id"] for item in found} <= {scene.elsewhere["id"]}, wanted


def test_a_cursor_belongs_to_its_caller_its_list_and_its_filters(scene: Scene) -> None:
    cursor = scene.supervisor.get("/v1/persons", limit=1).json()["next_cursor"]
    second = scene.register.caller("supervisor", name="second")
    assert_problem(second.get("/v1/persons", limit=1, cursor=cursor), 400, "invalid-cursor")
    assert_problem(scene.supervisor.get("/v1/cases", cursor=cursor), 400, "invalid-cursor")
    assert_problem(scene.supervisor.get("/v1/persons", cursor=cursor, status="received"), 400, "invalid-cursor")
    assert_problem(scene.supervisor.get("/v1/persons", cursor=cursor, purpose="rescue"), 400, "invalid-cursor")
    for spoiled in (("B" if cursor[0] == "A" else "A") + cursor[1:], cursor[2:], cursor[:-2], "A", "A" * 43):
        assert_problem(scene.supervisor.get("/v1/persons", cursor=spoiled), 400, "invalid-cursor")
    assert scene.supervisor.get("/v1/persons", limit=2, cursor=cursor).status_code == 200


def test_an_idempotency_key_belongs_to_its_caller(scene: Scene) -> None:
    target, body = f"/v1/cases/{scene.case}/notes", {"text": "once"}
    first = scene.operator.post(target, body, Idempotency_Key="shared-key")
    other = scene.liaison.post(target, body, Idempotency_Key="shared-key")
    assert first.status_code == other.status_code == 201
    assert "idempotent-replayed" not in other.headers
    hidden = scene.stranger.post(target, body, Idempotency_Key="shared-key")
    assert_problem(hidden, 404)


def test_the_held_person_stays_countable_for_those_who_may_know(scene: Scene) -> None:
    tally = scene.operator.get(f"/v1/cases/{scene.case}").json()["tally"]
    assert tally == {"received": 4}
    assert scene.operator.get(f"/v1/persons/{scene.persons[HELD].id}").json()["fears_own_state"] is True
