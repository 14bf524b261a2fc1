"""A real PostgreSQL for the tests: one cluster a worker, one migrated template, one database a test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, Literal, cast

import asyncpg
from anyio.from_thread import BlockingPortal, start_blocking_portal

from service.db.embedded import Cluster
from service.db.migrations import migrate

PARAMETERS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own there
ENOUGH: Final = 8 * 2**30
"""Bytes that must be free in memory: the largest registers of two workers take about half of it."""

Engine = Literal["wheel", "machine"]


def engine_wanted() -> Engine:
    """Which PostgreSQL to test on: the embedded one, or the machine's own."""
    return cast(Engine, os.environ.get("SAFE_RETURN_TEST_ENGINE", "wheel"))


@dataclass(frozen=True)
class TestDatabase:
    """One database, reached as its three roles."""

    __test__ = False

    name: str
    owner_url: str
    api_url: str
    admin_url: str


COUNTED_FROM_THE_START: Final = "UPDATE counted_by SET counted_at = '2022-01-01'"
"""The tests' clocks stand in 2022; the present rules are those of an empty register from its start."""


ANY_CLOCK: Final = (
    "INSERT INTO clock_tolerance (one, behind_s, ahead_s) VALUES (true, 2147483647, 2147483647) ON CONFLICT DO NOTHING"
)
"""Records by the tests' clocks are taken, as the owner of a register may allow."""


class Databases:
    """Makes databases from a migrated template."""

    def __init__(self, cluster: Cluster, portal: BlockingPortal) -> None:
        self._cluster = cluster
        self._portal = portal
        self._superuser: asyncpg.Connection | None = None
        self._numbers = count(1)
        migrate(cluster.url("owner"))
        asyncio.run(_execute(cluster.url("admin"), COUNTED_FROM_THE_START, ANY_CLOCK))

    @property
    def log(self) -> Path:
        """What the server writes down."""
        return self._cluster.folder / "postgresql.log"

    def make(self) -> TestDatabase:
        """Make a migrated, empty database."""
        return self._make("TEMPLATE safe_return STRATEGY file_copy")

    def make_blank(self) -> TestDatabase:
        """Make a database without a single table."""
        return self._make("TEMPLATE template0")

    def make_copy(self, of: TestDatabase) -> TestDatabase:
        """Make a database with the content of another, to which nobody is connected."""
        return self._make(f"TEMPLATE {of.name} STRATEGY file_copy")

    def count_from_the_start(self, database: TestDatabase, version: int | None = None) -> None:
        """Date a database's rules before all that is in it: a migration dates them by the wall clock.

        Args:
            version: of the rules by which it was counted; later ones are forgotten.
        """
        said = [] if version is None else [f"DELETE FROM counted_by WHERE version > {version:d}"]  # noqa: S608 - a number
        asyncio.run(_execute(database.admin_url, COUNTED_FROM_THE_START, *said))

    def take_any_clock(self, database: TestDatabase) -> None:
        """Let a database that a test has just migrated take what is recorded by its clock."""
        asyncio.run(_execute(database.admin_url, ANY_CLOCK))

    def drop(self, database: TestDatabase) -> None:
        """Drop a database, whoever is still connected."""
        self._portal.call(self._run, f"DROP DATABASE {database.name} WITH (FORCE)")

    def _make(self, template: str) -> TestDatabase:
        name = f"test_{next(self._numbers)}"
        made = f"CREATE DATABASE {name} OWNER safe_return_owner {template}"
        self._portal.call(self._run, made, f"GRANT CONNECT ON DATABASE {name} TO safe_return_api")
        urls = (self._cluster.url(role, name) for role in ("owner", "api", "admin"))
        return TestDatabase(name, *urls)

    async def leave(self) -> None:
        """Close what makes them."""
        if self._superuser is not None:
            await self._superuser.close()

    async def _run(self, *statements: str) -> None:
        if self._superuser is None or self._superuser.is_closed():
            self._superuser = await asyncpg.connect(self._cluster.url("admin", "postgres"))
        for statement in statements:
            await self._superuser.execute(statement)


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def place_for_databases() -> Path | None:
    """Return where clusters are kept: in memory if there is enough of it, else wherever temporary files go.

    A database is six hundred files, dropped after its test. For minutes afterwards ext4 passes over every inode that
    was freed, one by one, whenever a file is created: the next database took 0.3 s instead of 0.02.
    """
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH else None


@contextmanager
def running_databases() -> Iterator[Databases]:
    """Run a cluster of the wanted engine in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="sr-", dir=place_for_databases())).resolve()
    folder.chmod(0o755)
    try:
        with (
            Cluster(folder / "pg", parameters=PARAMETERS, source=engine_wanted()).running() as cluster,
            start_blocking_portal() as portal,
        ):
            databases = Databases(cluster, portal)
            yield databases
            portal.call(databases.leave)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
