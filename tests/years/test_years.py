"""Six invented years: every figure, in every breakdown, period and state of knowledge, is what the plain model says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest

from service.ledger.rules import Measure
from tests import plain
from tests.cases.story import Story
from tests.long import LONG
from tests.story.logs import rows
from tests.years.ledger import FITTED, FLOWS, STOCKS, Counted, Ledger, fitted, summed, within
from tests.years.walking import CASES, year_of

YEARS = range(1, 7) if LONG else range(1, 2)
CASES_OF_A_YEAR = CASES if LONG else 25
PERIODS_ASKED = 24 if LONG else 6
LEAST_COMPARED = 120_000 if LONG else 5_000
FIRST, LAST = date(2022, 1, 1), date(2022, 12, 31)


@dataclass
class Comparison:
    """What was compared, and what differed."""

    values: int = 0
    differing: list[Any] = field(default_factory=list)

    def of(self, question: object, found: Counter[Any], wanted: Counter[Any]) -> None:
        """Compare the cells of an answer, those that only one side has among them."""
        self.values += len(found.keys() | wanted.keys())
        if found != wanted:
            self.differing.append((question, found - wanted, wanted - found))


MOMENTS = [datetime(2022, month, 1, tzinfo=UTC) - timedelta(hours=7) for month in (4, 7, 10, 12)]
MOMENTS += [datetime(2023, 1, 1, tzinfo=UTC)]
"""The last ones of months in Phnom Penh, and one after everything."""


def breakdowns(counted: Counted) -> Iterator[tuple[str, ...]]:
    """Every breakdown by one or two dimensions, by all of them, and of a whole that is counted by itself."""
    own: tuple[str, ...] = (counted.own,) if counted.own else ()
    alone = not own or counted.own in {"operation", "mode", "outcome", "rescued", "status"}
    yield from [()] if alone else []
    yield from (by for by in ((name,) for name in (*counted.of, *own)) if alone or by == own)
    yield from (by for by in combinations((*counted.of, *own), 2) if alone or own[0] in by)
    yield (*counted.of, *own)


def records_by_figure(stories: list[Story], known_at: datetime) -> dict[str, list[plain.Record]]:
    found: dict[str, list[plain.Record]] = {}
    for record in plain.records_of((rows(story.events) for story in stories), known_at):
        found.setdefault(record["figure"].removesuffix(" of each"), []).append(record)
    return found


@pytest.mark.parametrize("seed", YEARS)
def test_every_figure_of_an_invented_year_is_what_the_plain_model_says(seed: int) -> None:
    compared = look(seed, CASES_OF_A_YEAR, PERIODS_ASKED)
    assert compared.differing[:3] == [], f"{len(compared.differing)} answers of {compared.values} values differ"
    assert compared.values > LEAST_COMPARED


def look(seed: int, cases: int, periods_asked: int) -> Comparison:
    """Compare a year, as known at the end of each quarter and of November."""
    stories = year_of(seed, cases)
    ledger, draw, compared = Ledger(stories), Random(seed), Comparison()
    starts = [FIRST + timedelta(days=draw.randint(-40, 340)) for _ in range(periods_asked)]
    periods = [(first, first + timedelta(days=draw.choice([0, 6, 29, 89]))) for first in starts] + [(FIRST, LAST)]
    for known_at in MOMENTS:
        told, cells = records_by_figure(stories, known_at), ledger.known_at(known_at)
        for counted in FLOWS:
            for first, last in periods:
                inside = [one for one in told.get(counted.figure, []) if first <= one["day"] <= last]
                entered = within(cells, counted, first, last)
                for by in breakdowns(counted):
                    wanted = plain.count(inside, counted.figure, first, last, by)
                    compared.of((counted, first, last, by, known_at), summed(entered, counted, first, last, by), wanted)
        for counted in STOCKS:
            records = told.get(counted.figure, [])
            for day in [last for _, last in periods]:
                for by in breakdowns(counted):
                    wanted = plain.count(records, counted.figure, None, day, by)
                    compared.of((counted, day, by, known_at), summed(cells, counted, None, day, by), wanted)
        compare_what_is_no_count(compared, told, cells, periods)
    return compared


def compare_what_is_no_count(
    compared: Comparison, told: dict[str, list[plain.Record]], cells: Any, periods: list[tuple[date, date]]
) -> None:
    """Compare bounds of claims, lengths of stays, and how many days were fitted."""
    for first, last in periods:
        claims = [one["claim"] for one in told.get("persons_alleged", []) if first <= one["day"] <= last]
        low = summed(cells, Counted("", Measure.ALLEGED_LOW, ()), first, last, ())
        high = summed(cells, Counted("", Measure.ALLEGED_HIGH, ()), first, last, ())
        about = summed(cells, Counted("", Measure.ALLEGED_ABOUT, ()), first, last, ())
        open_ended = summed(cells, Counted("", Measure.ALLEGED_OPEN, ()), first, last, ())
        found = [low[()], high[()], about[()], open_ended[()]]
        bounded = [claim for claim in claims if claim["bound"] != "at_least"]
        wanted = [
            sum(claim.get("low", 0) for claim in claims),
            sum(claim.get("high", claim.get("low", 0)) for claim in bounded),
            sum(claim["bound"] == "about" for claim in claims),
            len(claims) - len(bounded),
        ]
        compared.of(("claims", first, last), Counter(dict(enumerate(found))), Counter(dict(enumerate(wanted))))
        lengths = Counter(
            f"{one['status']}:{one['days']}" for one in told.get("days_in_status", []) if first <= one["day"] <= last
        )
        stays: Counter[str] = Counter()
        for cell, amount in cells[Measure.DAYS_IN_STATUS].items():
            if first <= cell.occurred_on <= last:
                stays[cell.detail] += amount
        compared.of(("stays", first, last), +stays, lengths)
        for figure in FITTED:
            [counted] = [one for one in FLOWS if one.figure == figure and one.measure.value in NAMED[figure]]
            vague = [one for one in told.get(figure, []) if one["figure"] == figure and one.get("fitted")]
            inside = sum(first <= one["day"] <= last for one in vague)
            found_fitted = fitted(cells, counted, first, last)
            compared.of(("fitted", figure, first, last), Counter({(): found_fitted}), Counter({(): inside}))


NAMED = {figure: {figure} for figure in FITTED} | {"offenders_at_stage": {"offenders_pursued"}}
