"""Enter stories through the public interface as their tellers: many cases at once, each in its own order."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from service.demo.stories import Step, Story, Teller, Voiding

Desk = Mapping[Teller, httpx.AsyncClient]
"""A signed-in client for each teller."""

AT_ONCE: Final = 6
"""Calls under way at the same time; fewer than a worker's database connections."""

MOST_SUBJECTS: Final = 400
"""The most subjects of one call; the interface accepts 500."""


class EntryRefusedError(Exception):
    """A call of a story was refused: the story and the rules do not agree."""


@dataclass
class Entered:
    """A case that was entered: its references, in the order of its body, and the ids of the events of each step."""

    story: Story
    case: str
    persons: list[str]
    offenders: list[str]
    events: list[list[str]] = field(default_factory=list)


@dataclass
class _Batch:
    """One call that records the same step of several cases."""

    step: Step
    subjects: list[str] = field(default_factory=list)
    of: list[tuple[Entered, int]] = field(default_factory=list)


async def enter(stories: Sequence[Story], desk: Desk, report: Callable[[int], None]) -> list[Entered]:
    """File every story's case, then record their steps: all first steps, all second steps, and so on.

    Args:
        stories: to enter.
        desk: who enters them.
        report: called with the number of facts entered by each call.

    Raises:
        EntryRefusedError: a call was refused.
    """
    turn = asyncio.Semaphore(AT_ONCE)
    entered = await _all(turn, (_file(story, desk, report) for story in stories))
    for place in range(max((len(story.steps) for story in stories), default=0)):
        now = [one for one in entered if place < len(one.story.steps)]
        await _all(turn, (_record(batch, desk, report) for batch in _batches(now, place)))
        await _all(turn, (_void(one, step, desk, report) for one, step in _voidings(now, place)))
    return entered


def facts_in(stories: Iterable[Story]) -> int:
    """Return the number of facts that `enter` will report."""
    return sum(1 + len(story.steps) for story in stories)


async def _all(turn: asyncio.Semaphore, work: Iterable[Awaitable[Any]]) -> list[Any]:
    async def in_turn(one: Awaitable[Any]) -> Any:
        async with turn:
            return await one

    return await asyncio.gather(*(in_turn(one) for one in work))


async def _file(story: Story, desk: Desk, report: Callable[[int], None]) -> Entered:
    filed = await _post(desk[story.filed_by], "/v1/cases", story.body)
    report(1)
    references = ([part["reference"] for part in filed[name]] for name in ("persons", "offenders"))
    return Entered(story, filed["reference"], *references)


async def _record(batch: _Batch, desk: Desk, report: Callable[[int], None]) -> None:
    step = batch.step
    body = {"kind": step.kind, "occurred_on": step.on.isoformat(), "subjects": batch.subjects, "data": step.data}
    recorded = iter((await _post(desk[step.teller], "/v1/events", body))["items"])
    for one, count in batch.of:
        one.events.append([next(recorded)["event_id"] for _ in range(count)])
    report(len(batch.of))


async def _void(one: Entered, step: Voiding, desk: Desk, report: Callable[[int], None]) -> None:
    for event_id in one.events[step.step]:
        await _post(desk[Teller.SUPERVISOR], f"/v1/events/{event_id}/void", {"reason": step.reason})
    one.events.append([])
    report(1)


def _batches(entered: Iterable[Entered], place: int) -> Iterator[_Batch]:
    """Yield one call for each group of steps of the same teller, kind, day and data."""
    open_ones: dict[tuple[object, ...], _Batch] = {}
    for one in entered:
        step = one.story.steps[place]
        if isinstance(step, Voiding):
            continue
        subjects = _subjects(one, step)
        key = (step.teller, step.kind, step.on, json.dumps(step.data, sort_keys=True))
        batch = open_ones.get(key)
        if batch is None or len(batch.subjects) + len(subjects) > MOST_SUBJECTS:
            if batch is not None:
                yield batch
            batch = open_ones[key] = _Batch(step)
        batch.subjects += subjects
        batch.of.append((one, len(subjects)))
    yield from open_ones.values()


def _voidings(entered: Iterable[Entered], place: int) -> Iterator[tuple[Entered, Voiding]]:
    for one in entered:
        step = one.story.steps[place]
        if isinstance(step, Voiding):
            yield one, step


def _subjects(one: Entered, step: Step) -> list[str]:
    named = [one.persons[place] for place in step.persons] + [one.offenders[place] for place in step.offenders]
    return named or [one.case]


async def _post(client: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=body)
    if response.status_code != httpx.codes.CREATED:
        raise EntryRefusedError(f"POST {path} was answered {response.status_code}: {response.text}")
    content: dict[str, Any] = response.json()
    return content
