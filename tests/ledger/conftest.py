"""One register with a history, shared by the tests that only look."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from service.ledger.actions import FoldState, fold_some
from tests.engine import Databases
from tests.ledger.population import Population, populate
from tests.ledger.questions import Asked, log_of, questions, questions_of_months
from tests.register import Register, open_register


@dataclass
class History:
    """A register whose past days were folded, and what it answered before and after."""

    register: Register
    population: Population
    log: list[dict[str, Any]]
    moments: list[datetime]
    before: list[tuple[Asked, dict[str, Any]]]
    after: list[tuple[Asked, dict[str, Any]]]
    folded: list[date]


@pytest.fixture(scope="module")
def history(databases: Databases) -> Iterator[History]:
    """Five days of reports and corrections, asked about before and after folding."""
    with told(databases, days=1, asked=questions) as found:
        yield found


@pytest.fixture(scope="module")
def months(databases: Databases) -> Iterator[History]:
    """The same told on days from October to December, so that two months are summed."""
    with told(databases, days=17, asked=questions_of_months) as found:
        yield found


@contextmanager
def told(
    databases: Databases,
    *,
    days: int,
    asked: Callable[[list[datetime]], Iterator[Asked]],
    cases: int = 60,
    steps: int = 360,
    nights: int = 4,
    crowd: int = 25,
) -> Iterator[History]:
    """Record a history with a number of days between its parts, and ask about it."""
    database = databases.make()
    with open_register(database) as register:
        population = populate(register, cases=cases, steps=steps, nights=nights, days=days, seed=24, crowd=crowd)
        population.to_the_next_day()
        log = log_of(register)
        moments = some_moments(log, register.clock.now)
        job = register.key("figures:exact")
        before = [(question, question.put(job)) for question in asked(moments)]
        folded = fold_all(register)
        after = [(question, question.put(job)) for question, _ in before]
        yield History(register, population, log, moments, before, after, folded)
    databases.drop(database)


def some_moments(log: list[dict[str, Any]], now: datetime) -> list[datetime]:
    """A moment within a day in the middle, the last of a UTC day, and one after everything."""
    recorded = sorted(row["recorded_at"] for row in log)
    middle = recorded[len(recorded) // 2]
    midnight = middle.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return [middle, midnight - timedelta(microseconds=1), now - timedelta(minutes=1)]


def step(register: Register, at_once: int = 20_000) -> tuple[date | None, FoldState]:
    """Do one step of folding: return the day that is folded with it, and how it goes on."""

    async def once() -> tuple[date | None, FoldState]:
        async with register.app.state.services.database.write() as db:
            return await fold_some(db, now=register.clock(), at_once=at_once)

    return register.portal.call(once)


def fold_all(register: Register, at_once: int = 20_000, *, days_apart: int = 1) -> list[date]:
    """Fold every settled day, so many entries at a time, each so many days after the one before."""
    folded: list[date] = []
    state = FoldState.MORE
    while state is not FoldState.IDLE:
        day, state = step(register, at_once)
        if day:
            folded.append(day)
            let_days_pass(register, days_apart)
    return folded


def let_days_pass(register: Register, days: int) -> None:
    """Make closed months older: a day afterwards the sums of their days may go."""
    register.rows("UPDATE ledger_closed SET closed_at = closed_at - $1::int * interval '1 day'", days)
