"""The launcher of the embedded PostgreSQL, tried on real servers from the package and from the machine."""

import asyncio
import os
import re
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from service.db.embedded import Cluster, EmbeddedError, find_binaries
from service.db.embedded.account import choose_account
from service.db.embedded.binaries import Source
from service.db.embedded.layout import Layout, prepare_folder
from service.db.embedded.locks import exclusive
from tests.db.embedded_clusters import (
    FAST,
    ROOT,
    SOURCES,
    alive,
    ask,
    cluster_at,
    copy_cluster,
    die,
    end,
    end_server,
    kill_hard,
    network_sockets,
    ordinary_user,
    postmaster,
    processes_in,
    processes_with,
    remember,
    remembered,
    require,
    roles_are_being_made,
    said,
    starter,
    temporary_folder,
    until,
)


@pytest.fixture(scope="module", params=SOURCES)
def source(request: pytest.FixtureRequest) -> Source:
    """Where the programs come from."""
    found: Source = request.param
    require(found)
    return found


@pytest.fixture(scope="module")
def stopped(source: Source) -> Iterator[Path]:
    """A finished, stopped cluster with something in it."""
    with temporary_folder() as folder:
        with cluster_at(folder / "pg", source).running() as cluster:
            remember(cluster)
        yield folder / "pg"


@pytest.fixture(scope="module")
def shared(stopped: Path, source: Source) -> Iterator[Cluster]:
    """A running copy of it, for tests that only look."""
    with temporary_folder() as folder:
        os.environ["SERVICE_KEY_FOR_TEST"] = "must-not-leak"
        with cluster_at(copy_cluster(stopped, folder / "pg"), source).running() as cluster:
            yield cluster
        del os.environ["SERVICE_KEY_FOR_TEST"]


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder."""
    with temporary_folder() as folder:
        yield folder


@pytest.fixture
def folder(stopped: Path) -> Iterator[Path]:
    """The stopped cluster, for tests that leave it whole."""
    yield stopped
    end_server(stopped / "data" / "postmaster.pid")


@pytest.fixture
def copied(stopped: Path, place: Path) -> Path:
    """A copy of it, for tests that damage it."""
    return copy_cluster(stopped, place / "pg")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_new_cluster_starts_and_stops(place: Path, source: Source) -> None:
    cluster = cluster_at(place / "a" / "pg", source)
    with cluster.running():
        pid = postmaster(place / "a" / "pg")
        assert cluster.started_here
        assert cluster.source == source
        assert str(ask(cluster, "SHOW server_version")).startswith(cluster.version)
        assert ask(cluster, "SHOW server_encoding") == "UTF8"
        assert ask(cluster, "SHOW data_checksums") == "on"
        assert ask(cluster, "SHOW timezone") == "UTC"
        assert ask(cluster, "SELECT lower('ÀÉ') || ('B' < 'a')::text") == "àétrue"
    until(lambda: not alive(pid))
    names = {entry.name for entry in (place / "a" / "pg").iterdir()}
    assert names == {"data", "socket", "lock", "holder", "secrets.json", "postgresql.log"}


def test_folders_and_files_are_private(shared: Cluster) -> None:
    folder = shared.folder
    assert [mode(folder / name) for name in ("", "data", "socket")] == [0o700] * 3
    files = ("secrets.json", "postgresql.log", "lock", "holder")
    assert [mode(folder / name) for name in files] == [0o600] * len(files)
    assert (folder / "secrets.json").stat().st_uid == os.geteuid()
    if ROOT:
        assert (folder / "data").stat().st_uid != 0


def test_nothing_listens_on_the_network(shared: Cluster) -> None:
    processes = processes_in(shared.folder / "data")
    assert len(processes) > 3
    assert not any(network_sockets(pid) for pid in processes)
    assert ask(shared, "SHOW listen_addresses") == ""


def test_server_has_its_own_session_and_no_secret_environment(shared: Cluster) -> None:
    pid = postmaster(shared.folder)
    assert os.getsid(pid) == pid != os.getsid(0)
    assert b"must-not-leak" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert Path(f"/proc/{pid}/fd/0").resolve() == Path("/dev/null")


def test_api_role_can_only_connect(shared: Cluster) -> None:
    assert ask(shared, "SELECT current_user", "api") == "safe_return_api"
    for forbidden in (
        "CREATE TABLE t (a int)",
        "CREATE SCHEMA s",
        "CREATE TEMP TABLE t (a int)",
        "TABLE kept",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(shared, forbidden, "api")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(shared, "SELECT 1", "api", "postgres")


def test_owner_is_no_superuser(shared: Cluster) -> None:
    rights = "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles"
    assert ask(shared, f"{rights} WHERE rolname = 'safe_return_owner'") is False
    assert ask(shared, "SELECT current_setting('is_superuser')", "admin") == "on"
    assert ask(shared, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'") == 0
    ask(shared, "CREATE EXTENSION pg_trgm")


def test_wrong_password_is_refused(shared: Cluster) -> None:
    other = re.sub(r":[^:@]+@", ":wrong@", shared.url("api"))
    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(asyncpg.connect(other))
    passwords = {shared.url(role).split(":")[2].split("@")[0] for role in ("owner", "api", "admin")}
    assert len(passwords) == 3
    assert min(map(len, passwords)) >= 43


def test_no_value_of_a_statement_reaches_the_log(shared: Cluster) -> None:
    ask(shared, "CREATE TABLE people (name text PRIMARY KEY, age int CHECK (age < 200))")
    failing = (
        "INSERT INTO people VALUES ('Sokha'), ('Sokha')",
        "INSERT INTO people VALUES ('Sokha', 400)",
        "SELECT 'Sokha'::int",
        "SELECT Sokha",
        "DO $$ BEGIN RAISE WARNING 'Sokha'; RAISE EXCEPTION 'Sokha'; END $$",
    )
    for statement in failing:
        with pytest.raises(asyncpg.PostgresError):
            ask(shared, statement)
    assert "sokha" not in (shared.folder / "postgresql.log").read_text().lower()


def test_data_survive_a_restart(folder: Path, source: Source) -> None:
    for _ in range(2):
        with cluster_at(folder, source).running() as cluster:
            assert cluster.started_here
            assert remembered(cluster)


def test_second_start_attaches_and_leaves_the_server_alone(folder: Path, source: Source) -> None:
    with cluster_at(folder, source).running() as first:
        pid = postmaster(folder)
        with cluster_at(folder, source).running() as second:
            assert not second.started_here
            assert postmaster(folder) == pid
            assert second.url("api") == first.url("api")
        assert alive(pid)
        first.start()
        assert postmaster(folder) == pid
    until(lambda: not alive(pid))


def test_start_inside_a_running_event_loop(folder: Path, source: Source) -> None:
    async def serve() -> object:
        with cluster_at(folder, source).running() as cluster:
            connection = await asyncpg.connect(cluster.url("owner"))
            try:
                return await connection.fetchval("SELECT answer FROM kept")
            finally:
                await connection.close()

    assert asyncio.run(serve()) == 42


def test_killed_server_starts_again(folder: Path, source: Source) -> None:
    cluster = cluster_at(folder, source)
    with cluster.running():
        ask(cluster, "DROP TABLE IF EXISTS later")
        ask(cluster, "CREATE TABLE later AS SELECT 7 AS n")
        kill_hard(postmaster(folder))
        assert (folder / "data" / "postmaster.pid").exists()
        cluster.start()
        assert cluster.started_here
        assert ask(cluster, "SELECT n FROM later") == 7


def test_children_of_a_killed_server_are_waited_for(folder: Path, source: Source) -> None:
    cluster = cluster_at(folder, source)
    with cluster.running():
        pid = postmaster(folder)
        child = next(other for other in processes_in(folder / "data") if other != pid)
        os.kill(child, signal.SIGSTOP)
        kill_hard(pid)
        later = threading.Timer(0.7, os.kill, (child, signal.SIGCONT))
        later.start()
        cluster.start()
        until(lambda: not alive(child))
        assert remembered(cluster)


@pytest.mark.parametrize("content", ["foreign", "empty", "dead"])
def test_pid_file_left_behind_does_not_stop_a_start(folder: Path, source: Source, content: str) -> None:
    with cluster_at(folder, source).running():
        kill_hard(postmaster(folder))
        left = (folder / "data" / "postmaster.pid").read_text()
    sleeper = subprocess.Popen(["sleep", "60"], **ordinary_user())
    number = {"foreign": str(sleeper.pid), "dead": "4194000"}.get(content, "")
    changed = "\n".join([number, *left.splitlines()[1:]]) + "\n" if number else ""
    for name in ("data/postmaster.pid", "socket/.s.PGSQL.5432.lock"):
        (folder / name).write_text(changed)
    try:
        with cluster_at(folder, source).running() as cluster:
            assert cluster.started_here
            assert remembered(cluster)
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_pid_of_another_cluster_is_not_taken_for_ours(folder: Path, place: Path, source: Source) -> None:
    other = copy_cluster(folder, place / "other")
    with cluster_at(other, source).running():
        pid = postmaster(other)
        copied = (other / "data" / "postmaster.pid").read_text()
        (folder / "data" / "postmaster.pid").write_text(copied)
        with cluster_at(folder, source).running() as cluster:
            assert cluster.started_here
            assert postmaster(folder) != pid
        assert alive(pid)


def test_two_processes_start_one_server(place: Path, source: Source) -> None:
    both = [starter(place / "pg", source) for _ in range(2)]
    assert sorted(said(process) for process in both) == ["False", "True"]
    servers = processes_with(f"{place}/pg/data")
    assert servers == [postmaster(place / "pg")]
    assert [end(process) for process in both] == [0, 0]
    until(lambda: not alive(servers[0]))


def test_folder_that_others_are_creating_is_not_a_strangers(place: Path) -> None:
    account = choose_account(None, place)

    def create(folder: Path) -> None:
        prepare_folder(Layout(folder), account)
        with exclusive(Layout(folder).lock, account, 10):
            (folder / "secrets.json").touch()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(create, [place / str(at // 4) for at in range(400)]))


def test_server_of_a_killed_process_is_taken_over(folder: Path, source: Source) -> None:
    parent = starter(folder, source)
    assert said(parent) == "True"
    pid = postmaster(folder)
    die(parent)
    assert alive(pid)
    with cluster_at(folder, source).running() as cluster:
        assert not cluster.started_here
        assert postmaster(folder) == pid
        assert remembered(cluster)
    until(lambda: not alive(pid))


def test_server_of_a_living_process_is_left_to_it(folder: Path, source: Source) -> None:
    parent = starter(folder, source)
    assert said(parent) == "True"
    pid = postmaster(folder)
    with cluster_at(folder, source).running() as cluster:
        assert remembered(cluster)
    assert alive(pid)
    assert end(parent) == 0
    until(lambda: not alive(pid))


@pytest.mark.parametrize("stage", ["initdb", "roles"])
def test_interrupted_creation_begins_anew(place: Path, source: Source, stage: str) -> None:
    process = starter(place / "pg", source)
    if stage == "initdb":
        until(lambda: any((place / "pg").glob("data.unfinished-*/base")))
    else:
        until(lambda: roles_are_being_made(place / "pg"))
    die(process)
    assert not (place / "pg" / "data").exists()
    with cluster_at(place / "pg", source).running() as cluster:
        assert ask(cluster, "SELECT 1", "api") == 1
    assert [path.name for path in (place / "pg").glob("data*")] == ["data"]


def test_wrong_major_version_is_named(copied: Path, source: Source) -> None:
    (copied / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedError) as caught:
        cluster_at(copied, source).start()
    major = find_binaries(source=source).major
    assert f"created by PostgreSQL 14, but the PostgreSQL found here is {major}:" in str(caught.value)
    (copied / "data" / "PG_VERSION").write_text(f"{major}\n")
    with cluster_at(copied, source).running() as cluster:
        assert remembered(cluster)


def test_data_choose_the_binaries(folder: Path, source: Source) -> None:
    with cluster_at(folder, "any").running() as cluster:
        assert remembered(cluster)
        assert cluster.source in (source, "machine")


@pytest.mark.parametrize("broken", ["PG_VERSION", "global/pg_control"])
def test_damaged_data_are_never_removed(copied: Path, source: Source, broken: str) -> None:
    (copied / "data" / broken).unlink()
    before = {str(path) for path in (copied / "data").rglob("*")}
    with pytest.raises(EmbeddedError) as caught:
        cluster_at(copied, source).start()
    assert str(copied) in str(caught.value)
    assert before <= {str(path) for path in (copied / "data").rglob("*")}


def test_lost_passwords_are_made_anew(copied: Path, source: Source) -> None:
    old = (copied / "secrets.json").read_text()
    (copied / "secrets.json").unlink()
    with cluster_at(copied, source).running() as cluster:
        assert remembered(cluster)
        assert (copied / "secrets.json").read_text() != old
        assert mode(copied / "secrets.json") == 0o600


@pytest.mark.parametrize("name", ["a folder with spaces", "100%, 'quoted' \"$HOME\" é", "x" * 60 + "/" + "y" * 90])
def test_odd_and_deep_paths(stopped: Path, place: Path, source: Source, name: str) -> None:
    (place / name).parent.mkdir(exist_ok=True)
    folder = copy_cluster(stopped, place / name)
    addresses = set()
    socket = folder
    for _ in range(2):
        with cluster_at(folder, source).running() as cluster:
            assert remembered(cluster)
            addresses.add(cluster.url("api"))
            socket = Path(str(ask(cluster, "SHOW unix_socket_directories", "admin")).strip('"'))
            assert mode(socket) == 0o700
    assert len(addresses) == 1
    if socket.parent != folder:
        socket.rmdir()


def test_parameters_change_the_server_but_not_its_privacy(folder: Path, source: Source) -> None:
    chosen = Cluster(folder, parameters={**FAST, "work_mem": "5MB"}, source=source)
    with chosen.running():
        assert ask(chosen, "SHOW work_mem") == "5MB"
    for name in ("listen_addresses", "PORT", "hba_file", "a b"):
        with pytest.raises(EmbeddedError, match=name):
            Cluster(folder, parameters={name: "x"})
    with pytest.raises(EmbeddedError, match=r"unrecognized configuration parameter.*postgresql\.log"):
        Cluster(folder, parameters={"no_such": "x"}, source=source).start()
