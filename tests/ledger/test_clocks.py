"""Two clocks, of the service and of the database: a wrong one records nothing, folds nothing, and settles nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from service.access.rules import FREE_FAILURES
from service.ledger.actions import SETTLING
from tests.access.accounts import account
from tests.engine import ANY_CLOCK
from tests.http.problem_documents import assert_problem
from tests.ledger.conftest import fold_all
from tests.register import Register

OWN_CLOCK: Final = "DELETE FROM clock_tolerance"
FILED: Final = {"channel": "hotline_117", "received_on": "2022-09-01", "persons": [{"nationality": "TWN"}]}


@pytest.fixture
def present(register: Register) -> Register:
    """A register of the present, as every one is outside of tests."""
    register.rows(OWN_CLOCK)
    register.clock.now = datetime.now(UTC)
    return register


def record(register: Register, **off: float) -> Any:
    """File a case by a clock that is off."""
    operator = register.caller("operator")
    register.clock.now = datetime.now(UTC) + timedelta(**off)
    return operator.post("/v1/cases", FILED)


@pytest.mark.parametrize("off", [0, 4, -10])
def test_a_clock_that_is_off_by_little_records(present: Register, off: int) -> None:
    assert record(present, seconds=off).status_code == 201


@pytest.mark.parametrize("off", [{"seconds": 30}, {"seconds": -40}, {"days": 2}, {"hours": -1}])
def test_a_wrong_clock_records_nothing_and_is_told(present: Register, off: dict[str, float]) -> None:
    refused = record(present, **off)
    assert_problem(refused, 503, "unavailable")
    assert "clock" in refused.json()["detail"]
    assert int(refused.headers["retry-after"]) > 0
    for table in ("cases", "events", "persons", "ledger_entries", "kept_answers"):
        assert present.rows(f"SELECT count(*) AS n FROM {table}") == [{"n": 0}], table  # noqa: S608 - a name of ours


def test_the_limits_are_25_seconds_behind_and_5_ahead(present: Register) -> None:
    asked = "SELECT is_timely(clock_timestamp() - $1::interval, clock_timestamp() + $2::interval) AS taken"
    second = timedelta(seconds=1)
    for behind, ahead, taken in ((24, 4, True), (25, 0, False), (0, 6, False), (0, 0, True)):
        assert present.rows(asked, behind * second, ahead * second) == [{"taken": taken}], (behind, ahead)


def test_how_late_an_event_is_shows_when_it_is_committed(register: Register) -> None:
    """A network may deliver the last word of a transaction long after the others."""
    case = register.caller("operator").file()["id"]
    with pytest.raises(asyncpg.PostgresError) as refused:
        asyncio.run(_committed_late(register, UUID(case)))
    assert refused.value.sqlstate == "SR001"
    assert register.rows("SELECT count(*) AS n FROM events") == [{"n": 1}]


async def _committed_late(register: Register, case: UUID) -> None:
    connection = await asyncpg.connect(register.database.api_url)
    try:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO events SELECT case_id, gen_random_uuid(), seq + 1, kind, subject_kind, subject_id, "
                "occurred_on, occurred_precision, recorded_at, recorded_by, agency_id, fact, operation_id FROM events"
            )
            await asyncio.to_thread(register.rows, OWN_CLOCK)
    finally:
        await connection.close()


def test_nobody_signs_in_by_a_clock_that_is_off_and_it_counts_as_no_failure(present: Register) -> None:
    dara = account(present, name="dara")
    present.clock.now = datetime.now(UTC) + timedelta(minutes=10)
    refused = [dara.sign_in() for _ in range(FREE_FAILURES + 2)]
    for answer in refused:
        assert_problem(answer, 503, "unavailable")
        assert "clock" in answer.json()["detail"]
    present.clock.now = datetime.now(UTC)
    assert dara.sign_in().status_code == 201
    assert present.rows("SELECT FROM sign_in_failures") == []


def test_entries_without_an_event_are_held_against_the_clock_too(present: Register) -> None:
    assert record(present).status_code == 201
    again = "INSERT INTO ledger_entries SELECT * FROM ledger_entries"
    again = again.replace("*", "case_id, gen_random_uuid(), recorded_at - interval '1 hour', subject_id, measure, "
        "occurred_on, nationality, sex, age_group, province, detail, channel, kind, delta")  # fmt: skip
    with pytest.raises(asyncpg.PostgresError) as refused:
        asyncio.run(_as_service(present, again))
    assert refused.value.sqlstate == "SR001"


def test_the_service_cannot_loosen_the_limits(present: Register) -> None:
    for change in (ANY_CLOCK, "UPDATE clock_tolerance SET behind_s = 99", OWN_CLOCK, "TRUNCATE clock_tolerance"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            asyncio.run(_as_service(present, change))
    loose, _ = ANY_CLOCK.split(" ON CONFLICT")
    shadow = "CREATE TEMP TABLE clock_tolerance AS SELECT * FROM public.clock_tolerance"
    asked = "SELECT is_timely(now() - interval '1 hour', now())"
    assert asyncio.run(_as_service(present, shadow, loose, asked)) is False


def test_a_case_is_in_order_though_the_clock_runs_back(present: Register) -> None:
    filed = record(present).json()
    person, case = filed["persons"][0]["reference"], filed["id"]
    operator = present.caller("operator")
    wish = {"kind": "wish_stated", "subjects": [person], "occurred_on": "2022-09-02"}
    told = wish | {"data": {"purpose": "return_home", "value": "yes", "freely": "yes"}}
    begun = present.clock.now
    for back in (3, 9, 15):
        present.clock.now = begun - timedelta(seconds=back)
        assert operator.post("/v1/events", told).status_code == 201
    log = [
        row["at"]
        for row in present.rows("SELECT recorded_at AS at FROM events WHERE case_id = $1 ORDER BY seq", UUID(case))
    ]
    assert len(log) > 4
    assert log == sorted(log)
    assert log[0] > present.clock.now


def test_the_service_folds_no_day_that_is_not_over_by_the_clock_of_the_database(present: Register) -> None:
    assert record(present).status_code == 201
    present.clock.move(days=2)
    assert fold_all(present) == []
    today, tomorrow = (datetime.now(UTC).date() + timedelta(days=days) for days in (0, 1))
    for day in (today, tomorrow):
        folded = asyncio.run(_as_service(present, f"SELECT fold_ledger_day('{day}', now() + interval '9 days')"))
        assert folded is None
    assert present.rows("SELECT count(*) AS n FROM ledger_folds") == [{"n": 0}]
    assert record(present).status_code == 201


def test_nothing_is_settled_by_a_clock_that_is_ahead(register: Register) -> None:
    period = {"from_": "2022-01-01", "to": "2022-12-31"}
    present = datetime.now(UTC)
    register.clock.now = present + timedelta(hours=1)
    job = register.key("figures:exact")
    settled = job.figure("persons_rescued", **period, known_at=(present - timedelta(minutes=2)).isoformat())
    unsettled = job.figure("persons_rescued", **period, known_at=(present + timedelta(minutes=2)).isoformat())
    assert (settled["settled"], unsettled["settled"]) == (True, False)
    assert timedelta(seconds=25) < SETTLING


@pytest.mark.parametrize(("off", "words"), [(40, "40 seconds ahead"), (-90, "90 seconds behind")])
def test_readiness_compares_the_clocks(present: Register, off: int, words: str) -> None:
    client = present.client()
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert abs(ready.json()["clock_offset_s"]) < 20
    present.clock.now = datetime.now(UTC) + timedelta(seconds=off)
    refused = client.get("/health/ready")
    assert_problem(refused, 503, "unavailable")
    assert words.split()[2] in refused.json()["detail"]
    assert "NTP" in refused.json()["detail"]


async def _as_service(register: Register, *statements: str) -> Any:
    """Run statements as the service, and return what the last one answers."""
    connection = await asyncpg.connect(register.database.api_url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()
