"""Everything that can be generated from the contract, sent as the role in this file's name; one file a role, so that
they run beside each other."""

from service.acting import Role
from tests.contract.roles import assert_contract_holds
from tests.engine import TestDatabase


def test_nothing_generated_fails_or_surprises(database: TestDatabase) -> None:
    assert_contract_holds(database, Role.OFFICER)
