"""The measurements do not rot: the service could have written their register, and their statements fit its tables."""

import asyncio
import re
from collections.abc import Iterator
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from bench.cast import Connection
from bench.client import Job, written
from bench.filling import fill
from bench.measuring import on_record
from bench.plain import (
    event_script,
    filing_script,
    reading_script,
    recorded_reading_script,
    written_by_event,
    written_by_filing,
    written_by_reading,
)
from bench.requests import case_body, moves, present_day
from service.cases.actions.checking import RegisterCheck, check_register
from service.db.database import Upkeep
from tests.bench.filled import Filled, filled_register
from tests.engine import Databases

PERSONS: Final = 400
VARIABLE: Final = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Filled]:
    """A register filled by the measurements' own means."""
    with filled_register(databases, PERSONS) as made:
        yield made


def test_what_is_filled_in_is_what_the_service_would_have_written(filled: Filled) -> None:
    """Every log folded again, every row, entry, day and month compared."""

    async def check() -> RegisterCheck:
        database = Upkeep.at(filled.register.database.api_url)
        try:
            return await check_register(database, lambda done, total: None)
        finally:
            await database.close()

    found = asyncio.run(check())
    assert found.differences == []
    assert found.cases >= PERSONS // 2
    assert (found.events > 2000, found.entries > 3000) == (True, True)
    statuses = {row["status"] for row in filled.register.rows("SELECT DISTINCT status FROM persons")}
    assert statuses == {"received", "verified", "rescued", "repatriated"}


def test_filling_leaves_every_index_and_constraint_in_place(filled: Filled, databases: Databases) -> None:
    unfilled = databases.make()
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    before = [tuple(row) for row in asyncio.run(fetch(unfilled.admin_url, query))]
    after = [tuple(row) for row in asyncio.run(fetch(filled.register.database.admin_url, query))]
    databases.drop(unfilled)
    assert after == before


@pytest.fixture(scope="module")
def scripts(filled: Filled) -> dict[str, str]:
    """The scripts of pgbench, as a run would write them."""
    return scripts_of(filled)


def test_every_statement_of_every_script_is_one_the_tables_take(filled: Filled, scripts: dict[str, str]) -> None:
    assert scripts.keys() == {"file", "event", "read", on_record("read")}
    counted = {name: asyncio.run(prepare(filled.register.database.api_url, script)) for name, script in scripts.items()}
    assert counted["read"] == 3
    assert counted[on_record("read")] == 4
    assert counted["event"] >= 8
    assert counted["file"] >= 9


def test_the_scripts_write_each_row_the_service_wrote(filled: Filled, scripts: dict[str, str]) -> None:
    operator = filled.caller("operator")
    before = rows_of_every_table(filled)
    filed = operator.post("/v1/cases", case_body(present_day()), Idempotency_Key="counted").json()
    added = {table: rows - before[table] for table, rows in rows_of_every_table(filled).items() if rows > before[table]}

    async def read_back() -> dict[str, int]:
        connection = await asyncpg.connect(filled.register.database.admin_url)
        try:
            found = await written_by_filing(connection, UUID(filed["id"]))
        finally:
            await connection.close()
        return {table: len(rows) for table, rows in found.rows.items()}

    counted = asyncio.run(read_back())
    assert counted == added
    assert (counted["persons"], counted["offenders"], counted["data_keys"], counted["kept_answers"]) == (2, 1, 4, 1)
    assert set(re.findall(r"^INSERT INTO (\w+)", scripts["file"], re.MULTILINE)) == counted.keys()


def test_a_register_is_filled_once(filled: Filled) -> None:
    async def again() -> None:
        connection = await asyncpg.connect(filled.register.database.admin_url)
        try:
            await fill(connection, filled.cast, PERSONS)
        finally:
            await connection.close()

    with pytest.raises(asyncpg.PostgresError):
        asyncio.run(again())


def test_a_request_is_written_as_http(filled: Filled) -> None:
    job = Job(
        1, 1, 1.0, [("POST", "/v1/events", '{"ស": 1}')], again=True, headers={"X-One": "1"}, idempotency="k", most=2
    )
    first, second = written(job)
    assert first == (
        b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nX-One: 1\r\n" b'Idempotency-Key: "k-1"\r\n'
        b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n" + '{"ស": 1}'.encode()
    )  # fmt: skip
    assert b'"k-2"' in second


def rows_of_every_table(filled: Filled) -> dict[str, int]:
    tables = filled.register.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        row["tablename"]: filled.register.rows(f"SELECT count(*) AS rows FROM {row['tablename']}")[0]["rows"]  # noqa: S608
        for row in tables
    }


def scripts_of(filled: Filled) -> dict[str, str]:
    """The scripts, written from one case and one event of the service's."""
    body = case_body(present_day())
    filed = filled.caller("operator").post("/v1/cases", body, Idempotency_Key="one").json()
    filled.caller("operator").get(f"/v1/cases/{filed['id']}")
    [person] = [row["id"] for row in filled.register.rows("SELECT id FROM persons WHERE status = 'verified' LIMIT 1")]
    _, _, move = next(moves([person], present_day()))
    officer = filled.caller("officer")
    recorded = officer.http.post(
        "/v1/events", content=move, headers={"Content-Type": "application/json", "Idempotency-Key": "two"}
    ).json()

    async def read_back() -> dict[str, str]:
        connection: Connection = await asyncpg.connect(filled.register.database.admin_url)
        try:
            case = await written_by_filing(connection, UUID(filed["id"]))
            event = await written_by_event(connection, UUID(recorded["items"][0]["event_id"]))
            reading = await written_by_reading(connection, UUID(filed["id"]))
        finally:
            await connection.close()
        return {
            "file": filing_script(case),
            "event": event_script(event),
            "read": reading_script(),
            on_record("read"): recorded_reading_script(reading),
        }

    return asyncio.run(read_back())


async def prepare(url: str, script: str) -> int:
    """Prepare each statement of a script the way pgbench does, and answer how many there are."""
    connection = await asyncpg.connect(url)
    counted = 0
    try:
        for statement in statements_of(script):
            await connection.prepare(numbered(statement))
            counted += 1
    finally:
        await connection.close()
    return counted


def numbered(statement: str) -> str:
    """A statement with its variables as parameters, as pgbench writes it."""
    for place, name in enumerate(dict.fromkeys(VARIABLE.findall(statement)), 1):
        statement = re.sub(rf"(?<![:\w]):{name}\b", f"${place}", statement)
    return statement


def statements_of(script: str) -> Iterator[str]:
    lines = "\n".join(line for line in script.splitlines() if not line.startswith("\\set"))
    for statement in re.split(r";\n|\\gset\n", lines):
        if statement.strip() not in {"", "BEGIN", "COMMIT", "COMMIT;"}:
            yield statement


async def fetch(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()
