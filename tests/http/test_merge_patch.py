"""Merge patches (RFC 7396): null clears, absence keeps, a list is replaced; nothing else is taken."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.doors.scene import HELD, OWN, Scene, open_scene, person_told, set_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Register


@pytest.fixture
def scene(register: Register) -> Scene:
    return set_scene(register)


@pytest.fixture(scope="module")
def untouched(databases: Databases) -> Iterator[Scene]:
    """A scene for what is refused and so changes nothing."""
    with open_scene(databases) as made:
        yield made


def patch(scene: Scene, target: str, table: str, id_: str, change: Any) -> dict[str, Any]:
    """Change the present version of a record as the operator who filed it."""
    answer = scene.operator.http.patch(
        f"{target}/{id_}", json=change, headers={"If-Match": scene.version_of(table, id_)}
    )
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = scene.operator.get(f"{target}/{id_}", purpose="correction").json()
    return content


def case_after(scene: Scene, **change: Any) -> dict[str, Any]:
    """Change the case and read all of it."""
    return patch(scene, "/v1/cases", "cases", scene.filed["id"], change)


def test_what_is_absent_stays(scene: Scene) -> None:
    before = scene.operator.get(f"/v1/cases/{scene.case}", purpose="correction").json()
    after = case_after(scene)
    assert {**after, "version": 0} == {**before, "version": 0}


def test_null_clears_a_plain_field_and_leaves_its_neighbours(scene: Scene) -> None:
    after = case_after(scene, language=None, location={"precision": None})
    assert "language" not in after
    assert "precision" not in after
    assert after["province"] == "KH-18"
    assert after["sealed"]["place"] == "Place Canary"
    assert after["completeness"] >= 25


def test_null_clears_one_sealed_place_and_the_other_still_counts(scene: Scene) -> None:
    after = case_after(scene, location={"town": None})
    assert "town" not in after["sealed"]
    assert after["sealed"]["place"] == "Place Canary"
    assert "location" not in {question["essential"] for question in after["next_questions"]}
    after = case_after(scene, location={"place": None})
    assert "place" not in after["sealed"]
    assert "location" in {question["essential"] for question in after["next_questions"]}


def test_null_clears_a_whole_location_and_a_whole_reporter_with_what_is_sealed_of_them(scene: Scene) -> None:
    after = case_after(scene, location=None, reporter=None)
    assert not {"province", "precision", "relationship"} & after.keys()
    assert not {"place", "town", "reporter"} & after["sealed"].keys()
    assert "location" in {question["essential"] for question in after["next_questions"]}


def test_one_member_of_the_reporter_changes_and_the_others_stay(scene: Scene) -> None:
    reporter = case_after(scene, reporter={"wants_updates": False})["sealed"]["reporter"]
    assert reporter["name"] == "Reporter Canary"
    assert reporter["contacts"][0]["value"] == "REPORTERPHONECANARY"
    assert reporter["wants_updates"] is False
    after = case_after(scene, reporter={"contacts": None})
    assert "contacts" not in after["sealed"]["reporter"]
    assert after["sealed"]["reporter"]["name"] == "Reporter Canary"
    assert after["relationship"] == "parent"


def test_a_list_is_replaced_whole_and_null_empties_it(scene: Scene) -> None:
    id_ = scene.persons[OWN].id
    names = patch(scene, "/v1/persons", "persons", id_, {"names": [{"text": "New Name"}]})["sealed"]["names"]
    assert [name["text"] for name in names] == ["New Name"]
    after = patch(scene, "/v1/persons", "persons", id_, {"names": None, "contacts": []})["sealed"]
    assert (after["names"], after["contacts"]) == ([], [])
    assert [document["number"] for document in after["documents"]] == ["DOCCANARYtwn"]


def test_what_was_corrected_stays_on_record_sealed(scene: Scene) -> None:
    id_ = scene.persons[OWN].id
    patch(scene, "/v1/persons", "persons", id_, {"names": [{"text": "New Name"}]})
    rows = scene.register.rows("SELECT retired_at FROM sealed_records WHERE subject_id = $1 AND kind = 'name'", id_)
    assert sorted(row["retired_at"] is None for row in rows) == [False, True]


def test_null_lifts_a_safety_hold_for_a_supervisor_only(scene: Scene) -> None:
    person = scene.persons[HELD]
    for caller, status in ((scene.operator, 403), (scene.supervisor, 200)):
        tag = scene.version_of("persons", person.id)
        answer = caller.patch(f"/v1/persons/{person.id}", {"fears_own_state": None}, If_Match=tag)
        assert answer.status_code == status
    assert person_told(HELD)["fears_own_state"] is True
    assert scene.operator.get(f"/v1/persons/{person.id}").json()["fears_own_state"] is False


def test_an_offender_described_by_a_name_alone_stays_described(scene: Scene) -> None:
    patch(scene, "/v1/offenders", "offenders", scene.offender.id, {"description": None})
    facts = scene.register.rows("SELECT fact FROM events WHERE kind = 'offender_described'")
    assert '"described": true' in facts[0]["fact"]


@pytest.mark.parametrize(
    "media_type", ["application/merge-patch+json", "application/json", "application/json; charset=utf-8"]
)
def test_a_merge_patch_is_taken_under_its_own_name_and_as_json(scene: Scene, media_type: str) -> None:
    headers = {"If-Match": '"1"', "Content-Type": media_type}
    answer = scene.operator.http.patch(f"/v1/cases/{scene.case}", content=b'{"language":"km"}', headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("media_type", ["application/json-patch+json", "text/plain", "application/x+json", "", "json"])
def test_any_other_media_type_is_refused_with_those_that_are_taken(untouched: Scene, media_type: str) -> None:
    headers = {"If-Match": '"1"', "Content-Type": media_type}
    answer = untouched.operator.http.patch(f"/v1/cases/{untouched.case}", content=b'{"language":"km"}', headers=headers)
    assert_problem(answer, 415, "unsupported-media-type")
    assert answer.headers["accept-patch"] == "application/merge-patch+json, application/json"


@pytest.mark.parametrize(
    "member",
    ["status", "received_on", "version", "id", "reference", "filed_by", "agency_id", "tally", "channel", "closure"],
)
def test_facts_of_the_log_are_never_patched(untouched: Scene, member: str) -> None:
    answer = untouched.operator.patch(f"/v1/cases/{untouched.case}", {member: None}, If_Match='"1"')
    assert_problem(answer, 422, "validation")


@pytest.mark.parametrize(
    "member", ["status", "nationality", "outcome", "agency_id", "case_id", "present", "disclosed_to"]
)
def test_a_persons_standing_is_never_patched(untouched: Scene, member: str) -> None:
    answer = untouched.operator.patch(f"/v1/persons/{untouched.persons[OWN].id}", {member: "TWN"}, If_Match='"1"')
    assert_problem(answer, 422, "validation")


def test_what_cannot_be_cleared_is_not_silently_kept(untouched: Scene) -> None:
    admin = untouched.register.caller("admin")
    for target, change in (
        (f"/v1/agencies/{untouched.liaison.agency_id}", {"nationalities": None}),
        (f"/v1/agencies/{untouched.liaison.agency_id}", {"disabled": None}),
        (f"/v1/users/{untouched.liaison.id}", {"role": None}),
    ):
        assert_problem(admin.patch(target, change, If_Match='"1"'), 422, "validation")


def test_an_operator_does_not_assign_a_case(scene: Scene) -> None:
    target, tag = f"/v1/cases/{scene.case}", '"1"'
    assert_problem(scene.operator.patch(target, {"assigned_to": None}, If_Match=tag), 403, "may-not-record")
    unknown = scene.supervisor.patch(target, {"assigned_to": scene.filed["id"]}, If_Match=tag)
    assert_problem(unknown, 422, "validation")
    shown = scene.supervisor.patch(target, {"assigned_to": str(scene.operator.id)}, If_Match=tag)
    assert shown.json()["assigned_to"] == str(scene.operator.id)
