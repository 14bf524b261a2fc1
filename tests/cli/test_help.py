"""Help is there at once: nothing heavy is imported for it."""

import os
import subprocess
import sys

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
