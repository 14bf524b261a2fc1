"""The log of a case says that an operation was made for it: a case intervened in, whoever was met there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from service.cases.rules import bounds
from tests.http.problem_documents import assert_problem
from tests.operations.field import DAY, checked, ok
from tests.operations.naming import differences, log_due
from tests.register import Caller, Register

YEAR: Final = {"from_": "2022-01-01", "to": "2022-12-31"}


def filed(register: Register, received_on: str = "2022-09-01", **given: Any) -> str:
    case: str = register.caller("operator").file(received_on=received_on, **given)["reference"]
    return case


def inspection(caller: Caller, case: str | None, **told: Any) -> dict[str, Any]:
    return ok(caller.post("/v1/operations", {"kind": "inspection", "started_on": DAY, "case": case, **told}))


def patched(caller: Caller, reference: str, **given: Any) -> Any:
    path = f"/v1/operations/{reference}"
    return caller.patch(path, given, If_Match=caller.get(path).headers["etag"])


def intervened(register: Register, **asked: Any) -> int:
    """How many cases a figure counts: as known then for a key that may ask so, else for a supervisor."""
    asking = register.key("figures:exact") if "known_at" in asked else register.caller("supervisor")
    counted: int = asking.figure("cases_intervened", **{**YEAR, **asked})["total"]["value"]
    return counted


def on_day(register: Register, day: str) -> int:
    return intervened(register, from_=day, to=day)


def told(caller: Caller, case: str) -> list[str]:
    """The kinds of event of a case's timeline, oldest first, with a mark at what was voided."""
    items = ok(caller.get(f"/v1/cases/{case}/events", limit=200), 200)["items"]
    return [one["kind"] + ("-" if "voided_by" in one else "") for one in items if one["kind"] != "note"]


def made(caller: Caller, case: str) -> list[str]:
    return [one.removeprefix("operation_") for one in told(caller, case) if one.startswith(("operation", "voided"))]


def test_an_inspection_that_met_nobody_counts_on_its_first_day(register: Register) -> None:
    case, before = filed(register), on_day(register, DAY)
    shown = ok(register.caller("supervisor").get(f"/v1/cases/{case}"), 200)
    inspection(register.caller("officer"), case)
    assert on_day(register, DAY) == before + 1
    assert told(register.caller("verifier"), case) == ["received", "operation_made"]
    [event] = ok(register.caller("operator").get(f"/v1/cases/{case}/events"), 200)["items"][1:]
    assert (event["subject"], event["occurred_on"], event["data"]) == (case, DAY, {})
    assert event["recorded_by"] == str(register.caller("officer").id)
    assert ok(register.caller("supervisor").get(f"/v1/cases/{case}"), 200) == shown | {"version": shown["version"] + 1}
    assert differences(register) == []


def test_a_case_received_after_the_operation_counts_from_when_it_was_received(register: Register) -> None:
    received, before = "2022-09-17", on_day(register, "2022-09-17")
    inspection(register.caller("officer"), filed(register, received))
    assert on_day(register, received) == before + 1


def test_a_case_named_later_counts_as_known_from_then(register: Register) -> None:
    officer, case = register.caller("officer"), filed(register)
    visit, count = inspection(officer, None)["reference"], intervened(register)
    before = register.clock.move(seconds=1)
    ok(patched(officer, visit, case=case), 200)
    after = register.clock.move(seconds=1)
    assert intervened(register, known_at=before.isoformat()) == count
    assert intervened(register, known_at=after.isoformat()) == intervened(register) == count + 1


def test_a_case_that_is_left_out_again_counts_no_more_and_did_before(register: Register) -> None:
    officer, case, count = register.caller("officer"), filed(register), intervened(register)
    visit = inspection(officer, case)["reference"]
    known = register.clock.move(seconds=1)
    ok(patched(officer, visit, case=None), 200)
    register.clock.move(seconds=1)
    assert intervened(register) == count
    assert intervened(register, known_at=known.isoformat()) == count + 1
    assert made(officer, case) == ["made-", "voided"]
    assert differences(register) == []


def test_another_case_takes_its_place_and_the_same_again_changes_nothing(register: Register) -> None:
    officer, first, second = register.caller("officer"), filed(register), filed(register)
    visit, count = inspection(officer, first)["reference"], intervened(register)
    for case in (second, second, second.lower().replace("-", "")):
        ok(patched(officer, visit, case=case), 200)
        assert made(officer, first) == ["made-", "voided"]
        assert made(officer, second) == ["made"]
    ok(patched(officer, visit, province="KH-12"), 200)
    assert intervened(register) == count
    ok(patched(officer, visit, case=first), 200)
    assert made(officer, first) == ["made-", "voided", "made"]
    assert made(officer, second) == ["made-", "voided"]
    assert differences(register) == []


def test_the_supervisor_of_another_agency_corrects_it(register: Register) -> None:
    case, supervisor = filed(register), register.caller("supervisor")
    visit = inspection(register.caller("officer"), None)["reference"]
    ok(patched(supervisor, visit, case=case), 200)
    [event] = ok(supervisor.get(f"/v1/cases/{case}/events"), 200)["items"][1:]
    assert event["agency_id"] == str(supervisor.agency_id)
    assert differences(register) == []


def test_what_an_operation_says_is_recorded_and_taken_back_by_it_alone(register: Register) -> None:
    officer, supervisor, case = register.caller("officer"), register.caller("supervisor"), filed(register)
    visit = inspection(officer, case)["reference"]
    for caller in (officer, supervisor):
        body = {"kind": "operation_made", "subjects": [case], "occurred_on": DAY, "data": {}}
        assert_problem(caller.post("/v1/events", body), 422)
    event = ok(supervisor.get(f"/v1/cases/{case}/events"), 200)["items"][-1]["id"]
    refused = supervisor.post(f"/v1/events/{event}/void", {"reason": "recorded_in_error"})
    document = assert_problem(refused, 409)
    assert (document["code"], document["events"]) == ("standing-events", [])
    assert "Correct `case` of the operation" in document["detail"]
    assert made(supervisor, case) == ["made"]
    ok(patched(supervisor, visit, case=None), 200)
    assert supervisor.post(f"/v1/events/{event}/void", {"reason": "recorded_in_error"}).status_code == 404


def test_a_closed_case_stays_closed(register: Register) -> None:
    case, supervisor, count = filed(register), register.caller("supervisor"), intervened(register)
    supervisor.record("closed", [case], "2022-09-05", reason="referred")
    inspection(register.caller("officer"), case)
    assert ok(supervisor.get(f"/v1/cases/{case}"), 200)["status"] == "closed"
    assert intervened(register) == count + 1


def test_a_case_that_was_withheld_since_is_left_by_whoever_sees_it_no_more(register: Register) -> None:
    officer, supervisor, case = register.caller("officer"), register.caller("supervisor"), filed(register)
    visit = inspection(officer, case)["reference"]
    tag = supervisor.get(f"/v1/cases/{case}").headers["etag"]
    withheld = {"withheld_from": [str(officer.agency_id)]}
    assert supervisor.patch(f"/v1/cases/{case}", withheld, If_Match=tag).status_code == 200
    assert_problem(officer.post("/v1/operations", {"kind": "inspection", "started_on": DAY, "case": case}), 404)
    ok(patched(officer, visit, case=None), 200)
    assert made(supervisor, case) == ["made-", "voided"]


def test_a_retry_and_a_second_correction_at_once_add_nothing(register: Register) -> None:
    officer, case, other = register.caller("officer"), filed(register), filed(register)
    body = {"kind": "inspection", "started_on": DAY, "case": case}
    first, again = (officer.post("/v1/operations", body, Idempotency_Key="an-inspection") for _ in range(2))
    assert ok(first) == ok(again)
    assert made(officer, case) == ["made"]
    path, tag = f"/v1/operations/{first.json()['reference']}", first.headers["etag"]
    ok(officer.patch(path, {"case": other}, If_Match=tag), 200)
    assert_problem(officer.patch(path, {"case": None}, If_Match=tag), 412)
    assert (made(officer, case), made(officer, other)) == (["made-", "voided"], ["made"])


def test_corrections_and_operations_at_the_same_time_leave_one_event_each(register: Register) -> None:
    officer, case, others = register.caller("officer"), filed(register), [filed(register) for _ in range(3)]
    first = officer.post("/v1/operations", {"kind": "inspection", "started_on": DAY, "case": case})
    path, tag = f"/v1/operations/{first.json()['reference']}", first.headers["etag"]

    def correct(other: str) -> int:
        return officer.patch(path, {"case": other}, If_Match=tag).status_code

    def carry_out(_: int) -> int:
        body = {"kind": "inspection", "started_on": DAY, "case": case}
        while (status := officer.post("/v1/operations", body).status_code) == 503:
            pass
        return status

    with ThreadPoolExecutor(5) as threads:
        corrected, carried_out = threads.map(correct, others), threads.map(carry_out, range(2))
        assert sorted(corrected)[0] == 200
        assert list(carried_out) == [201, 201]
    logs = sorted(made(officer, other) for other in others)
    assert logs == [[], [], ["made"]]
    assert sorted(made(officer, case)) == ["made", "made", "made-", "voided"]
    assert differences(register) == []


def test_a_full_case_takes_it_still_and_one_beyond_that_refuses_all_of_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, supervisor, case = register.caller("officer"), register.caller("supervisor"), filed(register)
    monkeypatch.setattr(bounds, "EVENTS_OF_ONE", 4)
    for _ in range(3):
        supervisor.record("headcount_claimed", [case], DAY, bound="exact", low=2)
    visit = inspection(officer, case)["reference"]
    operations = len(register.rows("SELECT FROM operations"))
    body = {"kind": "inspection", "started_on": DAY, "case": case}
    document = assert_problem(officer.post("/v1/operations", body), 409)
    assert document["code"] == "case-full"
    assert len(register.rows("SELECT FROM operations")) == operations
    assert ok(officer.get(f"/v1/operations/{visit}"), 200)["case"] == case


def test_a_liaison_is_told_nothing_of_it(register: Register) -> None:
    liaison, officer = register.caller("liaison", "TWN"), register.caller("officer")
    case = filed(register, persons=[{"nationality": "TWN"}])
    person = f"/v1/persons/{ok(liaison.get(f'/v1/cases/{case}'), 200)['persons'][0]['reference']}"
    paths = (f"/v1/cases/{case}", f"/v1/cases/{case}/events", person)
    register.clock.move(hours=1)
    moment = register.clock.now
    before = [liaison.get(path) for path in paths]
    visit = inspection(officer, case)["reference"]
    ok(patched(officer, visit, case=None), 200)
    after = [liaison.get(path) for path in paths]
    assert [(one.headers.get("etag"), one.content) for one in after] == [
        (one.headers.get("etag"), one.content) for one in before
    ]
    assert ok(liaison.get("/v1/persons", changed_since=moment.isoformat()), 200)["items"] == []


class TestUnderAnEmbargo:
    """Nothing of an operation leaves a trace in its case while its embargo lasts."""

    @pytest.fixture
    def others(self, register: Register) -> list[Caller]:
        """Everybody who sees the case and may not know of the operation."""
        roles = ("operator", "verifier")
        return [*(register.caller(role) for role in roles), register.caller("officer", agency="another police")]

    @staticmethod
    def seen(register: Register, caller: Caller, case: str, since: datetime) -> list[Any]:
        answers = [caller.get(f"/v1/cases/{case}"), caller.get(f"/v1/cases/{case}/events", limit=200)]
        changed = [one["reference"] for one in caller.get("/v1/cases", changed_since=since.isoformat()).json()["items"]]
        return [*((one.headers.get("etag"), one.content) for one in answers), case in changed]

    @staticmethod
    def embargo(register: Register, days: int = 30) -> str:
        return (register.clock.now + timedelta(days=days)).isoformat()

    def test_it_leaves_no_trace_until_it_has_passed(self, register: Register, others: list[Caller]) -> None:
        officer, case, count = register.caller("officer"), filed(register), intervened(register)
        job = register.key("figures:exact")
        register.clock.move(hours=1)
        since = register.clock.now
        before = [self.seen(register, caller, case, since) for caller in others]
        assert [one[-1] for one in before] == [False] * len(others)
        visit = inspection(officer, case, embargo_until=self.embargo(register))["reference"]
        ok(patched(officer, visit, province="KH-12"), 200)
        assert log_due(register) == [0]
        assert [self.seen(register, caller, case, since) for caller in others] == before
        assert job.figure("cases_intervened", **YEAR)["total"]["value"] == intervened(register) == count
        assert differences(register) == []
        register.clock.move(days=31)
        passed = register.clock.now
        assert log_due(register) == [1]
        for caller in others:
            *_, changed = self.seen(register, caller, case, since)
            assert (made(caller, case), changed) == (["made"], True)
        [event] = ok(officer.get(f"/v1/cases/{case}/events"), 200)["items"][1:]
        assert (event["occurred_on"], event["recorded_by"]) == (DAY, str(officer.id))
        assert datetime.fromisoformat(event["recorded_at"]) > passed
        assert intervened(register) == count + 1
        assert intervened(register, known_at=passed.isoformat()) == count
        assert log_due(register) == [0]
        assert differences(register) == []

    def test_it_is_recorded_when_it_is_lifted(self, register: Register, others: list[Caller]) -> None:
        officer, case = register.caller("officer"), filed(register)
        visit = inspection(officer, case, embargo_until=self.embargo(register))["reference"]
        ok(patched(officer, visit, embargo_until=None), 200)
        assert [made(caller, case) for caller in others] == [["made"]] * len(others)
        assert log_due(register) == [0]
        assert differences(register) == []

    def test_another_case_is_named_meanwhile(self, register: Register) -> None:
        officer, first, second = register.caller("officer"), filed(register), filed(register)
        visit = inspection(officer, first, embargo_until=self.embargo(register))["reference"]
        ok(patched(officer, visit, case=second), 200)
        assert made(officer, first) == made(officer, second) == []
        register.clock.move(days=31)
        assert log_due(register) == [1]
        assert (made(officer, first), made(officer, second)) == ([], ["made"])
        assert differences(register) == []

    @pytest.mark.parametrize("left", [True, False])
    def test_one_that_was_known_before_is_hidden_and_its_case_left_afterwards(
        self, register: Register, others: list[Caller], *, left: bool
    ) -> None:
        officer, supervisor, first, second = (
            register.caller("officer"),
            register.caller("supervisor"),
            filed(register),
            filed(register),
        )
        register.clock.move(hours=1)
        since, count = register.clock.now, intervened(register)
        visit = inspection(officer, first)["reference"]
        ok(patched(officer, visit, embargo_until=self.embargo(register)), 200)
        for caller in others:
            assert told(caller, first) == ["received"]
            assert self.seen(register, caller, first, since)[-1] is False
        assert made(officer, first) == made(supervisor, first) == ["made"]
        ok(patched(officer, visit, case=None if left else second), 200)
        assert made(supervisor, first) == ["made"]
        assert differences(register) == []
        register.clock.move(days=31)
        assert log_due(register) == [1]
        assert made(others[0], first) == ["made-", "voided"]
        assert made(others[0], second) == ([] if left else ["made"])
        assert intervened(register) == count + (not left)
        assert differences(register) == []

    def test_what_was_taken_back_before_is_hidden_with_its_void(self, register: Register, others: list[Caller]) -> None:
        officer, case = register.caller("officer"), filed(register)
        visit = inspection(officer, case)["reference"]
        ok(patched(officer, visit, case=None), 200)
        ok(patched(officer, visit, embargo_until=self.embargo(register)), 200)
        assert [told(caller, case) for caller in others] == [["received"]] * len(others)
        assert made(officer, case) == ["made-", "voided"]


def test_operations_of_before_are_told_now_and_change_nothing_that_was_known(register: Register) -> None:
    officer, cases, count = register.caller("officer"), [filed(register) for _ in range(5)], intervened(register)
    until = (register.clock.now + timedelta(days=1)).isoformat()
    of_before = [inspection(officer, case, embargo_until=until)["reference"] for case in cases]
    register.rows("UPDATE operations SET embargo_until = NULL WHERE reference = ANY ($1)", of_before)
    known = register.clock.move(seconds=1)
    assert differences(register) == []
    assert sorted(log_due(register, workers=3))[-1] > 0
    assert [made(officer, case) for case in cases] == [["made"]] * 5
    assert intervened(register) == count + 5
    assert intervened(register, known_at=known.isoformat()) == count
    assert log_due(register) == [0]
    assert checked(register).differences == []
    assert differences(register) == []


def test_what_one_case_has_no_room_for_does_not_stop_the_others(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, full, other = register.caller("officer"), filed(register), filed(register)
    until = (register.clock.now + timedelta(days=1)).isoformat()
    for case in (full, other):
        inspection(officer, case, embargo_until=until)
    for _ in range(4):
        register.caller("supervisor").record("headcount_claimed", [full], DAY, bound="exact", low=2)
    register.clock.move(days=2)
    with monkeypatch.context() as patch:
        patch.setattr(bounds, "EVENTS_OF_ONE", 4)
        assert log_due(register) == [1]
        assert (made(officer, full), made(officer, other)) == ([], ["made"])
    assert log_due(register) == [1]
    assert made(officer, full) == ["made"]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE operations SET case_id = {other} WHERE id = {visit}",
        "UPDATE operations SET case_id = NULL WHERE id = {visit}",
        "UPDATE operations SET case_id = {other}, logged_case_id = {other} WHERE id = {visit}",
        "UPDATE operations SET case_id = NULL, logged_case_id = NULL WHERE id = {visit}",
    ],
)
def test_what_was_done_to_its_case_with_the_database_in_hand_is_found_and_never_laundered(
    register: Register, tampering: str
) -> None:
    officer, case, other = register.caller("officer"), filed(register), filed(register)
    visit = inspection(officer, case)["reference"]
    ids = {
        "{other}": register.rows("SELECT id FROM cases WHERE reference = $1", other)[0]["id"],
        "{visit}": register.rows("SELECT id FROM operations WHERE reference = $1", visit)[0]["id"],
    }
    assert differences(register) == []
    for name, id_ in ids.items():
        tampering = tampering.replace(name, f"'{id_}'")
    register.rows(tampering)
    found = differences(register)
    assert any(visit in one for one in found), found
    assert log_due(register) == [0]
    assert differences(register) == found
    assert (made(officer, case), made(officer, other)) == (["made"], [])
    register.rows(
        "UPDATE operations SET (case_id, logged_case_id) = (SELECT id, id FROM cases WHERE reference = $1)"
        " WHERE id = $2",
        case,
        ids["{visit}"],
    )
    assert differences(register) == []


def test_an_operation_of_which_the_log_of_its_case_says_nothing_is_found(register: Register) -> None:
    case, visit = filed(register), inspection(register.caller("officer"), None)["reference"]
    set_both = "UPDATE operations SET (case_id, logged_case_id) = ($1, $1) WHERE reference = $2"
    [found] = register.rows("SELECT id FROM cases WHERE reference = $1", case)
    register.rows(set_both, found["id"], visit)
    assert differences(register) == [f"operation {visit}: the log of case {case} does not say that it was made for it"]
    register.rows(set_both, None, visit)
    assert differences(register) == []
