"""Runs jobs for the length of a block. No answer to a request depends on one of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

LOG: Final = logging.getLogger("service.jobs")


@dataclass(frozen=True)
class Job:
    """Work that is done again and again.

    Attributes:
        name: stands in the log.
        every_s: seconds from the end of one run to the beginning of the next.
        run: does the work once. It may be cancelled wherever it waits, so it changes things in transactions only.
    """

    name: str
    every_s: float
    run: Callable[[], Awaitable[None]]


@asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Run each job at once and then at its interval, until the block ends; then cancel them and wait for their end."""
    tasks = [asyncio.create_task(_repeat(job), name=job.name) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job) -> None:
    while True:
        try:
            await job.run()
        except Exception as error:  # noqa: BLE001 - a job must go on; the message may hold data, its kind does not
            LOG.warning("job=%s failed=%s", job.name, getattr(error, "code", type(error).__name__))
        await asyncio.sleep(job.every_s)
