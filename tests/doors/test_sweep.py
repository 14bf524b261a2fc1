"""AZ-06 to AZ-08: another agency's id, wherever it is put, is answered like one that nothing has."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import httpx
import pytest

from service.ids import new_case_reference, new_id, new_part_reference
from tests.architecture.walk import example
from tests.audit.searching import counts
from tests.doors.scene import DAY, FOREIGN, HELD, OWN, UNKNOWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import NOW, Caller

TEXTS_OF_ONES_OWN: Final = frozenset({201})
"""Where an id is a text like any other it is taken; then only the shape can be compared."""


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def told(answer: httpx.Response) -> tuple[int, Any, Any]:
    """Everything of an answer but for the id of the request; of something made, its shape."""
    if answer.status_code in TEXTS_OF_ONES_OWN:
        return answer.status_code, sorted(answer.headers), sorted(answer.json())
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
    return answer.status_code, headers, answer.text.replace(answer.headers["x-request-id"], "")


def foreign_ids(scene: Scene) -> dict[str, tuple[str, str]]:
    """Return ids of the first agency, each with one of the same form that does not exist."""
    event = scene.register.rows("SELECT id FROM events WHERE case_id = $1 LIMIT 1", scene.filed["id"])[0]["id"]
    case = new_case_reference(2022)
    return {
        "case id": (scene.filed["id"], str(new_id(NOW))),
        "case": (scene.case, case),
        "person id": (scene.persons[FOREIGN].id, str(new_id(NOW))),
        "person": (scene.persons[FOREIGN].reference, new_part_reference(case)),
        "offender": (scene.offender.reference, new_part_reference(case)),
        "event": (str(event), str(new_id(NOW))),
        "agency": (str(scene.operator.agency_id), str(new_id(NOW))),
        "principal": (str(scene.operator.id), str(new_id(NOW))),
    }


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the places of the texts in a body, at any depth."""
    if isinstance(value, str):
        yield place
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in children:
        yield from leaves(below, (*place, key))


def replaced(body: Any, place: tuple[Any, ...], text: str) -> Any:
    """Return a copy of a body with another text in one place."""
    made = deepcopy(body)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = text
    return made


def bodies(scene: Scene) -> dict[str, tuple[str, str, Any]]:
    """Return what the second agency's operator may send about its own case."""
    own = scene.elsewhere
    case, person, offender = own["reference"], own["persons"][0]["reference"], own["offenders"][0]["reference"]
    wish = {"purpose": "return_home", "value": "yes", "freely": "yes"}
    return {
        "file_case": ("POST", "/v1/cases", example("file_case")),
        "add_person": ("POST", f"/v1/cases/{case}/persons", example("add_person")),
        "add_persons": ("POST", f"/v1/cases/{case}/persons/several", example("add_persons")),
        "add_offender": ("POST", f"/v1/cases/{case}/offenders", example("add_offender")),
        "add_note": ("POST", f"/v1/cases/{case}/notes", example("add_note")),
        "amend_case": ("PATCH", f"/v1/cases/{case}", example("amend_case")),
        "amend_person": ("PATCH", f"/v1/persons/{person}", example("amend_person")),
        "amend_offender": ("PATCH", f"/v1/offenders/{offender}", example("amend_offender")),
        "hand_over": ("POST", "/v1/assignments/handover", {"to": str(scene.stranger.id), "cases": [case]}),
        "record_events": (
            "POST", "/v1/events",
            {"kind": "wish_stated", "subjects": [person, person], "occurred_on": DAY, "data": wish, "note": "x"},
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "operation",
    ["file_case", "add_person", "add_persons", "add_offender", "add_note", "amend_case", "amend_person",
     "amend_offender", "hand_over", "record_events"],
)  # fmt: skip
def test_az_06_a_foreign_id_anywhere_in_a_body_is_like_a_random_one(scene: Scene, operation: str) -> None:
    method, target, body = bodies(scene)[operation]
    ids = foreign_ids(scene)
    places = list(leaves(body))
    assert places
    for number, place in enumerate(places):
        chosen = list(ids) if place[0] in {"subjects", "assigned_to", "to", "cases"} else [list(ids)[number % len(ids)]]
        for name in chosen:
            answers = [
                scene.stranger.http.request(method, target, json=replaced(body, place, text),
                                            headers={"If-Match": '"999999"'})
                for text in ids[name]
            ]  # fmt: skip
            assert told(answers[0]) == told(answers[1]), f"{operation} {place} {name}"


QUERIES: Final = ("/v1/cases?assigned={}", "/v1/cases?cursor={}", "/v1/persons?cursor={}", "/v1/cases/{own}?cursor={}")


@pytest.mark.parametrize("query", QUERIES)
def test_az_06_a_foreign_id_in_a_query_is_like_a_random_one(scene: Scene, query: str) -> None:
    target = query.replace("{own}", scene.elsewhere["reference"])
    for name, pair in foreign_ids(scene).items():
        answers = [scene.stranger.get(target.format(text)) for text in pair]
        assert told(answers[0]) == told(answers[1]), name


def test_az_06_anothers_cursor_is_like_a_random_one(scene: Scene) -> None:
    for place in ("/v1/cases", "/v1/persons", f"/v1/cases/{scene.elsewhere['reference']}/events"):
        page = scene.supervisor.get(place, limit=1).json()
        random = "A" * len(page["next_cursor"])
        answers = [scene.stranger.get(place, limit=1, cursor=cursor) for cursor in (page["next_cursor"], random)]
        assert_problem(answers[0], 400, "invalid-cursor")
        assert told(answers[0]) == told(answers[1])


def test_az_06_anothers_version_and_key_are_like_random_ones(scene: Scene) -> None:
    case, note = scene.elsewhere["reference"], {"text": "x"}
    theirs = scene.version_of("cases", scene.filed["id"])
    versions = [theirs, '"888888"']
    answers = [scene.stranger.patch(f"/v1/cases/{scene.case}", {"language": "km"}, If_Match=tag) for tag in versions]
    assert told(answers[0]) == told(answers[1])
    assert scene.operator.post(f"/v1/cases/{scene.case}/notes", note, Idempotency_Key="theirs").status_code == 201
    for target, status in ((f"/v1/cases/{case}/notes", 201), (f"/v1/cases/{scene.case}/notes", 404)):
        answers = [scene.stranger.post(target, note, Idempotency_Key=key) for key in ("theirs", "nobodys")]
        assert [answer.status_code for answer in answers] == [status, status]
        assert told(answers[0]) == told(answers[1])


BULK: Final = 5


@pytest.mark.parametrize("who", [FOREIGN, UNKNOWN, HELD])
def test_az_07_many_are_refused_wherever_the_one_stands_that_one_would_be_refused_for(scene: Scene, who: str) -> None:
    persons = [{"nationality": "TWN"} for _ in range(BULK)]
    known = [part["id"] for part in scene.operator.file(received_on=DAY, persons=persons)["persons"]]
    before = counts(scene.register)
    single = _wish(scene.liaison, [scene.persons[who].id])
    assert_problem(single, 404)
    for place in range(BULK):
        mixed = [*known[:place], scene.persons[who].id, *known[place + 1 :]]
        status, headers, text = told(_wish(scene.liaison, mixed))
        assert f'"#/subjects/{place}"' in text
        assert (status, text.replace(f"#/subjects/{place}", "#/subjects/0")) == told(single)[::2], place
        assert headers.keys() == told(single)[1].keys()
    assert counts(scene.register) == before
    assert _wish(scene.liaison, known).status_code == 201


def test_az_07_a_list_is_the_union_of_its_members(scene: Scene) -> None:
    for caller in (scene.operator, scene.stranger, scene.liaison, scene.neighbour, scene.supervisor):
        listed = {item["id"]: item for item in caller.get("/v1/persons", limit=200).json()["items"]}
        everybody = [str(row["id"]) for row in scene.register.rows("SELECT id FROM persons")]
        singles = {id_: answer.json() for id_ in everybody if (answer := caller.get(f"/v1/persons/{id_}")).is_success}
        assert listed == singles


def test_az_07_no_subject_too_many_and_one_twice(scene: Scene) -> None:
    own = scene.persons[OWN].id
    assert_problem(_wish(scene.liaison, []), 422)
    assert_problem(_wish(scene.liaison, [own] * 501), 422)
    refused = [
        _wish(scene.liaison, [own, own]).status_code,
        _wish(scene.liaison, [own, scene.persons[OWN].reference]).status_code,
    ]
    assert set(refused) <= {201, 422}
    assert len(set(refused)) == 1


def test_az_08_nothing_is_written_under_a_parent_that_is_not_seen(scene: Scene) -> None:
    before = counts(scene.register)
    for child, body in (("persons", {"sex": "male"}), ("offenders", {"role": "guard"}), ("notes", {"text": "x"})):
        for parent in (scene.case, scene.filed["id"]):
            for headers in ({}, {"Idempotency_Key": f"{child}-{parent}"}):
                assert_problem(scene.stranger.post(f"/v1/cases/{parent}/{child}", body, **headers), 404)
    assert counts(scene.register) == before


def test_az_15_what_was_said_once_is_said_again_and_nothing_newer(scene: Scene) -> None:
    """A kept answer outlives the right to know of the person, word for word, and is recorded; it tells nothing new."""
    made = scene.operator.file(received_on=DAY, persons=[{"nationality": "TWN"}])
    person = made["persons"][0]["id"]
    first = _wish(scene.liaison, [person], key="kept")
    decided = {"nationality": "MYS", "source": "document_seen", "decision": True}
    scene.supervisor.record("nationality_asserted", [person], DAY, **decided)
    assert_problem(scene.liaison.get(f"/v1/persons/{person}"), 404)
    assert_problem(_wish(scene.liaison, [person]), 404)
    again = _wish(scene.liaison, [person], key="kept")
    assert again.content == first.content
    row = scene.register.rows("SELECT action FROM audit_log WHERE request_id = $1", again.headers["x-request-id"])
    assert [found["action"] for found in row] == ["answer:repeated"]


def _wish(caller: Caller, subjects: list[str], key: str | None = None) -> httpx.Response:
    data = {"purpose": "return_home", "value": "yes", "freely": "yes"}
    body = {"kind": "wish_stated", "subjects": subjects, "occurred_on": DAY, "data": data}
    return caller.post("/v1/events", json.loads(json.dumps(body)), **({"Idempotency_Key": key} if key else {}))
