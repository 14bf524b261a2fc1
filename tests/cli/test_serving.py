"""The service as a process: how it starts, what it says, how it ends, and what it leaves."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.cli.revisions import known_revisions, newest_revision
from service.cli.sharing import shared
from tests.cli.commands import DEADLINE_S, Served, There, compiling, free_port
from tests.db.embedded_clusters import (
    PROJECT,
    alive,
    cluster_at,
    die,
    end,
    kill_hard,
    postmaster,
    processes_in,
    said,
    temporary_folder,
    until,
)
from tests.engine import Databases, TestDatabase
from tests.migrations.catalog import fetch
from tests.register import _fetch

SHARER = """
import sys
from pathlib import Path
from service.cli.sharing import shared
from service.db.embedded import Cluster
with shared(Cluster(Path(sys.argv[1]), parameters={"fsync": "off"})):
    print("in", flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Home:
    """A folder with an embedded register, and how its first start went."""

    folder: Path
    first: Served
    status: int
    refused: str

    @property
    def there(self) -> There:
        return There({"SAFE_RETURN_VAR": str(self.folder)})

    def server_processes(self) -> list[int]:
        return processes_in(self.folder / "postgresql" / "data")


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A register that was started once with the demonstration, tried, and stopped with Ctrl-C."""
    with temporary_folder() as folder:
        there = There({"SAFE_RETURN_VAR": str(folder)})
        with there.serving("--demo") as served:
            port = str(served.http.base_url.port)
            refused = there("serve", "--port", port)
            assert refused.status == 3
            assert served.get("/health/ready").status_code == 200
            status = served.end(signal.SIGINT)
        yield Home(folder, served, status, refused.err)


def test_a_first_start_prints_facts_and_stops_with_ctrl_c(home: Home) -> None:
    assert home.status == 0
    assert home.server_processes() == []
    for fact in ("Database  PostgreSQL ", "Schema    revision ", "Address   http://127.0.0.1:", "Ctrl-C"):
        assert fact in home.first.out
    assert "Without it, sealed records can never be opened again" in home.first.err
    assert (home.folder / "key").stat().st_mode & 0o777 == 0o600
    assert "Traceback" not in home.first.err


def test_a_port_in_use_is_refused_and_the_running_service_not_disturbed(home: Home) -> None:
    (sentence,) = home.refused.splitlines()
    assert "Cannot listen on 127.0.0.1" in sentence


def test_later_starts_keep_everything_even_after_a_kill(home: Home) -> None:
    with home.there.serving("--demo") as served:
        signed_in = served.sign_in("operator", home.first.secret_of("operator"))
        assert signed_in.status_code == 201
        listed = home.there("user", "list", "--format", "csv")
        assert (listed.status, listed.err) == (0, "")
        assert served.get("/health/ready").status_code == 200
        kill_hard(served.process.pid)
        served.out, served.err = served.process.communicate(timeout=DEADLINE_S)
    assert "key file" not in served.err
    assert "user password NAME" in served.out
    assert home.server_processes()
    with home.there.serving() as served:
        figures = served.get("/v1/figures/persons_by_status", home.first.secret_of("nightly-figures"))
        assert figures.status_code == 200
        assert served.end(signal.SIGTERM) == 0
    until(lambda: home.server_processes() == [])


def test_the_last_of_several_commands_stops_the_database() -> None:
    with temporary_folder() as folder:
        first = subprocess.Popen(
            [sys.executable, "-c", SHARER, str(folder / "pg")],
            cwd=PROJECT,
            env={**os.environ, **compiling()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert said(first) == "in"
            server = postmaster(folder / "pg")
            with shared(cluster_at(folder / "pg")) as cluster:
                assert not cluster.started_here
                assert end(first) == 0
                assert alive(server)
            until(lambda: not alive(server))
        finally:
            if first.poll() is None:
                die(first)


def test_a_port_in_use_is_known_before_a_database_is_made(there: There) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = there("serve", "--port", str(taken.getsockname()[1]))
    assert (ran.status, ran.out) == (3, "")
    assert not (Path(there.environment["SAFE_RETURN_VAR"]) / "postgresql").exists()


def test_workers_serve_a_database_elsewhere_which_is_migrated_only_when_told_to(
    there: There, databases: Databases
) -> None:
    blank = databases.make_blank()
    try:
        there.environment["SAFE_RETURN_DATABASE_URL"] = blank.owner_url
        refused = there("serve", "--port", str(free_port()))
        assert (refused.status, refused.out) == (3, "")
        assert "run safe-return migrate" in refused.err
        with there.serving("--demo", "--workers", "2") as served:
            assert served.end(signal.SIGTERM) == 0
        assert served.secret_of("operator")
        assert "owner of its tables" in served.err
        assert blank.owner_url.split(":")[2].split("@")[0] not in served.out + served.err
        assert "safe-return index" not in served.err
        fetch(blank.admin_url, "UPDATE sealed_records SET indexed = 1 RETURNING id")
        with there.serving() as later:
            assert later.end(signal.SIGTERM) == 0
        assert "run safe-return index" in later.err
    finally:
        databases.drop(blank)


def test_a_database_of_an_older_release_is_not_served_until_it_is_migrated(
    there: There, database: TestDatabase
) -> None:
    older = known_revisions()[newest_revision()]
    asyncio.run(_fetch(database.admin_url, "UPDATE alembic_version SET version_num = $1", (older,)))
    there.environment["SAFE_RETURN_DATABASE_URL"] = database.api_url
    for command in (("check",), ("serve", "--port", str(free_port()))):
        refused = there(*command)
        assert (refused.status, refused.out) == (3, "")
        assert f"is at revision {older}" in refused.err
        assert "run safe-return migrate" in refused.err
