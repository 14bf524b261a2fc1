"""Folding days, asking about the past, and a ledger that nobody rewrites."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service.db.database import Database
from service.ledger.actions import SETTLING, fold_some
from tests.engine import TestDatabase
from tests.ledger.conftest import fold_all
from tests.register import FINDING, NOW, Register

WHOLE = {"from": "2022-01-01", "to": "2022-12-31"}
APPEND_ONLY = ("events", "ledger_entries", "audit_log")
CHANGES = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


def next_day(register: Register, days: int = 1) -> datetime:
    now = register.clock.move(days=days)
    register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", now)
    return now


def asked(register: Register, name: str = "persons_by_status", **parameters: Any) -> dict[str, Any]:
    """An answer, but for when it was given."""
    job = register.key("figures:exact")
    document: dict[str, Any] = job.http.get(f"/v1/figures/{name}", params=parameters).json()
    return {key: value for key, value in document.items() if key not in {"generated_at", "settled", "digest"}}


def test_what_was_recorded_yesterday_counts_today_though_nothing_was_folded(register: Register) -> None:
    register.rescued_person()
    next_day(register)
    assert asked(register, "persons_rescued", **WHOLE)["total"]["value"] == 1


def test_only_settled_days_are_folded_each_once_and_empty_days_are_passed_over(register: Register) -> None:
    register.rescued_person()
    assert fold_all(register) == []
    register.clock.now = datetime(2022, 10, 2, tzinfo=NOW.tzinfo) + SETTLING - timedelta(seconds=1)
    assert fold_all(register) == []
    register.clock.move(seconds=2)
    assert fold_all(register) == [date(2022, 10, 1)]
    assert fold_all(register) == []
    next_day(register, days=5)
    register.rescued_person(filed="2022-09-02")
    next_day(register)
    assert fold_all(register) == [date(2022, 10, 7)]
    folds = register.rows(
        "SELECT f.recorded_on, f.entries, count(e.id) AS there FROM ledger_folds f "
        "JOIN ledger_entries e ON (e.recorded_at AT TIME ZONE 'UTC')::date = f.recorded_on GROUP BY 1, 2"
    )
    assert {row["recorded_on"] for row in folds} == {date(2022, 10, 1), date(2022, 10, 7)}
    assert all(row["entries"] == row["there"] for row in folds)


def test_two_who_fold_at_once_fold_each_day_once(register: Register) -> None:
    for _ in range(3):
        register.rescued_person()
        next_day(register)
    database: Database = register.app.state.services.database

    async def fold() -> date | None:
        async with database.write() as db:
            return (await fold_some(db, now=register.clock()))[0]

    async def both() -> list[date]:
        folded: list[date | None] = []
        for _ in range(12):
            folded += await asyncio.gather(*(fold() for _ in range(4)))
        return [day for day in folded if day]

    days = register.portal.call(both)
    assert sorted(days) == [date(2022, 10, 1), date(2022, 10, 2), date(2022, 10, 3)]
    summed = register.rows("SELECT sum(delta)::int AS n FROM ledger_totals WHERE grain = 'full'")
    coarse = register.rows("SELECT sum(delta)::int AS n FROM ledger_totals WHERE grain = 'coarse'")
    entries = register.rows("SELECT sum(delta)::int AS n FROM ledger_entries")
    assert summed == coarse == entries


def test_a_figure_as_known_then_stays_whatever_is_corrected_later(register: Register) -> None:
    person = register.rescued_person(nationality="TWN")
    next_day(register)
    then = register.clock.now.isoformat()
    next_day(register)
    questions: list[dict[str, Any]] = [
        {"name": "persons_rescued", "by": "nationality", "known_at": then, **WHOLE},
        {"name": "persons_by_status", "at": "2022-10-01", "known_at": then},
        {"name": "cases_by_finding", "known_at": then, **WHOLE},
    ]
    before = [asked(register, **question) for question in questions]
    verifier, supervisor = register.caller("verifier"), register.caller("supervisor")
    verifier.record("nationality_asserted", [person], "2022-09-20", nationality="MYS", source="document_seen")
    verifier.record("finding_made", [person], "2022-09-21", **{**FINDING, "outcome": "not_a_victim"})
    rescued = supervisor.get(f"/v1/cases/{person.rsplit('-', 1)[0]}/events").json()["items"]
    event = next(one["id"] for one in rescued if one["kind"] == "rescued")
    assert supervisor.post(f"/v1/events/{event}/void", {"reason": "recorded_in_error"}).status_code == 201
    assert [asked(register, **question) for question in questions] == before
    assert asked(register, "persons_rescued", **WHOLE)["total"]["value"] == 0
    next_day(register)
    fold_all(register)
    assert [asked(register, **question) for question in questions] == before


def test_a_correction_is_two_entries_and_the_figures_of_both_nationalities_move(register: Register) -> None:
    person = register.rescued_person(nationality="TWN")
    before = register.rows("SELECT count(*)::int AS n FROM ledger_entries WHERE measure = 'persons_rescued'")[0]["n"]
    verifier = register.caller("verifier")
    verifier.record("nationality_asserted", [person], "2022-09-20", nationality="MYS", source="document_seen")
    entries = register.rows(
        "SELECT nationality, delta FROM ledger_entries WHERE measure = 'persons_rescued' ORDER BY recorded_at, delta"
    )
    assert before == 1
    assert entries == [
        {"nationality": "TWN", "delta": 1},
        {"nationality": "TWN", "delta": -1},
        {"nationality": "MYS", "delta": 1},
    ]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_rewrites_what_was_recorded(register: Register, table: str, change: str) -> None:
    register.rescued_person()
    with pytest.raises(asyncpg.PostgresError) as refused:
        asyncio.run(run_as(register.database.owner_url, change.format(table)))
    assert refused.value.sqlstate == "23001"
    assert register.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] > 0  # noqa: S608 - a name of ours


def test_the_running_service_has_no_right_to_rewrite_anything_counted(database: TestDatabase) -> None:
    for table in (*APPEND_ONLY, "ledger_totals", "ledger_folds"):
        key = "recorded_on" if table.startswith(("ledger_totals", "ledger_folds")) else "id"
        for change in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table}"):  # noqa: S608
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                asyncio.run(run_as(database.api_url, change))


async def run_as(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_nothing_is_dated_into_a_day_that_is_folded(register: Register) -> None:
    register.rescued_person()
    folded_day = register.clock.now
    next_day(register)
    assert fold_all(register) == [date(2022, 10, 1)]
    before = register.rows("SELECT count(*) AS n FROM ledger_entries")
    register.clock.now = folded_day
    late = register.caller("operator").post("/v1/cases", {"channel": "walk_in"})
    assert (late.status_code, late.headers["retry-after"]) == (503, "1")
    assert register.rows("SELECT count(*) AS n FROM ledger_entries") == before
    assert register.rows("SELECT count(*) AS n FROM cases") == [{"n": 1}]


def test_the_run_time_role_folds_but_writes_no_totals(register: Register) -> None:
    async def insert() -> None:
        connection = await asyncpg.connect(register.database.api_url)
        try:
            await connection.execute("INSERT INTO ledger_folds VALUES ('2022-10-01', now(), 0)")
        finally:
            await connection.close()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(insert())


def test_the_total_is_summed_from_other_rows_than_the_cells(register: Register) -> None:
    """Days that say too much in the cells do not say it in the total, and the check says that they differ."""
    person = register.rescued_person()
    register.caller("liaison", "TWN").record(
        "repatriated", [person], "2022-09-20", mode="embassy_assisted", to_country="TWN"
    )
    next_day(register)
    assert fold_all(register) == [date(2022, 10, 1)]
    questions: list[dict[str, Any]] = [
        {"name": "persons_rescued", "by": "nationality", **WHOLE},
        {"name": "completeness", **WHOLE},
        {"name": "days_in_status", **WHOLE},
    ]
    before = [asked(register, **question) for question in questions]
    register.rows("UPDATE ledger_totals SET delta = delta + 5 WHERE grain = 'coarse'")
    after = [asked(register, **question) for question in questions]
    for right, wrong in zip(before, after, strict=True):
        assert right["cells"] != wrong["cells"]
        assert right.get("total") == wrong.get("total")
        checks = [[check["holds"] for check in shown["checks"] if check["name"] == "C4"] for shown in (right, wrong)]
        assert checks == [[True], [False]]


def test_nobody_else_may_call_what_acts_with_the_rights_of_the_owner(register: Register) -> None:
    async def call() -> None:
        connection = await asyncpg.connect(register.database.admin_url)
        change = connection.transaction()
        await change.start()
        try:
            await connection.execute("CREATE ROLE passer_by")
            await connection.execute("SET LOCAL ROLE passer_by")
            await connection.execute("SELECT fold_ledger_day('2022-10-01', now())")
        finally:
            await change.rollback()
            await connection.close()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(call())
    acting_as_owner = register.rows(
        "SELECT proname, has_function_privilege('safe_return_api', oid, 'EXECUTE') AS may_run, proconfig, "
        "EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS anybody "
        "FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY proname"
    )
    may_run = [row["proname"] for row in acting_as_owner if row["may_run"]]
    assert may_run == ["fold_ledger_day", "fold_ledger_step", "keep_audit_months"]
    for row in acting_as_owner:
        assert not row["anybody"], row["proname"]
        assert "search_path=public, pg_temp" in row["proconfig"], row["proname"]
