"""A case that is withheld from an agency is not there for anybody who works for it, by any call."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from tests.audit.searching import present
from tests.doors.scene import DAY, FOREIGN, HELD, OWN, UNKNOWN, Scene, open_scene, verify
from tests.engine import Databases
from tests.http.problem_documents import assert_problem, without_request_id
from tests.register import Caller

WITHHELD: Final = ("operator", "verifier", "officer", "liaison")
ABSENT: Final = {"case": "KH22-0000-0000", "person": "KH22-0000-0000-0000", "offender": "KH22-0000-0000-0000"}


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        verify(made)
        yield made


@pytest.fixture(scope="module")
def event(scene: Scene) -> str:
    given = {"nationality": "TWN", "source": "claimed_self"}
    recorded = scene.supervisor.record("nationality_asserted", [scene.persons[OWN].id], DAY, **given)
    found: str = recorded["items"][0]["event_id"]
    return found


def withheld(scene: Scene, name: str) -> Caller:
    """Somebody of a role; the operator is of the agency that filed the case."""
    known = {"operator": scene.operator, "liaison": scene.liaison}
    return known.get(name) or scene.register.caller(name)


def withhold(scene: Scene, *callers: Caller, by: Caller | None = None) -> httpx.Response:
    agencies = [str(caller.agency_id) for caller in callers]
    tag = scene.version_of("cases", scene.filed["id"])
    supervisor = by or scene.supervisor
    return supervisor.patch(f"/v1/cases/{scene.case}", {"withheld_from": agencies}, If_Match=tag)


@pytest.fixture(scope="module")
def kept(scene: Scene, event: str) -> Iterator[Scene]:
    assert event
    answer = withhold(scene, *(withheld(scene, name) for name in WITHHELD))
    assert answer.status_code == 200, answer.text
    yield scene
    assert withhold(scene).status_code == 200


def names_of(scene: Scene, kept_from: str) -> dict[str, str]:
    there = {"case": scene.case, "person": scene.persons[OWN].reference, "offender": scene.offender.reference}
    return {key: ABSENT[key] if kept_from == "absent" else there[key] for key in there}


LISTS: Final = ("/v1/cases", "/v1/cases?status=verified", "/v1/persons", "/v1/persons?purpose=return")
CALLS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("GET", "/v1/cases/{case}", None),
    ("GET", "/v1/cases/{case}?purpose=rescue", None),
    ("GET", "/v1/cases/{case}/events", None),
    ("GET", "/v1/persons/{person}", None),
    ("GET", "/v1/persons/{person}?purpose=return", None),
    ("GET", "/v1/offenders/{offender}", None),
    ("PATCH", "/v1/cases/{case}", {"urgency": "high"}),
    ("PATCH", "/v1/persons/{person}", {"sex": "male"}),
    ("PATCH", "/v1/offenders/{offender}", {"roles": []}),
    ("POST", "/v1/cases/{case}/persons", {}),
    ("POST", "/v1/cases/{case}/offenders", {}),
    ("POST", "/v1/cases/{case}/notes", {"text": "called"}),
)
RECORDED: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "operator": ("wish_stated", "person", {"purpose": "return_home", "value": "yes", "freely": "yes"}),
    "verifier": ("located", "person", {"result": "held"}),
    "officer": ("rescued", "person", {}),
    "liaison": ("rescued", "person", {}),
}


@pytest.mark.parametrize("name", WITHHELD)
def test_every_call_answers_as_if_there_were_no_such_case(kept: Scene, name: str) -> None:
    caller = withheld(kept, name)
    for method, target, body in CALLS:
        headers = {"If-Match": '"1"'} if method == "PATCH" else {}
        hidden, absent = (
            caller.http.request(method, target.format(**names_of(kept, place)), json=body, headers=headers)
            for place in ("there", "absent")
        )
        assert hidden.status_code in {403, 404}, (name, target, hidden.text)
        assert hidden.status_code == absent.status_code
        assert without_request_id(hidden) == without_request_id(absent)
    kind, about, data = RECORDED[name]
    for place in ("there", "absent"):
        sent = {"kind": kind, "subjects": [names_of(kept, place)[about]], "occurred_on": DAY, "data": data}
        assert_problem(caller.post("/v1/events", sent), 404, "not-found")


@pytest.mark.parametrize("name", WITHHELD)
@pytest.mark.parametrize("target", LISTS)
def test_no_list_holds_a_trace_of_it(kept: Scene, name: str, target: str) -> None:
    answer = withheld(kept, name).http.get(target)
    assert answer.status_code == 200
    traces = kept.traces_of(OWN, FOREIGN, UNKNOWN, HELD) | {kept.case, kept.filed["id"], kept.offender.id}
    assert present(traces, answer.text) == []


def test_others_see_it_as_before(kept: Scene) -> None:
    elsewhere = kept.register.caller("officer", agency="another office")
    assert elsewhere.get(f"/v1/cases/{kept.case}").json()["withheld_from"]
    seen = kept.neighbour.get(f"/v1/cases/{kept.case}")
    assert seen.status_code == 200
    assert "withheld_from" not in seen.json()
    assert kept.supervisor.get(f"/v1/cases/{kept.case}/events").json()["items"][-1]["kind"] == "case_described"


def test_an_event_of_it_cannot_be_voided_by_whoever_does_not_supervise(kept: Scene, event: str) -> None:
    for name in WITHHELD:
        answer = withheld(kept, name).post(f"/v1/events/{event}/void", {"reason": "wrong_date"})
        assert_problem(answer, 404 if name == "liaison" else 403)
    assert kept.supervisor.post(f"/v1/events/{event}/void", {"reason": "wrong_date"}).status_code == 201


def test_figures_count_it_all_the_same(kept: Scene) -> None:
    job = kept.register.key("figures:exact")
    period = {"from_": "2022-08-01", "to": "2022-09-30"}
    before = [job.figure(name, **period) for name in ("cases_received", "persons_received", "persons_verified")]
    assert withhold(kept).status_code == 200
    after = [job.figure(name, **period) for name in ("cases_received", "persons_received", "persons_verified")]
    assert withhold(kept, *(withheld(kept, name) for name in WITHHELD)).status_code == 200
    assert [one["cells"] for one in before] == [one["cells"] for one in after]


def test_lifting_it_gives_sight_back(scene: Scene) -> None:
    """Null and an empty list say the same."""
    officer = scene.register.caller("officer")
    ways: list[list[str] | None] = [None, []]
    for nothing in ways:
        assert withhold(scene, officer).status_code == 200
        assert officer.get(f"/v1/cases/{scene.case}").status_code == 404
        tag = scene.version_of("cases", scene.filed["id"])
        lifted = scene.supervisor.patch(f"/v1/cases/{scene.case}", {"withheld_from": nothing}, If_Match=tag)
        assert lifted.json().get("withheld_from") == []
        assert officer.get(f"/v1/cases/{scene.case}").status_code == 200


def test_somebody_added_later_is_withheld_too(scene: Scene) -> None:
    officer = scene.register.caller("officer")
    assert withhold(scene, officer).status_code == 200
    added = scene.operator.post(f"/v1/cases/{scene.case}/persons", {"nationality": "TWN"}).json()
    named = scene.operator.post(f"/v1/cases/{scene.case}/offenders", {"role": "guard"}).json()
    assert officer.get(f"/v1/persons/{added['id']}").status_code == 404
    assert officer.get(f"/v1/offenders/{named['id']}").status_code == 404
    assert withhold(scene).status_code == 200


@pytest.mark.parametrize("name", ["operator", "liaison", "verifier", "officer"])
def test_only_a_supervisor_withholds(scene: Scene, name: str) -> None:
    answer = withhold(scene, scene.neighbour, by=withheld(scene, name))
    assert_problem(answer, 403, "may-not-record" if name == "operator" else "forbidden")


def test_agencies_are_those_of_the_register_and_not_ones_own(scene: Scene) -> None:
    register = scene.register
    closed = register.caller("officer", agency="closed office")
    register.rows("UPDATE agencies SET disabled_at = $2 WHERE id = $1", closed.agency_id, register.clock())
    tag = scene.version_of("cases", scene.filed["id"])
    wrong = [str(closed.agency_id), str(scene.neighbour.agency_id), str(scene.supervisor.agency_id), scene.filed["id"]]
    problem = assert_problem(
        scene.supervisor.patch(f"/v1/cases/{scene.case}", {"withheld_from": wrong}, If_Match=tag), 422, "validation"
    )
    assert [fault["pointer"] for fault in problem["errors"]] == [f"#/withheld_from/{place}" for place in (0, 2, 3)]
    assert scene.version_of("cases", scene.filed["id"]) == tag


def test_its_audit_is_withheld_from_the_auditor_of_that_agency_and_told_to_others(scene: Scene) -> None:
    """As if it were not there: in the log, after it by id and by reference, and in what others were shown."""
    register = scene.register
    near, far = register.caller("auditor", agency="the watched office"), register.caller("auditor", agency="far off")
    officer = register.caller("officer", agency="the watched office")
    filed = scene.operator.file(persons=[{"nationality": "TWN"}], offenders=[{"role": "guard"}])
    recorded = scene.supervisor.record("headcount_claimed", [filed["id"]], "2022-10-01", bound="exact", low=4)
    event = recorded["items"][0]["event_id"]
    assert scene.supervisor.post(f"/v1/events/{event}/void", {"reason": "wrong_date"}).status_code == 201
    listed = officer.http.get("/v1/cases")
    assert filed["id"] in {item["id"] for item in listed.json()["items"]}
    parts = {filed["id"], filed["persons"][0]["id"], filed["offenders"][0]["id"], event}
    names = {*parts, filed["reference"], filed["persons"][0]["reference"]}
    for auditor in (near, far):
        assert [bool(_of(auditor, name)) for name in sorted(names)] == [True] * len(names)
    tag = scene.version_of("cases", filed["id"])
    withheld_from = {"withheld_from": [str(near.agency_id)]}
    assert scene.supervisor.patch(f"/v1/cases/{filed['id']}", withheld_from, If_Match=tag).status_code == 200
    for name in sorted(names):
        assert [row for row in _of(near, name) if row["principal_id"] != str(near.id)] == [], name
        assert _of(far, name), name
    absent = near.http.get("/v1/audit/subjects/KH22-0000-0000")
    assert absent.status_code == near.http.get(f"/v1/audit/subjects/{ABSENT['case']}").status_code
    log = near.http.get("/v1/audit", params={"limit": 200}).json()["items"]
    others = [row for row in log if row["principal_id"] != str(near.id)]
    assert present(parts, str(others)) == []
    [shown] = [row for row in others if row["request_id"] == listed.headers["x-request-id"]]
    elsewhere = {item["id"] for item in listed.json()["items"]} - {filed["id"]}
    assert set(shown["subject_ids"]) >= elsewhere
    own = [row["subject_ids"] for row in log if row["principal_id"] == str(near.id)]
    assert [filed["id"]] in own, "they asked after this id before it was withheld, and know it"
    assert present(parts, str(near.http.get("/v1/audit?action=case:filed&action=case:changed&limit=200").json())) == []
    assert scene.supervisor.get(f"/v1/cases/{filed['id']}").status_code == 200


def _of(auditor: Caller, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = auditor.http.get(f"/v1/audit/subjects/{name}", params={"limit": 200}).json()["items"]
    return found
