"""Whatever different requests of one operation build, the worker holds no more after them than before."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pytest
from argon2 import PasswordHasher

from service import credentials
from tests.architecture.conventions import COMMITTED, operations
from tests.engine import Databases
from tests.long import LONG
from tests.memory.asked import TIMES, Asking, World, asking, prepare
from tests.memory.driving import Asked, drive
from tests.register import open_register

OPERATIONS: Final = tuple(found.id for found in operations(json.loads(COMMITTED.read_text(encoding="utf-8"))))

FEW: Final = 64
"""Statements that a connection leaves prepared here, instead of hundreds: so few that it holds them after a third."""

LEFT_A_REQUEST: Final = 40
"""Blocks of memory that each request of the last third may leave: Pydantic keeps the latest 16,384 short strings that
it reads, `models/log.py` the latest 4,096 subjects. A statement of a request that was kept would be 200 to 2,400."""


BY_FILTERS: Final = ("list_", "search", "read_figure")
"""Operations whose statements depend on what is asked begin so: only hundreds of requests fill their bounded caches."""

REFUSED: Final = frozenset(
    {"sign_in", "change_password", "void_event", "hand_over", "read_returns", "void_returns", "disable_agency",
     "disable_user", "revoke_key"}
)  # fmt: skip
"""Operations whose requests are refused: there is nobody of that name, no such record, another password."""


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    """A register to be asked, whose passwords are hashed in no time."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    database = databases.make()
    with pytest.MonkeyPatch.context() as patch, open_register(database, statement_cache_size=FEW) as register:
        patch.setattr(credentials, "_HASHER", quick)
        patch.setattr(credentials, "_NOBODY", quick.hash("nobody"))
        yield prepare(register)
    databases.drop(database)


@pytest.fixture(scope="module")
def how(world: World) -> dict[str, Asking]:
    return asking(world)


def times(name: str) -> int:
    """How many requests of an operation are sent; fewer where they differ in values only."""
    return TIMES if LONG or name.startswith(BY_FILTERS) else min(TIMES, 201)


def thirds(ask: Asking, many: int) -> list[Iterator[Asked]]:
    """All requests, in three parts."""
    requests = (ask(number) for number in range(many))
    return [islice(requests, many // 3) for _ in range(3)]


def test_every_operation_of_the_contract_is_asked(how: dict[str, Asking]) -> None:
    assert set(how) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_different_requests_leave_nothing_behind(world: World, how: dict[str, Asking], name: str) -> None:
    many = times(name)
    driven = world.register.portal.call(drive, world.register.app, thirds(how[name], many))
    assert sum(driven.statuses.values()) == many
    assert not {status for status in driven.statuses if status >= 500}, driven.last
    answered = sum(number for status, number in driven.statuses.items() if status < 400)
    assert answered > many // 3 or name in REFUSED, driven.last
    assert driven.growth <= LEFT_A_REQUEST * many // 3, f"{driven.growth} blocks, {driven.statuses}"
