"""EX-01 to EX-26: nothing in an answer, its headers or the work behind it tells a hidden record from an absent one."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from service.ids import new_id
from tests.doors.alike import Send, absent_like, assert_alike, sending, told
from tests.doors.scene import DAY, FOREIGN, HELD, OWN, UNKNOWN, Scene, open_scene, person_told
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import NOW
from tests.statements import statements_sent

WISH: Final = {"purpose": "return_home", "value": "yes", "freely": "yes"}


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def event(kind: str, **data: Any) -> Send:
    """Return a call that records an event about a named subject."""
    return sending("POST", "/v1/events", {"kind": kind, "occurred_on": DAY, "data": data})


OF_PERSONS: Final[dict[str, Send]] = {
    "EX-01 read": sending("GET", "/v1/persons/{}"),
    "EX-01 read for a purpose": sending("GET", "/v1/persons/{}?purpose=consular"),
    "EX-02 change of no version": sending("PATCH", "/v1/persons/{}", {"sex": "male"}),
    "EX-02 change of a stale version": sending("PATCH", "/v1/persons/{}", {"sex": "male"}, If_Match='"77"'),
    "EX-02 change of the present version": sending("PATCH", "/v1/persons/{}", {"sex": "male"}, If_Match='"1"'),
    "EX-02 change to what may not be": sending("PATCH", "/v1/persons/{}", {"birth_year": 2090}, If_Match='"1"'),
    "EX-03 delete": sending("DELETE", "/v1/persons/{}", If_Match='"1"'),
    "EX-04 a move that is not allowed": event("repatriated", mode="embassy_assisted", to_country="TWN"),
    "EX-04 a move that is allowed": event("wish_stated", **WISH),
    "EX-04 a day before the case": sending(
        "POST", "/v1/events", {"kind": "wish_stated", "occurred_on": "2001-01-01", "data": WISH}
    ),
    "EX-06 head": sending("HEAD", "/v1/persons/{}"),
    "EX-06 a range": sending("GET", "/v1/persons/{}", Range="bytes=0-10"),
    "EX-22 a tag": sending("GET", "/v1/persons/{}", If_None_Match='"1"'),
    "EX-22 any tag": sending("GET", "/v1/persons/{}", If_None_Match="*"),
}
OF_CASES: Final[dict[str, Send]] = {
    "EX-01 read": sending("GET", "/v1/cases/{}"),
    "EX-01 read for a purpose": sending("GET", "/v1/cases/{}?purpose=verification"),
    "EX-01 timeline": sending("GET", "/v1/cases/{}/events"),
    "EX-02 change of no version": sending("PATCH", "/v1/cases/{}", {"language": "km"}),
    "EX-02 change of a stale version": sending("PATCH", "/v1/cases/{}", {"language": "km"}, If_Match='"77"'),
    "EX-02 change of the present version": sending("PATCH", "/v1/cases/{}", {"language": "km"}, If_Match='"1"'),
    "EX-03 delete": sending("DELETE", "/v1/cases/{}", If_Match='"1"'),
    "EX-04 a move that is allowed": event("alleged", types=["debt_bondage"]),
    "EX-05 a person": sending("POST", "/v1/cases/{}/persons", {"sex": "male"}),
    "EX-05 an offender": sending("POST", "/v1/cases/{}/offenders", {"role": "guard"}),
    "EX-05 a note": sending("POST", "/v1/cases/{}/notes", {"text": "x"}),
    "EX-05 a person of no form": sending("POST", "/v1/cases/{}/persons", {"sex": "sideways"}),
    "EX-07 a note under another's key": sending("POST", "/v1/cases/{}/notes", {"text": "x"}, Idempotency_Key="theirs"),
    "EX-12 a page of the timeline": sending("GET", "/v1/cases/{}/events?limit=1"),
    "EX-19 an assignment": sending("PATCH", "/v1/cases/{}", {"assigned_to": str(new_id(NOW))}, If_Match='"1"'),
    "EX-22 any tag": sending("GET", "/v1/cases/{}", If_None_Match="*"),
}


@pytest.mark.parametrize("who", [FOREIGN, UNKNOWN, HELD])
@pytest.mark.parametrize("name", OF_PERSONS)
def test_a_person_hidden_from_a_liaison(scene: Scene, name: str, who: str) -> None:
    for form in (scene.persons[who].id, scene.persons[who].reference):
        assert not assert_alike(scene.liaison, OF_PERSONS[name], form).is_success


@pytest.mark.parametrize("name", OF_CASES)
def test_a_case_hidden_from_another_agency(scene: Scene, name: str) -> None:
    scene.operator.post(f"/v1/cases/{scene.case}/notes", {"text": "x"}, Idempotency_Key="theirs")
    for form in (scene.filed["id"], scene.case):
        assert not assert_alike(scene.stranger, OF_CASES[name], form).is_success


@pytest.mark.parametrize("name", sorted(OF_CASES.keys() - {"EX-19 an assignment"}))
def test_a_case_hidden_from_a_liaison(scene: Scene, name: str) -> None:
    for form in (scene.elsewhere["id"], scene.elsewhere["reference"]):
        assert not assert_alike(scene.liaison, OF_CASES[name], form).is_success


def test_ex_08_a_document_known_to_others_is_taken_like_a_new_one(scene: Scene) -> None:
    known = person_told(FOREIGN)
    new = {**known, "documents": [{"type": "passport", "number": "NEVERSEENBEFORE"}]}
    answers = [scene.stranger.post("/v1/cases", {"channel": "walk_in", "persons": [one]}) for one in (known, new)]
    shapes = []
    for answer in answers:
        content = answer.json()
        shapes.append((answer.status_code, sorted(content), content["completeness"], content["next_questions"]))
    assert shapes[0] == shapes[1]


LISTS: Final = (
    "/v1/cases", "/v1/persons", "/v1/cases?limit=1", "/v1/persons?limit=1", "/v1/cases?nationality=TWN",
    "/v1/persons?nationality=TWN", "/v1/cases?status=received", "/v1/persons?status=received",
    "/v1/cases?received_from=2022-08-31", "/v1/persons?in_custody=false",
)  # fmt: skip


@pytest.mark.parametrize("target", LISTS)
def test_ex_12_to_16_a_list_is_the_same_with_and_without_a_hidden_record(scene: Scene, target: str) -> None:
    before = told(scene.stranger.get(target))
    scene.operator.file(received_on=DAY, persons=[person_told(OWN)], narrative="Hidden Canary")
    with statements_sent() as sent:
        assert told(scene.stranger.get(target)) == before
    assert len(sent) == 2


def test_ex_12_the_last_page_has_no_next_though_hidden_records_follow(scene: Scene) -> None:
    count = len(scene.stranger.get("/v1/persons", limit=200).json()["items"])
    for _ in range(2):
        scene.operator.file(received_on=DAY, persons=[person_told(OWN)])
    page = scene.stranger.get("/v1/persons", limit=count)
    assert len(page.json()["items"]) == count
    assert "next_cursor" not in page.json()
    assert "link" not in page.headers


def test_ex_13_no_list_tells_how_many_there_are(scene: Scene) -> None:
    for caller in (scene.stranger, scene.liaison, scene.supervisor):
        for target in ("/v1/cases?limit=1", "/v1/persons?limit=1"):
            answer = caller.get(target)
            assert set(answer.json()) <= {"items", "next_cursor"}
            assert not any("total" in name or "count" in name for name in answer.headers)


@pytest.mark.parametrize("target", ["/v1/cases?{}", "/v1/persons?{}"])
def test_ex_15_a_filter_that_matches_a_hidden_record_only_is_like_one_that_matches_none(
    scene: Scene, target: str
) -> None:
    hidden = told(scene.liaison.get(target.format("nationality=MYS")))
    none = told(scene.liaison.get(target.format("nationality=ZWE")))
    assert hidden == none
    assert told(scene.stranger.get(target.format("nationality=TWN&status=rescued"))) == told(
        scene.stranger.get(target.format("nationality=ZWE&status=rescued"))
    )


@pytest.mark.parametrize("name", ["updated_since", "sort", "order", "offset", "fields", "include", "total"])
def test_ex_16_what_is_no_parameter_is_none_for_anybody(scene: Scene, name: str) -> None:
    answers = [scene.stranger.get("/v1/cases", **{found: "x"}) for found in (name, "nonsense")]
    assert_problem(answers[0], 400, "invalid-parameter")
    assert told(answers[0]) == told(answers[1])


def test_ex_23_no_counter_runs_for_hidden_records(scene: Scene) -> None:
    names = [absent_like(scene.case) for _ in range(30)] + [scene.case] * 30
    assert len({str(told(scene.stranger.get(f"/v1/cases/{name}"))) for name in names}) == 1


NOT_THERE_YET: Final = {
    "EX-06 attachments": ("attachment", "photograph", "file/"),
    "EX-09 duplicates in the preview of an import": ("import",),
    "EX-17 rows of an export": ("export",),
    "EX-18 a webhook to a case": ("webhook", "subscription"),
    "EX-20 a suggested merge": ("link", "candidate", "merge", "duplicate"),
    "EX-26 a forgotten password": ("reset", "recover"),
}
"""Probes of calls that do not exist: whoever adds one of these adds its probe to this page."""


@pytest.mark.parametrize("probe", NOT_THERE_YET)
def test_a_call_that_could_tell_by_another_way_is_not_there_without_its_probe(scene: Scene, probe: str) -> None:
    contract = scene.register.client().get("/openapi.json").json()
    named = [
        f"{path} {operation['operationId']}"
        for path, operations in contract["paths"].items()
        for operation in operations.values()
    ]
    assert len(named) > 40
    assert [name for name in named if any(word in name for word in NOT_THERE_YET[probe])] == []
