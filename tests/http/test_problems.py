"""Refusals: problem documents in one form, with safe headers, that repeat nothing of what was sent."""

import re
from collections.abc import Iterator
from html import escape

import pytest

from service.errors import INTERNAL
from service.http.pages import problem_types
from tests.audit.searching import everything_logged, present
from tests.doors.scene import OWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.http.raw_requests import bearer, send_raw
from tests.register import Register

CANARY = "zzcanaryzz"


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def test_an_unknown_address_is_a_problem(scene: Scene) -> None:
    for target in ("/v2", "/v1", "/v1/nothing", "/v1/cases/a/b/c", "/admin", "/v1/cases/", "/v1/persons/", "/docs/"):
        assert_problem(scene.operator.get(target), 404, "not-found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS", "BREW"])
def test_a_method_an_address_does_not_have_is_a_problem_that_names_those_it_has(scene: Scene, method: str) -> None:
    answer = scene.operator.http.request(method, "/v1/cases")
    assert_problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "POST"}


def test_head_is_answered_wherever_get_is_and_has_no_body(scene: Scene) -> None:
    for target in ("/", "/health/live", "/v1/cases", f"/v1/cases/{scene.case}", "/openapi.json", "/docs", "/redoc"):
        shown, headed = scene.operator.get(target), scene.operator.http.head(target)
        assert (headed.status_code, headed.content) == (200, b"")
        same = {"content-type", "content-length", "etag", "cache-control"}
        assert {n: v for n, v in headed.headers.items() if n in same} == {
            n: v for n, v in shown.headers.items() if n in same
        }


def test_head_of_what_is_hidden_or_forbidden_is_refused_without_a_body(scene: Scene) -> None:
    hidden = scene.stranger.http.head(f"/v1/cases/{scene.case}")
    assert (hidden.status_code, hidden.content) == (404, b"")
    assert scene.register.client().head("/v1/cases").status_code == 401


def test_every_problem_type_is_explained_at_its_address(scene: Scene) -> None:
    assert len(problem_types()) > 20
    for code, kind in problem_types().items():
        page = scene.register.client().get(f"/problems/{code}")
        assert page.status_code == 200
        assert escape(kind.title) in page.text
    assert_problem(scene.register.client().get(f"/problems/{CANARY}"), 404)


def test_every_answer_names_its_request_and_is_not_stored(scene: Scene) -> None:
    ids = set()
    for target in ("/v1/cases", "/v1/me", f"/v1/persons/{scene.persons[OWN].id}?purpose=rescue", "/nothing"):
        answer = scene.operator.get(target)
        ids.add(answer.headers["x-request-id"])
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert len(ids) == 4


ECHOES: tuple[tuple[str, str, object, dict[str, str]], ...] = (
    ("GET", f"/v1/{CANARY}", None, {}),
    ("GET", f"/v1/cases?{CANARY}=1", None, {}),
    ("GET", f"/v1/cases?status={CANARY}", None, {}),
    ("GET", f"/v1/cases?nationality={CANARY}", None, {}),
    ("GET", f"/v1/cases?received_from={CANARY}", None, {}),
    ("GET", f"/v1/cases?assigned={CANARY}", None, {}),
    ("GET", f"/v1/cases?incomplete={CANARY}", None, {}),
    ("GET", f"/v1/cases?limit={CANARY}", None, {}),
    ("GET", f"/v1/cases?cursor={CANARY}", None, {}),
    ("GET", f"/v1/cases/{CANARY}", None, {}),
    ("GET", f"/v1/persons/{CANARY}?purpose={CANARY}", None, {}),
    ("GET", f"/v1/persons/KH22-{CANARY}", None, {}),
    ("GET", f"/v1/reference/{CANARY}", None, {}),
    ("GET", f"/problems/{CANARY}", None, {}),
    ("POST", "/v1/cases", {CANARY: 1}, {}),
    ("POST", "/v1/cases", {"channel": CANARY}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "persons": [{CANARY: {CANARY: CANARY}}]}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "persons": [{"nationality": CANARY, "sex": CANARY}]}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "persons": [{"names": CANARY}]}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "persons": [{"names": [{"text": CANARY + "\ue000"}]}]}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "narrative": CANARY + "\ue000"}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "language": CANARY * 4}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "received_on": CANARY}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117", "location": {"province": CANARY, CANARY: 1}}, {}),
    ("POST", "/v1/events", {"kind": CANARY}, {}),
    ("POST", "/v1/events", {"kind": "alleged", "data": {CANARY: 1}, "subjects": [CANARY], "occurred_on": CANARY}, {}),
    ("POST", "/v1/events", {"kind": "wish_stated", "data": {"purpose": CANARY}, "subjects": [], CANARY: 1}, {}),
    ("POST", f"/v1/events/{CANARY}/void", {"reason": CANARY}, {}),
    ("POST", "/v1/sessions", {"username": CANARY, "password": CANARY}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117"}, {"Idempotency-Key": f"{CANARY} {CANARY}"}),
    ("PATCH", "/v1/cases/{case}", {"urgency": CANARY}, {"If-Match": '"1"'}),
    ("PATCH", "/v1/cases/{case}", {"language": "km"}, {"If-Match": f'"{CANARY}"'}),
    ("PATCH", "/v1/cases/{case}", {CANARY: 1}, {"If-Match": '"1"'}),
    ("PATCH", "/v1/persons/{own}", {"birth_year": CANARY}, {"If-Match": '"1"'}),
    ("PUT", "/v1/me/password", {"current": CANARY, "new": CANARY}, {}),
    ("POST", "/v1/cases", {"channel": "hotline_117"}, {"Content-Type": f"application/{CANARY}"}),
    ("GET", "/v1/cases", None, {"Authorization": f"Bearer srs_{CANARY}"}),
    ("GET", "/v1/cases", None, {"Authorization": f"Basic {CANARY}"}),
)


@pytest.mark.parametrize(("method", "target", "body", "headers"), ECHOES)
def test_a_refusal_and_the_log_repeat_nothing_that_was_sent(
    scene: Scene, method: str, target: str, body: object, headers: dict[str, str]
) -> None:
    target = target.format(case=scene.case, own=scene.persons[OWN].id)
    with everything_logged() as lines:
        answer = scene.operator.http.request(method, target, json=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert_problem(answer, answer.status_code)
    assert CANARY not in (answer.text + str(answer.headers)).lower()
    assert lines
    assert present([CANARY, scene.operator.token], "\n".join(lines)) == []


def test_each_request_is_one_line_of_codes_and_a_template(scene: Scene) -> None:
    with everything_logged() as lines:
        scene.operator.get(f"/v1/persons/{scene.persons[OWN].reference}", purpose="rescue")
    assert len([line for line in lines if "/persons/{ref}" in line]) == 1
    assert present([*scene.traces_of(OWN), scene.operator.token], "\n".join(lines)) == []


def test_a_pointer_leads_to_the_member_that_is_wrong(scene: Scene) -> None:
    body = {"channel": "hotline_117", "persons": [{}, {"documents": [{"type": "passport", "number": ""}]}]}
    problem = assert_problem(scene.operator.post("/v1/cases", body), 422, "validation")
    assert [fault["pointer"] for fault in problem["errors"]] == ["#/persons/1/documents/0/number"]
    event = {"kind": "wish_stated", "subjects": [scene.case], "occurred_on": "2022-09-01", "data": {"purpose": "x"}}
    problem = assert_problem(scene.operator.post("/v1/events", event), 422, "validation")
    assert {fault["pointer"] for fault in problem["errors"]} == {"#/data/purpose", "#/data/value", "#/data/freely"}


def test_an_unknown_kind_is_told_the_known_ones_as_they_are_written(scene: Scene) -> None:
    body = {"kind": "shot", "subjects": ["KH22-0000-0000"], "data": {}}
    [fault] = assert_problem(scene.register.caller("officer").post("/v1/events", body), 422, "validation")["errors"]
    assert fault["pointer"] == "#/kind"
    assert re.fullmatch(r"Must be one of ('[a-z_]+', )+'[a-z_]+'", fault["detail"])
    assert "'rescued'" in fault["detail"]


def test_a_mistake_of_the_service_tells_nobody_what_it_was_about(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot show {CANARY}")

    monkeypatch.setattr("service.cases.actions.reading.list_persons", fail)
    operator = register.caller("operator")
    with everything_logged() as lines:
        answer = operator.get("/v1/persons")
        raw = send_raw(register, "GET", b"/v1/persons", headers=bearer(operator.token))
    problem = assert_problem(answer, 500, "internal")
    assert problem["detail"] == INTERNAL
    assert raw.status == 500
    assert raw.header(b"x-request-id") is not None
    logged = "\n".join(lines)
    assert "RuntimeError" in logged
    assert CANARY not in logged + answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "sqlstate",
    ["53100", "53200", "53300", "53400", "55P03", "57014", "25006", "57P01", "57P02", "57P03", "40001", "40P01",
     "08001", "08003", "08006"],
)  # fmt: skip
def test_what_the_database_cannot_take_now_is_to_be_tried_again(register: Register, sqlstate: str) -> None:
    """No disk, no memory, too many connections, a limit, a lock or a statement that took too long, read-only, stopping,
    a conflict of two writes, a connection that ended. Source: PostgreSQL documentation, appendix A.
    """
    operator = register.caller("operator")
    register.rows(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{CANARY}' USING ERRCODE = '{sqlstate}'; END $$"
    )
    register.rows("CREATE TRIGGER refuse BEFORE INSERT ON cases EXECUTE FUNCTION refuse()")
    answer = operator.post("/v1/cases", {"channel": "hotline_117"})
    assert_problem(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert CANARY not in answer.text
    register.rows("DROP TRIGGER refuse ON cases")
    assert operator.post("/v1/cases", {"channel": "hotline_117"}).status_code == 201


IN_DATABASE = "ALTER ROLE safe_return_api IN DATABASE"


@pytest.mark.parametrize(
    ("ill", "well"),
    [
        ("ALTER DATABASE {} CONNECTION LIMIT 0", "ALTER DATABASE {} CONNECTION LIMIT -1"),
        (f"{IN_DATABASE} {{}} SET default_transaction_read_only = on", f"{IN_DATABASE} {{}} RESET ALL"),
    ],
    ids=["no connection left", "read-only"],
)
def test_a_database_that_takes_no_connection_or_no_write_is_to_be_tried_again(
    register: Register, ill: str, well: str
) -> None:
    operator = register.caller("operator")
    for change, status in ((ill, 503), (well, 201)):
        register.rows(change.format(register.database.name))
        register.portal.call(register.app.state.services.database.close)
        answer = operator.post("/v1/cases", {"channel": "hotline_117"})
        assert answer.status_code == status
        if status == 503:
            assert_problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) >= 1
