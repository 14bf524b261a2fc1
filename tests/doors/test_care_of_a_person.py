"""Custody, papers, wishes, findings, tasks and guardians over HTTP, for those who work with them and for a liaison."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from service.cases.schemas.sight import TO_A_LIAISON
from service.story.kinds.registry import KINDS
from tests.doors.scene import OWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import FINDING, Caller

LATER: Final = "2022-09-05"


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        look_after(made)
        yield made


def look_after(scene: Scene) -> None:
    """Let everything be recorded about one person that can be."""
    officer, verifier = scene.register.caller("officer"), scene.register.caller("verifier")
    person = [scene.persons[OWN].reference]
    verifier.record("finding_made", [scene.case], LATER, **FINDING, confinement=True)
    verifier.record("finding_made", person, LATER, **{**FINDING, "authority": "ncct", "outcome": "labour_dispute"})
    officer.record("custody_started", person, LATER, custody="immigration_depot")
    officer.record("documents_checked", person, LATER, missing=["passport", "work_permit"])
    scene.liaison.record("wish_stated", person, LATER, purpose="return_home", value="yes", freely="no")
    scene.liaison.record("return_step", person, LATER, step="travel_document", state="in_progress", country="TWN")
    officer.record("return_step", person, LATER, step="exit_permission", state="blocked", country="KHM",
                   reason="awaits_court")  # fmt: skip
    scene.operator.record("nationality_asserted", person, LATER, nationality="CHN", source="claimed_reporter")
    officer.record("stage_reached", [scene.offender.reference], LATER, stage="detained")
    officer.record("stage_reached", [scene.offender.reference], "2022-09-03", stage="suspected")


def person_as(caller: Caller, scene: Scene, **parameters: Any) -> dict[str, Any]:
    shown: dict[str, Any] = caller.get(f"/v1/persons/{scene.persons[OWN].reference}", **parameters).json()
    return shown


def test_whoever_works_on_the_case_sees_all_of_it(scene: Scene) -> None:
    shown = person_as(scene.operator, scene)
    assert (shown["in_custody"], shown["custody"]) == (True, "immigration_depot")
    assert shown["missing_documents"] == ["passport", "work_permit"]
    assert shown["wishes"] == [{"purpose": "return_home", "value": "yes", "freely": "no", "on": LATER}]
    assert [(one["country"], one["step"], one.get("reason")) for one in shown["return_tasks"]] == [
        ("TWN", "travel_document", None), ("KHM", "exit_permission", "awaits_court"),
    ]  # fmt: skip
    assert [(one["authority"], one["outcome"], one["leads"]) for one in shown["findings"]] == [
        ("police", "presumed_victim", True), ("ncct", "labour_dispute", False),
    ]  # fmt: skip
    assert shown["findings"][0]["evidence"] == ["site_visit"]
    assert [(one["nationality"], one["source"]) for one in shown["assertions"]] == [
        ("TWN", "document_copy"), ("CHN", "claimed_reporter"),
    ]  # fmt: skip
    assert shown["guardian_known"] is True


def test_a_liaison_sees_what_its_consuls_need_and_not_what_others_said(scene: Scene) -> None:
    shown = person_as(scene.liaison, scene)
    same = ("custody", "missing_documents", "wishes", "return_tasks", "guardian_known", "in_custody")
    whole = person_as(scene.operator, scene)
    assert {name: shown[name] for name in same} == {name: whole[name] for name in same}
    assert [sorted(one) for one in shown["findings"]] == [
        ["authority", "confinement", "leads", "on", "outcome", "standard"],
        ["authority", "leads", "on", "outcome", "standard"],
    ]
    assert not {"assertions", "fears_own_state", "evidence"} & shown.keys()
    timeline = scene.liaison.get(f"/v1/cases/{scene.case}/events").json()["items"]
    assert {one["data"]["nationality"] for one in timeline if one["kind"] == "nationality_asserted"} == {"TWN"}
    assert "evidence" not in str(timeline)


def test_the_case_and_its_offender_show_what_was_found(scene: Scene) -> None:
    shown = scene.operator.get(f"/v1/cases/{scene.case}").json()
    assert [(one["outcome"], one["confinement"]) for one in shown["findings"]] == [("presumed_victim", True)]
    assert shown["withheld_from"] == []
    [offender] = shown["offenders"]
    assert offender["stage"] == "detained"
    assert offender["stages"] == [{"stage": "suspected", "on": "2022-09-03"}, {"stage": "detained", "on": LATER}]


def test_a_guardian_is_sealed_and_opens_for_a_purpose(scene: Scene) -> None:
    for caller in (scene.operator, scene.liaison):
        assert "Guardian Canary" not in str(person_as(caller, scene))
        guardian = person_as(caller, scene, purpose="return")["sealed"]["guardian"]
        assert guardian["names"][0]["text"] == f"Guardian Canary {OWN}"
    row = scene.register.rows("SELECT fields FROM audit_log WHERE action = 'person:read' ORDER BY id DESC LIMIT 1")
    assert "guardian" in row[0]["fields"]


def test_a_liaison_names_guardians_of_minors_only(scene: Scene) -> None:
    id_ = scene.persons[OWN].id
    guardian = {"guardian": {"names": [{"text": "Aunt"}], "relationship": "other_relative"}}

    def send(caller: Caller, body: dict[str, Any]) -> Any:
        return caller.patch(f"/v1/persons/{id_}", body, If_Match=scene.tag_of_person(caller, id_))

    cleared = send(scene.operator, {"guardian": None, "age": 15})
    assert cleared.json()["guardian_known"] is False
    assert "guardian" not in person_as(scene.operator, scene, purpose="return")["sealed"]
    named = send(scene.liaison, guardian)
    assert (named.status_code, named.json()["guardian_known"]) == (200, True)
    assert send(scene.operator, {"age": 30}).status_code == 200
    assert_problem(send(scene.liaison, guardian), 403, "may-not-record")
    assert send(scene.operator, guardian).status_code == 200


def test_an_offender_may_be_known_before_somebody_says_so(scene: Scene) -> None:
    path = f"/v1/cases/{scene.case}/offenders"
    assert scene.operator.post(path, {"known_since": "2022-09-03"}).status_code == 201
    assert_problem(scene.operator.post(path, {"known_since": "2022-08-31"}), 409, "out-of-order")
    assert_problem(scene.operator.post(path, {"known_since": "2023-01-01"}), 422, "validation")
    seen = scene.operator.get(f"/v1/cases/{scene.case}/events").json()["items"][-1]
    assert (seen["kind"], seen["occurred_on"]) == ("named", "2022-09-03")


def test_a_persons_own_contact_is_a_way_to_reach_somebody(scene: Scene) -> None:
    asked = [
        {one["essential"] for one in scene.operator.file(persons=[person])["next_questions"]}
        for person in ({}, {"contacts": [{"kind": "phone", "value": "+855 1"}]})
    ]
    assert ["contact" in one for one in asked] == [True, False]


def test_whoever_sends_a_member_that_does_not_exist_is_told_those_that_do(scene: Scene) -> None:
    person = scene.persons[OWN].reference
    body = {"kind": "custody_started", "subjects": [person], "occurred_on": LATER, "data": {"Lin Li": "x"}}
    problem = assert_problem(scene.register.caller("officer").post("/v1/events", body), 422, "validation")
    words = {fault["pointer"]: fault["detail"] for fault in problem["errors"]}
    assert words["#/data"] == "Unknown field. Known here: custody"
    assert "Lin Li" not in str(problem)
    filed = scene.operator.post("/v1/cases", {"channel": "ngo", "persons": [{"contacts": [{"number": "1"}]}]})
    [unknown] = [fault for fault in filed.json()["errors"] if fault["code"] == "extra_forbidden"]
    assert unknown["pointer"] == "#/persons/0/contacts/0"
    assert unknown["detail"].endswith("Known here: kind, safe, safe_hours, value")


def test_the_table_names_only_members_there_are() -> None:
    for shape, members in TO_A_LIAISON.items():
        assert members <= set(shape.model_fields), shape
    withheld = {"evidence", "no_evidence_reason", "withheld_from", "fears_own_state", "relationship", "place_given"}
    for kind in KINDS.values():
        told = kind.told_to_liaison or frozenset()
        assert told <= set(kind.fact.__dataclass_fields__), kind.name
        assert not told & withheld, kind.name
