"""One record at a time: whatever a caller may not know of is answered like what does not exist, byte for byte."""

from collections.abc import Iterator

import pytest

from tests.audit.searching import counts
from tests.doors.alike import absent_like
from tests.doors.scene import ABSENT_CASE, DAY, FOREIGN, HELD, OWN, UNKNOWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem, without_request_id
from tests.register import Caller

HIDDEN = (FOREIGN, UNKNOWN, HELD)
"""The persons of the case that its liaison may not know of."""


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def assert_absent(caller: Caller, method: str, target: str, hidden: str, **sent: object) -> None:
    """Check that a hidden record and one that never was are answered alike, whichever of its names is used."""
    headers = {"If-Match": '"1"'} if method == "PATCH" else {}
    answers = [
        caller.http.request(method, target.format(name), headers=headers, json=sent.get("body"))
        for name in (hidden, absent_like(hidden))
    ]
    for answer in answers:
        assert_problem(answer, 404, "not-found")
    assert without_request_id(answers[0]) == without_request_id(answers[1])


PERSON_CALLS = (
    ("GET", "/v1/persons/{}", None),
    ("GET", "/v1/persons/{}?purpose=consular", None),
    ("PATCH", "/v1/persons/{}", {"documents": None}),
)


@pytest.mark.parametrize("who", HIDDEN)
@pytest.mark.parametrize(("method", "target", "body"), PERSON_CALLS)
def test_a_liaison_cannot_tell_a_hidden_person_from_an_absent_one(
    scene: Scene, who: str, method: str, target: str, body: object
) -> None:
    before = counts(scene.register)
    for name in (scene.persons[who].id, scene.persons[who].reference):
        assert_absent(scene.liaison, method, target, name, body=body)
    assert counts(scene.register) == before


@pytest.mark.parametrize("who", HIDDEN)
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("wish_stated", {"purpose": "return_home", "value": "no", "freely": "yes"}),
        ("rescued", {}),
        ("repatriated", {"mode": "embassy_assisted", "to_country": "TWN"}),
        ("ended", {"outcome": "deceased"}),
        ("nationality_asserted", {"nationality": "TWN", "source": "confirmed_by_state"}),
    ],
)
def test_a_foreign_subject_among_own_ones_is_a_404_and_nothing_is_written(
    scene: Scene, who: str, kind: str, data: dict[str, object]
) -> None:
    before = counts(scene.register)
    own, hidden = scene.persons[OWN].reference, scene.persons[who].reference
    body = {"kind": kind, "occurred_on": DAY, "data": data, "note": "with a note"}
    with_hidden = scene.liaison.post("/v1/events", {**body, "subjects": [own, hidden]})
    with_absent = scene.liaison.post("/v1/events", {**body, "subjects": [own, absent_like(hidden)]})
    assert_problem(with_hidden, 404, "not-found")
    assert without_request_id(with_hidden) == without_request_id(with_absent)
    assert counts(scene.register) == before


STRANGER_CALLS: tuple[tuple[str, str, str, object], ...] = (
    ("GET", "/v1/cases/{}", "case", None),
    ("GET", "/v1/cases/{}?purpose=verification", "case", None),
    ("GET", "/v1/cases/{}/events", "case", None),
    ("PATCH", "/v1/cases/{}", "case", {"language": None}),
    ("POST", "/v1/cases/{}/notes", "case", {"text": "x"}),
    ("POST", "/v1/cases/{}/persons", "case", {}),
    ("POST", "/v1/cases/{}/offenders", "case", {}),
    ("GET", "/v1/persons/{}", "person", None),
    ("PATCH", "/v1/persons/{}", "person", {"sex": None}),
    ("GET", "/v1/offenders/{}", "offender", None),
    ("GET", "/v1/offenders/{}?purpose=verification", "offender", None),
    ("PATCH", "/v1/offenders/{}", "offender", {"description": None}),
)


@pytest.mark.parametrize(("method", "target", "what", "body"), STRANGER_CALLS)
def test_an_operator_cannot_tell_another_agencys_records_from_absent_ones(
    scene: Scene, method: str, target: str, what: str, body: object
) -> None:
    before = counts(scene.register)
    part = {"person": scene.persons[FOREIGN], "offender": scene.offender}.get(what)
    names = (part.id, part.reference) if part else (scene.filed["id"], scene.case)
    for name in names:
        assert_absent(scene.stranger, method, target, name, body=body)
    assert counts(scene.register) == before


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/v1/cases/{}", None),
        ("GET", "/v1/cases/{}/events", None),
        ("POST", "/v1/cases/{}/notes", {"text": "x"}),
    ],
)
def test_a_liaison_cannot_tell_a_case_without_its_nationals_from_an_absent_one(
    scene: Scene, method: str, target: str, body: object
) -> None:
    for name in (scene.elsewhere["id"], scene.elsewhere["reference"]):
        assert_absent(scene.liaison, method, target, name, body=body)


def test_what_a_person_is_called_does_not_open_the_case_and_the_reverse(scene: Scene) -> None:
    assert_problem(scene.operator.get(f"/v1/cases/{scene.persons[OWN].reference}"), 404)
    assert_problem(scene.operator.get(f"/v1/persons/{scene.case}"), 404)
    assert_problem(scene.operator.get(f"/v1/offenders/{scene.persons[OWN].id}"), 404)


def test_a_stale_version_of_a_hidden_person_is_a_404_and_not_a_412(scene: Scene) -> None:
    hidden = scene.persons[FOREIGN].reference
    answer = scene.liaison.patch(f"/v1/persons/{hidden}", {"documents": []}, If_Match='"77"')
    assert_problem(answer, 404, "not-found")


def test_an_event_of_another_agencys_case_cannot_be_told_from_an_absent_one(scene: Scene) -> None:
    body = {"kind": "alleged", "occurred_on": DAY, "data": {"types": ["debt_bondage"]}}
    hidden = scene.stranger.post("/v1/events", {**body, "subjects": [scene.case]})
    absent = scene.stranger.post("/v1/events", {**body, "subjects": [ABSENT_CASE]})
    assert_problem(hidden, 404, "not-found")
    assert without_request_id(hidden) == without_request_id(absent)
    for name in (scene.case, ABSENT_CASE):
        mixed = scene.stranger.post("/v1/events", {**body, "subjects": [scene.elsewhere["reference"], name]})
        problem = assert_problem(mixed, 404, "not-found")
        assert [fault["pointer"] for fault in problem["errors"]] == ["#/subjects/1"]
        assert problem["detail"] == hidden.json()["detail"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("", 404),
        ("!", 422),
        ("KH22", 422),
        ("x" * 39, 404),
        ("x" * 41, 422),
        ("KH22-UUUU-UUUU", 404),
        ("%00" * 12, 404),
    ],
)
def test_names_of_no_form_are_refused(scene: Scene, name: str, status: int) -> None:
    for place in ("cases", "persons", "offenders"):
        assert_problem(scene.operator.http.get(f"/v1/{place}/{name}"), status)
