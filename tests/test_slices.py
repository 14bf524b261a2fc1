"""Long work lets others in, and comes to the same."""

import asyncio
import threading
import time
from collections.abc import Generator

import pytest

from service import slices
from service.errors import UnavailableError
from service.slices import done_aside, in_slices, worked_out

PIECE_S = 0.002
PIECES = 60


def piece(number: int) -> int:
    time.sleep(PIECE_S)
    return number


def working() -> Generator[None, None, int]:
    for number in range(PIECES):
        yield
        piece(number)
    return PIECES


async def others_during(works: int) -> int:
    """Run some long works at once, and count how often the loop came round meanwhile."""
    rounds = 0
    tasks = [asyncio.create_task(worked_out(working())) for _ in range(works)]
    while not all(task.done() for task in tasks):
        rounds += 1
        await asyncio.sleep(0)
    assert [task.result() for task in tasks] == [PIECES] * works
    return rounds


def test_others_come_in_between_the_slices_of_a_long_work() -> None:
    assert asyncio.run(others_during(1)) > PIECES / 4


def test_of_several_long_works_one_goes_on_at_a_time() -> None:
    """Each in every round of the loop would let the loop round no oftener than for one."""
    assert asyncio.run(others_during(6)) > 6 * PIECES / 4


def test_a_short_work_never_waits() -> None:
    async def short() -> int:
        rounds = 0

        async def counting() -> None:
            nonlocal rounds
            while True:
                rounds += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(counting())
        assert [number async for number in in_slices(range(50))] == list(range(50))
        task.cancel()
        return rounds

    assert asyncio.run(short()) == 0


def test_what_is_done_aside_leaves_the_loop_alone_and_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "LONGEST_S", 0.05)
    go = threading.Event()

    async def asked() -> str:
        assert await done_aside(lambda: threading.current_thread() is threading.main_thread()) is False
        with pytest.raises(UnavailableError) as late:
            await done_aside(lambda: go.wait(30))
        go.set()
        return late.value.detail

    assert "Ask for less" in asyncio.run(asked())
