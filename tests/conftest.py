"""What every test may ask for."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.engine import Databases, TestDatabase, running_cluster
from tests.long import LONG
from tests.register import Register, open_register


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Databases on a real PostgreSQL."""
    with running_cluster() as cluster:
        yield Databases(cluster)


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

ONE_ENGINE_UNLESS_LONG: Final = frozenset(
    {"access", "architecture", "audit", "doors", "http", "lines", "operations", "scenarios", "situations"}
)
"""Who may call what, how it is written, and what follows from what: statements that other tests ask of both."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever needs a database, so that the second engine can be tested with those alone."""
    kept_out = ONE_ENGINE if LONG else ONE_ENGINE | ONE_ENGINE_UNLESS_LONG
    for item in items:
        attacks = item.path.parent.name in kept_out or item.path.name == "test_hostile_places.py"
        if "databases" in getattr(item, "fixturenames", ()) and not attacks:
            item.add_marker(pytest.mark.database)
