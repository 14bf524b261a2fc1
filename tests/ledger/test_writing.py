"""One statement for many rows of many tables: all of them or none."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from service.access.models import Agency, User
from service.db.database import Database, WriteConnection, core
from service.db.writing import Staged
from service.errors import RetryableError, ServiceError
from tests.engine import TestDatabase
from tests.register import _fetch

AT = datetime(2022, 10, 1, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)


def agency(id_: UUID, name: str, *, version: int = 1, nationalities: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": id_, "name": name, "kind": "police", "nationalities": list(nationalities), "created_at": AT,
        "version": version,
    }  # fmt: skip


def user(id_: UUID, name: str) -> dict[str, Any]:
    return {
        "id": id_, "agency_id": FIRST, "username": name, "role": "operator", "password_hash": "none",
        "created_at": AT, "version": 1,
    }  # fmt: skip


def write(database: TestDatabase, work: Callable[[WriteConnection], Awaitable[None]]) -> None:
    async def run() -> None:
        opened = Database.at(database.owner_url)
        try:
            async with opened.write() as db:
                await work(db)
        finally:
            await opened.close()

    asyncio.run(run())


def rows(database: TestDatabase, query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in asyncio.run(_fetch(database.admin_url, query, ()))]


def test_rows_of_several_tables_are_written_and_changed_by_one_statement(database: TestDatabase) -> None:
    async def first(db: WriteConnection) -> None:
        db.insert(Agency, agency(FIRST, "Police of កម្ពុជា"), agency(SECOND, 'A "quoted", {braced} \\ name'))
        db.insert(User, user(UUID(int=3), "lin"))

    async def then(db: WriteConnection) -> None:
        db.update(Agency, agency(FIRST, "Renamed", version=2, nationalities=("TWN", "MYS")))
        db.insert(User, user(UUID(int=4), "chan"))

    write(database, first)
    write(database, then)
    found = rows(database, "SELECT name, nationalities, version, created_at FROM agencies ORDER BY id")
    assert found == [
        {"name": "Renamed", "nationalities": ["TWN", "MYS"], "version": 2, "created_at": AT},
        {"name": 'A "quoted", {braced} \\ name', "nationalities": [], "version": 1, "created_at": AT},
    ]
    assert [row["username"] for row in rows(database, "SELECT username FROM users ORDER BY id")] == ["lin", "chan"]


@pytest.mark.parametrize("version", [1, 3, 9])
def test_a_row_that_somebody_changed_meanwhile_leaves_everything_unwritten(
    database: TestDatabase, version: int
) -> None:
    async def first(db: WriteConnection) -> None:
        db.insert(Agency, agency(FIRST, "one"), agency(SECOND, "two"))

    async def late(db: WriteConnection) -> None:
        db.insert(User, user(UUID(int=3), "lin"))
        db.update(Agency, agency(SECOND, "changed", version=2), agency(FIRST, "changed too", version=version))

    write(database, first)
    with pytest.raises(RetryableError):
        write(database, late)
    assert [row["name"] for row in rows(database, "SELECT name FROM agencies ORDER BY id")] == ["one", "two"]
    assert rows(database, "SELECT id FROM users") == []


def test_a_row_that_breaks_a_rule_of_the_database_leaves_everything_unwritten(database: TestDatabase) -> None:
    async def twice(db: WriteConnection) -> None:
        db.insert(Agency, agency(FIRST, "one"))
        db.insert(User, user(UUID(int=3), "lin"), user(UUID(int=4), "lin"))

    with pytest.raises(ServiceError):
        write(database, twice)
    assert rows(database, "SELECT id FROM agencies UNION SELECT id FROM users") == []


def test_an_error_in_the_block_writes_nothing(database: TestDatabase) -> None:
    async def broken(db: WriteConnection) -> None:
        db.insert(Agency, agency(FIRST, "one"))
        raise RetryableError("no")

    with pytest.raises(RetryableError):
        write(database, broken)
    assert rows(database, "SELECT id FROM agencies") == []


def test_of_two_who_change_the_same_version_one_wins(database: TestDatabase) -> None:
    async def first(db: WriteConnection) -> None:
        db.insert(Agency, agency(FIRST, "one"))

    async def race() -> list[object]:
        opened = Database.at(database.api_url)

        async def change(name: str) -> None:
            async with opened.write() as db:
                db.update(Agency, agency(FIRST, name, version=2))

        try:
            return list(await asyncio.gather(*(change(f"by {place}") for place in range(5)), return_exceptions=True))
        finally:
            await opened.close()

    write(database, first)
    results = asyncio.run(race())
    assert sorted(type(result).__name__ for result in results) == ["NoneType", *["RetryableError"] * 4]
    assert rows(database, "SELECT version FROM agencies") == [{"version": 2}]


def test_rows_of_a_table_name_the_same_columns() -> None:
    staged = Staged()
    staged.insert(core(Agency), [agency(FIRST, "one")])
    with pytest.raises(ValueError, match="same columns"):
        staged.insert(core(Agency), [{"id": SECOND}])


def test_the_statement_does_not_grow_with_the_rows() -> None:
    def statement(count: int) -> tuple[str, object]:
        staged = Staged()
        staged.insert(core(User), [user(UUID(int=number), str(number)) for number in range(count)])
        staged.update(core(Agency), [agency(UUID(int=number), str(number)) for number in range(count)])
        text, values = staged.statement()
        return text, values[-1]

    assert statement(2)[0] == statement(50)[0]
    assert (statement(1)[1], statement(2)[1], statement(50)[1]) == (1, 2, 50)


def test_rows_written_out_in_pieces_are_the_same_rows_with_the_same_digest() -> None:
    def staged() -> Staged:
        made = Staged()
        made.insert(core(User), [user(UUID(int=number), str(number)) for number in range(95)])
        return made

    at_once, in_pieces = staged(), staged()
    assert len(list(in_pieces.writing_out())) == 4
    assert in_pieces.digest() == at_once.digest()
    assert in_pieces.statement() == at_once.statement()
    assert in_pieces.digest() != staged().digest()
