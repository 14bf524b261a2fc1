"""An auditor reads who did what and who saw whom, and nothing that would tell who anybody is."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from service.ids import new_case_reference
from tests.audit.searching import counts, present
from tests.doors.scene import ABSENT_CASE, FOREIGN, OWN, SITE_CANARIES, Scene, open_scene, verify
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register
from tests.statements import statements_sent

MEMBERS = {
    "id", "recorded_at", "principal_id", "agency_id", "role", "action", "subject_ids", "fields", "reason",
    "request_id", "digest", "principal", "agency",
}  # fmt: skip


OF_STAFF = {"principal", "agency"}
"""Names of those who work with the register, and of their bodies: an auditor is there to see them (ADR 0023)."""


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        verify(made)
        for caller in (made.operator, made.liaison, made.supervisor):
            caller.get(f"/v1/persons/{made.persons[OWN].id}", purpose="call_back")
        made.register.clock.move(days=2)
        made.operator.get("/v1/cases")
        yield made


@pytest.fixture
def auditor(scene: Scene) -> Caller:
    return scene.register.caller("auditor")


def shown(caller: Caller, path: str = "/v1/audit", **wanted: Any) -> list[dict[str, Any]]:
    """Return a whole list, page by page."""
    found: list[dict[str, Any]] = []
    wanted = {name.rstrip("_"): value for name, value in {"limit": 200, **wanted}.items()}
    cursor: dict[str, str] = {}
    while True:
        answer = caller.http.get(path, params={**wanted, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if "next_cursor" not in page:
            return found
        cursor = {"cursor": page["next_cursor"]}


def stored(scene: Scene, where: str = "true", *arguments: Any) -> list[str]:
    """Return the ids of the rows that are in the log now, newest first."""
    rows = scene.register.rows(f"SELECT id FROM audit_log WHERE {where} ORDER BY recorded_at DESC, id DESC", *arguments)  # noqa: S608 - conditions of ours
    return [str(row["id"]) for row in rows]


def test_an_entry_shows_what_the_row_says(scene: Scene, auditor: Caller) -> None:
    entry = shown(auditor, principal=str(scene.liaison.id))[0]
    row = scene.register.rows("SELECT * FROM audit_log WHERE id = $1", UUID(entry["id"]))[0]
    names = ("SELECT u.username, a.name FROM users u, agencies a WHERE u.id = $1 AND a.id = $2", scene.liaison.id)
    [named] = scene.register.rows(*names, scene.liaison.agency_id)
    assert (entry["principal"], entry["agency"]) == (named["username"], named["name"])
    assert entry["digest"] == row.pop("digest").hex()
    assert datetime.fromisoformat(entry["recorded_at"]) == row.pop("recorded_at")
    assert {name: entry[name] for name in row} == json.loads(json.dumps(row, default=str))
    assert entry.keys() == MEMBERS
    assert (entry["action"], entry["reason"]) == ("person:read", "call_back")


def test_pages_show_every_entry_once_newest_first(scene: Scene, auditor: Caller) -> None:
    before = stored(scene)
    one_page = [entry["id"] for entry in shown(auditor, limit=200)]
    paged = [entry["id"] for entry in shown(auditor, limit=3, to="2022-10-03")]
    assert one_page == before
    assert [id_ for id_ in paged if id_ in set(before)] == before
    assert len(set(paged)) == len(paged)


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ({"from_": "2022-10-03"}, "recorded_at >= '2022-10-02T17:00Z'"),
        ({"to": "2022-10-02"}, "recorded_at < '2022-10-02T17:00Z'"),
        ({"from_": "2022-10-01", "to": "2022-10-01"}, "recorded_at < '2022-10-01T17:00Z'"),
        ({"from_": "1900-01-01", "to": "1969-12-31"}, "false"),
        ({"from_": "1900-01-01", "to": "9999-12-31"}, "true"),
        ({"from_": "2022-10-04"}, "false"),
        ({"role": "liaison"}, "role = 'liaison'"),
        ({"role": ["liaison", "verifier"]}, "role IN ('liaison', 'verifier')"),
        ({"action": "person:read"}, "action = 'person:read'"),
        ({"action": ["person:read", "case:filed"], "role": "operator"},
         "action IN ('person:read', 'case:filed') AND role = 'operator'"),
    ],
)  # fmt: skip
def test_the_log_is_narrowed(scene: Scene, auditor: Caller, wanted: dict[str, Any], where: str) -> None:
    expected = stored(scene, where)
    assert [entry["id"] for entry in shown(auditor, **wanted)] == expected


def test_the_log_is_narrowed_to_one_principal_agency_request_or_subject(scene: Scene, auditor: Caller) -> None:
    request = scene.operator.get(f"/v1/cases/{scene.case}").headers["x-request-id"]
    person = scene.persons[OWN].id
    for wanted, where, value in (
        ({"principal": scene.operator.id}, "principal_id = $1", scene.operator.id),
        ({"agency": scene.liaison.agency_id}, "agency_id = $1", scene.liaison.agency_id),
        ({"request": request}, "request_id = $1", UUID(request)),
    ):
        expected = stored(scene, where, value)
        assert [entry["id"] for entry in shown(auditor, **{name: str(of) for name, of in wanted.items()})] == expected
        assert expected
    expected = stored(scene, "$1 = ANY (subject_ids)", UUID(person))
    seen = shown(auditor, f"/v1/audit/subjects/{person}")
    assert [entry["id"] for entry in seen] == expected
    assert {entry["principal_id"] for entry in seen} >= {str(scene.operator.id), str(scene.liaison.id)}
    read = shown(auditor, f"/v1/audit/subjects/{person}", action="person:read", role="liaison")
    assert [entry["principal_id"] for entry in read] == [str(scene.liaison.id)]


def test_reading_the_log_is_in_the_log(scene: Scene, auditor: Caller) -> None:
    person = scene.persons[FOREIGN].id
    for path, asked_after in (
        ("/v1/audit", []),
        (f"/v1/audit?principal={scene.liaison.id}", [str(scene.liaison.id)]),
        (f"/v1/audit/subjects/{person}", [person]),
        (f"/v1/audit/subjects/{person}?agency={scene.liaison.agency_id}", [person, str(scene.liaison.agency_id)]),
    ):
        before = counts(scene.register)["audit_log"]
        assert auditor.get(path).status_code == 200
        assert counts(scene.register)["audit_log"] == before + 1
        newest = shown(auditor, limit=1, principal=str(auditor.id), to="2022-10-03")[0]
        row = scene.register.rows("SELECT * FROM audit_log ORDER BY id OFFSET $1 LIMIT 1", before)[0]
        assert (row["action"], row["role"], list(map(str, row["subject_ids"]))) == (
            "audit:read",
            "auditor",
            asked_after,
        )
        assert newest["action"] == "audit:read"


def test_what_was_never_seen_and_what_never_was_are_alike(scene: Scene, auditor: Caller) -> None:
    unseen = scene.register.caller("publisher").id
    assert auditor.get(f"/v1/audit/subjects/{unseen}").json() == {"items": []}
    assert auditor.get(f"/v1/audit/subjects/{ABSENT_CASE}").json() == {"items": []}


REFERENCES = "SELECT id FROM {} WHERE reference = $1"


def test_a_record_is_asked_after_by_its_reference_as_it_is_said(scene: Scene, auditor: Caller) -> None:
    officer = scene.register.caller("officer")
    visit = officer.post("/v1/operations", {"kind": "inspection"}).json()["reference"]
    for table, reference in (
        ("cases", scene.case), ("persons", scene.persons[OWN].reference), ("offenders", scene.offender.reference),
        ("operations", visit),
    ):  # fmt: skip
        [row] = scene.register.rows(REFERENCES.format(table), reference)
        expected = stored(scene, "$1 = ANY (subject_ids)", row["id"])
        assert expected
        for spoken in (reference, reference.lower().replace("-", " ")):
            assert [entry["id"] for entry in shown(auditor, f"/v1/audit/subjects/{spoken}")][
                -len(expected) :
            ] == expected
        for asked in (reference, str(row["id"])):
            seen = shown(auditor, subject=asked, to="2022-10-03")
            assert [entry["id"] for entry in seen if entry["action"] != "audit:read"] == [
                id_ for id_ in expected if id_ in stored(scene, "action <> 'audit:read'")
            ]
        [newest] = scene.register.rows("SELECT * FROM audit_log ORDER BY id DESC LIMIT 1")
        assert (newest["action"], newest["subject_ids"]) == ("audit:read", [row["id"]])


def test_a_reference_that_nothing_has_is_like_one_never_seen_and_what_is_none_is_refused(
    scene: Scene, auditor: Caller
) -> None:
    absent = new_case_reference(2022)
    for answer in (auditor.get(f"/v1/audit/subjects/{absent}"), auditor.get("/v1/audit", subject=absent)):
        assert answer.json() == {"items": []}
    assert stored(scene, "action = 'audit:read' AND subject_ids = '{}'")
    refused = {
        "subject_id": auditor.get("/v1/audit/subjects/nobody-canary"),
        "subject": auditor.get("/v1/audit", subject="nobody-canary"),
    }
    for parameter, answer in refused.items():
        assert [fault["parameter"] for fault in assert_problem(answer, 422)["errors"]] == [parameter]
        assert "canary" not in answer.text


def test_a_key_is_named_and_so_is_whoever_has_left(scene: Scene, auditor: Caller) -> None:
    key = scene.register.key("figures:exact")
    assert key.get("/v1/persons").status_code == 403
    [entry] = shown(auditor, principal=str(key.id))
    assert (entry["action"], entry["principal"], entry["agency"]) == ("access:denied", "nightly", "reporting office")
    leaver = scene.register.caller("operator", name="leaver")
    leaver.get("/v1/cases")
    scene.register.rows("UPDATE users SET disabled_at = now() WHERE id = $1", leaver.id)
    [entry] = shown(auditor, principal=str(leaver.id))
    assert entry["principal"] == "operator--leaver"


def test_no_entry_tells_who_anybody_is(scene: Scene, auditor: Caller) -> None:
    acts = [{name: told for name, told in entry.items() if name not in OF_STAFF} for entry in shown(auditor)]
    text = json.dumps(acts)
    words = {*SITE_CANARIES, "Canary", "CANARY", "hotline", "Phnom", "KH-18", "TWN", "MYS", scene.case}
    words |= {scene.offender.reference, *(part.reference for part in scene.persons.values())}
    assert len(text) > 5000
    assert present(words, text) == []


def test_an_auditor_sees_no_case(scene: Scene, auditor: Caller) -> None:
    person = scene.persons[OWN].id
    for path in ("/v1/cases", "/v1/persons", f"/v1/cases/{scene.case}", f"/v1/persons/{person}",
                 f"/v1/cases/{scene.case}/events", f"/v1/offenders/{scene.offender.id}", "/v1/users"):  # fmt: skip
        assert_problem(auditor.get(path), 403, "forbidden")


def test_a_cursor_of_the_log_belongs_to_its_auditor_and_question(scene: Scene, auditor: Caller) -> None:
    cursor = auditor.get("/v1/audit", limit=1).json()["next_cursor"]
    second = scene.register.caller("auditor", name="second")
    assert_problem(second.get("/v1/audit", limit=1, cursor=cursor), 400, "invalid-cursor")
    assert_problem(auditor.get("/v1/audit", cursor=cursor, role="liaison"), 400, "invalid-cursor")
    person = scene.persons[OWN].id
    assert_problem(auditor.get(f"/v1/audit/subjects/{person}", cursor=cursor), 400, "invalid-cursor")


@pytest.mark.parametrize(
    "wanted",
    ["from=yesterday", "to=2022-02-30", "principal=nobody", "role=king", "action=person:seen", "request=someone"],
)
def test_what_cannot_be_asked_is_a_clear_refusal(auditor: Caller, wanted: str) -> None:
    answer = auditor.get(f"/v1/audit?{wanted}")
    assert answer.status_code in {400, 422}
    assert wanted.partition("=")[2] not in answer.text


def test_an_answer_given_again_is_in_the_log(scene: Scene, auditor: Caller) -> None:
    path, body = f"/v1/cases/{scene.case}/notes", {"text": "once"}
    first = scene.operator.post(path, body, Idempotency_Key="again")
    before = counts(scene.register)["audit_log"]
    again = scene.operator.post(path, body, Idempotency_Key="again")
    assert again.headers["idempotent-replayed"] == "true"
    assert counts(scene.register)["audit_log"] == before + 1
    repeated = shown(auditor, request=again.headers["x-request-id"])
    assert [(entry["action"], entry["subject_ids"]) for entry in repeated] == [
        ("answer:repeated", [first.headers["x-request-id"]])
    ]
    made = shown(auditor, request=repeated[0]["subject_ids"][0])
    assert [entry["action"] for entry in made] == ["note:added"]


QUESTIONS = (
    "/v1/audit",
    "/v1/audit?from=2021-01-01&to=2021-12-31",
    f"/v1/audit?principal={ABSENT_CASE}",
    f"/v1/audit?agency={ABSENT_CASE}",
    f"/v1/audit?request={ABSENT_CASE}",
    "/v1/audit?action=case:filed",
    "/v1/audit?role=liaison",
    f"/v1/audit/subjects/{ABSENT_CASE}",
)


def test_no_question_reads_the_whole_log(register: Register) -> None:
    auditor = register.caller("auditor")
    register.rows(
        "INSERT INTO audit_log SELECT gen_random_uuid(), now(), gen_random_uuid(), gen_random_uuid(), 'operator', "
        "'case:read', ARRAY[gen_random_uuid()], '{}', NULL, gen_random_uuid(), '' FROM generate_series(1, 20000)"
    )
    register.rows("ANALYZE audit_log")
    for question in QUESTIONS:
        with statements_sent() as sent:
            assert auditor.get(question).status_code == 200
        assert len(sent) == 3, "one for who calls, one for the answer, one to record it"
        statement, values = next(found for found in sent if "FROM audit_log" in found[0])
        plan = "\n".join(row["QUERY PLAN"] for row in register.rows(f"EXPLAIN {statement}", *values))
        assert "Index Scan" in plan, plan
        assert f"Seq Scan on audit_log_{datetime.now(UTC):%Y_%m}" not in plan, f"{question}\n{plan}"
