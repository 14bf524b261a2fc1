"""A register at the newest revision with something in every table that is evidence."""

from collections.abc import Iterator

import pytest

from service.db.migrations import migrate
from tests.engine import Databases, TestDatabase
from tests.register import FINDING, open_register


@pytest.fixture
def blank(databases: Databases) -> Iterator[TestDatabase]:
    """A database without a single table."""
    made = databases.make_blank()
    yield made
    databases.drop(made)


@pytest.fixture
def loaded(blank: TestDatabase, databases: Databases) -> TestDatabase:
    """A migrated database with cases, events, ledger entries and an audit log, all written by the service."""
    migrate(blank.owner_url)
    databases.take_any_clock(blank)
    with open_register(blank) as register:
        operator, verifier, officer = (register.caller(role) for role in ("operator", "verifier", "officer"))
        case = operator.file(
            received_on="2022-08-20",
            location={"province": "KH-18", "place": "the yellow building behind the market"},
            persons=[{"names": [{"text": "Somsri Example"}], "nationality": "THA", "age": 24}, {"nationality": "VNM"}],
            offenders=[{"role": "guard"}],
            allegations=[{"types": ["illegal_detention"]}],
        )
        verifier.record("finding_made", [case["reference"]], "2022-08-22", **FINDING)
        officer.record("rescued", [person["reference"] for person in case["persons"]], "2022-08-30")
        register.caller("liaison", "THA").record(
            "repatriated", [case["persons"][0]["reference"]], "2022-09-04", mode="embassy_assisted", to_country="THA"
        )
        operator.file(received_on="2022-09-01")
    return blank
