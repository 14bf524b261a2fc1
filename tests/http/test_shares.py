"""One principal has a share of a worker: the others always have places, and what is remembered has an end."""

import asyncio
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request

from service.errors import TooManyAttemptsError, UnavailableError
from service.http import admission, services, shares
from service.http.admission import Place, Places
from service.http.services import MANY
from service.http.shares import Remembered, Shares
from service.settings import Settings
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Register, open_register


class Watch:
    """A clock in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def shared(watch: Watch) -> Shares:
    return Shares(places=2, refusals=3, kept_bytes=100, clock=watch)


def test_the_references_met_last_are_remembered_and_no_more_of_them() -> None:
    known = Remembered(most=2)
    for reference in ("first", "second", "first", "third"):
        known.add(reference)
    assert ("first" in known, "second" in known, "third" in known, len(known)) == (True, False, True, 2)


def test_one_has_so_many_places_and_the_others_theirs(shared: Shares) -> None:
    shared.enter("one")
    shared.enter("one")
    with pytest.raises(TooManyAttemptsError) as refused:
        shared.enter("one")
    assert _seconds(refused.value) >= 1
    shared.enter("other")
    shared.leave("one")
    shared.enter("one")


@pytest.mark.parametrize(
    ("given", "share"),
    [
        ({"pool_size": 8}, 16),
        ({"requests_at_once": 40}, 10),
        ({"requests_at_once": 3}, 1),
        ({"requests_at_once": 40, "requests_of_one": 7}, 7),
    ],
)
def test_the_share_of_one_is_a_quarter_unless_it_is_said(given: dict[str, Any], share: int) -> None:
    assert Settings(**given).share_of_one == share


def test_whoever_is_refused_too_often_is_told_of_what_until_the_hour_is_over(shared: Shares, watch: Watch) -> None:
    for code in ("not-found", "conflict", "validation"):
        shared.enter("one")
        shared.refused("one", code)
        shared.leave("one")
    watch.now += 1800
    with pytest.raises(TooManyAttemptsError) as refused:
        shared.enter("one")
    assert refused.value.members["last_refusal"] == "validation"
    assert 1800 <= _seconds(refused.value) <= 1801
    shared.enter("other")
    watch.now += _seconds(refused.value)
    shared.enter("one")


def test_so_much_is_kept_within_an_hour(shared: Shares, watch: Watch) -> None:
    shared.keep("one", 60)
    with pytest.raises(TooManyAttemptsError):
        shared.keep("one", 60)
    shared.keep("one", 40)
    shared.keep("other", 100)
    watch.now += 3600
    shared.keep("one", 100)


def test_nothing_is_remembered_for_ever(shared: Shares, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "REMEMBERED", 50)
    for number in range(1000):
        shared.enter(number)
        shared.refused(number, "not-found")
        shared.leave(number)
    assert len(shared) == 50


@pytest.fixture
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    settings = Settings(refused_limit=4, requests_of_one=2, kept_limit_bytes=4096, mark_file=Path("/dev/null/none"))
    with open_register(database, settings) as made:
        yield made
    databases.drop(database)


def test_refused_calls_are_counted_and_those_that_worked_are_not(register: Register) -> None:
    operator = register.caller("operator")
    for _ in range(10):
        assert operator.get("/v1/me").status_code == 200
    for _ in range(2):
        assert operator.get("/v1/cases/KH22-7Q4F-0TMB").status_code == 404
    assert operator.get("/v1/cases", limit="many").status_code == 422
    assert operator.post("/v1/cases", {"channel": "none"}).status_code == 422
    problem = assert_problem(operator.get("/v1/me"), 429, "quota-exceeded")
    assert problem["last_refusal"] == "validation"
    assert operator.get("/v1/me").headers["retry-after"] == str(problem["retry_after"])
    assert register.caller("verifier").get("/v1/me").status_code == 200


def test_answers_kept_for_retries_have_an_end_and_a_retry_is_still_answered(register: Register) -> None:
    operator = register.caller("operator")
    body = {"channel": "hotline_117", "received_on": "2022-09-01"}
    kept, answer = 0, operator.post("/v1/cases", body, Idempotency_Key="kept-0")
    while answer.status_code == 201 and kept < 20:
        kept += 1
        answer = operator.post("/v1/cases", body, Idempotency_Key=f"kept-{kept}")
    assert assert_problem(answer, 429, "quota-exceeded")["retry_after"] > 3500
    assert kept > 0
    assert operator.post("/v1/cases", body, Idempotency_Key="kept-0").headers["idempotent-replayed"] == "true"
    assert len(register.rows("SELECT id FROM cases")) == kept
    assert operator.post("/v1/cases", body).status_code == 201


def test_the_next_of_too_many_at_once_is_refused_and_nobody_else(register: Register) -> None:
    operator, verifier = register.caller("operator"), register.caller("verifier")
    shared: Shares = register.app.state.services.shares
    for _ in range(2):
        register.portal.call(shared.enter, operator.id)
    assert_problem(operator.get("/v1/me"), 429, "quota-exceeded")
    assert verifier.get("/v1/me").status_code == 200
    register.portal.call(shared.leave, operator.id)
    assert operator.get("/v1/me").status_code == 200


def test_long_calls_of_one_run_one_after_the_other_and_those_of_another_beside_them(register: Register) -> None:
    one, other = register.caller("operator"), register.caller("verifier")
    shared: Shares = register.app.state.services.shares

    async def held(principal: UUID) -> Any:
        shared.enter(principal)
        turn = shared.turn(principal)
        await turn.acquire()
        return turn

    turn = register.portal.call(held, one.id)
    body = {"for": "persons", "name": "Lin", "purpose": "rescue"}
    done = Event()

    def searched() -> int:
        status = one.post("/v1/searches", body).status_code
        done.set()
        return status

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(searched)
        assert other.post("/v1/searches", body).status_code == 200
        assert not done.wait(0.3)
        register.portal.call(turn.release)
        assert waiting.result(30) == 200
    register.portal.call(shared.leave, one.id)
    assert len(shared) == 0


def test_what_was_long_once_waits_its_turn_before_it_is_read_again(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []

    async def noted(request: Request) -> None:
        turns.append(request.url.path)

    operator = register.caller("operator")
    many = operator.file(received_on="2022-09-01", persons=[{"sex": "female"}] * (MANY + 1))["reference"]
    few = operator.file(received_on="2022-09-01", persons=[{"sex": "female"}] * (MANY - 1))["reference"]
    for module in (services, import_module("service.cases.router.cases")):
        monkeypatch.setattr(module, "wait_for_turn", noted)
    for _ in range(2):
        assert len(operator.get(f"/v1/cases/{many}").json()["persons"]) == MANY + 1
        assert len(operator.get(f"/v1/cases/{few}").json()["persons"]) == MANY - 1
    assert turns == [f"/v1/cases/{many}"] * 3  # after it was read, then before and after


def test_a_call_about_many_waits_its_turn(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []

    async def noted(request: Request) -> None:
        turns.append(request.url.path)

    operator = register.caller("operator")
    references = [operator.file(received_on="2022-09-01")["reference"] for _ in range(MANY + 1)]
    monkeypatch.setattr(services, "wait_for_turn", noted)
    for number, waited in ((MANY, 0), (MANY + 1, 1)):
        operator.record("headcount_claimed", references[:number], "2022-09-01", bound="exact", low=9, high=9)
        assert len(turns) == waited


def waiting_for_its_turn(register: Register, principal: UUID, places: Places) -> tuple[Request, Place]:
    """Return a request that has a place of the worker and one of its principal's."""
    place = Place(places)
    state = {"place": principal, "worker_place": place}
    return Request({"type": "http", "app": register.app, "state": state, "headers": []}), place


def test_whoever_waits_for_its_turn_has_no_place_meanwhile(register: Register) -> None:
    one, shared = register.caller("operator").id, register.app.state.services.shares

    async def asked() -> None:
        places = Places(1)
        shared.enter(one)
        turn = shared.turn(one)
        await turn.acquire()
        waiting, place = waiting_for_its_turn(register, one, places)
        await place.take()
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(services.wait_for_turn(waiting))
            await places.take(again=False)  # as somebody else's request
            turn.release()
            places.give_back()
        with pytest.raises(UnavailableError):
            await places.take(again=False)
        services.give_back_place(waiting)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(admission, "PATIENCE_S", 0.05)
        register.portal.call(asked)


def test_nobody_waits_for_its_turn_for_ever(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    one, shared = register.caller("operator").id, register.app.state.services.shares
    monkeypatch.setattr(services, "LONGEST_WAIT_S", 0.01)

    async def asked() -> None:
        shared.enter(one)
        async with shared.turn(one), asyncio.timeout(60):
            waiting, _ = waiting_for_its_turn(register, one, Places(1))
            with pytest.raises(TooManyAttemptsError):
                await services.wait_for_turn(waiting)
        services.give_back_place(waiting)

    register.portal.call(asked)


def test_a_case_with_many_events_is_long_to_write_to(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("service.cases.router.events"), "MANY_EVENTS", 3)
    operator = register.caller("operator")
    reference = operator.file(received_on="2022-09-01")["reference"]
    claim = {"bound": "exact", "low": 9, "high": 9}
    for _ in range(2):
        assert reference not in register.app.state.services.long_ones
        operator.record("headcount_claimed", [reference], "2022-09-01", **claim)
    operator.record("headcount_claimed", [reference], "2022-09-01", **claim)
    assert reference in register.app.state.services.long_ones


def test_a_case_of_many_persons_is_shown_in_pieces(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[None] = []

    async def counted(work: Generator[None, None, Any]) -> Any:
        while True:
            try:
                pieces.append(next(work))
            except StopIteration as done:
                return done.value

    operator = register.caller("operator")
    reference = operator.file(received_on="2022-09-01", persons=[{"sex": "female"}] * 60)["reference"]
    monkeypatch.setattr(import_module("service.cases.router.cases"), "worked_out", counted)
    assert len(operator.get(f"/v1/cases/{reference}").json()["persons"]) == 60
    assert len(pieces) >= 6


def _seconds(refusal: TooManyAttemptsError) -> int:
    return int(str(refusal.members["retry_after"]))
