"""What a flood of connections leaves of the work: readings answered in full, with few connections and with many."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.client import Job
from bench.measuring import Bench, send

CONNECTIONS: Final = (200, 1_000, 5_000)
"""The first is what the others are compared with."""

SECONDS: Final = 30.0
"""Of one measurement: several times as long as a request waits for a place, so that refusals are met."""


@dataclass(frozen=True)
class Flooded:
    """Readings over so many connections; medians of the rounds.

    Attributes:
        per_second: responses of 2xx.
        refused: others, per second.
        ratio: the median of the rounds' ratios to the fewest connections.
    """

    per_second: float
    refused: float
    ratio: float


def flood(bench: Bench, *, rounds: int) -> dict[int, Flooded]:
    """Measure readings over each number of connections, in interleaved rounds."""
    found = [[_asked(bench, connections) for connections in CONNECTIONS] for _ in range(rounds)]
    return {
        connections: Flooded(
            per_second=median(one[place][0] for one in found),
            refused=median(one[place][1] for one in found),
            ratio=median(one[place][0] / one[0][0] for one in found),
        )
        for place, connections in enumerate(CONNECTIONS)
    }


def flood_rows(flooded: dict[int, Flooded]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each number of connections."""
    for connections, found in flooded.items():
        yield f"{connections:,}", f"{found.per_second:,.0f}", f"{found.refused:,.0f}", f"{found.ratio:.2f}"


def _asked(bench: Bench, connections: int) -> tuple[float, float]:
    """Return the successes and the refusals per second."""
    stream = bench.streams["read"]
    headers = {"Authorization": f"Bearer {stream.member.token}"}
    outcome = send(Job(bench.service.port, connections, SECONDS, stream.ahead(1000), again=True, headers=headers))
    good = sum(number for status, number in outcome.statuses.items() if status.startswith("2"))
    return good / outcome.seconds, (sum(outcome.statuses.values()) - good) / outcome.seconds
