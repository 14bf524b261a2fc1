"""Every write and every look at somebody leaves its row: who, in which role, about whom, which fields, why."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from service.errors import UnavailableError
from tests.audit.searching import counts, dump, present
from tests.doors.scene import CASE_TOLD, DAY, OFFENDER_TOLD, OWN, SITE_CANARIES, Scene, open_scene, person_told, verify
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller
from tests.statements import statements_sent

PERSON_FIELDS = ["contact", "document", "guardian", "name", "narrative"]
EVERY_FIELD = sorted([*PERSON_FIELDS, "allegation", "description", "label", "place", "reporter", "town"])


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def recorded(scene: Scene, caller: Caller, call: Callable[[], httpx.Response]) -> list[dict[str, Any]]:
    """Make a call, check what every row of its audit must say, and answer them."""
    before = counts(scene.register)["audit_log"]
    answer = call()
    assert answer.is_success, answer.text
    rows = scene.register.rows("SELECT * FROM audit_log ORDER BY id OFFSET $1", before)
    user = scene.register.rows("SELECT role, agency_id FROM users WHERE id = $1", caller.id)[0]
    for row in rows:
        assert (row["principal_id"], row["agency_id"], row["role"]) == (caller.id, user["agency_id"], user["role"])
        assert str(row["request_id"]) == answer.headers["x-request-id"]
        assert len(row["digest"]) == 32
    return rows


def told(rows: list[dict[str, Any]]) -> list[tuple[str, set[str], list[str], str | None]]:
    """Return the act, subject, fields and reason of each row."""
    return [(row["action"], set(map(str, row["subject_ids"])), row["fields"], row["reason"]) for row in rows]


def test_every_reading_of_somebody_leaves_one_row(scene: Scene) -> None:
    own, offender, case = scene.persons[OWN].id, scene.offender.id, scene.filed["id"]
    everybody = {part.id for part in scene.persons.values()}
    operator, liaison = scene.operator, scene.liaison
    for caller, target, expected in (
        (operator, f"/v1/persons/{own}", ("person:read", {own}, [], None)),
        (operator, f"/v1/persons/{own}?purpose=rescue", ("person:read", {own}, PERSON_FIELDS, "rescue")),
        (operator, f"/v1/offenders/{offender}", ("offender:read", {offender}, [], None)),
        (
            operator,
            f"/v1/offenders/{offender}?purpose=verification",
            ("offender:read", {offender}, ["contact", "description", "name"], "verification"),
        ),
        (operator, f"/v1/cases/{case}", ("case:read", {case, offender, *everybody}, [], None)),
        (
            operator,
            f"/v1/cases/{case}?purpose=call_back",
            ("case:read", {case, offender, *everybody}, EVERY_FIELD, "call_back"),
        ),
        (operator, "/v1/cases", ("cases:listed", {case}, [], None)),
        (operator, "/v1/persons", ("persons:listed", everybody, [], None)),
        (operator, "/v1/persons?purpose=return", ("persons:listed", everybody, PERSON_FIELDS, "return")),
        (operator, f"/v1/cases/{case}/events", ("timeline:read", {case, offender, *everybody}, [], None)),
        (liaison, "/v1/persons", ("persons:listed", {own}, [], None)),
        (liaison, f"/v1/cases/{case}", ("case:read", {case, own}, [], None)),
        (liaison, f"/v1/cases/{case}/events", ("timeline:read", {case, own}, [], None)),
        (
            liaison,
            f"/v1/cases/{case}?purpose=consular",
            ("case:read", {case, own}, sorted([*PERSON_FIELDS, "town"]), "consular"),
        ),
    ):
        rows = recorded(scene, caller, lambda: caller.get(target))  # noqa: B023
        assert told(rows) == [expected], target


def test_a_page_is_recorded_with_those_it_shows_and_not_with_those_it_holds_back(scene: Scene) -> None:
    shown: list[str] = []

    def call() -> httpx.Response:
        answer = scene.operator.get("/v1/persons", limit=2)
        shown.extend(item["id"] for item in answer.json()["items"])
        return answer

    assert told(recorded(scene, scene.operator, call)) == [("persons:listed", set(shown), [], None)]


def test_an_answer_that_was_not_sent_again_was_read_all_the_same(scene: Scene) -> None:
    target = f"/v1/persons/{scene.persons[OWN].id}"
    tag = scene.operator.get(target).headers["etag"]
    before = counts(scene.register)["audit_log"]
    assert scene.operator.http.get(target, headers={"If-None-Match": tag}).status_code == 304
    assert counts(scene.register)["audit_log"] == before + 1


def test_every_write_leaves_one_row(scene: Scene) -> None:
    operator, case = scene.operator, scene.case
    wish = {"kind": "wish_stated", "subjects": [scene.persons[OWN].id], "occurred_on": DAY,
            "data": {"purpose": "return_home", "value": "yes", "freely": "yes"}}  # fmt: skip
    for action, fields, reason, call in (
        ("case:filed", EVERY_FIELD, None, lambda: operator.post("/v1/cases", {"channel": "diplomatic_note", **CASE_TOLD, "persons": [person_told(OWN)], "offenders": [OFFENDER_TOLD]})),  # noqa: E501
        ("person:added", PERSON_FIELDS, None, lambda: operator.post(f"/v1/cases/{case}/persons", person_told(OWN))),
        ("offender:added", ["contact", "description", "name"], None, lambda: operator.post(f"/v1/cases/{case}/offenders", OFFENDER_TOLD)),  # noqa: E501
        ("note:added", ["note"], None, lambda: operator.post(f"/v1/cases/{case}/notes", {"text": "Note Canary"})),
        ("events:recorded", [], "wish_stated", lambda: operator.post("/v1/events", wish)),
    ):  # fmt: skip
        rows = recorded(scene, operator, call)
        assert [(row["action"], row["fields"], row["reason"]) for row in rows] == [(action, fields, reason)]
        assert rows[0]["subject_ids"]


def test_a_change_leaves_a_row_for_the_change_and_one_for_what_was_shown(scene: Scene) -> None:
    person = scene.persons[OWN].id
    for target, table, id_, change, fields, word in (
        ("cases", "cases", scene.filed["id"], {"narrative": "Narrative Canary"}, ["narrative"], "case"),
        ("persons", "persons", person, {"names": [{"text": "Name Canary twn"}], "sex": "male"}, ["name"], "person"),
        (
            "offenders",
            "offenders",
            scene.offender.id,
            {"description": "Description Canary"},
            ["description"],
            "offender",
        ),
    ):
        tag = scene.version_of(table, id_)
        rows = recorded(
            scene,
            scene.operator,
            lambda: scene.operator.patch(f"/v1/{target}/{id_}", change, If_Match=tag),  # noqa: B023
        )
        assert [(row["action"], row["fields"]) for row in rows] == [(f"{word}:changed", fields), (f"{word}:read", [])]
        assert all(UUID(id_) in row["subject_ids"] for row in rows)


def test_administrators_acts_leave_a_row_each(scene: Scene) -> None:
    admin = scene.register.caller("admin")
    scene.register.caller("admin", name="second")
    agency = scene.register.caller("auditor").agency_id
    made: dict[str, str] = {}

    def make(place: str, **body: object) -> Callable[[], httpx.Response]:
        def call() -> httpx.Response:
            answer = admin.post(f"/v1/{place}", body)
            made[place] = answer.json()["id"]
            return answer

        return call

    user = {"username": "usernamecanary", "role": "operator", "agency_id": str(agency)}
    for action, fields, call in (
        ("agency:made", [], make("agencies", name="Agency Canary", kind="police")),
        ("user:made", [], make("users", **user)),
        ("key:made", [], make("keys", name="Key Canary", scopes=["metrics"], agency_id=str(agency))),
        (
            "agency:changed",
            ["name"],
            lambda: admin.patch(f"/v1/agencies/{made['agencies']}", {"name": "x"}, If_Match='"1"'),
        ),
        (
            "user:changed",
            ["role"],
            lambda: admin.patch(f"/v1/users/{made['users']}", {"role": "auditor"}, If_Match='"1"'),
        ),
        ("key:changed", ["name"], lambda: admin.patch(f"/v1/keys/{made['keys']}", {"name": "x"}, If_Match='"1"')),
        ("key:revoked", [], lambda: admin.delete(f"/v1/keys/{made['keys']}", If_Match='"2"')),
        ("user:changed", ["disabled_at"], lambda: admin.delete(f"/v1/users/{made['users']}", If_Match='"2"')),
        ("agency:changed", ["disabled_at"], lambda: admin.delete(f"/v1/agencies/{made['agencies']}", If_Match='"2"')),
    ):
        rows = recorded(scene, admin, call)
        assert [(row["action"], row["fields"]) for row in rows] == [(action, fields)]


WRITTEN = re.compile(r"w\d+ AS \((INSERT INTO|UPDATE) (\w+) (.*?)\)(?=, w\d+ AS| SELECT 1)")
NAMED = re.compile(r"(\w+) = \$(\d+)")


def recomputed(text: str, values: tuple[Any, ...]) -> bytes:
    """Return the SHA-256 of what a statement writes before its row of the audit log, from what the driver was sent.

    A line for each table: what is done, the table's name and its rows as JSON, commas between them.
    """
    lines, given = [], list(values)
    for act, table, how in WRITTEN.findall(text):
        if table == "audit_log":
            break
        if "json_populate_recordset" in how:
            rows = given.pop(0)[1:-1]
        else:
            places = sorted({(int(place), name) for name, place in NAMED.findall(how)})
            names = [name for _, name in places] or how[1 : how.index(")")].split(", ")
            row = {name: given.pop(0) for name in names}
            rows = json.dumps(row, separators=(",", ":"), ensure_ascii=False, default=as_text)
        lines.append(f"{'insert' if act == 'INSERT INTO' else 'update'} {table} {rows}\n")
    assert lines, text
    return hashlib.sha256("".join(lines).encode()).digest()


def as_text(value: object) -> str:
    """Return a value as it stands in JSON."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def test_a_row_carries_the_digest_of_what_was_written_with_it(scene: Scene) -> None:
    operator, admin, own = scene.operator, scene.register.caller("admin"), scene.persons[OWN].id
    tag = scene.version_of("persons", own)
    case = {"channel": "diplomatic_note", **CASE_TOLD, "persons": [person_told(OWN)]}
    for caller, call in (
        (operator, lambda: operator.post("/v1/cases", case)),
        (operator, lambda: operator.post(f"/v1/cases/{scene.case}/notes", {"text": "Note Canary"})),
        (operator, lambda: operator.patch(f"/v1/persons/{own}", {"sex": "female"}, If_Match=tag)),
        (admin, lambda: admin.post("/v1/agencies", {"name": "Agency Digest", "kind": "police"})),
    ):
        with statements_sent() as sent:
            rows = recorded(scene, caller, call)
        [written] = [(text, values) for text, values in sent if text.startswith("WITH w0")]
        assert rows[0]["digest"] == recomputed(*written)


def test_a_reading_carries_the_digest_of_nothing(scene: Scene) -> None:
    for target in ("/v1/cases", f"/v1/cases/{scene.case}?purpose=rescue", f"/v1/persons/{scene.persons[OWN].id}"):
        [row] = recorded(scene, scene.operator, lambda: scene.operator.get(target))  # noqa: B023
        assert row["digest"] == hashlib.sha256(b"").digest()


def test_a_refused_call_leaves_its_row_and_a_hidden_record_none(scene: Scene) -> None:
    before = counts(scene.register)["audit_log"]
    assert_problem(scene.register.caller("auditor").get("/v1/persons"), 403)
    row = scene.register.rows("SELECT action, role, subject_ids FROM audit_log ORDER BY id DESC LIMIT 1")[0]
    assert (row["action"], row["role"], row["subject_ids"]) == ("access:denied", "auditor", [])
    assert_problem(scene.stranger.get(f"/v1/cases/{scene.case}"), 404)
    assert counts(scene.register)["audit_log"] == before + 1


def test_a_sign_in_leaves_a_row_and_so_does_a_failed_one(scene: Scene) -> None:
    client = scene.register.client()
    before = counts(scene.register)["audit_log"]
    name = scene.register.rows("SELECT username FROM users WHERE id = $1", scene.operator.id)[0]["username"]
    for username in (name, "nobodycanary"):
        assert client.post("/v1/sessions", json={"username": username, "password": "x"}).status_code == 401
    rows = scene.register.rows("SELECT action, principal_id FROM audit_log ORDER BY id OFFSET $1", before)
    assert [(row["action"], row["principal_id"]) for row in rows] == [("session:refused", None)] * 2


def test_no_value_is_anywhere_in_the_audit_log(scene: Scene) -> None:
    verify(scene)
    words = {*SITE_CANARIES, "Canary", "CANARY", "usernamecanary", "nobodycanary", scene.case, "KH-18", "TWN", "MYS"}
    words |= {scene.offender.reference, *(part.reference for part in scene.persons.values())}
    log = dump(scene.register, "audit_log")
    assert len(log) > 5000
    assert present(words, log) == []


READS = (
    "/v1/cases",
    "/v1/persons",
    "/v1/cases/{case}",
    "/v1/cases/{case}?purpose=rescue",
    "/v1/persons/{own}",
    "/v1/cases/{case}/events",
)


def test_what_cannot_be_recorded_is_neither_read_nor_written(scene: Scene) -> None:
    own = scene.persons[OWN].id
    scene.register.rows("REVOKE INSERT ON audit_log FROM safe_return_api")
    try:
        before = counts(scene.register)
        answers = [scene.operator.get(target.format(case=scene.case, own=own)) for target in READS]
        answers += [
            scene.operator.post("/v1/cases", {"channel": "hotline_117"}),
            scene.operator.post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key="k"),
            scene.operator.post(f"/v1/cases/{scene.case}/notes", {"text": "x"}),
            scene.operator.patch(f"/v1/persons/{own}", {"sex": "male"}, If_Match=scene.version_of("persons", own)),
            scene.register.caller("admin").post("/v1/agencies", {"name": "unseen", "kind": "police"}),
            scene.register.caller("auditor").get("/v1/persons"),
        ]
        for answer in answers:
            assert 500 <= answer.status_code < 600
            assert_problem(answer, answer.status_code)
            assert present([*scene.traces_of(OWN), *SITE_CANARIES, scene.case], answer.text) == []
        assert counts(scene.register) == before
    finally:
        scene.register.rows("GRANT INSERT ON audit_log TO safe_return_api")
    assert scene.operator.get("/v1/cases").status_code == 200


def test_a_refusal_that_cannot_be_recorded_now_is_not_given(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise UnavailableError("The register cannot be reached. Nothing was saved. Try again.", retry_after=2)

    monkeypatch.setattr("service.access.gate.record", full)
    for target in ("/v1/persons", "/v1/figures/arrests?from=2022-09-01&to=2022-09-30"):
        answer = scene.register.caller("auditor").get(target)
        assert_problem(answer, 503)
        assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("table", ["audit_log", "events", "ledger_entries"])
def test_not_even_the_owner_changes_what_was_recorded(scene: Scene, table: str) -> None:
    for statement in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        with pytest.raises(Exception, match="are never changed or deleted"):
            scene.register.rows(statement.format(table))
