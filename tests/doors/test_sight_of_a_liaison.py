"""AZ-10, AZ-13: what a liaison is shown of a case with others' nationals in it: its own, no trace of anybody else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.audit.searching import present
from tests.doors.scene import DAY, FOREIGN, HELD, OWN, SITE_CANARIES, UNKNOWN, Scene, open_scene, verify
from tests.engine import Databases
from tests.http.problem_documents import assert_problem

READS = (
    "/v1/cases/{case}",
    "/v1/cases/{case}?purpose=consular",
    "/v1/cases/{case}?purpose=rescue",
    "/v1/cases/{case}/events",
    "/v1/cases/{case}/events?limit=1",
    "/v1/cases",
    "/v1/cases?nationality=TWN&nationality=MYS&nationality=ZZ-UNKNOWN",
    "/v1/persons",
    "/v1/persons?purpose=return",
    "/v1/persons?nationality=TWN&nationality=MYS&nationality=ZZ-UNKNOWN",
    "/v1/persons/{own}",
    "/v1/persons/{own}?purpose=consular",
)
ABOUT_THE_WHOLE = {
    "tally", "head_count", "completeness", "next_questions", "assigned_to", "relationship", "status", "closure",
    "version", "allegations", "offenders", "contact_given", "place_given", "offender_unknown", "fears_own_state",
    "recorded_by", "agency_id", "seq", "nationalities", "assertions", "withheld_from", "operation", "evidence",
}  # fmt: skip
"""Members that would tell of others, of the reporter, of the offender or of a safety hold."""


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        made.operator.post(f"/v1/cases/{made.case}/notes", {"text": "Operator Note Canary"})
        made.neighbour.post(f"/v1/cases/{made.case}/notes", {"text": "Neighbour Note Canary"})
        made.liaison.post(f"/v1/cases/{made.case}/notes", {"text": "Own Note Canary"})
        _change_others(made)
        yield made


def _change_others(scene: Scene) -> None:
    """Let something happen to everybody else, so that there is something to leak."""
    verify(scene)
    officer, verifier = scene.register.caller("officer"), scene.register.caller("verifier")
    officer.record("rescued", [scene.persons[FOREIGN].id, scene.persons[UNKNOWN].id], "2022-09-05")
    verifier.record("nationality_asserted", [scene.persons[UNKNOWN].id], DAY, nationality="VNM", source="claimed_self")
    officer.record("stage_reached", [scene.offender.id], "2022-09-06", stage="arrested")
    scene.operator.record("alleged", [scene.case], DAY, types=["debt_bondage"])
    hold = {"fears_own_state": True}
    answer = scene.operator.patch(f"/v1/persons/{scene.persons[HELD].id}", hold, If_Match='"2"')
    assert answer.status_code == 200, answer.text


def read(scene: Scene, target: str) -> Any:
    """Ask as the liaison and answer the response."""
    return scene.liaison.http.get(target.format(case=scene.case, own=scene.persons[OWN].reference))


@pytest.mark.parametrize("target", READS)
def test_no_answer_holds_a_trace_of_anybody_else(scene: Scene, target: str) -> None:
    answer = read(scene, target)
    assert answer.status_code == 200
    whole = answer.text + str(answer.headers)
    traces = scene.traces_of(FOREIGN, UNKNOWN, HELD) | {scene.offender.id, scene.offender.reference}
    traces |= {scene.elsewhere["id"], scene.elsewhere["reference"], "MYS", "VNM", "ZZ-UNKNOWN", "debt_bondage"}
    assert present(traces, whole) == []
    assert present([*SITE_CANARIES, "Operator Note Canary", "Neighbour Note Canary", "Elsewhere"], whole) == []


@pytest.mark.parametrize("target", READS)
def test_no_member_tells_of_the_case_as_a_whole(scene: Scene, target: str) -> None:
    found = ABOUT_THE_WHOLE & set(_members_of_cases(read(scene, target).json()))
    assert found == set()


@pytest.mark.parametrize(
    "parameter", ["incomplete=true", "incomplete=false", "assigned=019a9f60-0000-7000-8000-000000000000"]
)
def test_a_liaison_does_not_filter_by_what_it_is_not_shown(scene: Scene, parameter: str) -> None:
    assert_problem(read(scene, f"/v1/cases?{parameter}"), 400, "invalid-parameter")


def test_the_status_a_liaison_filters_by_is_that_of_its_own_person(scene: Scene) -> None:
    assert read(scene, "/v1/cases?status=rescued").json()["items"] == []
    assert [item["id"] for item in read(scene, "/v1/cases?status=verified").json()["items"]] == [scene.filed["id"]]


@pytest.mark.parametrize("target", ["/v1/cases/{case}", "/v1/cases", "/v1/cases/{case}/events", "/v1/persons"])
def test_the_tag_of_an_answer_stays_when_something_happens_to_others(scene: Scene, target: str) -> None:
    before = read(scene, target).headers["etag"]
    scene.supervisor.record("nationality_asserted", [scene.persons[FOREIGN].id], DAY, nationality="MYS",
                            source="document_seen")  # fmt: skip
    scene.operator.post(f"/v1/cases/{scene.case}/notes", {"text": "one more"})
    assert read(scene, target).headers["etag"] == before


def test_with_a_purpose_a_liaison_is_shown_its_own_person_the_town_and_its_own_notes(scene: Scene) -> None:
    shown = read(scene, "/v1/cases/{case}?purpose=consular").json()
    assert shown["sealed"] == {"town": "Town Canary", "narratives": [], "notes": [shown["sealed"]["notes"][0]]}
    assert shown["sealed"]["notes"][0]["text"] == "Own Note Canary"
    person = shown["persons"][0]["sealed"]
    assert [name["text"] for name in person["names"]] == [f"Name Canary {OWN}"]
    assert [story["text"] for story in person["stories"]] == [f"Story Canary {OWN}"]
    assert len(shown["persons"]) == 1


def test_the_timeline_of_a_liaison_has_no_gap_that_counts_the_others(scene: Scene) -> None:
    events = read(scene, "/v1/cases/{case}/events").json()["items"]
    assert {event["subject"] for event in events} == {scene.case, scene.persons[OWN].reference}
    received = next(event for event in events if event["kind"] == "received")
    assert received["data"].keys() <= {"channel", "kind", "urgency", "language", "province", "precision"}
    assert not any(re.fullmatch(r"seq|number|ordinal|count", name) for name in _names(events))


def test_a_hold_that_was_lifted_is_not_told_to_the_state_that_was_feared(scene: Scene) -> None:
    person = scene.persons[HELD]
    tag = scene.version_of("persons", person.id)
    assert scene.supervisor.patch(f"/v1/persons/{person.id}", {"fears_own_state": False}, If_Match=tag).is_success
    assert scene.liaison.get(f"/v1/persons/{person.id}").status_code == 200
    assert "fears_own_state" not in scene.liaison.get(f"/v1/cases/{scene.case}/events").text
    hold = scene.operator.patch(
        f"/v1/persons/{person.id}", {"fears_own_state": True}, If_Match=scene.version_of("persons", person.id)
    )
    assert hold.is_success
    assert_problem(scene.liaison.get(f"/v1/persons/{person.id}"), 404)


def test_a_liaison_does_not_touch_the_safety_hold(scene: Scene) -> None:
    person = scene.persons[OWN]
    for wanted in (True, False, None):
        answer = scene.liaison.patch(
            f"/v1/persons/{person.id}",
            {"fears_own_state": wanted},
            If_Match=scene.tag_of_person(scene.liaison, person.id),
        )
        assert_problem(answer, 403, "may-not-record")


def test_a_liaison_is_not_told_that_what_it_is_not_told_was_voided(scene: Scene) -> None:
    verifier, supervisor = scene.register.caller("verifier"), scene.supervisor
    filed = scene.operator.file(persons=[{"nationality": "TWN", "nationality_source": "claimed_self"}])
    person = filed["persons"][0]["reference"]
    for state in ("MYS", "TWN"):
        verifier.record("nationality_asserted", [person], "2022-10-01", nationality=state, source="language_inferred")
    verifier.record("located", [person], "2022-10-01", result="moved")
    for event in supervisor.get(f"/v1/cases/{filed['reference']}/events").json()["items"][-3:]:
        assert supervisor.post(f"/v1/events/{event['id']}/void", {"reason": "wrong_subject"}).is_success
    for limit in (200, 1):
        events = _timeline(scene, filed["reference"], limit)
        known = {event["id"] for event in events}
        voided = [event["data"]["event_id"] for event in events if event["kind"] == "voided"]
        assert len(voided) == 2, "of its own state's nationality, and of the search"
        assert set(voided) <= known
        assert {event["voided_by"] for event in events if "voided_by" in event} <= known
        assert "MYS" not in str(events)


def _timeline(scene: Scene, case: str, limit: int) -> list[dict[str, Any]]:
    """Return a case's timeline as the liaison sees it, page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = scene.liaison.get(f"/v1/cases/{case}/events", limit=limit, **cursor).json()
        found += page["items"]
        if "next_cursor" not in page:
            return found
        cursor = {"cursor": page["next_cursor"]}


def _members_of_cases(content: Any) -> Iterator[str]:
    """Return the names of members of cases and events, without those of persons, which have their own."""
    for item in content.get("items", [content]):
        if "age_group" in item:
            yield from set(item) & {"fears_own_state", "recorded_by", "agency_id"}
            continue
        own = {name: value for name, value in item.items() if name != "persons"}
        yield from _names(own)
        for person in item.get("persons", ()):
            yield from set(person) & {"fears_own_state", "recorded_by", "agency_id"}


def _names(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield name
            yield from _names(value)
    if isinstance(content, list):
        for value in content:
            yield from _names(value)
