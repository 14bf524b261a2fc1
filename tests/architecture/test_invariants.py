"""The page of invariants names tests that exist."""

import re
from pathlib import Path

from tests.architecture.tree import PROJECT

PAGE = PROJECT / "docs" / "invariants.md"


def test_every_test_named_on_the_page_of_invariants_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    assert len(named) > 30
    assert named - names_of_tests_in(PROJECT / "tests") == set()


def names_of_tests_in(folder: Path) -> set[str]:
    """The names of all tests."""
    return {name for file in folder.rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())}
