"""Many at once, over two worker processes: one record, one winner, however the callers are spread over the workers."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.engine import Databases
from tests.faults.serving import Service, open_service
from tests.http.problem_documents import assert_problem
from tests.register import FINDING, Caller

CROWD = 16
DAY = "2022-09-01"
LATER = "2022-09-10"


@pytest.fixture(scope="module")
def service(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("service") / "log"
    with open_service(databases, log, "--workers", "2") as made:
        yield made


@pytest.fixture(scope="module")
def desk(service: Service) -> dict[str, list[Caller]]:
    """Of every role that is needed a crowd, each on a connection of its own."""
    roles = ("operator", "officer", "supervisor", "verifier")
    return {role: [service.caller(role, agency=role) for _ in range(CROWD)] for role in roles}


Desk = dict[str, list[Caller]]


def at_once(callers: list[Caller], call: Callable[[Caller], httpx.Response]) -> list[httpx.Response]:
    """Let every caller do the same at the same moment."""
    start = Barrier(len(callers))

    def wait_and_call(caller: Caller) -> httpx.Response:
        start.wait()
        return call(caller)

    with ThreadPoolExecutor(len(callers)) as threads:
        return list(threads.map(wait_and_call, callers))


def assert_one_winner(answers: list[httpx.Response], won: int, lost: int) -> None:
    found = Counter(answer.status_code for answer in answers)
    assert found == {won: 1, lost: len(answers) - 1}, found
    for answer in answers:
        if answer.status_code == lost:
            assert_problem(answer, lost)


def filed(desk: Desk, *, verified: bool = False, **told: Any) -> dict[str, Any]:
    case = desk["operator"][0].file(received_on=DAY, persons=[{"nationality": "TWN"}], **told)
    if verified:
        desk["verifier"][0].record("finding_made", [case["reference"]], DAY, **FINDING)
    return case


def kinds(service: Service, case: dict[str, Any]) -> Counter[str]:
    rows = service.register.rows("SELECT kind, seq FROM events WHERE case_id = $1 ORDER BY seq", case["id"])
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    return Counter(row["kind"] for row in rows)


def test_of_sixteen_changes_of_one_version_one_wins(service: Service, desk: Desk) -> None:
    case = filed(desk, offenders=[{"role": "site_operator"}])
    one = desk["operator"][0]
    for role, kind, reference, change in (
        ("operator", "cases", case["reference"], {"language": "km"}),
        ("supervisor", "cases", case["reference"], {"assigned_to": str(one.id)}),
        ("operator", "persons", case["persons"][0]["reference"], {"sex": "male"}),
        ("operator", "offenders", case["offenders"][0]["reference"], {"roles": ["guard"]}),
    ):
        path = f"/v1/{kind}/{reference}"
        tag = one.get(path).headers["etag"]
        assert_one_winner(at_once(desk[role], lambda one: one.patch(path, change, If_Match=tag)), 200, 412)  # noqa: B023
        assert one.get(path).headers["etag"] == f'"{int(tag[1:-1]) + 1}"'
    told = kinds(service, case)
    assert (told["case_described"], told["described"], told["offender_described"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("role", "kind", "data"),
    [
        ("officer", "rescued", {}),
        ("supervisor", "ended", {"outcome": "not_held"}),
    ],
)
def test_of_sixteen_that_end_the_same_captivity_one_is_recorded(
    service: Service, desk: Desk, role: str, kind: str, data: dict[str, Any]
) -> None:
    case = filed(desk, verified=True)
    body = {"kind": kind, "subjects": [case["persons"][0]["reference"]], "occurred_on": LATER, "data": data}
    assert_one_winner(at_once(desk[role], lambda one: one.post("/v1/events", body)), 201, 409)
    assert kinds(service, case)[kind] == 1


def test_of_sixteen_under_one_key_one_is_done_and_all_are_told_the_same(service: Service, desk: Desk) -> None:
    """Whoever comes while it is being done is told to come again; then they are told what the first was told."""
    clerk = desk["operator"]
    answers = at_once(clerk, lambda one: until_answered(lambda: one.post("/v1/cases", {}, Idempotency_Key="crowd")))
    assert {answer.status_code for answer in answers} == {422}

    def file(one: Caller) -> httpx.Response:
        return until_answered(lambda: one.post("/v1/cases", {"channel": "ngo"}, Idempotency_Key="crowd-2"))

    answers = at_once(clerk, file)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1


def until_answered(call: Callable[[], httpx.Response]) -> httpx.Response:
    answer = call()
    while answer.status_code == 503:
        answer = call()
    return answer


def test_of_sixteen_closings_of_one_case_one_is_recorded(service: Service, desk: Desk) -> None:
    case = filed(desk)
    body = {"kind": "closed", "subjects": [case["reference"]], "occurred_on": LATER, "data": {"reason": "not_located"}}
    assert_one_winner(at_once(desk["supervisor"], lambda one: one.post("/v1/events", body)), 201, 409)
    assert kinds(service, case)["closed"] == 1


def test_of_sixteen_who_void_one_event_one_does(service: Service, desk: Desk) -> None:
    """For the others it is not there any more."""
    case = filed(desk, verified=True)
    person = case["persons"][0]["reference"]
    rescued = desk["officer"][0].record("rescued", [person], LATER)["items"][0]["event_id"]
    path, body = f"/v1/events/{rescued}/void", {"reason": "wrong_subject"}
    assert_one_winner(at_once(desk["supervisor"], lambda one: one.post(path, body)), 201, 404)
    assert kinds(service, case)["voided"] == 1
