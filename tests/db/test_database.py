"""Reading and writing through the driver: what is saved, what is undone, and what is said when a connection breaks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import bindparam, select, text, update

from service.access.models import Agency
from service.db import pool
from service.db.database import Database
from service.db.failures import SilentError, silent
from service.errors import OutcomeUnknownError, RetryableError, UnavailableError
from tests.engine import TestDatabase
from tests.register import _fetch

AT = datetime(2022, 10, 1, tzinfo=UTC)
ALL = select(Agency.name).order_by(Agency.name)
SLEEP = text("SELECT pg_sleep(300)")
IDLE_LIMIT = text("SELECT current_setting('idle_in_transaction_session_timeout') AS after")
"""Of the connection itself: the embedded server has a limit of its own, and another server may have none."""


def agency(number: int) -> dict[str, Any]:
    return {
        "id": UUID(int=number), "name": f"agency {number}", "kind": "police", "nationalities": [], "created_at": AT,
        "version": 1,
    }  # fmt: skip


def run(database: TestDatabase, work: Callable[[Database], Awaitable[None]], **settings: Any) -> None:
    """Work on a database in a loop of its own."""

    async def whole() -> None:
        opened = Database.at(database.api_url, **settings)
        try:
            async with asyncio.timeout(120):
                await work(opened)
        finally:
            await opened.close()

    asyncio.run(whole())


async def names(opened: Database) -> list[str]:
    async with opened.read() as db:
        return [row["name"] for row in await db.rows(ALL)]


async def add(opened: Database, *numbers: int) -> None:
    async with opened.write() as db:
        db.insert(Agency, *(agency(number) for number in numbers))


async def kill_others(database: TestDatabase) -> None:
    """End every connection of the service to this database, as a server that stops does."""
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'safe-return'"
    )
    await _fetch(database.admin_url, end, (database.name,))


def test_a_query_may_name_values_lists_and_nothing(database: TestDatabase) -> None:
    one = select(Agency.name).where(Agency.id == bindparam("id"))
    some = select(Agency.name).where(Agency.id.in_([UUID(int=1), UUID(int=3)]), Agency.kind == "police").limit(5)

    async def work(opened: Database) -> None:
        await add(opened, 1, 2, 3)
        assert await opened.lookup(one, {"id": UUID(int=2)}) == {"name": "agency 2"}
        assert await opened.lookup(one, {"id": UUID(int=9)}) is None
        async with opened.read() as db:
            for _ in range(2):
                assert {row["name"] for row in await db.rows(some)} == {"agency 1", "agency 3"}
        with pytest.raises(KeyError):
            await opened.lookup(one)

    run(database, work)


def test_what_changes_rows_is_not_run_as_a_query(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        async with opened.write() as db:
            with pytest.raises(TypeError, match="staged"):
                await db.rows(update(Agency).values(kind="embassy"))

    run(database, work)


def test_a_change_a_flush_and_the_rest_are_saved_together_or_not_at_all(database: TestDatabase) -> None:
    rename = update(Agency).where(Agency.id == UUID(int=1)).values(name="renamed")

    async def broken_off(opened: Database) -> None:
        async with opened.write() as db:
            await db.change(rename)
            db.insert(Agency, agency(2))
            await db.flush()
            assert [row["name"] for row in await db.rows(ALL)] == ["agency 2", "renamed"]
            raise RetryableError("no")

    async def work(opened: Database) -> None:
        await add(opened, 1)
        with pytest.raises(RetryableError):
            await broken_off(opened)
        assert await names(opened) == ["agency 1"]
        async with opened.write() as db:
            await db.change(rename)
            db.insert(Agency, agency(2))
        assert await names(opened) == ["agency 2", "renamed"]

    run(database, work, pool_size=1)


def test_all_queries_of_a_read_see_one_moment(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        async with opened.read() as db:
            assert await db.rows(ALL) == []
            async with opened.write() as other:
                other.insert(Agency, agency(1))
            assert await db.rows(ALL) == []
        assert await names(opened) == ["agency 1"]

    run(database, work)


def test_a_full_pool_is_told_after_a_while(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(opened: Database) -> None:
        await opened.lookup(ALL)
        monkeypatch.setattr(pool, "WAIT_S", 0.05)
        async with opened.write():
            with pytest.raises(UnavailableError):
                await opened.lookup(ALL)
        assert await opened.lookup(ALL) is None

    run(database, work, pool_size=1)


def test_connections_that_ended_between_two_uses_are_made_anew(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        await asyncio.gather(*(opened.lookup(text("SELECT pg_sleep(0.1)")) for _ in range(3)))
        await kill_others(database)
        for _ in range(4):
            try:
                await opened.lookup(ALL)
            except RetryableError:
                continue
        await add(opened, 1)
        assert await names(opened) == ["agency 1"]

    run(database, work)


def test_a_connection_that_breaks_before_anything_is_saved_means_try_again(database: TestDatabase) -> None:
    async def interrupted(opened: Database) -> None:
        async with opened.write() as db:
            db.insert(Agency, agency(1))
            await kill_others(database)
            await db.rows(ALL)

    async def work(opened: Database) -> None:
        with pytest.raises(RetryableError):
            await interrupted(opened)
        assert await names(opened) == []

    run(database, work)


def test_a_connection_that_breaks_while_it_is_saved_leaves_it_open(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = asyncpg.Connection.fetch

    async def lost(connection: Any, query: str, *values: Any, **how: Any) -> Any:
        found = await fetch(connection, query, *values, **how)
        if query.startswith("WITH w0"):
            connection.terminate()
            raise ConnectionResetError
        return found

    async def work(opened: Database) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(asyncpg.Connection, "fetch", lost)
            with pytest.raises(OutcomeUnknownError):
                await add(opened, 1)
        assert await names(opened) == ["agency 1"]

    run(database, work)


@pytest.mark.parametrize(("sleep", "times"), [(300.0, 1), (0.1, 20)], ids=["one statement", "several together"])
def test_a_write_that_takes_too_long_saves_nothing(database: TestDatabase, sleep: float, times: int) -> None:
    async def slow(opened: Database) -> None:
        async with opened.write() as db:
            db.insert(Agency, agency(1))
            for _ in range(times):
                await db.rows(text(f"SELECT pg_sleep({sleep})"))

    async def work(opened: Database) -> None:
        with pytest.raises(UnavailableError):
            await slow(opened)
        assert await names(opened) == []

    run(database, work, write_timeout_s=1.0, pool_size=1)


def test_whoever_is_cancelled_saves_nothing_and_blocks_nobody(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        begun = asyncio.Event()

        async def slow() -> None:
            async with opened.write() as db:
                await db.change(update(Agency).values(kind="embassy"))
                db.insert(Agency, agency(2))
                begun.set()
                await db.rows(SLEEP)

        await add(opened, 1)
        task = asyncio.create_task(slow())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await opened.lookup(select(Agency.kind)) == {"kind": "police"}
        assert await names(opened) == ["agency 1"]

    run(database, work, pool_size=1)


def test_a_connection_whose_statement_was_broken_off_is_not_lent_again(database: TestDatabase) -> None:
    """Outside a transaction too, where nothing else tells that it may be at work still."""
    pid = text("SELECT pg_backend_pid() AS pid")
    active = "SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name = 'safe-return' AND state = 'active'"

    async def work(opened: Database) -> None:
        before = await opened.lookup(pid)
        task = asyncio.create_task(opened.lookup(SLEEP))
        while not await _fetch(database.admin_url, active, (database.name,)):
            pass
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await opened.lookup(pid) != before

    run(database, work, pool_size=1)


def test_a_statement_ends_at_its_limit_where_nobody_else_counts_the_time(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        with pytest.raises(UnavailableError):
            await opened.lookup(SLEEP)
        async with opened.read() as db:
            with pytest.raises(UnavailableError):
                await db.rows(SLEEP)
        assert await names(opened) == []

    run(database, work, write_timeout_s=1.0, pool_size=1)


def test_a_transaction_in_which_nothing_happens_is_ended_by_the_server(database: TestDatabase) -> None:
    there = "SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name = 'safe-return'"

    async def work(opened: Database) -> None:
        assert await opened.lookup(IDLE_LIMIT) == {"after": "1s"}
        async with opened.read() as db:
            await db.rows(ALL)
            while await _fetch(database.admin_url, there, (database.name,)):
                pass
            with pytest.raises(RetryableError):
                await db.rows(ALL)
        assert await names(opened) == []

    run(database, work, write_timeout_s=1.0, pool_size=1)


def test_a_connection_left_in_a_transaction_is_not_lent_again(database: TestDatabase) -> None:
    async def work(opened: Database) -> None:
        await add(opened, 1)
        async with opened.pool.connection() as left:
            await left.execute("BEGIN; UPDATE agencies SET name = 'half done'")
        assert await names(opened) == ["agency 1"]
        async with opened.pool.connection() as lent:
            assert lent is not left
            assert not lent.is_in_transaction()

    run(database, work, pool_size=1)


async def fall_silent(opened: Database) -> None:
    with pytest.raises(SilentError):
        async with opened.pool.connection():
            raise silent()


def test_for_a_while_nobody_asks_a_server_that_was_silent(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(opened: Database) -> None:
        assert await names(opened) == []
        monkeypatch.setattr(pool, "PAUSE_S", 300.0)
        await fall_silent(opened)
        with pytest.raises(SilentError):
            await names(opened)

    run(database, work)


def test_a_connection_that_was_lent_during_a_silence_is_not_lent_again(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(opened: Database) -> None:
        monkeypatch.setattr(pool, "PAUSE_S", 0.0)
        async with opened.pool.connection() as lent:
            await fall_silent(opened)
        assert lent.is_closed()
        assert await names(opened) == []

    run(database, work, pool_size=2)
