"""Every role, key and spoiled credential against every operation of the contract, over HTTP."""

from collections.abc import Iterator

import pytest

from service.http.openapi import routes_of
from service.main import check_gates
from tests.access.cast import Cast, make_spare
from tests.access.operations import ABOUT_CASE, EVENT_DATA, SAMPLES, event_body, sample_of
from tests.access.role_model import KEYS, MAY, MAY_RECORD, PEOPLE, SHUT_OUT
from tests.doors.scene import DAY, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem, without_request_id
from tests.register import FINDING

EVERYBODY = (*SHUT_OUT, *KEYS, *PEOPLE)


@pytest.fixture(scope="module")
def cast(databases: Databases) -> Iterator[Cast]:
    with open_scene(databases) as scene:
        yield Cast(scene, make_spare(scene))


def test_the_model_and_the_samples_name_every_operation_of_the_contract(cast: Cast) -> None:
    contract = cast.register.client().get("/openapi.json").json()
    operations = {found["operationId"] for path in contract["paths"].values() for found in path.values()}
    assert operations == set(MAY) == set(SAMPLES)
    assert len(operations) == check_gates(cast.register.app) == len(list(routes_of(cast.register.app)))


@pytest.mark.parametrize("operation", SAMPLES)
def test_an_operation_opens_for_those_the_role_table_names_and_nobody_else(cast: Cast, operation: str) -> None:
    refused_before = _refusals(cast)
    refused = 0
    for name in EVERYBODY:
        sample = sample_of(operation, cast.scene, cast.spare, name)
        answer = cast.send(name, sample, leaving=operation == "sign_out")
        if name in MAY[operation]:
            assert answer.status_code == sample.answered, f"{name}: {answer.status_code} {answer.text}"
        elif name in SHUT_OUT:
            problem = assert_problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer ")
            assert "errors" not in problem
        else:
            assert_problem(answer, 403, "forbidden")
            refused += 1
    assert _refusals(cast) - refused_before == refused
    assert refused == len(EVERYBODY) - len(MAY[operation] | set(SHUT_OUT))


@pytest.mark.parametrize("kind", EVENT_DATA)
def test_a_kind_of_event_is_recorded_by_those_the_role_table_names(cast: Cast, kind: str) -> None:
    subject = _subject_for(cast, kind)
    for role in PEOPLE:
        body = {**event_body(cast.scene, kind), "subjects": [subject]}
        refused_before = _refusals(cast)
        caller = cast.named(role)
        assert caller is not None
        answer = caller.post("/v1/events", body)
        if role in MAY_RECORD[kind]:
            assert answer.status_code in {201, 409}, f"{role}: {answer.text}"
            continue
        assert_problem(answer, 403, "may-not-record" if role in MAY["record_events"] else "forbidden")
        assert _refusals(cast) == refused_before + 1


def test_every_kind_that_can_be_recorded_is_in_the_model(cast: Cast) -> None:
    contract = cast.register.client().get("/openapi.json").json()
    schema = contract["paths"]["/v1/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["discriminator"]["mapping"]) == set(MAY_RECORD) == set(EVENT_DATA) > ABOUT_CASE


def test_credentials_that_open_nothing_are_refused_in_the_same_words_but_for_keys_that_ended(cast: Cast) -> None:
    spoiled = [name for name in SHUT_OUT if name != "anonymous"]
    answers = [cast.send(name, sample_of("read_self", cast.scene, cast.spare, name)) for name in spoiled]
    own = [answer for answer in answers if "This key" in answer.json()["detail"]]
    assert [answer.status_code for answer in own] == [401] * len(own)
    assert own, "whoever holds a key that ended is told so"
    assert len({str(without_request_id(answer)) for answer in answers if answer not in own}) == 1


def _subject_for(cast: Cast, kind: str) -> str:
    """File somebody of their own for a kind, as far on the way as it takes."""
    register, persons = cast.register, [{"nationality": "TWN"}]
    filed = cast.scene.operator.file(received_on=DAY, persons=persons, offenders=[{"role": "guard"}])
    part = {"stage_reached": filed["offenders"][0], **dict.fromkeys(ABOUT_CASE, filed)}.get(kind, filed["persons"][0])
    if kind in {"rescued", "repatriated"}:
        register.caller("verifier").record("finding_made", [filed["reference"]], DAY, **FINDING)
    if kind == "repatriated":
        register.caller("officer").record("rescued", [filed["persons"][0]["id"]], DAY)
    reference: str = part["reference"]
    return reference


def _refusals(cast: Cast) -> int:
    found: int = cast.register.rows("SELECT count(*) AS n FROM audit_log WHERE action = 'access:denied'")[0]["n"]
    return found
