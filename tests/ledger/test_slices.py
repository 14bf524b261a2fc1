"""A day is folded in slices: nobody waits for it, nothing is lost between them, and figures do not see it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import asyncpg
import pytest

from service.cases.actions.checking import check_register
from service.db.database import Upkeep
from service.ledger.actions import FoldState, unfolded, warn_if_behind
from tests.engine import Databases
from tests.ledger.conftest import fold_all, let_days_pass, step
from tests.ledger.population import populate
from tests.long import LONG
from tests.register import NOW, Register, open_register

TABLES: Final = {
    "ledger_totals": "measure, grain, recorded_on, occurred_on, nationality, detail, sex, age_group, province, "
    "channel, kind, delta",
    "ledger_cells": "measure, occurred_month, recorded_month, nationality, detail, sex, age_group, province, "
    "channel, kind, delta",
    "ledger_closed": "recorded_month",
    "ledger_months": "measure, grain, recorded_month, occurred_month, detail, code, delta",
    "ledger_folds": "recorded_on, entries",
}
WHOLE: Final = {"from_": "2022-01-01", "to": "2023-12-31"}
ENTRY: Final = """
INSERT INTO ledger_entries (case_id, id, recorded_at, subject_id, measure, occurred_on, nationality, sex, age_group,
                            province, detail, channel, kind, delta)
SELECT case_id, gen_random_uuid(), $1, subject_id, measure, occurred_on, nationality, sex, age_group, province, detail,
       channel, kind, delta FROM ledger_entries LIMIT 1
"""
BEFORE_SLICES: Final = "SELECT fold_ledger_day('2022-10-01', now()) AS done"


def summed(register: Register) -> dict[str, list[dict[str, Any]]]:
    """Return everything that folding wrote."""
    return {
        table: register.rows(f"SELECT {columns} FROM {table} ORDER BY {columns}")  # noqa: S608 - names of ours
        for table, columns in TABLES.items()
    }


def differences(register: Register) -> list[str]:
    """Return what `safe-return check` would say."""

    async def check() -> list[str]:
        database = Upkeep.at(register.database.api_url)
        try:
            return (await check_register(database, lambda done, total: None)).differences
        finally:
            await database.close()

    return asyncio.run(check())


def over(register: Register) -> Register:
    """Record something, and let its day be over and settled."""
    register.rescued_person()
    register.clock.move(days=1)
    register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", register.clock.now)
    return register


@contextmanager
def told(databases: Databases) -> Iterator[Register]:
    """Provide a register with two months of corrections, of which nothing is folded."""
    database = databases.make()
    with open_register(database) as register:
        population = populate(register, cases=16, steps=90, nights=3, days=20, seed=8)
        population.to_the_next_day()
        yield register
    databases.drop(database)


def test_slices_sum_what_one_piece_sums_and_figures_do_not_see_them(databases: Databases) -> None:
    with told(databases) as register:
        register.let_go()
        copy = databases.make_copy(register.database)
        folded = fold_all(register)
        whole = summed(register)
        with open_register(copy, keys=register.keys, now=register.clock.now) as other:
            job = other.key("figures:exact")
            asked = [("persons_rescued", {**WHOLE, "by": "nationality"}), ("persons_by_status", {"at": "2022-11-20"})]
            moving = {"generated_at", "known_at", "settled", "digest"}

            def answers() -> list[dict[str, Any]]:
                told = [job.figure(name, **asking) for name, asking in asked]
                return [{name: value for name, value in one.items() if name not in moving} for one in told]

            before, steps = answers(), 0
            while (state := step(other, at_once=15)[1]) is not FoldState.IDLE:
                steps += 1
                if state is FoldState.DONE:
                    let_days_pass(other, 1)
                if steps % 6 == 0:
                    assert answers() == before, (steps, state)
                if steps % 40 == 0:
                    assert differences(other) == []
            assert answers() == before
            assert differences(other) == differences(register) == []
            assert summed(other) == whole
        databases.drop(copy)
    assert len(folded) > 2
    assert steps > 20 * len(folded)
    assert {row["recorded_month"] for row in whole["ledger_closed"]} == {date(2022, 10, 1)}
    assert {row["recorded_month"] for row in whole["ledger_cells"]} == {date(2022, 10, 1)}
    assert {row["recorded_on"].month for row in whole["ledger_totals"]} == {11}
    sums = ("ledger_totals", "ledger_cells", "ledger_months")
    assert all(row["delta"] for table in sums for row in whole[table])


def test_nothing_is_summed_before_whoever_was_writing_has_ended(register: Register) -> None:
    then = register.clock.now
    over(register)

    async def written() -> tuple[list[FoldState], str | None]:
        writer = await asyncpg.connect(register.database.api_url)
        late = await asyncpg.connect(register.database.api_url)
        try:
            change = writer.transaction()
            await change.start()
            await writer.execute(ENTRY, then)
            states = [(await asyncio.to_thread(step, register))[1] for _ in range(3)]
            refused = None
            try:
                await late.execute(ENTRY, then)
            except asyncpg.PostgresError as error:
                refused = error.sqlstate
            await change.commit()
        finally:
            await writer.close()
            await late.close()
        return states, refused

    states, refused = asyncio.run(written())
    assert states == [FoldState.MORE, FoldState.WAIT, FoldState.WAIT]
    assert refused == "40001"
    assert fold_all(register) == [NOW.date()]
    [fold] = register.rows("SELECT entries FROM ledger_folds")
    [there] = register.rows("SELECT count(*) AS n, sum(delta) AS delta FROM ledger_entries")
    [full] = register.rows("SELECT sum(delta) AS delta FROM ledger_totals WHERE grain = 'full'")
    assert (fold["entries"], full["delta"]) == (there["n"], there["delta"])


def test_nobody_who_writes_waits_for_a_slice(register: Register) -> None:
    over(register)
    assert step(register)[1] is FoldState.MORE

    async def beside() -> None:
        folding = await asyncpg.connect(register.database.api_url)
        writer = await asyncpg.connect(register.database.api_url, server_settings={"lock_timeout": "100ms"})
        try:
            change = folding.transaction()
            await change.start()
            assert await folding.fetchval("SELECT state FROM fold_ledger_step(now(), 5)") == "more"
            await writer.execute(ENTRY, register.clock.now)
            await change.rollback()
        finally:
            await folding.close()
            await writer.close()

    asyncio.run(beside())


def test_a_day_is_never_closed_and_summed_by_one_transaction(register: Register) -> None:
    """Others would still be writing into it: they do not see yet that it is closed."""
    over(register)

    async def at_once() -> list[str]:
        connection = await asyncpg.connect(register.database.api_url)
        try:
            async with connection.transaction():
                return [await connection.fetchval("SELECT state FROM fold_ledger_step(now(), 5)") for _ in range(3)]
        finally:
            await connection.close()

    assert asyncio.run(at_once()) == ["more", "wait", "wait"]
    assert register.rows("SELECT FROM ledger_totals") == []
    assert fold_all(register) == [NOW.date()]


def test_the_release_before_folds_the_same_way(register: Register) -> None:
    over(register)
    calls = 1
    while register.rows(BEFORE_SLICES) != [{"done": None}]:
        calls += 1
    assert 2 <= calls < 10
    assert register.rows("SELECT recorded_on FROM ledger_folds") == [{"recorded_on": NOW.date()}]
    assert differences(register) == []


def test_whoever_folds_goes_on_where_another_stopped(register: Register) -> None:
    over(register)
    for _ in range(4):
        assert step(register, at_once=3)[1] is FoldState.MORE
    assert register.rows("SELECT FROM ledger_folds") == []
    assert differences(register) == []
    assert fold_all(register, at_once=4) == [NOW.date()]
    assert differences(register) == []


def test_folding_that_is_behind_is_said(register: Register, caplog: pytest.LogCaptureFixture) -> None:
    register.rescued_person()
    database = register.app.state.services.database
    midnight = datetime.combine(NOW.date() + timedelta(days=1), time(), UTC)

    async def warn(now: datetime) -> float:
        async with database.read() as db:
            await warn_if_behind(db, now=now)
            rest = await unfolded(db, now=now)
        return rest.lag.total_seconds() if rest else -1

    assert register.portal.call(warn, midnight + timedelta(minutes=50)) == 50 * 60 - 30
    assert caplog.messages == []
    with caplog.at_level(logging.ERROR, "service.ledger"):
        register.portal.call(warn, midnight + timedelta(hours=2))
    assert caplog.messages == ["fold=behind day=2022-10-01 lag_s=7170"]
    years = register.client().get("/health/ready").json()["fold_lag_s"]
    assert years > 3 * 365 * 86_400
    register.clock.move(days=2)
    fold_all(register)
    assert register.client().get("/health/ready").json()["fold_lag_s"] == 0


MANY: Final = """
INSERT INTO ledger_entries (case_id, id, recorded_at, subject_id, measure, occurred_on, nationality, sex, age_group,
                            province, detail, channel, kind, delta)
SELECT case_id, gen_random_uuid(), $1::timestamptz + (n / 13) * interval '40 milliseconds', gen_random_uuid(),
       (ARRAY['persons_received', 'persons_verified', 'persons_rescued', 'status', 'days_in_status', 'journeys_home',
              'cases_complete', 'rescued_by', 'rescued_found', 'detained_in', 'papers_missing', 'persons_ended',
              'persons_repatriated'])[1 + n % 13],
       '2020-01-01'::date + (n * 7 % 900), (ARRAY['TWN', 'MYS', 'THA', 'VNM', 'CHN'])[1 + n % 5],
       (ARRAY['male', 'female'])[1 + n % 2], (ARRAY['adult', 'minor'])[1 + n % 2], 'KH-' || (1 + n % 25),
       'of:' || n % 40, channel, kind, CASE WHEN n % 9 = 0 THEN -1 ELSE 1 END
FROM (SELECT * FROM ledger_entries LIMIT 1) one, generate_series(1, $2::int) n
"""


@pytest.mark.skipif(not LONG, reason="hundreds of thousands of entries")
def test_a_day_of_many_entries_is_folded_in_small_parts_and_nobody_is_refused(
    register: Register,
) -> None:
    register.rescued_person()
    register.rows(MANY, datetime(2022, 10, 1, 4, tzinfo=UTC), 600_000)
    register.clock.now = datetime(2022, 10, 2, 3, tzinfo=UTC)
    register.rows("UPDATE sessions SET seen_at = $1 RETURNING 1 AS one", register.clock.now)
    [limit] = register.rows("SHOW statement_timeout")
    assert limit["statement_timeout"] == "0"
    operator = register.caller("operator")
    took: list[float] = []
    statuses: list[int] = []
    state = FoldState.MORE
    while state is not FoldState.IDLE:
        begun = datetime.now(UTC)
        _, state = step(register)
        took.append((datetime.now(UTC) - begun).total_seconds())
        statuses.append(operator.post("/v1/cases", {"channel": "walk_in"}).status_code)
    assert set(statuses) == {201}
    assert max(took) < sum(took) / 4, sorted(took)[-3:]
    assert len(took) > 600_000 / 20_000
    assert register.rows("SELECT recorded_on FROM ledger_folds") == [{"recorded_on": date(2022, 10, 1)}]
    [sums] = register.rows(
        "SELECT (SELECT sum(delta) FROM ledger_entries WHERE recorded_at < '2022-10-02') AS entries, "
        "(SELECT sum(delta) FROM ledger_totals WHERE grain = 'full') AS totals, "
        "(SELECT count(*) FROM ledger_totals WHERE delta = 0) AS zeros"
    )
    assert (sums["entries"], sums["zeros"]) == (sums["totals"], 0)
