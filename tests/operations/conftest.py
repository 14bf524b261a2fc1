"""One register for all tests of a file; each test has operations, cases and people of its own."""

from collections.abc import Iterator

import pytest

from tests.engine import Databases
from tests.register import Register, open_register


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    try:
        with open_register(database) as made:
            yield made
    finally:
        databases.drop(database)
