"""The embedded server's log is copied whole, and brings a hot copy of its folder to an instant in between."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.db.embedded import Cluster, archiving_to, find_binaries
from service.db.embedded.binaries import Source
from tests.db.embedded_clusters import FAST, SOURCES, ask, require, temporary_folder, until

ODD = "what's 100%f"
"""A name that means something to a shell, and to PostgreSQL."""


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> Source:
    found: Source = request.param
    require(found)
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    with temporary_folder() as made:
        (made / ODD).mkdir()
        (made / ODD).chmod(0o777)
        yield made


def archiving(folder: Path, name: str, source: Source) -> Cluster:
    return Cluster(folder / name, parameters={**FAST, **archiving_to(folder / ODD)}, source=source)


def count(cluster: Cluster) -> object:
    return ask(cluster, "SELECT count(*) FROM told")


def copy_hot(cluster: Cluster, to: Path, source: Source) -> None:
    """Copy a running server as the manual tells: its programs, its socket, its administrator's password."""
    url = cluster.url("admin", "postgres")
    program = find_binaries(source=source).folder / "pg_basebackup"
    subprocess.run([program, f"--dbname={url}", f"--pgdata={to}", "--checkpoint=fast"], check=True, timeout=300)


def test_a_hot_copy_and_the_archive_give_what_was_there_at_an_instant(folder: Path, source: Source) -> None:
    with archiving(folder, "pg", source).running() as cluster:
        ask(cluster, "CREATE TABLE told (told int)")
        copy_hot(cluster, folder / "copy", source)
        owner = (folder / "pg" / "data").stat()
        ask(cluster, "INSERT INTO told VALUES (1)")
        instant = ask(cluster, "SELECT clock_timestamp()::text")
        ask(cluster, "INSERT INTO told VALUES (2)")
        last = ask(cluster, "SELECT pg_walfile_name(pg_switch_wal())", role="admin")
        until((folder / ODD / str(last)).exists)
    assert [part for part in (folder / ODD).iterdir() if part.name.endswith(".part")] == []

    (folder / "pg" / "data").rename(folder / "pg" / "data.before")
    (folder / "copy").rename(folder / "pg" / "data")
    kept = shlex.quote(str(folder / ODD)).replace("%", "%%")
    fetch = f"cp {kept}/%f %p".replace("'", "''")
    with (folder / "pg" / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = '{fetch}'\n")
        settings.write(f"recovery_target_time = '{instant}'\nrecovery_target_action = 'promote'\n")
    (folder / "pg" / "data" / "recovery.signal").touch()
    for path in (folder / "pg" / "data", *(folder / "pg" / "data").rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    with archiving(folder, "pg", source).running() as cluster:
        until(lambda: ask(cluster, "SELECT pg_is_in_recovery()") is False)
        assert count(cluster) == 1
        ask(cluster, "INSERT INTO told VALUES (3)")


def test_what_is_in_the_archive_is_never_written_over(folder: Path) -> None:
    command = archiving_to(folder / ODD)["archive_command"]

    def archive(content: str) -> int:
        (folder / "segment").write_text(content)
        meant = {"%%": "%", "%f": "0001", "%p": str(folder / "segment")}
        words = re.sub("%.", lambda found: meant[found[0]], command)  # as PostgreSQL does
        return subprocess.run(["sh", "-c", words], check=False).returncode

    assert archive("first") == 0
    assert archive("first") == 0
    assert archive("other") != 0
    assert [(one.name, one.read_text()) for one in (folder / ODD).iterdir()] == [("0001", "first")]
