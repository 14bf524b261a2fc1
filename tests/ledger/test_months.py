"""Months that are summed answer as their days did, to the letter; and they are what is read."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from service.db.migrations import _config, migrate
from tests.engine import Databases
from tests.ledger.conftest import History, fold_all, step
from tests.ledger.population import populate
from tests.ledger.questions import told_at, values
from tests.register import Register, _fetch, open_register

BY_NATIONALITY = {"from_": "2022-09-01", "to": "2022-12-31", "by": "nationality"}
CELL = "measure, occurred_month, recorded_month, nationality, detail, sex, age_group, province, channel, kind, delta"
CELLS = f"SELECT {CELL} FROM ledger_cells ORDER BY {CELL}"  # noqa: S608 - names of ours
CELLS_WRONG = """
SELECT measure FROM (
    SELECT measure, occurred_month, recorded_month, nationality, detail, sex, age_group, province, channel, kind, delta
    FROM ledger_cells
    UNION ALL
    SELECT measure, date_trunc('month', occurred_on)::date, date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date,
           nationality, detail, sex, age_group, province, channel, kind, -delta
    FROM ledger_entries
    WHERE date_trunc('month', recorded_at AT TIME ZONE 'UTC') IN (SELECT recorded_month FROM ledger_closed)
) both_sides
GROUP BY measure, occurred_month, recorded_month, nationality, detail, sex, age_group, province, channel, kind
HAVING sum(delta) <> 0
"""
DAYS_WRONG = """
SELECT measure FROM (
    SELECT measure, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind, delta
    FROM ledger_totals WHERE grain = 'full'
    UNION ALL
    SELECT measure, (recorded_at AT TIME ZONE 'UTC')::date, occurred_on, nationality, detail, sex, age_group, province,
           channel, kind, -delta
    FROM ledger_entries
) both_sides
GROUP BY measure, recorded_on, occurred_on, nationality, detail, sex, age_group, province, channel, kind
HAVING sum(delta) <> 0
"""
SUMMED = "SELECT * FROM ledger_months ORDER BY measure, grain, recorded_month, occurred_month, detail, code"


def test_the_history_spans_three_months_and_two_are_summed(months: History) -> None:
    assert {day.month for day in months.folded} == {10, 11, 12}
    summed = months.register.rows("SELECT DISTINCT recorded_month AS month FROM ledger_months ORDER BY 1")
    assert [row["month"] for row in summed] == [date(2022, 10, 1), date(2022, 11, 1)]


def test_every_figure_over_months_is_what_the_log_says(months: History) -> None:
    told = {moment: told_at(months.log, moment) for moment in months.moments}
    counted = 0
    for asked, document in months.after:
        found = asked.found(document)
        if found is not None:
            expected = asked.expected(told[asked.known_at])
            assert found == expected, asked
            counted += bool(expected)
    assert counted > 100


def test_the_answers_over_months_are_the_same_before_and_after_folding(months: History) -> None:
    for (asked, before), (_, after) in zip(months.before, months.after, strict=True):
        assert before == after, asked


def test_every_check_over_months_holds(months: History) -> None:
    failed = [asked for asked, document in months.after for check in document["checks"] if not check["holds"]]
    assert failed == []


def test_a_period_may_end_on_the_last_day_there_is(months: History) -> None:
    job = months.register.key("figures:exact")
    asked = [job.figure("persons_rescued", from_="2022-09-20", to=to, by="sex") for to in ("2023-01-01", "9999-12-31")]
    assert asked[0]["total"] == asked[1]["total"]
    assert asked[0]["cells"] == asked[1]["cells"]
    assert asked[0]["total"]["value"] > 0


def test_each_grain_of_a_month_sums_what_was_recorded_in_it(months: History) -> None:
    entries = months.register.rows(
        "SELECT measure, sum(delta)::int AS n FROM ledger_entries WHERE recorded_at < '2022-12-01' "
        "GROUP BY measure HAVING sum(delta) <> 0 ORDER BY measure"
    )
    for grain in ("whole", "nationality", "sex", "age_group", "province", "channel", "kind"):
        summed = months.register.rows(
            "SELECT measure, sum(delta)::int AS n FROM ledger_months WHERE grain = $1 "
            "GROUP BY measure HAVING sum(delta) <> 0 ORDER BY measure", grain,
        )  # fmt: skip
        assert summed == entries, grain
    cells = months.register.rows(
        "SELECT measure, sum(delta)::int AS n FROM ledger_cells "
        "GROUP BY measure HAVING sum(delta) <> 0 ORDER BY measure"
    )
    assert cells == entries


def test_nothing_is_kept_of_the_days_of_a_closed_month(months: History) -> None:
    """And every question of these tests was answered all the same, also about single days and moments in that month.

    Of November they are kept until the next day is folded.
    """
    kept = months.register.rows("SELECT DISTINCT date_trunc('month', recorded_on)::date AS month FROM ledger_totals")
    assert {row["month"] for row in kept} == {date(2022, 11, 1), date(2022, 12, 1)}
    assert {moment.month for moment in months.moments} >= {11}


def test_a_month_keeps_its_days_for_a_day_after_it_was_closed(databases: Databases) -> None:
    """A service of the release before may still read them."""
    database = databases.make()
    with open_register(database) as register:
        for days in (31, 1, 1):
            register.rescued_person()
            register.rows("UPDATE sessions SET seen_at = $1", register.clock.move(days=days))
        folded = fold_all(register, days_apart=0)
        [kept] = register.rows("SELECT count(*) AS n FROM ledger_totals WHERE recorded_on < '2022-11-01'")
    databases.drop(database)
    assert folded == [date(2022, 10, 1), date(2022, 11, 1), date(2022, 11, 2)]
    assert kept["n"] > 0


def test_figures_read_the_months_and_their_total_other_rows_than_their_cells(databases: Databases) -> None:
    """A month that says too much shows in the figure, and the check says that it does not close."""
    database = databases.make()
    with open_register(database) as register:
        _two_months(register)
        job = register.key("figures:exact")
        before = job.figure("persons_rescued", **BY_NATIONALITY)
        asyncio.run(
            _execute(database.admin_url, "UPDATE ledger_months SET delta = delta + 5 WHERE grain = 'nationality'")
        )
        after = job.figure("persons_rescued", **BY_NATIONALITY)
    databases.drop(database)
    assert sum(values(after).values()) > sum(values(before).values())
    assert after["total"] == before["total"]
    assert [check["holds"] for check in before["checks"] if check["name"] == "C4"] == [True]
    assert [check["holds"] for check in after["checks"] if check["name"] == "C4"] == [False]


@pytest.mark.parametrize("bound", ["alleged_low", "alleged_high", "alleged_open"])
def test_each_bound_of_a_total_is_summed_from_other_rows_than_the_cells(databases: Databases, bound: str) -> None:
    period = {"from_": "2022-08-01", "to": "2022-12-31"}
    database = databases.make()
    with open_register(database) as register:
        for claim in ({"low": 2, "high": 5, "bound": "range"}, {"low": 3, "bound": "at_least"}):
            location = {"province": f"KH-{claim['low']}"}
            register.caller("operator").file(received_on="2022-09-02", location=location, head_count=claim)
        register.rows("UPDATE sessions SET seen_at = $1", register.clock.move(days=40))
        register.caller("operator").file(received_on="2022-09-02")
        register.clock.move(days=1)
        assert len(fold_all(register)) == 2
        job = register.key("figures:exact")
        before = job.figure("persons_alleged", **period, by="province")
        register.rows("UPDATE ledger_months SET delta = delta + 5 WHERE grain = 'province' AND measure = $1", bound)
        after = job.figure("persons_alleged", **period, by="province")
    databases.drop(database)
    assert after["cells"] != before["cells"]
    assert after["total"] == before["total"] == {"codes": {}, "labels": {}, "low": 5, "open_ended": 1}
    assert [(check["name"], check["holds"]) for check in before["checks"]] == [("C4", True)]
    assert [(check["name"], check["holds"]) for check in after["checks"]] == [("C4", False)]


def test_migrating_sums_the_months_that_were_folded_before(databases: Databases) -> None:
    database = databases.make()
    with open_register(database) as register:
        _two_months(register, ranges=False)
        folded = sums(register)
        for name in ("month_totals.py", "closed_months.py"):
            command.downgrade(_config(database.owner_url), before(name))
            migrate(database.owner_url)
            assert sums(register) == folded, name
    databases.drop(database)
    assert all(len(rows) > 50 for rows in folded)


def test_the_release_before_has_the_days_of_a_closed_month_again(databases: Databases) -> None:
    database = databases.make()
    with open_register(database) as register:
        _two_months(register, ranges=False)
        command.downgrade(_config(database.owner_url), before("closed_months.py"))
        rows = register.rows(DAYS_WRONG)
        [days] = register.rows("SELECT count(DISTINCT recorded_on) AS n FROM ledger_totals")
        [folded] = register.rows("SELECT count(*) AS n FROM ledger_folds")
    databases.drop(database)
    assert rows == []
    assert days == folded


def test_a_month_that_is_half_summed_when_migrating_is_summed_whole(databases: Databases) -> None:
    """What the release before had summed of it has no cells."""
    database = databases.make()
    with open_register(database) as register:
        populate(register, cases=24, steps=120, nights=3, days=20, seed=8).to_the_next_day()
        command.downgrade(_config(database.owner_url), before("closed_months.py"))
        while not register.rows("SELECT FROM ledger_folding WHERE measure > 'cases_s' AND NOT months_summed"):
            step(register, at_once=15)
        half = register.rows("SELECT measure FROM ledger_months")
        migrate(database.owner_url)
        fold_all(register)
        assert register.rows(CELLS_WRONG) == []
    databases.drop(database)
    assert half


def before(name: str) -> str:
    """The revision before the one whose file has a name, whatever its number."""
    history = ScriptDirectory.from_config(_config()).walk_revisions()
    return next(str(found.down_revision) for found in history if found.path.endswith(name))


def sums(register: Register) -> list[list[dict[str, Any]]]:
    """All sums of closed months."""
    return [register.rows(SUMMED), register.rows(CELLS)]


def _two_months(register: Register, *, ranges: bool = True) -> None:
    population = populate(register, cases=24, steps=120, nights=3, days=20, seed=8, ranges=ranges)
    population.to_the_next_day()
    folded = fold_all(register)
    assert folded[-1] - folded[0] > timedelta(days=50)


async def _execute(url: str, statement: str, *arguments: Any) -> None:
    await _fetch(url, statement, arguments)
