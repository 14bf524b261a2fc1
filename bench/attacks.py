"""What one account does to another's reading: measured quiet, and while each of four attacks runs, in one run."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from statistics import median
from typing import Final

from bench.client import Job
from bench.filling import YEARS
from bench.measuring import Bench, Measured, send
from bench.requests import Sent

ATTACKS: Final = {
    "attack_case": "A case of 500 persons, read and written to",
    "attack_search": "Searches with many hits",
    "attack_figure": "Figures of three dimensions",
    "attack_bulk": "Bulk calls, every second one refused",
}
CONNECTIONS: Final = 8
READING: Final = 2
"""Connections of whoever reads: one a worker."""

AHEAD_S: Final = 0.5
"""How long an attack runs before the reading is measured, and after."""

PERSONS: Final = 500


@dataclass(frozen=True)
class Withstood:
    """Another's reading while an attack runs, beside the quiet one just before; medians of the rounds.

    Attributes:
        answers: the attack's responses, by status, of all rounds.
        times: the p99 of the reading, as a multiple of the quiet one.
    """

    quiet_p99_ms: float
    p99_ms: float
    answers: dict[str, int]
    times: float


def withstand(bench: Bench, *, rounds: int, seconds: float) -> dict[str, Withstood]:
    """Measure each attack, in interleaved rounds."""
    found: dict[str, list[tuple[Measured, Measured]]] = {name: [] for name in ATTACKS}
    answers: dict[str, dict[str, int]] = {name: {} for name in ATTACKS}
    for _ in range(rounds):
        for name in ATTACKS:
            quiet = bench.ask("read", connections=READING, seconds=seconds)
            with ThreadPoolExecutor(1) as aside:
                attack = aside.submit(send, _job(bench, name, seconds + 2 * AHEAD_S))
                time.sleep(AHEAD_S)
                attacked = bench.ask("read", connections=READING, seconds=seconds)
                for status, number in attack.result().statuses.items():
                    answers[name][status] = answers[name].get(status, 0) + number
            found[name].append((quiet, attacked))
    return {name: _withstood(pairs, answers[name]) for name, pairs in found.items()}


def _job(bench: Bench, name: str, seconds: float) -> Job:
    stream = bench.streams[name]
    headers = {"Authorization": f"Bearer {stream.member.token}"}
    return Job(bench.service.port, CONNECTIONS, seconds, stream.ahead(1000), again=True, headers=headers)


def _withstood(pairs: Sequence[tuple[Measured, Measured]], answers: dict[str, int]) -> Withstood:
    return Withstood(
        quiet_p99_ms=median(quiet.p99_ms for quiet, _ in pairs),
        p99_ms=median(attacked.p99_ms for _, attacked in pairs),
        answers=answers,
        times=median(attacked.p99_ms / quiet.p99_ms for quiet, attacked in pairs),
    )


def big_case(today: date) -> str:
    """Return the body of a case of as many persons as one takes."""
    persons = [
        {"names": [{"text": f"Example Person {number:03}"}], "nationality": "VNM", "sex": "female", "age": 24}
        for number in range(PERSONS)
    ]
    return json.dumps({"channel": "hotline_117", "received_on": today.isoformat(), "persons": persons})


def on_case(case: str, today: date) -> "cycle[Sent]":
    """Read the case with all that is sealed, and record a number of heads in it."""
    claim = {
        "kind": "headcount_claimed", "subjects": [case], "occurred_on": today.isoformat(),
        "data": {"bound": "exact", "low": 9, "high": 9},
    }  # fmt: skip
    return cycle([("GET", f"/v1/cases/{case}?purpose=intake", None), ("POST", "/v1/events", json.dumps(claim))])


def searches() -> "cycle[Sent]":
    """Search for a name that each person of the big case has."""
    body = {"for": "persons", "name": "Example Person", "purpose": "rescue", "limit": 50}
    return cycle([("POST", "/v1/searches", json.dumps(body))])


def figures(today: date) -> "cycle[Sent]":
    """Ask for a figure of three dimensions over all years."""
    first = today - timedelta(days=365 * YEARS + 10)
    by = "&by=nationality&by=province&by=age_group"
    return cycle([("GET", f"/v1/figures/persons_repatriated?from={first}&to={today}{by}", None)])


def bulk(persons: Sequence[str], today: date) -> "cycle[Sent]":
    """Record papers of 500 people in one call, and the same for a day that has not come."""
    told = {"kind": "documents_checked", "subjects": list(persons), "data": {"missing": ["passport"]}}
    days = (today, today + timedelta(days=30))
    return cycle([("POST", "/v1/events", json.dumps({**told, "occurred_on": day.isoformat()})) for day in days])
