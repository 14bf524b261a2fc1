"""What `./dev lint-contract` does where there are linters, and where there are none."""

import shutil
from pathlib import Path

import pytest

from tests.packaging.test_packaging import dev, made, path, program, project

__all__ = ["path", "project"]


def test_without_npm_the_contract_is_not_linted_and_dev_says_so(project: Path, path: Path) -> None:
    made(project, "runtime.txt")
    shutil.copy(project / "requirements" / "dev.txt", project / ".venv" / "made")

    answer = dev(project, path, "lint-contract")

    assert answer.returncode == 0
    assert answer.stdout.startswith("SKIPPED: there is no npm here, or it reaches no registry")


@pytest.mark.parametrize(("broken", "status"), [("spectral", 1), ("redocly", 1), ("", 0)])
def test_the_contract_has_to_please_both_linters(project: Path, path: Path, broken: str, status: int) -> None:
    made(project, "runtime.txt")
    shutil.copy(project / "requirements" / "dev.txt", project / ".venv" / "made")
    lock = project / "openapi" / "lint" / "package-lock.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")
    program(path / "npm", "exit 1")
    for name in ("spectral", "redocly"):
        program(project / ".venv" / "node" / "node_modules" / ".bin" / name, f"exit {int(name == broken)}")
    shutil.copy(lock, project / ".venv" / "node" / "made")

    assert dev(project, path, "lint-contract").returncode == status
