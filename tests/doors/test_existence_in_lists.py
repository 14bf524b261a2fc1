"""EX-10, EX-11, EX-14, EX-19: neither a search, nor the order of a list, nor an assignment tells what is hidden."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from service.ids import new_id
from tests.doors.alike import Send, assert_alike, told
from tests.doors.scene import DAY, FOREIGN, HELD, UNKNOWN, Scene, open_scene, person_told
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.operations.field import operation
from tests.register import NOW, Caller

NOBODY: Final = "Neverheardof"
LAST: Final = "999888777666"


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def looking(for_: str, by: str, *, limit: int = 20) -> Send:
    """Return a search with a given value for the name."""

    def send(caller: Caller, value: str) -> Any:
        return caller.post("/v1/searches", {"for": for_, by: value, "purpose": "consular", "limit": limit})

    return send


def row_of(scene: Scene, send: Send, caller: Caller, value: str) -> list[Any]:
    """Return the audit row of a search, without time and id."""
    request = send(caller, value).headers["x-request-id"]
    rows = scene.register.rows("SELECT * FROM audit_log WHERE request_id = $1::text::uuid", request)
    return [(row["action"], row["subject_ids"], row["fields"], row["reason"]) for row in rows]


@pytest.mark.parametrize("for_", ["persons", "cases"])
@pytest.mark.parametrize("who", [FOREIGN, UNKNOWN, HELD])
def test_ex_10_a_search_by_a_hidden_name_is_like_one_by_a_name_nobody_has(scene: Scene, who: str, for_: str) -> None:
    for limit in (1, 20):
        send = looking(for_, "name", limit=limit)
        assert assert_alike(scene.liaison, send, who, NOBODY).json() == {"more": False, "items": []}
        assert row_of(scene, send, scene.liaison, who) == row_of(scene, send, scene.liaison, NOBODY)
        assert send(scene.operator, who).json()["items"]


@pytest.mark.parametrize("for_", ["persons", "cases"])
def test_ex_11_a_search_by_a_hidden_number_is_like_one_by_a_number_nobody_has(scene: Scene, for_: str) -> None:
    hidden = {**person_told(FOREIGN), "contacts": [{"kind": "phone", "value": "+855 12 345 678"}],
              "documents": [{"type": "passport", "number": "HIDDEN 77"}]}  # fmt: skip
    scene.operator.file(received_on=DAY, persons=[hidden])
    for by, spellings, absent in (
        ("phone", ("+855 12 345 678", "012345678", "12-345-678"), LAST),
        ("document", ("HIDDEN 77", "hidden-77", "HIDDEN77"), "NEVERSEEN1"),
    ):
        for spelling in spellings:
            send = looking(for_, by)
            for caller in (scene.liaison, scene.stranger):
                found = assert_alike(caller, send, spelling, absent)
                assert found.json() == {"more": False, "items": []}
                assert row_of(scene, send, caller, spelling) == row_of(scene, send, caller, absent)
            assert send(scene.operator, spelling).json()["items"], spelling


def test_ex_11_a_number_of_ones_own_is_found_however_many_hidden_people_have_it(scene: Scene) -> None:
    shared = {"contacts": [{"kind": "phone", "value": "+855 98 765 432"}]}
    own = scene.operator.file(received_on=DAY, persons=[{**shared, "nationality": "TWN"}])["persons"][0]["id"]
    send = looking("persons", "phone", limit=1)
    before = told(send(scene.liaison, "098 765 432"))
    for _ in range(3):
        scene.operator.file(received_on=DAY, persons=[{**shared, "nationality": "MYS"}])
        assert told(send(scene.liaison, "098 765 432")) == before
    assert [item["id"] for item in send(scene.liaison, "098 765 432").json()["items"]] == [own]


Make = Callable[[Scene], str]


def _case(scene: Scene) -> str:
    made: str = scene.stranger.file(received_on=DAY, persons=[{"nationality": "TWN"}])["id"]
    return made


def _person(scene: Scene) -> str:
    made: str = scene.stranger.file(received_on=DAY, persons=[{"nationality": "TWN"}])["persons"][0]["id"]
    return made


def _visit(scene: Scene) -> str:
    row = scene.register.rows("SELECT id FROM operations WHERE reference = $1", operation(scene.neighbour))
    return str(row[0]["id"])


def _hide_a_case(scene: Scene) -> None:
    scene.operator.file(received_on=DAY, persons=[{"nationality": "TWN"}, {"nationality": "MYS"}])


def _hide_a_visit(scene: Scene) -> None:
    operation(scene.liaison)
    operation(scene.register.caller("officer"), kind="inspection")


@pytest.mark.parametrize(
    ("place", "make", "hide", "role"),
    [
        ("/v1/cases", _case, _hide_a_case, "stranger"),
        ("/v1/persons", _person, _hide_a_case, "stranger"),
        ("/v1/operations", _visit, _hide_a_visit, "neighbour"),
    ],
)
def test_ex_14_hidden_records_between_others_move_none_of_them_and_cut_no_page(
    scene: Scene, place: str, make: Make, hide: Callable[[Scene], None], role: str
) -> None:
    caller: Caller = {"stranger": scene.stranger, "neighbour": scene.neighbour}[role]
    older = [item["id"] for item in caller.get(place, limit=200).json()["items"]]
    own = []
    for _ in range(3):
        hide(scene)
        own.append(make(scene))
    hide(scene)
    expected = [*own[::-1], *older]
    for size in (1, 2, len(expected)):
        pages = list(pages_of(caller, place, size))
        assert [id_ for page in pages for id_ in page] == expected
        assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
        assert pages[-1] != []


def pages_of(caller: Caller, place: str, limit: int) -> Iterator[list[str]]:
    """Return a list page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = caller.http.get(place, params={"limit": limit, **cursor}).json()
        yield [item["id"] for item in page["items"]]
        if "next_cursor" not in page:
            return
        cursor = {"cursor": page["next_cursor"]}


def test_ex_14_the_pages_of_a_liaisons_timeline_are_those_of_its_own_events(scene: Scene) -> None:
    target = f"/v1/cases/{scene.case}/events"
    before = [told(scene.liaison.get(target, limit=size)) for size in (1, 2, 200)]
    scene.operator.record("wish_stated", [scene.persons[FOREIGN].id], DAY, purpose="return_home", value="yes",
                          freely="yes")  # fmt: skip
    scene.operator.record("alleged", [scene.case], DAY, types=["debt_bondage"])
    assert [told(scene.liaison.get(target, limit=size)) for size in (1, 2, 200)] == before


def test_ex_19_to_whom_a_case_is_assigned_tells_nobody_who_has_an_account(scene: Scene) -> None:
    """Only a supervisor assigns: an operator who names a colleague, a stranger or nobody is refused alike."""
    tag = scene.version_of("cases", scene.filed["id"])
    ids = [str(scene.operator.id), str(scene.stranger.id), str(scene.liaison.id), str(new_id(NOW))]
    answers = [scene.operator.patch(f"/v1/cases/{scene.case}", {"assigned_to": id_}, If_Match=tag) for id_ in ids]
    assert_problem(answers[0], 403, "may-not-record")
    assert len({str(told(answer)) for answer in answers}) == 1


@pytest.mark.parametrize("who", ["stranger", "liaison", "auditor", "operator, from whom it is withheld"])
def test_ex_19_a_case_is_not_assigned_to_somebody_who_cannot_see_it(scene: Scene, who: str) -> None:
    """It would lie unread; and to be assigned something must show nobody anything."""
    filed = scene.operator.file(received_on=DAY)
    target, tag = f"/v1/cases/{filed['id']}", scene.version_of("cases", filed["id"])
    kept_from = [str(scene.operator.agency_id)] if "withheld" in who else []
    callers = {"stranger": scene.stranger, "liaison": scene.liaison, "auditor": scene.register.caller("auditor")}
    chosen = callers.get(who, scene.operator)
    before = told(chosen.get("/v1/cases", assigned=str(chosen.id)))
    wanted = {"assigned_to": str(chosen.id), "withheld_from": kept_from}
    problem = assert_problem(scene.supervisor.patch(target, wanted, If_Match=tag), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("#/assigned_to", "case_not_visible")]
    assert told(chosen.get("/v1/cases", assigned=str(chosen.id))) == before
    wanted = {"assigned_to": str(scene.operator.id)}
    assert scene.supervisor.patch(target, wanted, If_Match=tag).json()["assigned_to"] == wanted["assigned_to"]


def test_a_case_is_given_back_and_assigned_in_one_call(scene: Scene) -> None:
    filed = scene.operator.file(received_on=DAY)
    target, agency = f"/v1/cases/{filed['id']}", str(scene.operator.agency_id)
    kept = scene.supervisor.patch(target, {"withheld_from": [agency]}, If_Match=scene.version_of("cases", filed["id"]))
    wanted = {"assigned_to": str(scene.operator.id), "withheld_from": []}
    assert scene.supervisor.patch(target, wanted, If_Match=kept.headers["etag"]).status_code == 200
    assert scene.operator.get(target).json()["assigned_to"] == wanted["assigned_to"]


def test_a_case_is_not_assigned_to_nobody_and_nothing_is_half_changed(scene: Scene) -> None:
    filed = scene.operator.file(received_on=DAY)
    target, tag = f"/v1/cases/{filed['id']}", scene.version_of("cases", filed["id"])
    wanted = {"assigned_to": str(new_id(NOW)), "urgency": "immediate"}
    problem = assert_problem(scene.supervisor.patch(target, wanted, If_Match=tag), 422)
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("#/assigned_to", "unknown_user")]
    read = scene.supervisor.get(target)
    assert (read.headers["etag"], read.json()["urgency"]) == (tag, "normal")
    assert len(scene.supervisor.get(f"{target}/events").json()["items"]) == 1
