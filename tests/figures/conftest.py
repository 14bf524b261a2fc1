"""A small register with something of everything, shared by the tests that only ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.engine import Databases
from tests.register import Caller, Register, open_register

WHOLE = {"from": "2022-01-01", "to": "2022-12-31"}
CLAIMS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("KH-18", {"low": 20, "bound": "about"}),
    ("KH-18", {"high": 7, "bound": "at_most"}),
    ("KH-18", {"low": 3, "high": 5, "bound": "range"}),
    ("KH-12", {"low": 9, "bound": "at_least"}),
)


@dataclass
class Office:
    """A register, and the program that asks it for figures."""

    register: Register
    job: Caller


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    """Two rescued, one of them home; claims of every bound."""
    database = databases.make()
    with open_register(database) as register:
        person = register.rescued_person(nationality="TWN", sex="female")
        register.rescued_person(nationality="MYS", sex="male", age=17)
        liaison = register.caller("liaison", "TWN")
        liaison.record("repatriated", [person], "2022-09-20", mode="embassy_assisted", to_country="TWN")
        operator = register.caller("operator")
        for province, claim in CLAIMS:
            operator.file(received_on="2022-09-02", location={"province": province}, head_count=claim)
        yield Office(register, register.key("figures:exact"))
    databases.drop(database)
