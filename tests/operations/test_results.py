"""What an operation did for people: the scenes of 2022, every outcome, and nothing half done."""

from typing import Any

import pytest

from tests.audit.searching import counts
from tests.doors.test_races import at_once
from tests.http.problem_documents import assert_problem, without_request_id
from tests.operations.field import (
    ABSENT,
    DAY,
    IN_DEPOT,
    checked,
    events_of,
    ok,
    operation,
    plain_tally,
    report,
    wanted,
)
from tests.register import FINDING, Register

FREED: list[dict[str, Any]] = [
    {**IN_DEPOT, "count": 200, "nationality": "VNM", "sex": "male", "missing_documents": ["passport"]},
    {**IN_DEPOT, "count": 90, "nationality": "VNM", "sex": "female", "missing_documents": []},
    {"outcomes": ["rescued"], "count": 98, "nationality": "TWN", "nationality_source": "document_seen"},
    {"outcomes": ["rescued"], "count": 60, "nationality": "MYS", "missing_documents": ["passport", "work_permit"]},
    {"outcomes": ["rescued"], "nationality": "THA", "age": 16, "names": [{"text": "Somchai Example"}]},
    {"outcomes": ["rescued"], "count": 20, "missing_documents": ["passport"]},
]
"""469 people nobody had asked for (press and foreign ministry, September 2022)."""


def counted(register: Register, figure: str, by: str) -> dict[str, int]:
    """Return the non-empty cells of a figure for the day of the raid."""
    shown = register.caller("reporting").figure(figure, by=by, from_="2022-09-17", to="2022-09-17")
    return {cell["codes"][by]: cell["value"] for cell in shown["cells"] if cell["value"]}


def test_one_call_frees_469_people_nobody_had_asked_for(register: Register) -> None:
    officer = register.caller("officer")
    raid = operation(officer, kind="raid", grounds="Order 12", site="Gate Canary", started_on="2022-09-17")
    answer = ok(report(officer, raid)(found=FREED))
    assert answer["tally"] == plain_tally([], FREED)
    assert answer["tally"]["people"] == 469
    assert [len(line["people"]) for line in answer["found"]] == [line.get("count", 1) for line in FREED]
    assert {case.get("nationality"): case["people"] for case in answer["cases"]} == {
        "VNM": 290, "TWN": 98, "MYS": 60, "THA": 1, None: 20,
    }  # fmt: skip
    people = [person for line in answer["found"] for person in line["people"]]
    assert {person["status"] for person in people} == {"rescued"}
    assert len({person["person"] for person in people}) == 469

    assert counted(register, "persons_rescued", "nationality") == {
        "VNM": 290, "TWN": 98, "MYS": 60, "THA": 1, "ZZ-UNKNOWN": 20,
    }  # fmt: skip
    assert counted(register, "cases_received", "channel") == {"field": 5}
    shown = ok(officer.get(f"/v1/operations/{raid}/results"), 200)
    assert shown["tally"] == answer["tally"]
    assert {case["reference"]: case["people"] for case in shown["cases"]} == {
        case["reference"]: case["people"] for case in answer["cases"]
    }
    assert checked(register).differences == []


def test_a_liaison_of_the_case_of_its_nationals_sees_all_of_them_and_no_others(register: Register) -> None:
    officer, liaison = register.caller("officer"), register.caller("liaison", "PHL")
    visit = operation(officer, site="Place Canary", province="KH-12")
    told = [{"outcomes": ["rescued"], "nationality": code, "count": 2} for code in ("PHL", "IDN")]
    answer = ok(report(officer, visit)(found=told))
    own, other = (case["reference"] for case in answer["cases"])
    shown = ok(liaison.get(f"/v1/cases/{own}", purpose="consular"), 200)
    assert len(shown["persons"]) == 2
    assert "Place Canary" not in str(shown)
    assert ok(officer.get(f"/v1/cases/{own}", purpose="rescue"), 200)["sealed"]["place"] == "Place Canary"
    assert shown["province"] == "KH-12"
    assert shown["channel"] == "field"
    assert liaison.get(f"/v1/cases/{other}").status_code == 404


def test_of_twenty_names_four_are_found_one_is_similar_and_one_declines(register: Register) -> None:
    officer, names = register.caller("officer"), wanted(register, 20)
    said = {2: "rescued", 3: "rescued", 7: "rescued", 19: "rescued", 5: "similar_name", 11: "refused"}
    lines: list[dict[str, Any]] = [
        {"person": name, "outcomes": [said.get(number, "not_found")]} for number, name in enumerate(names)
    ]
    lines[11]["freely"] = "yes"
    lines = lines[::-1]
    answer = ok(report(officer, operation(officer))(persons=lines))
    assert answer["tally"] == plain_tally(lines, [])
    assert answer["tally"]["outcomes"] == {"rescued": 4, "similar_name": 1, "refused": 1, "not_found": 14}
    assert [line["person"] for line in answer["persons"]] == names[::-1]
    assert [line["status"] for line in answer["persons"]].count("rescued") == 4
    assert [event["kind"] for event in events_of(register, names[11])][-1] == "rescue_refused"
    assert events_of(register, names[5])[-1]["data"] == {"result": "similar_name"}


@pytest.mark.parametrize(
    ("told", "kinds", "data"),
    [
        ({"outcomes": ["rescued"]}, ["finding_made", "rescued"], {"by": ["cambodian_authority"], "province": "KH-18"}),
        (
            {"outcomes": ["taken_into_custody"], "custody": "police_custody"},
            ["custody_started"],
            {"custody": "police_custody"},
        ),
        ({"outcomes": ["not_found"]}, ["located"], {"result": "not_found"}),
        ({"outcomes": ["similar_name"]}, ["located"], {"result": "similar_name"}),
        ({"outcomes": ["moved_before"]}, ["located"], {"result": "moved"}),
        ({"outcomes": ["already_left"]}, ["located"], {"result": "already_left"}),
        ({"outcomes": ["found_not_held"]}, ["located"], {"result": "not_held"}),
        ({"outcomes": ["refused"], "freely": "no"}, ["rescue_refused"], {"freely": "no"}),
        (
            {"outcomes": ["rescued"], "missing_documents": []},
            ["finding_made", "rescued", "documents_checked"],
            {},
        ),
        (
            {"outcomes": ["rescued"], "missing_documents": ["passport"]},
            ["finding_made", "rescued", "documents_checked"],
            {"missing": ["passport"]},
        ),
    ],
)
def test_an_outcome_is_recorded_as_events_of_the_operation(
    register: Register, told: dict[str, Any], kinds: list[str], data: dict[str, Any]
) -> None:
    officer, [name] = register.caller("officer"), wanted(register)
    visit = operation(officer)
    ok(report(officer, visit)(persons=[{"person": name, **told}]))
    added = [event for event in events_of(register, name) if event["kind"] not in {"added", "nationality_asserted"}]
    assert [event["kind"] for event in added] == kinds
    assert added[-1]["data"] == data
    assert {event["occurred_on"] for event in added} == {DAY}
    [row] = register.rows("SELECT id FROM operations WHERE reference = $1", visit)
    stored = register.rows("SELECT kind FROM events WHERE operation_id = $1 ORDER BY seq", row["id"])
    assert [event["kind"] for event in stored] == kinds


def test_what_was_concluded_is_said_for_all_or_for_one_and_only_where_nobody_did_before(register: Register) -> None:
    officer, names = register.caller("officer"), wanted(register, 3)
    register.caller("verifier").record("finding_made", [names[0]], "2022-09-05", **FINDING)
    confined = {"outcome": "confinement_extortion_confirmed", "confinement": True, "extortion": True}
    lines: list[dict[str, Any]] = [{"person": name, "outcomes": ["rescued"]} for name in names]
    lines[2]["finding"] = {"outcome": "labour_dispute", "standard": "corroborated"}
    ok(report(officer, operation(officer))(persons=lines, finding=confined, by=["cambodian_authority", "embassy"]))
    found = [[one["data"] for one in events_of(register, name) if one["kind"] == "finding_made"] for name in names]
    assert [[one["outcome"] for one in said] for said in found] == [
        ["presumed_victim"],
        ["confinement_extortion_confirmed"],
        ["labour_dispute"],
    ]
    assert (found[1][0]["authority"], found[1][0]["evidence"]) == ("police", ["site_visit"])
    assert events_of(register, names[0])[-1]["data"]["by"] == ["cambodian_authority", "embassy"]


def test_a_line_that_cannot_be_is_named_and_nothing_is_written(register: Register) -> None:
    officer, names = register.caller("officer"), wanted(register, 3)
    home = register.rescued_person(filed="2022-09-02")
    later = register.caller("operator").post(
        f"/v1/cases/{names[0].rsplit('-', 1)[0]}/persons", {"known_since": "2022-09-20"}
    )
    good = [{"person": name, "outcomes": ["rescued"]} for name in names]
    found = [{"nationality": "VNM", "outcomes": ["rescued"]}]
    visit = operation(officer, ended_on="2022-09-11")
    for bad, status, pointer in (
        ({"person": home, "outcomes": ["rescued"]}, 409, "#/persons/3"),
        ({"person": later.json()["reference"], "outcomes": ["not_found"]}, 409, "#/persons/3"),
        ({"person": ABSENT, "outcomes": ["rescued"]}, 404, "#/persons/3/person"),
        ({"person": "nobody at all", "outcomes": ["rescued"]}, 404, "#/persons/3/person"),
        ({"person": names[1], "outcomes": ["not_found"]}, 422, "#/persons/3/person"),
        ({"person": home, "outcomes": ["rescued", "not_found"]}, 422, "#/persons/3"),
        ({"person": home, "outcomes": ["refused"]}, 422, "#/persons/3"),
        ({"person": home, "outcomes": ["not_found"], "occurred_on": "2022-09-12"}, 422, "#/persons/3/occurred_on"),
        ({"person": home, "outcomes": ["not_found"], "occurred_on": "2022-09-09"}, 422, "#/persons/3/occurred_on"),
        ({"person": home, "outcomes": []}, 422, "#/persons/3/outcomes"),
    ):
        before = counts(register)
        problem = assert_problem(report(officer, visit)(persons=[*good, bad], found=found), status)
        assert [fault["pointer"] for fault in problem["errors"]] == [pointer], bad
        assert counts(register) == before, bad
    ok(report(officer, visit)(persons=good, found=found))


def test_nobody_and_too_many_are_refused(register: Register) -> None:
    officer = register.caller("officer")
    send = report(officer, operation(officer))
    line = {"outcomes": ["rescued"]}
    assert_problem(send(), 422)
    assert_problem(send(found=[{**line, "count": 499}, line, line]), 422)
    assert_problem(send(found=[{**line, "count": 2, "names": [{"text": "One Example"}]}]), 422)
    assert_problem(send(found=[{"outcomes": ["not_found"]}]), 422)


def test_five_hundred_people_told_one_by_one_fit_into_one_call(register: Register) -> None:
    officer, names = register.caller("officer"), wanted(register, 60)
    papers = ["passport", "work_permit"]
    lines = [{**IN_DEPOT, "person": name, "missing_documents": papers} for name in names]
    lines += [{**IN_DEPOT, "person": ABSENT, "missing_documents": papers, "occurred_on": DAY} for _ in range(440)]
    problem = assert_problem(report(officer, operation(officer))(persons=lines), 404)
    assert len(problem["errors"]) == 440
    assert_problem(officer.post("/v1/operations", {"kind": "inspection", "site": "x" * 530_000}), 413)


def test_a_retry_with_the_same_key_is_answered_with_the_first_answer(register: Register) -> None:
    officer = register.caller("officer")
    visit = operation(officer)
    told = {"found": [{"nationality": "LAO", "outcomes": ["rescued"], "count": 3}]}
    first = report(officer, visit, Idempotency_Key="one-report")(**told)
    again = report(officer, visit, Idempotency_Key="one-report")(**told)
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert ok(officer.get(f"/v1/operations/{visit}/results"), 200)["tally"]["people"] == 3


def test_two_identical_calls_at_once_have_one_effect(register: Register) -> None:
    officer, names = register.caller("officer"), wanted(register, 4)
    visit = operation(officer)
    told = {
        "persons": [{"person": name, "outcomes": ["rescued"]} for name in names],
        "found": [{"nationality": "MMR", "outcomes": ["rescued"], "count": 5}],
    }
    send = report(officer, visit, Idempotency_Key="both-at-once")
    answers = at_once(*[lambda: send(**told)] * 4)
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert ok(officer.get(f"/v1/operations/{visit}/results"), 200)["tally"]["people"] == 9
    without = at_once(*[lambda: report(officer, operation(officer))(persons=told["persons"])] * 2)
    assert [answer.status_code for answer in without] == [409, 409]


def test_one_operation_does_not_say_of_somebody_that_it_freed_them_and_that_it_did_not_find_them(
    register: Register,
) -> None:
    officer, names = register.caller("officer"), wanted(register, 3)
    raid, other = operation(officer), operation(officer)
    freed, lost = ([{"person": name, "outcomes": [said]} for name in names[:2]] for said in ("rescued", "not_found"))
    ok(report(officer, raid)(persons=[freed[0]]))
    before = counts(register)
    for told in (lost[0], {**lost[0], "occurred_on": "2022-09-11"}):
        problem = assert_problem(report(officer, raid)(persons=[freed[1], told]), 409, "contradicts-report")
        assert (problem["recorded"], problem["recorded_on"]) == ("rescued", DAY)
        assert [fault["pointer"] for fault in problem["errors"]] == ["#/persons/1"]
    assert counts(register) == before
    ok(report(officer, other)(persons=lost))
    ok(report(officer, raid)(persons=[{**freed[1], "occurred_on": "2022-09-12"}]))
    ok(report(officer, raid)(persons=[{"person": names[2], "outcomes": ["not_found"], "occurred_on": "2022-09-11"}]))
    again = [{"person": names[2], "outcomes": ["not_found"], "occurred_on": "2022-09-11"}]
    assert_problem(report(officer, raid)(persons=again), 409, "contradicts-report")
    ok(report(officer, raid)(persons=[{"person": names[2], "outcomes": ["rescued"], "occurred_on": "2022-09-12"}]))
    tally = ok(officer.get(f"/v1/operations/{raid}/results"), 200)["tally"]
    assert tally == {"people": 3, "outcomes": {"not_found": 1, "rescued": 3}, "papers_missing": 0}


def test_what_was_voided_is_told_otherwise_by_the_same_operation(register: Register) -> None:
    officer, [name] = register.caller("officer"), wanted(register)
    visit = operation(officer)
    ok(report(officer, visit)(persons=[{"person": name, "outcomes": ["not_found"]}]))
    rescue = [{"person": name, "outcomes": ["rescued"]}]
    assert_problem(report(officer, visit)(persons=rescue), 409, "contradicts-report")
    event = events_of(register, name)[-1]
    ok(register.caller("supervisor").post(f"/v1/events/{event['id']}/void", {"reason": "recorded_in_error"}))
    ok(report(officer, visit)(persons=rescue))


def test_two_reports_at_once_do_not_contradict_each_other(register: Register) -> None:
    officer, [name] = register.caller("officer"), wanted(register)
    visit = operation(officer)
    said = [{"persons": [{"person": name, "outcomes": [outcome]}]} for outcome in ("rescued", "not_found")]
    answers = at_once(*[lambda told=told: report(officer, visit)(**told) for told in said])
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_what_is_voided_is_not_counted_any_more(register: Register) -> None:
    officer, names = register.caller("officer"), wanted(register, 2)
    visit = operation(officer)
    ok(report(officer, visit)(persons=[{"person": name, "outcomes": ["not_found"]} for name in names]))
    before = officer.get(f"/v1/operations/{visit}/results")
    event = events_of(register, names[0])[-1]
    ok(register.caller("supervisor").post(f"/v1/events/{event['id']}/void", {"reason": "wrong_subject"}))
    after = officer.http.get(f"/v1/operations/{visit}/results", headers={"If-None-Match": before.headers["etag"]})
    assert ok(after, 200)["tally"] == {"people": 1, "outcomes": {"not_found": 1}, "papers_missing": 0}


def test_one_row_of_the_audit_names_everybody(register: Register) -> None:
    officer, names = register.caller("officer"), wanted(register, 2)
    visit = operation(officer, site="gate")
    before = counts(register)["audit_log"]
    told = [{"nationality": "VNM", "outcomes": ["rescued"], "names": [{"text": "Example"}]}]
    ok(report(officer, visit)(persons=[{"person": name, "outcomes": ["not_found"]} for name in names], found=told))
    [row] = register.rows("SELECT * FROM audit_log ORDER BY id OFFSET $1", before)
    assert (row["action"], row["fields"]) == ("operation:reported", ["name", "place"])
    assert len(row["subject_ids"]) == 1 + 2 + 3


def test_a_liaison_reports_on_its_own_nationals_and_on_nobody_else(register: Register) -> None:
    liaison = register.caller("liaison", "IND")
    [own], [foreign] = wanted(register, 1, "IND"), wanted(register, 1, "BGD")
    send = report(liaison, operation(liaison, kind="handover_foreign"))
    line = {"outcomes": ["rescued"]}
    stranger = send(persons=[{**line, "person": foreign}])
    nobody = send(persons=[{**line, "person": ABSENT}])
    assert_problem(stranger, 404)
    assert without_request_id(stranger) == without_request_id(nobody)
    for found in ({"nationality": "BGD"}, {}, {"nationality": "IND", "fears_own_state": True},
                  {"nationality": "IND", "nationality_source": "document_seen"}):  # fmt: skip
        problem = assert_problem(send(found=[{**line, **found}]), 403, "may-not-record")
        assert problem["errors"][0]["pointer"] == "#/found/0"
    told = {"persons": [{**line, "person": own}], "found": [{**line, "nationality": "IND", "count": 2}]}
    answer = ok(send(**told))
    assert [one["status"] for one in answer["persons"]] == ["rescued"]
    assert events_of(register, own)[-1]["data"]["by"] == ["embassy"]
    theirs = {"found": [{**line, "nationality": "IND"}], "by": ["cambodian_authority"]}
    assert_problem(send(**theirs), 403, "may-not-record")
    ok(send(**{**theirs, "by": ["cambodian_authority", "embassy"]}))
    assert checked(register).differences == []


def test_nobody_verifies_a_case_they_filed_by_visiting(register: Register) -> None:
    liaison = register.caller("liaison", "NPL")
    filed = liaison.file(channel="diplomatic_note", received_on="2022-09-01", persons=[{"nationality": "NPL"}])
    [person] = ok(liaison.get("/v1/persons"), 200)["items"]
    assert filed["persons"][0]["reference"] == person["reference"]
    line = {"person": person["reference"], "outcomes": ["rescued"]}
    answer = report(liaison, operation(liaison))(persons=[line])
    assert_problem(answer, 403, "filer-cannot-verify")


def test_nobody_files_a_case_that_only_an_operation_opens(register: Register) -> None:
    before = register.rows("SELECT count(*) AS n FROM cases")
    for role, state in (("operator", ()), ("liaison", ("NPL",)), ("supervisor", ())):
        answer = register.caller(role, *state).post("/v1/cases", {"channel": "field", "persons": [{}]})
        assert_problem(answer, 422, "validation")
        assert answer.json()["errors"][0]["pointer"] == "#/channel"
    assert register.rows("SELECT count(*) AS n FROM cases") == before
