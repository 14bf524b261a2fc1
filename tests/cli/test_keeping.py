"""The embedded server of a running service is kept running; one that cannot be ends the service, with its reason."""

import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import FrameType

import asyncpg
import pytest

from service.cli.keeping import kept_running
from service.db.embedded import Cluster, EmbeddedError
from tests.db.embedded_clusters import (
    ask,
    cluster_at,
    kill_hard,
    postmaster,
    remember,
    remembered,
    temporary_folder,
    until,
)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with temporary_folder() as folder, cluster_at(folder / "pg").running() as made:
        yield made


@pytest.fixture
def told_to_stop() -> Iterator[Event]:
    """Whether this process was sent SIGTERM, which does nothing else here."""
    told = Event()

    def tell(number: int, frame: FrameType | None) -> None:
        told.set()

    before = signal.signal(signal.SIGTERM, tell)
    yield told
    signal.signal(signal.SIGTERM, before)


def answers(cluster: Cluster) -> bool:
    try:
        return ask(cluster, "SELECT 1") == 1
    except (OSError, EmbeddedError, asyncpg.PostgresError):
        return False


def test_a_server_that_is_killed_is_started_again_with_all_it_knew(cluster: Cluster, told_to_stop: Event) -> None:
    remember(cluster)
    with kept_running(cluster):
        for _ in range(2):
            killed = postmaster(cluster.folder)
            kill_hard(killed)
            until(lambda: answers(cluster))
            assert postmaster(cluster.folder) != killed
    assert remembered(cluster)
    assert not told_to_stop.is_set()


def test_a_server_that_cannot_be_started_again_ends_the_service(cluster: Cluster, told_to_stop: Event) -> None:
    version = cluster.folder / "data" / "PG_VERSION"
    with pytest.raises(EmbeddedError), kept_running(cluster):  # noqa: PT012 - it is raised where the block ends
        make_foreign(version)
        kill_hard(postmaster(cluster.folder))
        assert told_to_stop.wait(60)


def grow_log(cluster: Cluster, size: int) -> None:
    """Let a running server write lines to its log until it is longer than a size."""
    log = cluster.folder / "postgresql.log"
    while log.stat().st_size <= size:
        ask(cluster, "SELECT pg_reload_conf()", "admin")


def test_the_log_of_a_running_server_turns_over_and_takes_the_room_of_two(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, older = (cluster.folder / name for name in ("postgresql.log", "postgresql.log.1"))
    grow_log(cluster, 1000)
    written = log.read_text()
    monkeypatch.setattr("service.db.embedded.logs.LOG_LIMIT", 1000)
    with kept_running(cluster):
        until(lambda: older.exists() and log.stat().st_size < 1000)
        assert older.read_text().startswith(written)
        assert (older.stat().st_mode & 0o777, older.stat().st_uid) == (0o600, log.stat().st_uid)
        for _ in range(20):
            ask(cluster, "SELECT pg_reload_conf()", "admin")
        until(lambda: not older.read_text().startswith(written))
        assert answers(cluster)
    grow_log(cluster, log.stat().st_size)
    assert "\0" not in log.read_text(), "the server goes on writing at the end of the emptied file"


def test_a_log_that_cannot_turn_over_ends_nothing(
    cluster: Cluster, told_to_stop: Event, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    victim = cluster.folder / "victim"
    victim.write_text("kept")
    (cluster.folder / "postgresql.log.1").symlink_to(victim)
    monkeypatch.setattr("service.db.embedded.logs.LOG_LIMIT", 1)
    said = ""

    def tell() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return bool(said)

    with kept_running(cluster):
        until(tell)
        assert answers(cluster)
    assert "postgresql.log.1" in said + capsys.readouterr().err
    assert victim.read_text() == "kept"
    assert not told_to_stop.is_set()


def make_foreign(version: Path) -> None:
    """Let a data folder be of a PostgreSQL that nobody has any more."""
    version.write_text("9\n")


def test_a_database_elsewhere_is_left_alone() -> None:
    with kept_running(None):
        pass
