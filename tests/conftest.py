"""What every test may ask for."""

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import settings

from tests.engine import Databases, TestDatabase, running_databases
from tests.long import LONG
from tests.register import Register, open_register

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Databases on a real PostgreSQL."""
    with running_databases() as made:
        yield made


@pytest.fixture
def database(databases: Databases) -> Iterator[TestDatabase]:
    """A migrated, empty database of this test's own."""
    made = databases.make()
    yield made
    databases.drop(made)


@pytest.fixture
def register(database: TestDatabase) -> Iterator[Register]:
    """A register of this test's own."""
    with open_register(database) as made:
        yield made


ONE_ENGINE: Final = frozenset({"contract", "faults", "memory"})
"""What attacks the service by thousands of requests: which PostgreSQL is behind it makes no difference there."""

BOTH_ENGINES: Final = frozenset({"cases", "db", "figures", "ledger", "migrations", "people"})
"""What asks more of PostgreSQL than rows by their key; with `--long` everything else is asked of both as well."""

FILLED_FOR_MINUTES: Final = frozenset({"test_figures_against_the_log.py", "test_months.py", "test_plans.py"})
"""What first fills a register with a history; on the second engine with `--long` only."""


COVERED: Final = frozenset(
    {
        *("access", "audit", "cases", "figures", "health", "http", "jobs", "ledger", "lines", "operations"),
        *("oversight", "people", "reference", "situations", "story"),
    }
)
"""Whose branch coverage is measured, which costs a third: what asks each thing once, in this process."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is measured, and what needs a database, so that the second engine can be tested with those alone."""
    for item in items:
        package = item.path.parent.name
        if package in COVERED:
            item.add_marker(pytest.mark.covered)
        both = package in BOTH_ENGINES and item.path.name not in FILLED_FOR_MINUTES
        asked = package not in ONE_ENGINE if LONG else both
        if "databases" in getattr(item, "fixturenames", ()) and asked and item.path.name != "test_hostile_places.py":
            item.add_marker(pytest.mark.database)
