"""Work in slices: nothing keeps the loop for long in one piece, so nobody waits for another's big case.

Pauses cost a look at a clock where the work is short, which it nearly always is.
"""

from asyncio import AbstractEventLoop, Lock, get_running_loop, sleep, timeout
from collections.abc import AsyncIterator, Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from service.errors import UnavailableError

SLICE_S: Final = 0.001
"""Far below the 50 ms that the loop may be kept: a request waits for some ten slices, and a machine may be busy."""

LONGEST_S: Final = 10
"""Seconds that a work may wait and take beside the loop, and all statements of a search or a figure together."""

_ASIDE: Final = ThreadPoolExecutor(1, thread_name_prefix="aside")
"""One thread: several would take the interpreter from the loop in turns."""

_TURNS: Final[WeakKeyDictionary[AbstractEventLoop, Lock]] = WeakKeyDictionary()

Item = TypeVar("Item")
Result = TypeVar("Result")


class Pace:
    """Lets other requests in whenever a slice is over."""

    def __init__(self) -> None:
        """Begin the first slice."""
        self._until = monotonic() + SLICE_S

    async def pause(self) -> None:
        """Give way to others if the slice is over, then begin the next one."""
        if monotonic() >= self._until:
            await _others()
            self._until = monotonic() + SLICE_S


async def done_aside(work: Callable[[], Result]) -> Result:
    """Return what a work comes to that has no slices: it is done in a thread, one after the other.

    Raises:
        UnavailableError: it takes too long.
    """
    async with stopped_in_time():
        return await get_running_loop().run_in_executor(_ASIDE, work)


@asynccontextmanager
async def stopped_in_time() -> AsyncIterator[None]:
    """Stop a block that takes too long, and with it the statement that it waits for.

    Raises:
        UnavailableError: it was stopped.
    """
    try:
        async with timeout(LONGEST_S):
            yield
    except TimeoutError:
        words = "Too much is being computed. Nothing was done. Ask for less, or try again after `retry_after` seconds."
        raise UnavailableError(words, retry_after=LONGEST_S) from None


async def _others() -> None:
    """Give way. Long works go on one after the other: between two slices the loop sees to everybody else."""
    async with _TURNS.setdefault(get_running_loop(), Lock()):
        await sleep(0)


async def in_slices(items: Iterable[Item]) -> AsyncIterator[Item]:
    """Yield each item; between two of them others may be let in."""
    pace = Pace()
    for item in items:
        await pace.pause()
        yield item


async def worked_out(work: Generator[None, None, Result]) -> Result:
    """Return what a work comes to that says by `yield` where others may be let in."""
    pace = Pace()
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: Result = done.value
            return result
        await pace.pause()
