"""What is counted of requests and of processes, for Prometheus.

The workers of a service count in files of one folder (prometheus-client's multiprocess mode, `settings.Counting`), and
whichever of them is asked adds them up. A process without that folder counts for itself.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from service.errors import ServiceError

KNOWN_S: Final = 1.5
"""The longest that the metrics wait for what only the database knows, seconds."""

KNOWN: Final[Mapping[str, str]] = {
    "safe_return_database_up": "Whether the database answered.",
    "safe_return_oldest_unfolded_day_timestamp_seconds": "Beginning of the oldest UTC day with unfolded entries.",
    "safe_return_fold_lag_seconds": "For how long the oldest unfolded day could have been folded; 0 where none could.",
    "safe_return_kept_answers": "Responses kept for retries; counted up to 100,000.",
    "safe_return_outdated_search_records": "Sealed records whose search keys are to be made anew by newer rules.",
}
"""What is asked of the database, and shown where it answers."""

_DATABASE_UP: Final = "safe_return_database_up"


class Metrics:
    """Counts and durations by route template, refusals by kind, and the state of the processes.

    No path, principal or text becomes a label.
    """

    def __init__(self, ask: Callable[[], Awaitable[Mapping[str, float]]], folder: Path | None) -> None:
        """Make a registry of its own, so that two applications in one process are counted apart.

        Args:
            ask: returns what only the database knows, by the names of `KNOWN`.
            folder: in which all workers count; None where this process counts for itself.
        """
        self._ask = ask
        self._folder = folder
        self._registry = made = CollectorRegistry()
        labels = ("method", "route", "status")
        requests = Counter("safe_return_requests", "Responses sent.", labels, registry=made)
        durations = Histogram(
            "safe_return_request_seconds", "Time from request to response.", labels[:2], registry=made
        )
        refusals = Counter("safe_return_refusals", "Problems sent, by their code.", ("kind",), registry=made)
        self._count = cache(lambda method, route, status: requests.labels(method, route, str(status)))
        self._duration = cache(durations.labels)
        self._refusal = cache(refusals.labels)
        self._workers = _summed("safe_return_workers", "Processes that serve.", made)
        self._pool_size = _summed("safe_return_pool_size", "Database connections there may be.", made)
        self._pool_in_use = _summed("safe_return_pool_in_use", "Database connections in use.", made)
        self._process = _Process(made)

    def observe(self, method: str, route: str, status: int, seconds: float, *, problem: str | None = None) -> None:
        """Count one response.

        Args:
            method: of the request.
            route: its template.
            status: of the response.
            seconds: it took.
            problem: the code of the problem that it is, if it is one.
        """
        self._count(method, route, status).inc()
        self._duration(method, route).observe(seconds)
        if problem is not None:
            self._refusal(problem).inc()

    def measure(self, *, pool_size: int, pool_in_use: int) -> None:
        """Note the present state of this process.

        Args:
            pool_size: how many connections to the database it may have.
            pool_in_use: how many of them somebody uses.
        """
        self._workers.set(1)
        self._pool_size.set(pool_size)
        self._pool_in_use.set(pool_in_use)
        self._process.measure()

    async def written(self) -> bytes:
        """Return everything as text for Prometheus, without what the database does not tell in time."""
        try:
            async with asyncio.timeout(KNOWN_S):
                known = {**await self._ask(), _DATABASE_UP: 1.0}
        except (ServiceError, TimeoutError):
            known = {_DATABASE_UP: 0.0}
        return await asyncio.to_thread(self._written, known)

    def _written(self, known: Mapping[str, float]) -> bytes:
        asked = CollectorRegistry()
        asked.register(_Known(known))
        if self._folder is None:
            return generate_latest(self._registry) + generate_latest(asked)
        _mark_dead(self._folder)
        together = CollectorRegistry()
        MultiProcessCollector(together, str(self._folder))  # type: ignore[no-untyped-call] # the library does not say
        return generate_latest(together) + generate_latest(asked)


class _Process:
    """Memory, processor time and open files of this process, under the names that Prometheus has for them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._collector = ProcessCollector(registry=None)
        self._gauges: dict[str, Gauge] = {}
        self._seconds = Counter("process_cpu_seconds", "Processor time of all processes.", registry=registry)
        self._counted = 0.0
        for family in self._collector.collect():
            if family.type == "gauge":
                self._gauges[family.name] = Gauge(
                    family.name, family.documentation, multiprocess_mode="liveall", registry=registry
                )

    def measure(self) -> None:
        for family in self._collector.collect():
            value = family.samples[0].value
            if family.name in self._gauges:
                self._gauges[family.name].set(value)
            elif value > self._counted:
                self._seconds.inc(value - self._counted)
                self._counted = value


class _Known(Collector):
    """Shows what the database told."""

    def __init__(self, known: Mapping[str, float]) -> None:
        self._known = known

    def collect(self) -> Iterable[Metric]:
        for name, value in self._known.items():
            yield GaugeMetricFamily(name, KNOWN[name], value=value)


def _summed(name: str, words: str, registry: CollectorRegistry) -> Gauge:
    """Return a gauge whose values of all living processes are added up."""
    return Gauge(name, words, multiprocess_mode="livesum", registry=registry)


def _mark_dead(folder: Path) -> None:
    """Forget the present state of processes that are there no more; what they counted stays counted."""
    for process in {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*.db")}:
        if not _is_alive(process):
            with suppress(FileNotFoundError):  # another worker did it first
                mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call] # the same


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True
