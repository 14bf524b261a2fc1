"""A figure or a search whose statements take too long is stopped, says so, and keeps no connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from service import slices
from tests.http.problem_documents import assert_problem
from tests.register import Register

Ask = Callable[[Register], httpx.Response]


def figure(register: Register) -> httpx.Response:
    asked = {"from": "2022-01-01", "to": "2022-12-31", "by": ["nationality", "sex", "province"]}
    return register.key("figures:exact").http.get("/v1/figures/persons_rescued", params=asked)


def search(register: Register) -> httpx.Response:
    body = {"for": "persons", "name": "Nobody Example", "purpose": "intake"}
    return register.caller("operator").post("/v1/searches", body)


@asynccontextmanager
async def locked(register: Register, table: str) -> AsyncIterator[None]:
    """Let nobody read a table for the length of a block."""
    connection = await asyncpg.connect(register.database.admin_url)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


@pytest.mark.parametrize(("ask", "table"), [(figure, "ledger_cells"), (search, "search_keys")])
def test_what_takes_too_long_is_stopped_and_keeps_nothing(
    register: Register, ask: Ask, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.rescued_person()
    assert ask(register).status_code == 200
    monkeypatch.setattr(slices, "LONGEST_S", 0.3)

    async def ask_meanwhile() -> list[httpx.Response]:
        async with locked(register, table):
            return [await asyncio.to_thread(ask, register) for _ in range(3)]

    for answer in asyncio.run(ask_meanwhile()):
        assert_problem(answer, 503, "unavailable")
        assert "Ask for less" in answer.json()["detail"]
    monkeypatch.undo()
    assert ask(register).status_code == 200
    waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    assert register.rows(waiting) == []
