"""The hostile set at every place of the contract: refused, not repeated, not written down, in no log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from service.access.rules import GRANTS, Permission
from service.acting import Role
from tests.architecture.conventions import COMMITTED, Operation, operations
from tests.audit.searching import counts, everything_logged
from tests.doors.scene import DAY, OWN, Scene, open_scene, verify
from tests.engine import Databases
from tests.http.places import CANARY, IN_ADDRESSES, IN_HEADERS, IN_TAGS, Bodies, Place
from tests.http.raw_requests import Header, RawAnswer, bearer, send_raw
from tests.register import Caller

CONTRACT = json.loads(COMMITTED.read_text(encoding="utf-8"))
OPERATIONS: Final = {found.id: found for found in operations(CONTRACT)}
WITH_BODY: Final = sorted(name for name, found in OPERATIONS.items() if found.bodies)
PARAMETERS: Final = sorted(
    (name, parameter["in"], parameter["name"])
    for name, found in OPERATIONS.items()
    for parameter in found.words["parameters"]
)
FREE_TEXT: Final = {("read_code_list", "find")}
"""Query parameters that take words; they are looked up, not repeated."""

LATER: Final = {
    "sign_in": (401, 429),
    "change_password": (401, 429),
    "record_events": (403, 404, 409),
    "hand_over": (403,),
}
"""How operations refuse what only they can: a password may be anything, a code of an event depends on its kind, only
a supervisor hands over for somebody else."""

READ_AGAIN: Final = {"audit_log", "sessions", "sign_in_failures"}
"""Tables that a reading, or a refused password, writes to."""


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        verify(made)
        yield made


@pytest.fixture(autouse=True)
def silence(databases: Databases) -> Iterator[None]:
    """Whatever is sent, nobody writes it down: not the service, and not PostgreSQL."""
    written = databases.log.stat().st_size
    with everything_logged() as lines:
        yield
    with databases.log.open("rb") as log:
        log.seek(written)
        assert CANARY.encode() not in log.read()
    assert [line for line in lines if CANARY in line or "Traceback" in line] == []


def caller_of(scene: Scene, operation: Operation) -> Caller:
    """Return a caller who may call the operation, so that its input is validated."""
    permission = Permission(operation.words.get("x-permission", Permission.SELF_READ))
    roles = {role for role in Role if permission in GRANTS[role]}
    role = Role.OPERATOR if Role.OPERATOR in roles else sorted(roles)[0]
    return scene.operator if role is Role.OPERATOR else scene.register.caller(role)


def held(scene: Scene, operation: Operation) -> dict[str, int]:
    """Return the number of rows of each table, once the caller exists; rows that a reading adds do not count."""
    caller_of(scene, operation)
    return {table: rows for table, rows in counts(scene.register).items() if table not in READ_AGAIN}


def target_of(scene: Scene, operation: Operation, **given: str) -> bytes:
    """Return a path of the operation, with an existing record if there is one."""
    kind = operation.path.split("/")[2] if operation.path.count("/") > 1 else ""
    known = {"cases": scene.case, "persons": scene.persons[OWN].reference, "offenders": scene.offender.reference}
    path = operation.path
    for parameter in operation.words["parameters"]:
        if parameter["in"] == "path":
            value = known.get(
                kind, {"reference": "provinces", "figures": "cases_received"}.get(kind, scene.filed["id"])
            )
            path = path.replace(f"{{{parameter['name']}}}", given.get(parameter["name"], value))
    return path.encode()


def send(
    scene: Scene, operation: Operation, target: bytes, content: bytes = b"", headers: tuple[Header, ...] = ()
) -> RawAnswer:
    given = dict(headers)
    sent = {**dict(bearer(caller_of(scene, operation).token, (b"if-match", b'"1"'))), **given}
    answer = send_raw(scene.register, operation.method.upper(), target, headers=list(sent.items()), chunks=[content])
    assert answer.status < 500, (operation.id, target[:100], content[:200], headers, answer.body)
    assert CANARY.encode() not in answer.body, (operation.id, target[:100], content[:200], answer.body[:500])
    assert [value for _, value in answer.headers if CANARY.encode() in value] == []
    assert len(answer.body) < 8192 or answer.status < 400
    if answer.status >= 400:
        assert answer.header(b"content-type") == b"application/problem+json"
        assert json.loads(answer.body)["status"] == answer.status
    return answer


@pytest.mark.parametrize("name", WITH_BODY)
def test_no_place_of_a_body_takes_what_is_hostile(scene: Scene, name: str) -> None:
    operation = OPERATIONS[name]
    before = held(scene, operation)
    statuses = {400, 413, 422, *LATER.get(name, ())}
    places = list(bodies(scene).places(operation))
    assert places
    for place in places:
        for how, raw in place.refused().items():
            content = place.with_value(raw)
            assert content.count(raw) >= 1
            answer = send(scene, operation, target_of(scene, operation), content)
            assert answer.status in statuses, (place.pointer, how, answer.body)
            assert answer.status != 422 or blames(answer, place), (place.pointer, how, answer.body)
    assert held(scene, operation) == before


def bodies(scene: Scene) -> Bodies:
    """Make bodies that are about somebody who is there."""
    return Bodies(CONTRACT, DAY, scene.persons[OWN].reference)


def blames(answer: RawAnswer, place: Place) -> bool:
    """Whether a refusal names the place or something in it, or is one of the whole by what the operation knows."""
    named = [fault.get("pointer", "") for fault in json.loads(answer.body).get("errors", [])]
    return not named or any(f"{found}/".startswith(f"{place.pointer}/") for found in named)


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_member_nobody_described_is_refused_at_every_depth(scene: Scene, name: str) -> None:
    operation = OPERATIONS[name]
    before = held(scene, operation)
    for place in bodies(scene).places(operation):
        if place.schema.get("type") == "object":
            content = place.with_value(b'{"Serinus <b>": "Serinus"}')
            answer = send(scene, operation, target_of(scene, operation), content)
            assert answer.status == 422
            assert blames(answer, place), (place.pointer, answer.body)
    assert held(scene, operation) == before


@pytest.mark.parametrize(("name", "where", "parameter"), PARAMETERS, ids=["-".join(found) for found in PARAMETERS])
def test_no_parameter_takes_what_is_hostile(scene: Scene, name: str, where: str, parameter: str) -> None:
    operation = OPERATIONS[name]
    before = held(scene, operation)
    tags = () if parameter == "Idempotency-Key" else IN_TAGS
    for value in (*IN_HEADERS, *tags) if where == "header" else IN_ADDRESSES:
        content = b""
        headers: tuple[Header, ...] = ()
        target = target_of(scene, operation)
        if isinstance(value, bytes):
            content = example_body(operation) if operation.method != "patch" else b"{}"
            headers = ((parameter.lower().encode(), value),)
        elif where == "path":
            target = target_of(scene, operation, **{parameter: value})
        else:
            target += f"?{parameter}={value}".encode()
        answer = send(scene, operation, target, content, headers)
        may_pass = parameter == "If-None-Match" or (name, parameter) in FREE_TEXT
        assert may_pass or answer.status >= 400, (value, answer.status)
    assert held(scene, operation) == before


def example_body(operation: Operation) -> bytes:
    """Return the published example, so that only the header is wrong."""
    contents = list(operation.bodies.values())
    return json.dumps(contents[0]["example"]).encode() if contents else b""


OTHER_HEADERS: Final = (
    b"accept", b"accept-language", b"user-agent", b"host", b"x-request-id", b"cookie", b"x-forwarded-for", b"origin",
    b"referer", b"range", b"if-modified-since",
)  # fmt: skip


@pytest.mark.parametrize("header", OTHER_HEADERS)
def test_no_header_that_is_not_ours_is_repeated_or_written_down(scene: Scene, header: bytes) -> None:
    for value in IN_HEADERS:
        for name in ("list_cases", "read_self", "front_door"):
            operation = OPERATIONS[name]
            send(scene, operation, target_of(scene, operation), headers=((header, value),))


def test_what_is_tried_reaches_every_kind_of_place(tmp_path: Path) -> None:
    """The walk itself can fail: it must find the fields everybody knows."""
    pointers = {place.pointer for name in WITH_BODY for place in Bodies(CONTRACT).places(OPERATIONS[name])}
    assert pointers >= {
        "#/persons/0/names/0/text", "#/reporter/contacts/0/value", "#/location/province", "#/head_count/low",
        "#/allegations/0/types/0", "#/subjects/0", "#/data/to_country", "#/occurred_on", "#/password", "#/reason",
    }  # fmt: skip
    assert len(pointers) > 150
