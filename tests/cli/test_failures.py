"""Every expected failure has a sentence and a status."""

import asyncio
import re
from pathlib import Path

import pytest

from service import errors
from service.cli.failures import CommandError, Status, explain
from service.db.embedded import EmbeddedError
from service.sealing import SealingError
from service.settings import PROJECT, Settings
from tests.cli.commands import Here
from tests.engine import Databases, TestDatabase
from tests.register import _fetch


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CommandError("No."), Status.ENVIRONMENT),
        (EmbeddedError("No."), Status.ENVIRONMENT),
        (SealingError("No."), Status.ENVIRONMENT),
        (PermissionError(13, "Permission denied", "/nowhere"), Status.ENVIRONMENT),
        (errors.DatabaseFailure("28P01", None), Status.ENVIRONMENT),
        (errors.InvalidError("No."), Status.REFUSED),
        (errors.ConflictError("No."), Status.REFUSED),
        (errors.NotFoundError(), Status.REFUSED),
        (errors.UnauthenticatedError(), Status.NOT_SIGNED_IN),
        (errors.StaleVersionError("No."), Status.CHANGED),
        (errors.RetryableError("No."), Status.LATER),
        (errors.TooManyAttemptsError("No."), Status.LATER),
    ],
)
def test_errors_have_statuses(error: Exception, status: Status) -> None:
    found = explain(error)
    assert found is not None
    assert found[0] is status
    assert found[1].endswith(".")


def test_a_mistake_of_ours_has_none() -> None:
    assert explain(KeyError("x")) is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://somebody:secret@127.0.0.1:1/register", "register at 127.0.0.1:1 cannot be reached"),
        ("postgresql://somebody:secret@127.0.0.1:1/register?nonsense=1", "parameter"),
        ("secret", "must look like"),
    ],
)
def test_a_database_that_cannot_be_used(here: Here, url: str, said: str) -> None:
    here.patch.setenv("SAFE_RETURN_DATABASE_URL", url)
    ran = here("user", "list")
    assert ran.status == Status.ENVIRONMENT
    assert said in ran.err
    assert "secret" not in ran.err


def test_a_wrong_password_and_a_missing_database(here: Here, database: TestDatabase) -> None:
    here.patch.setenv("SAFE_RETURN_DATABASE_URL", database.api_url.replace("safe_return_api:", "safe_return_api:x"))
    assert "password" in here("user", "list").err
    here.patch.setenv("SAFE_RETURN_DATABASE_URL", database.api_url.replace(database.name, "not_there"))
    ran = here("user", "list")
    assert (ran.status, "no database of that name" in ran.err) == (Status.ENVIRONMENT, True)


def test_a_database_that_was_never_migrated(here: Here, databases: Databases) -> None:
    blank = databases.make_blank()
    try:
        here.patch.setenv("SAFE_RETURN_DATABASE_URL", blank.api_url)
        here.patch.setenv("SAFE_RETURN_OWNER_URL", blank.owner_url)
        ran = here("user", "list")
        assert (ran.status, "and this release needs" in ran.err) == (Status.ENVIRONMENT, True)
        assert "safe-return migrate" in ran.err
        assert here("migrate", "--revision", "nowhere").status == Status.ENVIRONMENT
        assert here("migrate").status == 0
        assert here("user", "list", "--format", "json").json() == []
    finally:
        databases.drop(blank)


def test_a_database_of_a_later_release_is_used(here: Here, database: TestDatabase) -> None:
    """Revisions only add: the release before goes on while the next one is installed."""
    asyncio.run(_fetch(database.admin_url, "UPDATE alembic_version SET version_num = 'later'", ()))
    assert here("user", "list").status == 0


def test_settings_that_cannot_be_used_are_named_without_their_values(here: Here) -> None:
    here.patch.setenv("SAFE_RETURN_POOL_SIZE", "hunter2")
    ran = here("user", "list")
    assert (ran.status, ran.out) == (Status.ENVIRONMENT, "")
    assert "SAFE_RETURN_POOL_SIZE" in ran.err
    assert "hunter2" not in ran.err


def test_without_any_register_nothing_is_made(here: Here) -> None:
    here.patch.delenv("SAFE_RETURN_DATABASE_URL")
    ran = here("user", "list")
    assert (ran.status, "There is no register yet" in ran.err) == (Status.ENVIRONMENT, True)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("SAFE_RETURN_DATABASE_ULR", "SAFE_RETURN_DATABASE_URL"),
        ("SAFE_RETURN_WORKER", "SAFE_RETURN_WORKERS"),
        ("SAFE_RETURN_STATEMENTCACHE", "SAFE_RETURN_STATEMENT_CACHE_SIZE"),
        ("safe_return_hosts", "SAFE_RETURN_HOST"),
    ],
)
@pytest.mark.parametrize("words", [["serve"], ["user", "list"], ["openapi"], ["check"]])
def test_a_misspelt_setting_stops_every_command(here: Here, words: list[str], name: str, nearest: str) -> None:
    here.patch.setenv(name, "hunter2")
    ran = here(*words)
    assert ran.status == Status.ENVIRONMENT
    assert f"{name} (nearest: {nearest})" in ran.err
    assert ran.out == ""
    assert "hunter2" not in ran.err


def test_what_the_tools_beside_the_commands_read_is_known(here: Here) -> None:
    read = re.compile(r"SAFE_RETURN_[A-Z_]+")
    sources = [
        PROJECT / "dev",
        PROJECT / "compose.yaml",
        PROJECT / "Dockerfile",
        *(PROJECT / "bench").rglob("*.py"),
        *(PROJECT / "tests").glob("*.py"),
    ]
    names = {name for source in sources for name in read.findall(source.read_text(encoding="utf-8"))}
    beside = names - {f"SAFE_RETURN_{name}".upper() for name in Settings.model_fields} - {"SAFE_RETURN_"}
    assert beside > {"SAFE_RETURN_PYTHON", "SAFE_RETURN_TEST_LONG", "SAFE_RETURN_PGBENCH"}
    for name in beside:
        here.patch.setenv(name, "1")
    assert here("user", "list").status == 0


@pytest.mark.parametrize("words", [["migrate"], ["demo"], ["recount"]])
def test_no_database_is_started_where_none_may_be(here: Here, tmp_path: Path, words: list[str]) -> None:
    here.patch.delenv("SAFE_RETURN_DATABASE_URL")
    here.patch.setenv("SAFE_RETURN_EMBEDDED", "false")
    ran = here(*words)
    assert ran.status == Status.ENVIRONMENT
    assert "SAFE_RETURN_DATABASE_URL is not set" in ran.err
    assert not (tmp_path / "postgresql").exists()
