"""Jobs run again and again beside whatever else happens, survive their own failures, and end with the block."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from service.credentials import token_digest
from service.jobs.runner import Job, running
from service.marks import read_marks
from service.people.rules.terms import TERMS_VERSION
from tests.engine import Databases
from tests.register import NOW, PATIENT, Register, open_register


def test_a_job_runs_at_once_and_again() -> None:
    async def main() -> None:
        third = asyncio.Event()
        runs: list[int] = []

        async def run() -> None:
            runs.append(len(runs))
            if len(runs) == 3:
                third.set()

        async with running([Job("count", 0.001, run)]):
            await asyncio.wait_for(third.wait(), 10)

    asyncio.run(main())


def test_a_job_that_fails_is_tried_again_and_no_other_waits_for_it(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        again, other = asyncio.Event(), asyncio.Event()
        failures: list[int] = []

        async def fail() -> None:
            failures.append(1)
            if len(failures) == 2:
                again.set()
            raise RuntimeError("somebody's name")

        async def run() -> None:
            other.set()

        async with running([Job("fails", 0.001, fail), Job("works", 60.0, run)]):
            await asyncio.wait_for(asyncio.gather(again.wait(), other.wait()), 10)

    with caplog.at_level(logging.WARNING, "service.jobs"):
        asyncio.run(main())
    assert "job=fails failed=RuntimeError" in caplog.text
    assert "somebody" not in caplog.text


def test_at_the_end_of_the_block_no_job_runs_any_more_and_one_in_the_middle_has_ended() -> None:
    async def main() -> list[str]:
        begun = asyncio.Event()
        said: list[str] = []

        async def run() -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                said.append("ended")

        async with running([Job("long", 60.0, run)]):
            await asyncio.wait_for(begun.wait(), 10)
        said.append("after")
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return said

    assert asyncio.run(main()) == ["ended", "after"]


def test_an_error_of_the_block_ends_the_jobs_and_goes_on() -> None:
    async def main() -> None:
        async def run() -> None:
            await asyncio.Event().wait()

        with pytest.raises(ValueError, match="of the block"):
            async with running([Job("long", 60.0, run)]):
                raise ValueError("of the block")
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def each_once(register: Register, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Start the service, let it run each of its jobs once, and answer the pauses between two runs, seconds."""
    pauses: dict[str, float] = {}

    @asynccontextmanager
    async def once(jobs: Sequence[Job]) -> AsyncIterator[None]:
        for job in jobs:
            pauses[job.name] = job.every_s
            await job.run()
        yield

    async def serve() -> None:
        async with register.app.router.lifespan_context(register.app):
            pass

    monkeypatch.setattr("service.main.running", once)
    monkeypatch.setattr("service.main._set_interpreter", lambda: None)
    register.portal.call(serve)
    return pauses


def test_the_service_folds_what_is_due_and_deletes_what_is_outdated(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"username": "nobody.at.all", "password": "not the password"}
    assert register.client().post("/v1/sessions", json=body).status_code == 401
    register.caller("operator").post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key="k")
    passing = "SELECT (SELECT count(*) FROM kept_answers) + (SELECT count(*) FROM sign_in_failures) AS rows"
    assert register.rows(passing) == [{"rows": 2}]
    register.clock.move(days=4)
    pauses = each_once(register, monkeypatch)
    assert register.rows(passing) == [{"rows": 0}]
    assert register.rows("SELECT recorded_on FROM ledger_folds") == [{"recorded_on": NOW.date()}]
    assert (pauses["fold"], pauses["tidy"]) == (PATIENT.fold_every_s, PATIENT.tidy_every_s)


def test_the_service_makes_the_months_of_the_audit_log_that_are_to_come(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = "SELECT month FROM audit_months ORDER BY month"
    attached = "SELECT count(*) AS parts FROM pg_inherits WHERE inhparent = 'audit_log'::regclass"
    made, parts = register.rows(months), register.rows(attached)
    for taken in made[-2:]:
        register.rows("DELETE FROM audit_months WHERE month = $1", taken["month"])
        register.rows(f"DROP TABLE audit_parts.audit_log_{taken['month']:%Y_%m}")
    each_once(register, monkeypatch)
    assert register.rows(months) == made
    assert register.rows(attached) == parts


def test_the_service_warns_of_keys_that_end_and_of_days_that_are_not_folded(
    register: Register, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fold_nothing(_: object) -> None:
        pass

    admin = register.caller("admin")
    wanted = {"scopes": ["metrics"], "agency_id": str(admin.agency_id), "name": "job", "days": 10}
    assert admin.post("/v1/keys", wanted).status_code == 201
    register.caller("operator").file(received_on="2022-09-01")
    register.clock.move(days=3)
    monkeypatch.setattr("service.main._fold", fold_nothing)
    with caplog.at_level(logging.WARNING):
        each_once(register, monkeypatch)
    assert "This key ends soon" in caplog.text
    assert "fold=behind" in caplog.text


def test_the_service_notes_what_the_register_holds(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, database = tmp_path / "mark", databases.make()
    with open_register(database, PATIENT.model_copy(update={"mark_file": path})) as register:
        register.caller("operator").file(received_on="2022-09-01")
        each_once(register, monkeypatch)
    assert len(read_marks(path)) == 1
    databases.drop(database)


def test_the_service_makes_outdated_search_keys_anew(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    register.caller("operator").file(persons=[{"names": [{"text": "Sok Chandara"}]}])
    register.rows("UPDATE sealed_records SET indexed = $1", TERMS_VERSION - 1)
    each_once(register, monkeypatch)
    assert register.rows("SELECT DISTINCT indexed FROM sealed_records WHERE kind = 'name'") == [
        {"indexed": TERMS_VERSION}
    ]


def test_the_service_knows_who_reads_the_metrics_and_how_its_pool_is(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(register.app.state.metrics, "measure", lambda *, pool_size, pool_in_use: told.append(pool_size))
    reader = register.key("metrics")
    assert register.app.state.readers.find(token_digest(reader.token)) is None
    each_once(register, monkeypatch)
    assert register.app.state.readers.find(token_digest(reader.token)) is not None
    assert told == [register.app.state.services.database.pool.size]
