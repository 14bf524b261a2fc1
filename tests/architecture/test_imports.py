"""Which part may import which: the contracts hold, and each of them is able to fail."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.tree import PROJECT

BREACHES: Final = {
    "Features stand in one order": ("people/actions.py", "from service.story import log"),
    "Rooms stand in one order": ("people/queries/opening.py", "from service.people import actions"),
    "Rules are pure": ("codes/code.py", "import service.clock"),
    "Only routers and gates speak HTTP": ("cases/actions/filing.py", "from fastapi import HTTPException"),
    "Wire shapes know no SQL": ("cases/schemas/views.py", "from service.cases.models import CaseRow"),
    "Routers write no SQL": ("cases/router/cases.py", "from sqlalchemy import select"),
    "Only clients call out": ("cases/actions/filing.py", "import httpx"),
    "Figures never meet a person": ("figures/queries.py", "from service.people import queries"),
}

NEW_MODULES: Final = {"stuff.py": "Features stand in one order", "people/utils.py": "Rooms stand in one order"}


def test_every_part_imports_only_what_it_may() -> None:
    result = lint(PROJECT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", BREACHES)
def test_a_contract_can_fail(name: str, tmp_path: Path) -> None:
    file, line = BREACHES[name]
    assert f"{name} BROKEN" in lint(copy_with(tmp_path, file, line)).stdout


@pytest.mark.parametrize("file", NEW_MODULES)
def test_a_new_module_fails_until_its_place_is_decided(file: str, tmp_path: Path) -> None:
    result = lint(copy_with(tmp_path, file, '"""Nobody decided where this stands."""'))
    assert f"{NEW_MODULES[file]} BROKEN" in result.stdout


NOT_FEATURES: Final = {"cli", "codes", "db", "demo", "http", "jobs", "server", "story"}
"""Packages without the rooms of a feature."""


def test_every_feature_keeps_the_order_of_rooms() -> None:
    """A new package is a feature, in the contract of rooms, unless it is named here."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    [rooms] = [found for found in settings["tool"]["importlinter"]["contracts"] if found["id"] == "rooms"]
    packages = {f"service.{path.parent.name}" for path in (PROJECT / "service").glob("*/__init__.py")}
    assert set(rooms["containers"]) == packages - {f"service.{name}" for name in NOT_FEATURES}


def test_every_contract_has_been_broken_once() -> None:
    assert contract_names() == set(BREACHES)


def contract_names() -> set[str]:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    section = text.partition("[tool.importlinter]")[2].partition("\n[tool.")[0]
    return {line.partition('"')[2].rstrip('"') for line in section.splitlines() if line.startswith("name = ")}


def copy_with(folder: Path, file: str, line: str) -> Path:
    """A copy of the service with one line more."""
    shutil.copytree(PROJECT / "service", folder / "service", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    with (folder / "service" / file).open("a", encoding="utf-8") as opened:
        opened.write(f"\n{line}\n")
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
