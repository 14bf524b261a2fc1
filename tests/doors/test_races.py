"""Many at once: one winner where there can be one, everybody served where there can be many, no gap in any log."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import httpx
import pytest

from service.cases.models.log import event_of
from service.cases.rules.projection import case_columns, person_columns
from service.story.fold import fold
from tests.doors.scene import DAY, OWN, Scene, open_scene, verify
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import FINDING, Caller

CROWD = 8


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        verify(made)
        yield made


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Make all calls in threads of their own that start together, and answer what came back, in order."""
    start = Barrier(len(calls))

    def wait_and(call: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(wait_and, calls))


def until_taken(caller: Caller, target: str, body: Any, key: str) -> httpx.Response:
    """Send until it is not to be tried again, which some of many at once are told."""
    while (answer := caller.post(target, body, Idempotency_Key=key)).status_code == 503:
        assert_problem(answer, 503, "unavailable")
    return answer


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def assert_sound(scene: Scene, case_id: str) -> list[dict[str, Any]]:
    """Check that a case's log has no gap and its rows are what the log amounts to; answer the log."""
    log = scene.register.rows("SELECT * FROM events WHERE case_id = $1 ORDER BY seq", case_id)
    assert [row["seq"] for row in log] == list(range(1, len(log) + 1))
    instants = [row["recorded_at"] for row in log]
    assert instants == sorted(instants)
    state = fold([event_of({**row, "fact": _json(row["fact"])}) for row in log])
    assert state is not None
    row = scene.register.rows("SELECT * FROM cases WHERE id = $1", case_id)[0]
    assert {name: _json(row[name]) for name in case_columns(state)} == case_columns(state)
    persons = {row["id"]: row for row in scene.register.rows("SELECT * FROM persons WHERE case_id = $1", case_id)}
    assert persons.keys() == state.persons.keys()
    for id_, person in state.persons.items():
        columns = person_columns(state, person)
        assert {name: _json(persons[id_][name]) for name in columns} == columns
    return log


def test_of_simultaneous_changes_of_one_version_one_wins(scene: Scene) -> None:
    for target, table, id_, change in (
        ("cases", "cases", scene.filed["id"], {"language": "km"}),
        ("persons", "persons", scene.persons[OWN].id, {"sex": "male"}),
        ("offenders", "offenders", scene.offender.id, {"roles": ["guard"]}),
    ):
        tag = scene.version_of(table, id_)
        answers = at_once(
            *[lambda: scene.operator.patch(f"/v1/{target}/{id_}", change, If_Match=tag)] * CROWD  # noqa: B023
        )
        assert statuses(answers) == [200] + [412] * (CROWD - 1)
        assert scene.version_of(table, id_) == f'"{int(tag[1:-1]) + 1}"'
    assert_sound(scene, scene.filed["id"])


def test_of_simultaneous_changes_of_an_account_or_agency_one_wins(scene: Scene) -> None:
    admin = scene.register.caller("admin")
    for target, change in (
        (f"/v1/agencies/{scene.neighbour.agency_id}", {"kind": "embassy"}),
        (f"/v1/users/{scene.neighbour.id}", {"role": "liaison"}),
    ):
        answers = at_once(*[lambda: admin.patch(target, change, If_Match='"1"')] * CROWD)  # noqa: B023
        assert statuses(answers) == [200] + [412] * (CROWD - 1)
        assert admin.get(target).json()["version"] == 2


def test_of_simultaneous_rescues_of_one_person_one_is_recorded(scene: Scene) -> None:
    officer, person = scene.register.caller("officer"), scene.persons[OWN].reference
    body = {"kind": "rescued", "subjects": [person], "occurred_on": "2022-09-10", "data": {}}
    answers = at_once(*[lambda: officer.post("/v1/events", body)] * CROWD)
    assert statuses(answers) == [201] + [409] * (CROWD - 1)
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert assert_problem(refused, 409, "invalid-transition")["from"] == "rescued"
    log = assert_sound(scene, scene.filed["id"])
    assert len([row for row in log if row["kind"] == "rescued"]) == 1


def test_of_a_rescue_and_an_end_at_once_one_comes_first_and_the_log_says_which(scene: Scene) -> None:
    person = scene.persons["unplaced"].reference
    officer = scene.register.caller("officer")
    rescue = {"kind": "rescued", "subjects": [person], "occurred_on": "2022-09-10", "data": {}}
    end = {"kind": "ended", "subjects": [person], "occurred_on": "2022-09-10", "data": {"outcome": "not_held"}}
    answers = at_once(lambda: officer.post("/v1/events", rescue), lambda: scene.supervisor.post("/v1/events", end))
    assert set(statuses(answers)) <= {201, 409}
    log = assert_sound(scene, scene.filed["id"])
    about = [row["kind"] for row in log if str(row["subject_id"]) == scene.persons["unplaced"].id]
    assert statuses(answers).count(201) == len([kind for kind in about if kind in {"rescued", "ended"}]) >= 1


def test_sixteen_notes_and_events_on_one_case_are_all_taken(scene: Scene) -> None:
    filed = scene.operator.file(received_on=DAY, persons=[{"nationality": "TWN"}])
    case = filed["reference"]
    event = {"kind": "alleged", "subjects": [case], "occurred_on": DAY, "data": {"types": ["debt_bondage"]}}
    told = (("/v1/events", event), (f"/v1/cases/{case}/notes", {"text": "called again"}))
    calls = [partial(until_taken, scene.operator, at, body, f"k{n}") for n in range(8) for at, body in told]
    answers = at_once(*calls)
    assert statuses(answers) == [201] * 16, [answer.text for answer in answers if answer.status_code != 201]
    log = assert_sound(scene, filed["id"])
    assert len([row for row in log if row["kind"] == "alleged"]) == 8
    notes = scene.register.rows("SELECT 1 FROM sealed_records WHERE case_id = $1 AND kind = 'note'", filed["id"])
    assert len(notes) == 8


def test_persons_added_at_once_are_all_there_under_references_of_their_own(scene: Scene) -> None:
    filed = scene.operator.file(received_on=DAY)
    target = f"/v1/cases/{filed['reference']}/persons"
    answers = at_once(*[lambda: scene.operator.post(target, {"nationality": "TWN"})] * CROWD)
    assert statuses(answers) == [201] * CROWD
    assert len({answer.json()["reference"] for answer in answers}) == CROWD
    assert_sound(scene, filed["id"])
    shown = scene.operator.get(f"/v1/cases/{filed['reference']}").json()
    assert shown["tally"] == {"received": CROWD}


def test_cases_filed_at_once_have_references_of_their_own(scene: Scene) -> None:
    answers = at_once(*[lambda: scene.operator.post("/v1/cases", {"channel": "hotline_117"})] * CROWD)
    assert statuses(answers) == [201] * CROWD
    assert len({answer.json()["reference"] for answer in answers}) == CROWD


def test_a_reference_drawn_twice_is_drawn_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([scene.case, scene.case, "KH22-7Q4F-0TMB"])
    monkeypatch.setattr("service.cases.actions.case_file.new_case_reference", lambda _: next(drawn))
    filed = scene.operator.file()
    assert filed["reference"] == "KH22-7Q4F-0TMB"
    assert len(scene.register.rows("SELECT 1 FROM cases WHERE reference = $1", scene.case)) == 1


def test_one_call_for_two_cases_and_another_the_other_way_round_do_not_block_each_other(scene: Scene) -> None:
    verifier = scene.register.caller("verifier")
    first, second = (scene.operator.file(received_on=DAY) for _ in range(2))
    names = [first["reference"], second["reference"]]
    finding = {
        "outcome": "presumed_victim",
        "authority": "police",
        "standard": "reasonable_grounds",
        "evidence": ["site_visit"],
    }

    def record(subjects: list[str]) -> httpx.Response:
        return verifier.post(
            "/v1/events", {"kind": "finding_made", "subjects": subjects, "occurred_on": DAY, "data": finding}
        )

    answers = at_once(*[lambda: record(names), lambda: record(names[::-1])] * 3)
    assert statuses(answers) == [201] * 6
    for filed in (first, second):
        assert len(assert_sound(scene, filed["id"])) == 7


def test_a_clock_that_runs_back_dates_nothing_before_what_was_recorded(scene: Scene) -> None:
    """In a case, and in its ledger; a case that has nothing yet is dated by the clock as it stands."""
    filed = scene.operator.file(received_on=DAY, persons=[{}])
    person = filed["persons"][0]["reference"]
    scene.register.clock.move(seconds=-20)
    wish = {"purpose": "return_home", "value": "yes", "freely": "yes"}
    recorded = [scene.operator.record("wish_stated", [person], DAY, **wish)["recorded_at"] for _ in range(2)]
    counted = scene.register.caller("verifier").record("finding_made", [person], DAY, **FINDING)["recorded_at"]
    log = assert_sound(scene, filed["id"])
    assert len(log) == 5
    assert [datetime.fromisoformat(one) for one in (*recorded, counted)] == [row["recorded_at"] for row in log[-3:]]
    assert log[-1]["recorded_at"] > scene.register.clock.now
    entries = scene.register.rows("SELECT recorded_at, measure FROM ledger_entries WHERE case_id = $1", filed["id"])
    assert "persons_verified" in {entry["measure"] for entry in entries}
    assert {entry["recorded_at"] for entry in entries} <= {row["recorded_at"] for row in log}
    later = assert_sound(scene, scene.operator.file(received_on=DAY)["id"])
    assert later[0]["recorded_at"] < log[0]["recorded_at"]
    scene.register.clock.move(seconds=20)


def test_every_log_of_the_register_is_sound_after_all_of_this(scene: Scene) -> None:
    cases = scene.register.rows("SELECT id FROM cases")
    assert len(cases) > CROWD
    for case in cases:
        assert_sound(scene, case["id"])


def _json(value: Any) -> Any:
    """Read a value of a JSON column, which the driver answers as text."""
    return json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value
