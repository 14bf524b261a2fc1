"""The environment of the measurements: a PostgreSQL, registers of several sizes, a service for each."""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from bench import attacks, requests
from bench.cast import Cast, Connection, make_cast, new_keys
from bench.client import LOOPBACK, Job
from bench.filling import SERVED, YEARS, fill
from bench.measuring import Bench, on_record, send
from bench.plain import (
    event_script,
    filing_script,
    reading_script,
    recorded_reading_script,
    written_by_event,
    written_by_filing,
    written_by_reading,
)
from bench.requests import Stream
from bench.service import serving
from service.db.embedded import Cluster
from service.db.migrations import migrate

PARAMETERS: Final = {"shared_buffers": "2GB", "max_wal_size": "8GB", "max_connections": "100"}
"""All other parameters have their defaults: fsync and synchronous commit are on."""

UNLIMITED: Final = 1_000_000_000
"""Bytes kept for one member: what they cost is measured, not that they are limited."""

SEARCHES: Final = 1_000_000
"""Of one member in five minutes, the most that the setting takes: they are not slowed either."""

CORRECTED: Final = 125
"""Cases of two persons each, whose names are corrected."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """A running PostgreSQL.

    Attributes:
        cluster: started.
        folder: for logs.
        say: tells what is being done.
    """

    cluster: Cluster
    folder: Path
    say: Say
    _keys: str = field(default_factory=new_keys)

    @property
    def postmaster(self) -> int:
        """Return the process id of the server."""
        return int((self.cluster.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    @contextmanager
    def benches(self, sizes: list[int], *, scripts: bool, **more: str) -> Iterator[list[Bench]]:
        """Fill a register of each size and serve them all, with `more` settings, for the duration of a block."""
        casts = {persons: asyncio.run(self._make(persons)) for persons in sizes}
        with ExitStack() as stack:
            yield [self._open(stack, persons, cast, more, scripts=scripts) for persons, cast in casts.items()]

    async def _make(self, persons: int) -> Cast:
        name = _name(persons)
        connection = await asyncpg.connect(self.cluster.url("admin", "postgres"))
        await connection.execute(f"CREATE DATABASE {name} OWNER safe_return_owner TEMPLATE safe_return")
        await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO safe_return_api")
        await connection.close()
        connection = await asyncpg.connect(self.cluster.url("admin", name))
        began = time.monotonic()
        try:
            cast = await make_cast(connection, nationalities=SERVED, keys=self._keys)
            await fill(connection, cast, persons)
            size = await connection.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
        finally:
            await connection.close()
        self.say(f"Filled a register with {persons:,} persons in {time.monotonic() - began:.0f} s ({size}).")
        return cast

    def _open(self, stack: ExitStack, persons: int, cast: Cast, more: dict[str, str], *, scripts: bool) -> Bench:
        url = self.cluster.url("api", _name(persons))
        variables = {
            "SAFE_RETURN_DATABASE_URL": url,
            "SAFE_RETURN_KEYS": cast.keys,
            "SAFE_RETURN_SEARCH_LIMIT": str(SEARCHES),
            **more,
            "SAFE_RETURN_KEPT_LIMIT_BYTES": str(UNLIMITED),
        }
        service = stack.enter_context(serving(free_port(), self.folder, variables))
        admin_url = self.cluster.url("admin", _name(persons))
        streams, page = asyncio.run(_streams(admin_url, cast))
        streams["correct"] = Stream(streams["file"].member, requests.corrections(_filed(service.port, streams["file"])))
        streams |= _attacks(service.port, cast)
        written = asyncio.run(_scripts(admin_url, service.port, streams)) if scripts else {}
        shape = asyncio.run(_shape(admin_url))
        return Bench(persons, service, self.postmaster, url, streams, written, shape, page)


@contextmanager
def open_stage(folder: Path, binaries: Path | None, say: Say) -> Iterator[Stage]:
    """Start a PostgreSQL in a folder, migrate its first database, and stop it at the end."""
    with Cluster(folder / "pg", binaries_folder=binaries, parameters=PARAMETERS).running() as cluster:
        migrate(cluster.url("owner"))
        say(f"PostgreSQL {cluster.version} ({cluster.source}), {PARAMETERS}, everything else default.")
        yield Stage(cluster, folder, say)


async def _streams(url: str, cast: Cast) -> tuple[dict[str, Stream], int]:
    connection: Connection = await asyncpg.connect(url)
    try:
        operator, officer, supervisor = (cast.members[role] for role in ("operator", "officer", "supervisor"))
        figures, today = cast.members["figures"], requests.present_day()
        cases = await requests.some_cases(connection, operator.agency_id)
        movable = await requests.some_movable(connection)
        deep, page = await requests.deep_path(connection, supervisor, cast.keys)
    finally:
        await connection.close()
    past = datetime.now(UTC) - timedelta(days=365 * YEARS // 2)
    return {
        "file": Stream(operator, requests.filings(today), idempotency=True),
        "event": Stream(officer, requests.moves(movable, today), idempotency=True),
        "read": Stream(operator, requests.readings(cases)),
        "empty": Stream(operator, requests.asking("/health/live")),
        "list_first": Stream(supervisor, requests.asking("/v1/cases")),
        "list_deep": Stream(supervisor, requests.asking(deep)),
        "search": Stream(operator, requests.searches()),
        "list_narrowed": Stream(supervisor, requests.narrowed_lists(today)),
        "figure_narrowed": Stream(figures, requests.narrowed_figures(today)),
        "figure_now": Stream(figures, requests.asking(requests.figure_path(today, None))),
        "figure_past": Stream(figures, requests.asking(requests.figure_path(today, past))),
    }, page


async def _scripts(url: str, port: int, streams: dict[str, Stream]) -> dict[str, str]:
    """File a case, record an event and read a case, read back what was written, and return the scripts made from it."""
    filed, recorded, read = (json.loads(_once(port, streams[name])) for name in ("file", "event", "read"))
    connection: Connection = await asyncpg.connect(url)
    try:
        case = await written_by_filing(connection, UUID(filed["id"]))
        event = await written_by_event(connection, UUID(recorded["items"][0]["event_id"]))
        reading = await written_by_reading(connection, UUID(read["id"]))
    finally:
        await connection.close()
    return {
        "file": filing_script(case),
        "event": event_script(event),
        "read": reading_script(),
        "empty": "SELECT 1;\n",
        on_record("read"): recorded_reading_script(reading),
    }


def _once(port: int, stream: Stream) -> str:
    headers = {"Authorization": f"Bearer {stream.member.token}"}
    job = Job(port, 1, 10.0, stream.ahead(1), again=False, headers=headers, idempotency="once", keep=True)
    outcome = send(job)
    stream.took(1)
    if not outcome.bodies or outcome.statuses.keys() - {"200", "201"}:
        raise RuntimeError(f"The first request was refused: {outcome.bodies}")
    return outcome.bodies[0]


def _filed(port: int, stream: Stream) -> list[str]:
    """File some cases, and answer the persons in them."""
    headers = {"Authorization": f"Bearer {stream.member.token}"}
    job = Job(port, 1, 60.0, stream.ahead(CORRECTED), again=False, headers=headers, idempotency="filed", keep=True)
    outcome = send(job)
    stream.took(len(outcome.bodies))
    if outcome.statuses.keys() != {"201"}:
        raise RuntimeError(f"A case was refused: {outcome.statuses}")
    return [person["reference"] for body in outcome.bodies for person in json.loads(body)["persons"]]


def _attacks(port: int, cast: Cast) -> dict[str, Stream]:
    """File a case of many persons, and answer the requests of each attack, none by the operator who reads."""
    members, today = cast.members, requests.present_day()
    filing = Stream(members["operator"], iter([("POST", "/v1/cases", attacks.big_case(today))]))
    filed = json.loads(_once(port, filing))
    persons = [person["reference"] for person in filed["persons"]]
    return {
        "attack_case": Stream(members["supervisor"], attacks.on_case(filed["reference"], today)),
        "attack_search": Stream(members["verifier"], attacks.searches()),
        "attack_figure": Stream(members["figures"], attacks.figures(today)),
        "attack_bulk": Stream(members["officer"], attacks.bulk(persons, today)),
    }


async def _shape(url: str) -> dict[str, int]:
    connection: Connection = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow("SELECT persons / 2 AS cases, first_ms, step_ms FROM bench_shape")
    finally:
        await connection.close()
    return dict(row) if row else {}


def _name(persons: int) -> str:
    return f"bench_{persons}"


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.socket() as asked:
        asked.bind((LOOPBACK, 0))
        port: int = asked.getsockname()[1]
    return port
