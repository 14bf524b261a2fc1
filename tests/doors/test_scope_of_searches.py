"""A search that points only at what a caller may not know of answers exactly like one that points at nothing."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import httpx
import pytest

from service.cases.actions import searching
from service.cases.rules.searches import ANSWERED_EVERY_S, held_for
from tests.audit.searching import present
from tests.doors.scene import FOREIGN, HELD, OWN, SITE_CANARIES, UNKNOWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller

NOTHING = b'{"more":false,"items":[]}'
HIDDEN = (FOREIGN, UNKNOWN, HELD)


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        made.operator.post(f"/v1/cases/{made.case}/notes", {"text": "Operatornote Canary"})
        made.liaison.post(f"/v1/cases/{made.case}/notes", {"text": "Ownnote Canary"})
        made.neighbour.post(f"/v1/cases/{made.case}/notes", {"text": "Neighbournote Canary"})
        yield made


def ask(caller: Caller, for_: str, **given: Any) -> httpx.Response:
    return caller.post("/v1/searches", {"for": for_, "purpose": "consular", **given})


def without_what_differs_always(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
    return answer.status_code, headers, answer.content


def assert_nothing(caller: Caller, for_: str, **given: Any) -> None:
    """Check that the answer is that of a search for something nobody ever told."""
    [by] = given
    absent = ask(caller, for_, **{by: {"phone": "+856 99999999"}.get(by, "Neverheardof Nobodyatall")})
    hidden = ask(caller, for_, **given)
    assert absent.content == NOTHING
    assert without_what_differs_always(hidden) == without_what_differs_always(absent), given


def told_of(who: str) -> tuple[dict[str, str], ...]:
    return (
        {"name": who},
        {"document": f"DOCCANARY{who}"},
        {"phone": f"+855 PHONECANARY {who}"},
        {"text": who},
    )


@pytest.mark.parametrize("for_", ["persons", "cases"])
@pytest.mark.parametrize("who", HIDDEN)
def test_a_liaison_finds_nobody_it_may_not_know_of(scene: Scene, who: str, for_: str) -> None:
    for given in told_of(who):
        assert_nothing(scene.liaison, for_, **given)


def test_what_is_asked_for_there_finds_them_for_those_who_may(scene: Scene) -> None:
    for who in (*HIDDEN, OWN):
        for given in told_of(who):
            items = ask(scene.operator, "persons", **given).json()["items"]
            assert [item["id"] for item in items] == [scene.persons[who].id], given
            assert [item["id"] for item in ask(scene.operator, "cases", **given).json()["items"]] == [scene.filed["id"]]


def test_a_liaison_finds_its_own_national_and_no_trace_of_others(scene: Scene) -> None:
    for given in (*told_of(OWN), {"name": "Name Canary"}, {"text": "Story Canary"}):
        persons, cases = (ask(scene.liaison, for_, **given) for for_ in ("persons", "cases"))
        assert [item["id"] for item in persons.json()["items"]] == [scene.persons[OWN].id]
        assert [item["id"] for item in cases.json()["items"]] == [scene.filed["id"]]
        for answer in (persons, cases):
            assert answer.json()["more"] is False
            traces = {*scene.traces_of(*HIDDEN), *SITE_CANARIES, "fears_own_state", "tally", "Neighbournote"}
            assert present(traces, answer.text) == []


WHOLE_CASE = (
    {"name": "Reporter"}, {"phone": "REPORTERPHONECANARY"}, {"text": "Place"}, {"text": "Narrative"},
    {"text": "Label"}, {"text": "Allegation"}, {"text": "Operatornote"}, {"text": "Neighbournote"},
)  # fmt: skip


@pytest.mark.parametrize("given", WHOLE_CASE, ids=str)
def test_a_liaison_finds_no_case_by_what_it_is_not_shown_of_one(scene: Scene, given: dict[str, str]) -> None:
    assert_nothing(scene.liaison, "cases", **given)
    for other in (scene.operator, scene.supervisor):
        assert scene.filed["id"] in [item["id"] for item in ask(other, "cases", **given).json()["items"]]


@pytest.mark.parametrize("given", [{"text": "Town"}, {"text": "Ownnote"}], ids=str)
def test_a_liaison_finds_a_case_by_its_town_and_by_its_own_notes(scene: Scene, given: dict[str, str]) -> None:
    assert [item["id"] for item in ask(scene.liaison, "cases", **given).json()["items"]] == [scene.filed["id"]]


def test_a_text_half_of_which_is_hidden_is_not_found(scene: Scene) -> None:
    assert_nothing(scene.liaison, "cases", text="Town Narrative")
    assert_nothing(scene.liaison, "cases", text=f"Story {FOREIGN}")


@pytest.mark.parametrize(
    "given", [{"name": "Offender"}, {"phone": "OFFENDERHANDLECANARY"}, {"text": "Description"}], ids=str
)
def test_a_liaison_finds_no_offender_and_is_told_so_alike_for_every_search(scene: Scene, given: dict[str, str]) -> None:
    answer = ask(scene.liaison, "offenders", **given)
    assert assert_problem(answer, 403, "forbidden")["required_scope"] == "offender:read"
    for for_ in ("persons", "cases"):
        assert_nothing(scene.liaison, for_, **given)


@pytest.mark.parametrize("for_", ["persons", "cases", "offenders"])
def test_an_operator_finds_nothing_of_another_agency(scene: Scene, for_: str) -> None:
    told = (*told_of(OWN), {"phone": "REPORTERPHONECANARY"}, {"name": "Offender"}, {"text": "Place"}, {"text": "Town"})
    for given in told:
        if for_ != "offenders" or "document" not in given:
            assert_nothing(scene.stranger, for_, **given)
    [item] = ask(scene.stranger, "persons", name="Elsewhere").json()["items"]
    assert item["case"] == scene.elsewhere["reference"]


@pytest.mark.parametrize("role", ["verifier", "officer", "supervisor"])
def test_whoever_knows_of_all_cases_finds_all(scene: Scene, role: str) -> None:
    caller = scene.register.caller(role)
    assert len(ask(caller, "persons", name="Canary").json()["items"]) == 5
    assert len(ask(caller, "cases", name="Canary").json()["items"]) == 2
    assert [item["id"] for item in ask(caller, "offenders", name="Canary").json()["items"]] == [scene.offender.id]


@pytest.mark.parametrize("role", ["reporting", "publisher", "auditor", "admin"])
def test_whoever_reads_no_cases_searches_none(scene: Scene, role: str) -> None:
    for for_ in ("persons", "cases", "offenders"):
        problem = assert_problem(ask(scene.register.caller(role), for_, name="Canary"), 403, "forbidden")
        assert problem["required_scope"] == "search:run"


def test_hidden_ones_take_no_place_among_those_who_are_shown(databases: Databases) -> None:
    with open_scene(databases) as scene:
        others = [{"names": [{"text": "Crowd Canary"}], "nationality": "MYS"}] * 3
        scene.operator.file(persons=[{"names": [{"text": "Crowd"}], "nationality": "TWN"}, *others])
        answer = ask(scene.liaison, "persons", name="Crowd Canary", limit=2).json()
        assert [item["nationality"] for item in answer["items"]] == ["TWN", "TWN"]
        assert answer["more"] is False


@pytest.mark.parametrize("for_", ["persons", "cases", "offenders"])
def test_hidden_ones_fill_no_place_among_those_that_are_opened(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, for_: str
) -> None:
    """Though more of what is looked for is theirs, and they are newer."""
    monkeypatch.setattr(searching, "OPENED_AT_MOST", 2)
    own, theirs = {"names": [{"text": "Crowd"}]}, {"names": [{"text": "Crowd Market"}]}
    sought = {"text": "Crowd"} if for_ == "cases" else {"name": "Crowd Market"}
    with open_scene(databases) as scene:
        told = {"location": {"province": "KH-18", "town": "Crowd"}}
        mine = scene.operator.file(persons=[{**own, "nationality": "TWN"}], offenders=[own], **told)
        told = {"location": {"province": "KH-18", "town": "Crowd Market"}}
        for _ in range(4):
            scene.stranger.file(persons=[{**theirs, "nationality": "MYS"}], offenders=[theirs], **told)
        for caller in (scene.operator, *([scene.liaison] if for_ != "offenders" else [])):
            answer = ask(caller, for_, **sought).json()
            assert answer["more"] is False
            found = [mine["id"]] if for_ == "cases" else [mine[for_][0]["id"]]
            assert [item["id"] for item in answer["items"]] == found


@pytest.mark.parametrize("hidden", ["narrative", "note"])
def test_what_a_liaison_is_not_shown_of_a_case_takes_no_place(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    """It would not agree once it was opened; until then it would stand in the way of what does."""
    monkeypatch.setattr(searching, "OPENED_AT_MOST", 2)
    with open_scene(databases) as scene:
        national = {"persons": [{"nationality": "TWN"}]}
        mine = scene.operator.file(**national, location={"province": "KH-18", "town": "Crowd"})
        for _ in range(4):
            told = {"narrative": "Crowd"} if hidden == "narrative" else {}
            case = scene.operator.file(**national, **told)
            if hidden == "note":
                noted = scene.operator.post(f"/v1/cases/{case['id']}/notes", {"text": "Crowd"})
                assert noted.status_code == 201, noted.text
        answer = ask(scene.liaison, "cases", text="Crowd").json()
        assert ([item["id"] for item in answer["items"]], answer["more"]) == ([mine["id"]], False)


def test_a_nationality_that_moves_takes_the_search_with_it(databases: Databases) -> None:
    with open_scene(databases) as scene:
        assert_nothing(scene.neighbour, "persons", name=OWN)
        said = {"nationality": "MYS", "source": "document_seen", "decision": True}
        scene.supervisor.record("nationality_asserted", [scene.persons[OWN].id], "2022-09-02", **said)
        assert_nothing(scene.liaison, "persons", name=OWN)
        assert len(ask(scene.neighbour, "persons", name=OWN).json()["items"]) == 1


@pytest.mark.parametrize("elapsed", [0.0, 0.004, 0.0999, 0.1, 0.12, 1.2345])
def test_an_answer_leaves_at_the_next_whole_tenth_of_a_second(elapsed: float) -> None:
    held = held_for(elapsed)
    assert 0 <= held < ANSWERED_EVERY_S
    assert (elapsed + held) / ANSWERED_EVERY_S == pytest.approx(round((elapsed + held) / ANSWERED_EVERY_S))


@pytest.mark.parametrize("name", ["Name Canary twn", "nobody of this name"])
def test_a_liaisons_search_alone_is_held_whatever_it_finds(scene: Scene, name: str) -> None:
    sought = {"for": "persons", "name": name, "purpose": "verification"}
    for caller, times in ((scene.liaison, 1), (scene.supervisor, 0)):
        with mock.patch.object(searching, "sleep") as slept:
            assert caller.post("/v1/searches", sought).status_code == 200
        assert slept.await_count == times
