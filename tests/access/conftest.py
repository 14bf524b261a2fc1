"""Somebody who signs in."""

import pytest

from tests.access.accounts import Account, account
from tests.register import Register


@pytest.fixture
def sokha(register: Register) -> Account:
    made = account(register)
    made.forget_failures()
    return made
