"""Recording, listing, reading and correcting operations, and who may know of them."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.audit.searching import dump
from tests.http.problem_documents import assert_problem, without_request_id
from tests.operations.field import ABSENT, DAY, events_of, ok, operation, report, wanted
from tests.register import Caller, Register


def listed(caller: Caller, **filters: Any) -> list[str]:
    """Return the references of all operations in a caller's list, page by page."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(caller.http.get("/v1/operations", params={"limit": 2, **filters, **cursor}), 200)
        found += [item["reference"] for item in page["items"]]
        if "next_cursor" not in page:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_an_officer_records_any_kind_and_a_liaison_consular_ones(register: Register) -> None:
    kinds = ("welfare_check", "inspection", "raid", "consular_visit", "handover_foreign", "negotiated_release")
    officer, liaison = register.caller("officer"), register.caller("liaison", "TWN")
    for kind in kinds:
        told = {"kind": kind, "started_on": DAY, "grounds": "Order 12"}
        assert ok(officer.post("/v1/operations", told))["reference"].startswith("OP22-")
        answer = liaison.post("/v1/operations", told)
        if kind in {"consular_visit", "handover_foreign"}:
            ok(answer)
        else:
            assert_problem(answer, 403, "may-not-record")


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"kind": "raid"}, "#/grounds"),
        ({"started_on": "2022-10-02"}, "#/started_on"),
        ({"started_on": DAY, "ended_on": "2022-10-02"}, "#/ended_on"),
        ({"started_on": DAY, "ended_on": "2022-09-09"}, "#/ended_on"),
        ({"province": "KH-99"}, "#/province"),
        ({"embargo_until": "2022-10-02"}, "#/embargo_until"),
        ({"embargo_until": "2022-10-02T08:00:00"}, "#/embargo_until"),
        ({"embargo_until": "1664700000"}, "#/embargo_until"),
        ({"embargo_until": "2022-13-02T08:00:00Z"}, "#/embargo_until"),
        ({"embargo_until": "9999-12-31T23:59:59-12:00"}, "#/embargo_until"),
        ({"embargo_until": "0001-01-01T00:00:00+12:00"}, "#/embargo_until"),
    ],
)
def test_what_cannot_be_is_refused(register: Register, told: dict[str, Any], pointer: str) -> None:
    answer = register.caller("officer").post("/v1/operations", {"kind": "inspection", **told})
    assert [fault["pointer"] for fault in assert_problem(answer, 422)["errors"]] == [pointer]


def test_site_grounds_and_notes_are_sealed_and_opened_for_a_purpose_only(register: Register) -> None:
    officer = register.caller("officer", agency="sealing police")
    stranger = register.caller("officer", agency="another police")
    raid = operation(officer, kind="raid", site="Site Canary", grounds="Grounds Canary")
    ok(officer.post(f"/v1/operations/{raid}/notes", {"text": "Note Canary"}))
    path = f"/v1/operations/{raid}"
    assert "Canary" not in dump(register)
    assert "sealed" not in ok(officer.get(path), 200)
    opened = ok(officer.get(path, purpose="rescue"), 200)["sealed"]
    assert (opened["site"], opened["grounds"]) == ("Site Canary", "Grounds Canary")
    assert [note["text"] for note in opened["notes"]] == ["Note Canary"]
    elsewhere = ok(stranger.get(path, purpose="rescue"), 200)["sealed"]
    assert (elsewhere["site"], elsewhere["notes"]) == ("Site Canary", [])
    assert len(ok(register.caller("supervisor").get(path, purpose="rescue"), 200)["sealed"]["notes"]) == 1
    [row] = register.rows("SELECT * FROM audit_log WHERE action = 'operation:read' AND principal_id = $1"
                          " AND reason IS NOT NULL", stranger.id)  # fmt: skip
    assert (row["fields"], row["reason"]) == (["grounds", "place"], "rescue")


def test_a_list_is_narrowed_and_comes_page_by_page(register: Register) -> None:
    officer = register.caller("officer")
    places = ("KH-1", "KH-2", "KH-1", "KH-3", "KH-1")
    made = [
        operation(officer, kind="inspection", province=place, started_on=f"2022-08-0{number}")
        for number, place in enumerate(places, 1)
    ]
    august = {"from": "2022-08-01", "to": "2022-08-31"}
    assert sorted(listed(officer, kind="inspection", **august)) == sorted(made)
    assert sorted(listed(officer, province="KH-1", **august)) == sorted([made[0], made[2], made[4]])
    assert sorted(listed(officer, kind="inspection", **{"from": "2022-08-02", "to": "2022-08-04"})) == sorted(made[1:4])
    assert listed(officer, kind="negotiated_release", province="KH-1", **august) == []


def test_an_operation_is_corrected_by_its_agency_or_a_supervisor_and_the_version_holds(register: Register) -> None:
    officer = register.caller("officer")
    stranger, supervisor = register.caller("officer", agency="another police"), register.caller("supervisor")
    path = f"/v1/operations/{operation(officer)}"
    tag = officer.get(path).headers["etag"]
    assert_problem(stranger.patch(path, {"province": "KH-1"}, If_Match=tag), 403, "may-not-record")
    assert_problem(officer.patch(path, {"ended_on": "2022-09-01"}, If_Match=tag), 422)
    changed = officer.patch(path, {"ended_on": "2022-09-12", "province": None}, If_Match=tag)
    assert ok(changed, 200)["ended_on"] == "2022-09-12"
    assert "province" not in changed.json()
    assert ok(officer.get(path), 200) == changed.json()
    assert_problem(officer.patch(path, {"province": "KH-1"}, If_Match=tag), 412)
    assert_problem(officer.patch(path, {"province": "KH-1"}), 428)
    ok(supervisor.patch(path, {"province": "KH-2"}, If_Match=changed.headers["etag"]), 200)
    assert_problem(report(stranger, path.rsplit("/", 1)[1])(found=[{"outcomes": ["rescued"]}]), 403)


def test_until_an_embargo_has_passed_nobody_else_knows_of_the_operation(register: Register) -> None:
    officer = register.caller("officer", agency="quiet police")
    colleague = register.caller("officer", agency="quiet police", name="colleague")
    until = register.clock.now.replace(microsecond=0)
    until = until.replace(minute=until.minute + 20 if until.minute < 39 else 59)
    raid = operation(officer, kind="raid", grounds="Order", embargo_until=until.isoformat())
    [name] = wanted(register)
    ok(report(officer, raid)(persons=[{"person": name, "outcomes": ["rescued"]}]))
    others = [register.caller("officer", agency="loud police"), register.caller("verifier"),
              register.caller("liaison", "TWN"), register.caller("verifier", agency="quiet police")]  # fmt: skip
    [row] = register.rows("SELECT id FROM operations WHERE reference = $1", raid)
    for known in (raid, str(row["id"])):
        for below in ("", "/results", "?purpose=rescue"):
            for caller in others:
                hidden = caller.http.get(f"/v1/operations/{known}{below}")
                absent = caller.http.get(f"/v1/operations/{ABSENT}{below}")
                assert without_request_id(hidden) == without_request_id(absent)
                assert hidden.status_code == 404
            for caller in (officer, colleague, register.caller("supervisor")):
                ok(caller.http.get(f"/v1/operations/{known}{below}"), 200)
    for caller in others:
        assert raid not in listed(caller)
        shown = caller.get(f"/v1/cases/{name.rsplit('-', 1)[0]}/events").text
        assert str(row["id"]) not in shown
        assert raid not in shown
    assert events_of(register, name)[-1]["kind"] == "rescued"
    register.clock.move(minutes=60)
    assert [raid in listed(caller) for caller in others] == [True, True, False, True]


def test_an_embargo_that_has_passed_is_neither_recorded_nor_set_but_may_stand_or_be_lifted(register: Register) -> None:
    officer, clock = register.caller("officer"), register.clock
    passed = {"embargo_until": (clock.now - timedelta(seconds=1)).isoformat()}
    for answer in (
        officer.post("/v1/operations", {"kind": "inspection", **passed}),
        officer.post("/v1/operations", {"kind": "inspection", "embargo_until": clock.now.isoformat()}),
    ):
        assert [fault["pointer"] for fault in assert_problem(answer, 422)["errors"]] == ["#/embargo_until"]
    told = {"kind": "inspection", "embargo_until": (clock.now + timedelta(seconds=1)).isoformat()}
    path = f"/v1/operations/{ok(officer.post('/v1/operations', told))['reference']}"
    clock.move(seconds=2)
    held = officer.get(path)

    def patched(**told: Any) -> httpx.Response:
        return officer.patch(path, told, If_Match=officer.get(path).headers["etag"])

    problem = assert_problem(patched(**passed), 422)
    assert [fault["pointer"] for fault in problem["errors"]] == ["#/embargo_until"]
    assert officer.get(path).json() == held.json()
    ok(patched(embargo_until=held.json()["embargo_until"], province="KH-2"), 200)
    ok(patched(embargo_until=(clock.now + timedelta(days=1)).isoformat()), 200)
    assert "embargo_until" not in ok(patched(embargo_until=None), 200)


def test_another_embassys_operation_is_answered_like_none(register: Register) -> None:
    liaison, neighbour = register.caller("liaison", "TWN"), register.caller("liaison", "MYS")
    visit = operation(liaison)
    found = {"found": [{"nationality": "MYS", "outcomes": ["rescued"]}]}
    for method, below, body in (
        ("GET", "", None), ("GET", "/results", None), ("PATCH", "", {"province": "KH-1"}),
        ("POST", "/notes", {"text": "a note"}), ("POST", "/results", found),
    ):  # fmt: skip
        foreign, absent = (
            neighbour.http.request(method, f"/v1/operations/{known}{below}", json=body, headers={"If-Match": '"1"'})
            for known in (visit, ABSENT)
        )
        assert foreign.status_code == 404
        assert without_request_id(foreign) == without_request_id(absent)
    assert visit in listed(liaison)
    assert visit not in listed(neighbour)


def test_a_reference_is_read_as_it_is_said_on_the_telephone(register: Register) -> None:
    officer = register.caller("officer")
    visit = operation(officer)
    for spoken in (visit.lower(), visit.replace("-", ""), visit.replace("-", " ")):
        assert ok(officer.get(f"/v1/operations/{spoken}"), 200)["reference"] == visit
    wrong = visit[:-1] + ("0" if visit[-1] != "0" else "1")
    assert_problem(officer.get(f"/v1/operations/{wrong}"), 404)


def test_a_kept_answer_is_given_again_for_the_same_key(register: Register) -> None:
    officer = register.caller("officer")
    first, again = (
        officer.post("/v1/operations", {"kind": "inspection"}, Idempotency_Key="one-operation") for _ in range(2)
    )
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
