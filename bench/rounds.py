"""The measurements, in interleaved rounds: a disturbance of the machine affects everything that is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.arithmetic import growth, median_ratio
from bench.machine import Memory, memory_of
from bench.measuring import Bench, Measured, on_record
from bench.targets import WORDS

COMPARED: Final = ("file", "event", "read", "empty")
READS: Final = ("figure_now", "figure_past", "list_first", "list_deep", "read")
WRITES: Final = ("event", "file")
ENDURED: Final = {
    "read": 58, "file": 10, "correct": 10, "search": 10, "list_narrowed": 10, "figure_narrowed": 2,
}  # fmt: skip
"""Of a hundred requests before memory is read; what is asked differs each time but for the first."""

BUSY: Final = 16
"""Connections of a comparison."""

CALM: Final = 2
"""Connections for measuring time rather than rate: enough for both workers, too few to queue."""


@dataclass(frozen=True)
class Plan:
    """The lengths of the measurements.

    Attributes:
        rounds: each of everything.
        seconds: of one measurement in a comparison.
        brief_s: of one measurement of growth.
        requests: before memory is read.
    """

    rounds: int
    seconds: int
    brief_s: float
    requests: int


FULL: Final = Plan(rounds=5, seconds=4, brief_s=2.0, requests=100_000)
QUICK: Final = Plan(rounds=2, seconds=2, brief_s=1.0, requests=5_000)


@dataclass(frozen=True)
class Compared:
    """One kind of work by the service, and the same rows by pgbench; medians of the rounds.

    Attributes:
        ratio: the median of the rounds' ratios of rates; None without pgbench.
        recorded: of a reading, pgbench putting it on record too.
        recorded_ratio: to that.
        tail: the median of the rounds' p99 / p50.
    """

    service: Measured
    plain: Measured | None
    ratio: float | None
    tail: float
    recorded: Measured | None = None
    recorded_ratio: float | None = None


@dataclass(frozen=True)
class Grown:
    """One kind of work in registers of growing size; medians of the rounds.

    Attributes:
        by_size: what was measured, by persons.
        times: the middle time at the largest size to that at the smallest.
    """

    by_size: Mapping[int, Measured]
    times: float


@dataclass(frozen=True)
class Endured:
    """The memory of the workers after many requests, and after a quarter more."""

    requests: int
    after: Memory
    later: Memory


def grow(benches: Sequence[Bench], plan: Plan) -> dict[str, Grown]:
    """Measure each kind of work in each register, reads first, because writes lengthen the ledger's tail."""
    found: dict[str, dict[int, list[Measured]]] = {}
    for names, connections in ((READS, CALM), (WRITES, BUSY)):
        for _ in range(plan.rounds):
            for name in names:
                for bench in benches:
                    measured = bench.ask(name, connections=connections, seconds=plan.brief_s)
                    found.setdefault(name, {}).setdefault(bench.persons, []).append(measured)
    return {name: _grown(found[name]) for name in WORDS if name in found}


def compare(bench: Bench, program: Path | None, plan: Plan) -> dict[str, Compared]:
    """Measure the service and pgbench in turn."""
    served: dict[str, list[Measured]] = {name: [] for name in COMPARED}
    plain: dict[str, list[Measured]] = {}
    for _ in range(plan.rounds):
        for name in COMPARED:
            for script in (name, on_record(name)):
                if program is not None and script in bench.scripts:
                    plain.setdefault(script, []).append(bench.drive(program, script, seconds=plan.seconds))
            served[name].append(bench.ask(name, connections=BUSY, seconds=plan.seconds))
    return {name: _compared(served[name], plain.get(name, []), plain.get(on_record(name), [])) for name in COMPARED}


def endure(bench: Bench, plan: Plan) -> Endured:
    """Send many requests, hardly two of them alike, and look at the workers' memory."""
    _keep_busy(bench, plan.requests)
    after = memory_of(bench.service.workers())
    _keep_busy(bench, plan.requests // 4)
    return Endured(plan.requests, after, memory_of(bench.service.workers()))


def _keep_busy(bench: Bench, requests: int) -> None:
    left = requests
    while left > 0:
        some = min(left, 10_000)
        for name, share in ENDURED.items():
            bench.ask(name, connections=BUSY, seconds=120, most=max(1, some * share // 100))
        left -= some


def _grown(by_size: Mapping[int, list[Measured]]) -> Grown:
    middles = {persons: middle(rounds) for persons, rounds in by_size.items()}
    return Grown(middles, growth([measured.p50_ms for measured in middles.values()]))


def _compared(served: list[Measured], plain: list[Measured], recorded: list[Measured]) -> Compared:
    tail = median(measured.tail for measured in served)
    return Compared(
        middle(served),
        middle(plain) if plain else None,
        _ratio(served, plain),
        tail,
        middle(recorded) if recorded else None,
        _ratio(served, recorded),
    )


def _ratio(served: list[Measured], plain: list[Measured]) -> float | None:
    rates = ([measured.per_second for measured in rounds] for rounds in (served, plain))
    return median_ratio(*rates) if plain else None


def middle(rounds: Sequence[Measured]) -> Measured:
    """Return the median of each value over the rounds."""
    own = [measured.api_ms for measured in rounds if measured.api_ms is not None]
    return Measured(
        per_second=median(measured.per_second for measured in rounds),
        p50_ms=median(measured.p50_ms for measured in rounds),
        p99_ms=median(measured.p99_ms for measured in rounds),
        api_ms=median(own) if own else None,
        postgres_ms=median(measured.postgres_ms for measured in rounds),
        client_ms=median(measured.client_ms for measured in rounds),
    )
