"""Help is there at once: nothing heavy is imported for it."""

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from service.cli.failures import Status
from tests.db.embedded_clusters import PROJECT

HELPS = [
    [],
    ["serve"], ["migrate"], ["recount"], ["demo"], ["check"], ["index"], ["openapi"],
    ["agency"], ["agency", "add"], ["agency", "list"], ["agency", "set"],
    ["user"], ["user", "add"], ["user", "list"], ["user", "password"], ["user", "disable"], ["user", "enable"],
    ["key"], ["key", "add"], ["key", "list"], ["key", "revoke"],
    ["reference"], ["reference", "list"], ["reference", "show"],
]  # fmt: skip

HEAVY = {
    "alembic", "argon2", "asyncpg", "cryptography", "fastapi", "granian", "pydantic_settings", "rich", "sqlalchemy",
    "starlette",
}  # fmt: skip

ASK = f"""
import sys
from service.cli.application import run
assert all(run([*words, "--help"]) == 0 for words in {HELPS})
found = {{name.partition(".")[0] for name in sys.modules}} & {HEAVY}
assert not found, found
"""

CPU_S = 0.8
"""A quarter of it is usual. The rest is for a busy machine."""


def test_no_help_imports_anything_heavy() -> None:
    command = [sys.executable, "-c", ASK]
    asked = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.count("Usage: safe-return") == len(HELPS)


def test_help_takes_little_time() -> None:
    def used() -> float:
        before = os.times()
        subprocess.run([sys.executable, "-m", "service", "--help"], cwd=PROJECT, capture_output=True, check=True)
        return os.times().children_user - before.children_user

    assert min(used() for _ in range(3)) < CPU_S


def test_the_version_is_that_of_the_package() -> None:
    command = [sys.executable, "-m", "service", "--version"]
    asked = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stdout) == (0, f"safe-return {version('safe-return')}\n")


@pytest.mark.parametrize("words", [["openapi"], ["reference", "list"], ["reference", "list", "--format", "csv"]])
def test_output_that_nobody_reads_on_is_no_refusal_and_no_traceback(words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as unread:
        command = [sys.executable, "-m", "service", *words]
        asked = subprocess.run(command, cwd=PROJECT, stdout=unread, stderr=subprocess.PIPE, text=True, check=False)
    assert (asked.returncode, asked.stderr) == (Status.UNHEARD, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_words_are_completed(shell: str) -> None:
    environment = {
        **os.environ,
        "_SAFE_RETURN_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": "safe-return us",
        "COMP_WORDS": "safe-return us",
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    command = [sys.executable, "-m", "service"]
    asked = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, env=environment)
    assert "user" in asked.stdout
