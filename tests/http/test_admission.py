"""Places for requests: never more taken than there are, in the order of asking, and none lost."""

import asyncio
import random

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from service.errors import UnavailableError
from service.http import admission
from service.http.admission import Admission, Places
from service.http.services import wait_without_place


def test_places_are_given_in_the_order_of_asking_and_first_to_whoever_had_one() -> None:
    async def asked() -> list[str]:
        places, order = Places(1), list[str]()

        async def work(name: str, *, again: bool = False) -> None:
            await places.take(again=again)
            order.append(name)
            await asyncio.sleep(0)
            places.give_back()

        async with asyncio.TaskGroup() as group:
            for name in ("first", "second", "third"):
                group.create_task(work(name))
            group.create_task(work("with a body", again=True))
        return order

    assert asyncio.run(asked()) == ["first", "with a body", "second", "third"]


@pytest.mark.parametrize("seed", range(20))
def test_whoever_leaves_early_takes_no_place_along(seed: int) -> None:
    chance = random.Random(seed)

    async def crowded() -> tuple[int, int]:
        places, busy, most = Places(3), 0, 0

        async def work() -> None:
            nonlocal busy, most
            await places.take(again=chance.random() < 0.3)
            busy += 1
            most = max(most, busy)
            try:
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                busy -= 1
                places.give_back()

        tasks = [asyncio.ensure_future(work()) for _ in range(200)]
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            if chance.random() < 0.5:
                chance.choice(tasks).cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(3):  # all three are free again
            await places.take(again=False)
        return most, busy

    assert asyncio.run(crowded()) == (3, 0)


def test_whoever_gets_none_in_time_is_refused_and_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PATIENCE_S", 0.0)

    async def asked() -> None:
        places = Places(1)
        await places.take(again=False)
        with pytest.raises(UnavailableError, match="Try again"):
            await places.take(again=False)
        places.give_back()
        await places.take(again=False)

    asyncio.run(asked())


def test_a_request_without_a_place_is_answered_503_and_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PATIENCE_S", 0.0)
    begun: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.append(scope["path"])
        await asyncio.Event().wait()

    async def asked() -> list[Message]:
        limited, sent = Admission(app, most=1), list[Message]()

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("nothing is read of a request that is refused")

        first = asyncio.ensure_future(limited(_scope("/v1/me"), receive, send))
        await asyncio.sleep(0)
        await limited(_scope("/v1/cases"), receive, send)
        alive = asyncio.ensure_future(limited(_scope("/health/live"), receive, send))
        await asyncio.sleep(0)
        for task in (first, alive):
            task.cancel()
        await asyncio.gather(first, alive, return_exceptions=True)
        return sent

    start, _ = asyncio.run(asked())
    assert start["status"] == 503
    assert (b"retry-after", b"1") in start["headers"]
    assert begun == ["/v1/me", "/health/live"]


def test_readiness_and_metrics_do_not_wait_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "WATCHING", 2)
    begun: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.append(scope["path"])
        await asyncio.Event().wait()

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        raise AssertionError("nothing is answered")

    async def asked() -> None:
        limited = Admission(app, most=1)
        paths = ("/v1/me", "/v1/cases", "/health/ready", "/metrics", "/health/ready", "/health/live")
        tasks = [asyncio.ensure_future(limited(_scope(path), receive, send)) for path in paths]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(asked())
    assert begun == ["/v1/me", "/health/ready", "/metrics", "/health/live"]


def test_whoever_waits_gets_the_place_that_becomes_free_and_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    timeout = asyncio.timeout

    def noted(delay: float) -> asyncio.Timeout:
        waits.append(delay)
        return timeout(None)

    monkeypatch.setattr(asyncio, "timeout", noted)

    async def asked() -> None:
        places = Places(1)
        await places.take(again=False)
        waiting = asyncio.ensure_future(places.take(again=False))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not waiting.done()
        places.give_back()
        await waiting

    asyncio.run(asked())
    assert waits == [admission.PATIENCE_S] == [10.0]


def test_whoever_waits_on_purpose_has_no_place_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    over, happened = asyncio.Event(), list[str]()

    async def wait(_: float) -> None:
        happened.append("waiting")
        await over.wait()

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(_: Message) -> None:
        raise AssertionError("nothing is sent")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slowed":
            await wait_without_place(Request(scope), 4.0)
        else:
            assert happened == ["waiting"]
            over.set()
        happened.append(scope["path"])

    async def asked() -> None:
        wrapped = Admission(app, most=1)
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            for path in ("/slowed", "/other"):
                group.create_task(wrapped(_scope(path), receive, send))

    monkeypatch.setattr("service.http.services.sleep", wait)
    asyncio.run(asked())
    assert happened == ["waiting", "/other", "/slowed"]


def _scope(path: str) -> Scope:
    return {
        "type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"",
        "state": {"request_id": "00000000-0000-7000-8000-000000000000"},
    }  # fmt: skip
