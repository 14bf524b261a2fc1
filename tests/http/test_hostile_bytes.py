"""Nothing that can be sent makes the service fail, is repeated, or is written down by half."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.audit.searching import counts, everything_logged
from tests.doors.scene import CASE_TOLD, DAY, OFFENDER_TOLD, OWN, Scene, open_scene, person_told
from tests.engine import Databases
from tests.http import hostile
from tests.http.raw_requests import RawAnswer, bearer, send_raw

Path = tuple[str | int, ...]

DEEPEST = 32
"""Levels of nesting that are accepted."""

FILED: dict[str, Any] = {
    "channel": "hotline_117",
    "kind": "rescue",
    "received_on": DAY,
    **CASE_TOLD,
    "offender_unknown": False,
    "persons": [{**person_told(OWN), "sex": "male", "birth_year": 1999, "age": 23}],
    "offenders": [OFFENDER_TOLD],
}
CODES = {
    "channel",
    "kind",
    "urgency",
    "precision",
    "relationship",
    "bound",
    "types",
    "nationality",
    "nationality_source",
    "sex",
    "type",
    "status",
    "role",
    "province",
    "language",
}
NUMBERS = {"low", "high", "birth_year", "age"}
FLAGS = {"safe", "wants_updates", "fears_own_state", "offender_unknown"}
PROSE = {"narrative", "place", "story", "description"}


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def leaves(content: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Return every place in a body, including containers, and its value."""
    if path:
        yield path, content
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in pairs:
        yield from leaves(value, (*path, name))


def replaced(content: Any, path: Path, value: Any) -> Any:
    """Return a copy of a body with one place changed."""
    copy = json.loads(json.dumps(content))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy


def wrong_for(path: Path, value: Any) -> dict[str, Any]:
    """Return the values that must be refused at a place."""
    name = next(step for step in reversed(path) if isinstance(step, str))
    if isinstance(value, list):
        return hostile.NO_LIST
    if isinstance(value, dict):
        return hostile.NO_OBJECT
    if name == "received_on":
        return hostile.NO_DAY
    known = {**dict.fromkeys(CODES, hostile.NO_CODE), **dict.fromkeys(NUMBERS, hostile.NO_NUMBER)}
    found = {**known, **dict.fromkeys(FLAGS, hostile.NO_FLAG)}.get(name)
    if found is not None:
        return found
    lines = {} if name in PROSE or (name == "text" and "allegations" in path) else hostile.LINE_TEXTS
    return hostile.TEXTS | lines | hostile.NO_TEXT


PLACES = [(path, value) for path, value in leaves(FILED) if not (path[0] == "kind" and len(path) > 1)]


def post(scene: Scene, target: str, content: bytes, *headers: tuple[bytes, bytes]) -> RawAnswer:
    return send_raw(
        scene.register, "POST", target.encode(), headers=bearer(scene.operator.token, *headers), chunks=[content]
    )


def assert_refused(answer: RawAnswer, *statuses: int) -> None:
    assert answer.status in (statuses or range(400, 500)), (answer.status, answer.body[:300])
    assert answer.header(b"content-type") == b"application/problem+json"
    assert json.loads(answer.body)["status"] == answer.status
    assert b"expected" not in answer.body.lower()


@pytest.mark.parametrize(("path", "value"), PLACES, ids=[".".join(map(str, path)) for path, _ in PLACES])
def test_a_wrong_value_at_any_place_of_a_case_is_refused_at_that_place(scene: Scene, path: Path, value: Any) -> None:
    before = counts(scene.register)
    pointer = "#/" + "/".join(map(str, path if isinstance(path[-1], str) else path[:-1]))
    for how, wrong in wrong_for(path, value).items():
        content = json.dumps(replaced(FILED, path, wrong)).encode()
        answer = post(scene, "/v1/cases", content)
        assert_refused(answer, 400, 422)
        if answer.status == 422 and "errors" in (problem := json.loads(answer.body)):
            assert all(fault["pointer"].startswith(pointer) for fault in problem["errors"]), (how, problem)
    assert counts(scene.register) == before


def test_the_case_from_which_the_wrong_ones_are_made_is_right(scene: Scene) -> None:
    assert post(scene, "/v1/cases", json.dumps(FILED).encode()).status == 201
    assert {path[-1] for path, _ in PLACES} >= CODES - {"status", "high"}


CALLS = (
    "/v1/cases",
    "/v1/cases/{case}/persons",
    "/v1/cases/{case}/persons/several",
    "/v1/cases/{case}/offenders",
    "/v1/cases/{case}/notes",
    "/v1/events",
    "/v1/sessions",
)


@pytest.mark.parametrize("target", CALLS)
def test_a_body_that_is_no_body_is_refused(scene: Scene, target: str) -> None:
    before = counts(scene.register)
    optional = {"/v1/cases/{case}/persons", "/v1/cases/{case}/offenders"}
    for how, content in hostile.BODIES.items():
        if how == "an empty object" and target in optional:
            continue
        answer = post(scene, target.format(case=scene.case), content)
        assert_refused(answer, *((400,) if "NUL" in how or "twice" in how or "UTF" in how else (400, 422)))
    assert counts(scene.register) == before


@pytest.mark.parametrize("target", CALLS)
def test_a_body_of_another_type_or_in_a_wrapping_is_refused(scene: Scene, target: str) -> None:
    before = counts(scene.register)
    token = bearer(scene.operator.token)[:1]
    for media_type in (
        b"text/plain",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data",
        b"",
        b"application/json+x",
        None,
    ):
        named = [] if media_type is None else [(b"content-type", media_type)]
        answer = send_raw(
            scene.register, "POST", target.format(case=scene.case).encode(), headers=[*token, *named], chunks=[b"{}"]
        )
        assert_refused(answer, 415)
    for coding in (b"gzip", b"br", b"deflate, gzip"):
        assert_refused(post(scene, target.format(case=scene.case), b"{}", (b"content-encoding", coding)), 415)
    assert counts(scene.register) == before


@pytest.mark.parametrize("target", CALLS)
def test_a_body_beyond_the_limit_is_refused_announced_or_not(scene: Scene, target: str) -> None:
    large = b'{"narrative": "' + b"x" * 525_000 + b'"}'
    address = target.format(case=scene.case)
    announced = (b"content-length", str(len(large)).encode())
    refused = post(scene, address, large, announced)
    assert_refused(refused, 413)
    assert f"{len(large)} bytes" in json.loads(refused.body)["detail"]
    chunks = [large[start : start + 5000] for start in range(0, len(large), 5000)]
    answer = send_raw(scene.register, "POST", address.encode(), headers=bearer(scene.operator.token), chunks=chunks)
    assert_refused(answer, 413)
    assert json.loads(answer.body)["limit_bytes"] == 524288
    for length in (b"-1", b"9" * 40, b"1e3", b"", "²".encode("latin-1")):
        assert_refused(post(scene, address, b"{}", (b"content-length", length)))


@pytest.mark.parametrize("target", hostile.TARGETS, ids=lambda target: target.decode()[:60])
def test_an_address_of_strange_bytes_is_never_a_mistake_of_the_service(scene: Scene, target: bytes) -> None:
    method = "POST" if target.endswith(b"void") else "GET"
    for token in (scene.operator.token, scene.supervisor.token):
        assert_refused(send_raw(scene.register, method, target, headers=bearer(token), chunks=[b"{}"]))


@pytest.mark.parametrize(
    "credential",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer srs_",
        b"Bearer srs_\xff\xfe",
        b"Basic YTpi",
        b"Bearer srk_" + b"A" * 43,
        b"Bearer srs_" + b"A" * 5000,
        b"bearer srs_\x00",
        b"Bearer  srs_x y",
        b"\xff",
        b"Bearer 'srs_' OR 1=1",
        b"Digest x",
    ],
)
def test_a_token_of_no_form_opens_nothing(scene: Scene, credential: bytes) -> None:
    answer = send_raw(scene.register, "GET", b"/v1/me", headers=[(b"authorization", credential)])
    assert_refused(answer, 401)
    assert (answer.header(b"www-authenticate") or b"").startswith(b'Bearer realm="safe-return"')


def test_an_event_with_a_hostile_value_is_refused(scene: Scene) -> None:
    right = {
        "kind": "wish_stated",
        "subjects": [scene.persons[OWN].id],
        "occurred_on": DAY,
        "note": "a note",
        "data": {"purpose": "return_home", "value": "yes", "freely": "yes"},
    }
    wrong = {
        "purpose": hostile.NO_CODE,
        "value": hostile.NO_CODE,
        "freely": hostile.NO_CODE,
        "kind": hostile.NO_CODE,
        "occurred_on": hostile.NO_DAY,
        "note": hostile.TEXTS | hostile.NO_TEXT,
        "subjects": hostile.NO_LIST,
        "data": hostile.NO_OBJECT,
        0: {"a number": 1, "short": "x", "strange": "\u202e" * 12, "long": "x" * 41},
    }
    before = counts(scene.register)
    for path, _ in leaves(right):
        for value in wrong[path[-1]].values():
            assert_refused(post(scene, "/v1/events", json.dumps(replaced(right, path, value)).encode()), 400, 422)
    too_many = {**right, "subjects": [scene.persons[OWN].id] * 501}
    assert_refused(post(scene, "/v1/events", json.dumps(too_many).encode()), 422)
    assert_refused(post(scene, "/v1/events", json.dumps({**right, "subjects": []}).encode()), 422)
    repeated = [scene.persons[OWN].id, scene.persons[OWN].reference]
    assert_refused(post(scene, "/v1/events", json.dumps({**right, "subjects": repeated}).encode()), 422)
    assert counts(scene.register) == before


def test_khmer_thai_chinese_and_vietnamese_text_comes_back_as_it_was_sent(scene: Scene) -> None:
    prose = "ខ្ញុំ\u200bត្រូវ\u200bការ\u200bជំនួយ · ช่วยด้วย · 救命 · Cứu tôi với · 👨\u200d👩\u200d👧"
    filed = scene.operator.file(narrative=prose, persons=[{"names": [{"text": "ស៊ី\u200bណា Nguyễn 陳"}]}])
    shown = scene.operator.get(f"/v1/cases/{filed['reference']}", purpose="verification").json()
    assert shown["sealed"]["narratives"] == [prose]
    assert shown["persons"][0]["sealed"]["names"][0]["text"] == "ស៊ីណា Nguyễn 陳"


@pytest.mark.parametrize("announced", [True, False])
def test_a_client_that_goes_in_its_body_leaves_one_line_and_no_traceback(scene: Scene, *, announced: bool) -> None:
    length = [(b"content-length", b"100")] if announced else []
    headers = bearer(scene.operator.token, *length)
    with everything_logged() as lines:
        gone = send_raw(scene.register, "POST", b"/v1/cases", headers=headers, chunks=[b'{"channel"'], gone=True)
    assert gone.status == 400
    assert len([line for line in lines if "/v1/cases" in line]) == 1
    assert [line for line in lines if "Traceback" in line or "places" in line or "ERROR" in line] == []


def test_hostile_requests_leave_no_error_in_the_log(scene: Scene) -> None:
    with everything_logged() as lines:
        for content in hostile.BODIES.values():
            post(scene, "/v1/cases", content)
    assert not [line for line in lines if "sqlstate" in line or "Traceback" in line]


@pytest.mark.parametrize(("begin", "end"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_a_body_nests_to_a_depth_that_is_said_and_no_deeper(scene: Scene, begin: bytes, end: bytes) -> None:
    def nested(levels: int) -> RawAnswer:
        return post(scene, "/v1/cases", begin * levels + b"1" + end * levels)

    assert_refused(nested(DEEPEST), 422)
    for levels in (DEEPEST + 1, 10 * DEEPEST):
        answer = nested(levels)
        assert_refused(answer, 400)
        assert json.loads(answer.body)["code"] == "malformed-json"
        assert b"At most 32 levels" in answer.body


def test_brackets_in_a_text_nest_nothing(scene: Scene) -> None:
    told = json.dumps({"channel": "hotline_117", "narrative": "[{" * 100}).encode()
    assert post(scene, "/v1/cases", told).status == 201
