"""Alive, ready and measured: without a name, a number or an address of anybody."""

import asyncio
import re
from datetime import UTC, datetime, time, timedelta

import pytest

from service.http.metrics import Metrics
from tests.doors.scene import OWN, Scene, set_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Register, open_register


@pytest.fixture
def scene(register: Register) -> Scene:
    return set_scene(register)


def test_the_front_door_says_where_everything_is(register: Register) -> None:
    client = register.client()
    links = client.get("/")
    for place in ("documentation", "contract", "ready"):
        assert client.get(links.json()[place]).status_code == 200
    for relation in ("service-desc", "service-doc", "status"):
        assert f'rel="{relation}"' in links.headers["link"]


def test_alive_needs_no_database_and_ready_does(databases: Databases) -> None:
    database = databases.make()
    with open_register(database) as register:
        client = register.client()
        ready = client.get("/health/ready")
        assert ready.json()["status"] == "ready"
        revision = register.rows("SELECT version_num FROM alembic_version")[0]["version_num"]
        assert ready.json()["revision"] == revision
        register.portal.call(register.app.state.services.database.close)
        databases.drop(database)
        assert client.get("/health/live").json() == {"status": "alive"}
        answer = client.get("/health/ready")
        assert_problem(answer, 503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert database.name not in answer.text


def test_a_database_that_was_never_migrated_is_not_ready(databases: Databases) -> None:
    database = databases.make_blank()
    with open_register(database) as register:
        assert_problem(register.client().get("/health/ready"), 503, "unavailable")
        assert register.client().get("/health/live").status_code == 200
    databases.drop(database)


def test_metrics_count_by_route_and_name_nobody(scene: Scene) -> None:
    for caller in (scene.operator, scene.stranger):
        caller.get(f"/v1/persons/{scene.persons[OWN].reference}", purpose="rescue")
    scene.register.client().get("/v1/canary-in-the-address")
    scene.register.client().request("CANARY", "/v1/cases")
    shown = scene.register.key("metrics").get("/metrics")
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/plain")
    assert 'route="/persons/{ref}",status="200"} 1.0' in shown.text.replace("/v1", "")
    assert 'status="404"} 1.0' in shown.text
    hidden = [*scene.traces_of(OWN), scene.case, str(scene.operator.id), "canary", "CANARY", "rescue"]
    assert [word for word in hidden if word in shown.text] == []


def test_metrics_are_for_administrators_and_keys_with_their_scope(register: Register) -> None:
    assert_problem(register.client().get("/metrics"), 401)
    assert_problem(register.key("figures:exact").get("/metrics"), 403)
    assert_problem(register.caller("reporting").get("/metrics"), 403)
    assert register.caller("admin").get("/metrics").status_code == 200


def sample(text: str, name: str) -> float | None:
    """Return the value of a metric without labels, or None where it is not shown."""
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return None if found is None else float(found[1])


def test_refusals_are_counted_by_their_kind(register: Register) -> None:
    key = register.key("metrics")
    before = key.get("/metrics").text
    assert "safe_return_refusals_total{" not in before
    operator = register.caller("operator")
    operator.get("/v1/cases/KH-2022-ZZZZZZ")
    operator.post("/v1/cases", {"channel": "nowhere"})
    register.client().get("/v1/me")
    text = key.get("/metrics").text
    for kind in ("unauthenticated", "validation", "not-found"):
        assert f'safe_return_refusals_total{{kind="{kind}"}} 1.0' in text


def test_what_is_kept_and_what_is_not_folded_is_measured(register: Register) -> None:
    key, operator = register.key("metrics"), register.caller("operator")
    text = key.get("/metrics").text
    assert sample(text, "safe_return_kept_answers") == 0
    assert sample(text, "safe_return_oldest_unfolded_day_timestamp_seconds") is None
    operator.post("/v1/cases", {"channel": "hotline_117"}, Idempotency_Key="once")
    day = register.clock.now.date()
    text = key.get("/metrics").text
    assert sample(text, "safe_return_database_up") == 1
    assert sample(text, "safe_return_kept_answers") == 1
    assert sample(text, "safe_return_fold_lag_seconds") == 0
    midnight = datetime.combine(day, time(), UTC)
    assert sample(text, "safe_return_oldest_unfolded_day_timestamp_seconds") == midnight.timestamp()
    register.clock.now = midnight + timedelta(days=3, seconds=30)
    lag = sample(key.get("/metrics").text, "safe_return_fold_lag_seconds")
    assert lag == pytest.approx(2 * 86_400, abs=1)


def test_the_state_of_the_process_is_measured(register: Register) -> None:
    text = register.key("metrics").get("/metrics").text
    assert sample(text, "safe_return_workers") == 1
    assert sample(text, "safe_return_pool_size") == register.app.state.services.settings.pool_size
    assert sample(text, "safe_return_pool_in_use") == 0
    assert (sample(text, "process_resident_memory_bytes") or 0) > 10_000_000
    assert (sample(text, "process_cpu_seconds_total") or 0) > 0


def test_connections_in_use_are_counted(register: Register) -> None:
    pool = register.app.state.services.database.pool

    async def numbers() -> tuple[int, int, int]:
        async with pool.connection():
            one = pool.in_use
            async with pool.connection():
                two = pool.in_use
        return one, two, pool.in_use

    assert register.portal.call(numbers) == (1, 2, 0)


def test_metrics_do_not_wait_for_the_database() -> None:
    async def asked() -> bytes:
        async with asyncio.timeout(60):
            return await Metrics(hanging, None).written()

    async def hanging() -> dict[str, float]:
        await asyncio.Event().wait()
        raise AssertionError

    assert sample(asyncio.run(asked()).decode(), "safe_return_database_up") == 0


def test_metrics_are_answered_while_the_database_is_down(databases: Databases) -> None:
    """By whom the database knew as a reader when it last answered, and by nobody else."""
    database = databases.make()
    with open_register(database) as register:
        reader, revoked, admin = register.key("metrics"), register.key("metrics"), register.caller("admin")
        other = register.key("figures:exact")
        late = register.key("metrics")
        assert late.get("/metrics").status_code == 200
        register.rows("UPDATE service_keys SET revoked_at = now() WHERE id = $1", revoked.id)
        register.rows("DELETE FROM service_keys WHERE id = $1", late.id)
        register.portal.call(register.app.state.readers.refresh)
        register.portal.call(register.app.state.services.database.close)
        databases.drop(database)
        answer = reader.get("/metrics")
        assert answer.status_code == 200
        assert sample(answer.text, "safe_return_database_up") == 0
        for name in ("safe_return_kept_answers", "safe_return_fold_lag_seconds"):
            assert sample(answer.text, name) is None
        assert 'safe_return_requests_total{method="GET",route="/metrics",status="200"} 1.0' in answer.text
        for stranger in (revoked, late, other, admin):
            assert_problem(stranger.get("/metrics"), 503, "unavailable")
        assert_problem(register.client().get("/metrics"), 401)
        register.clock.move(days=3650)
        assert_problem(reader.get("/metrics"), 503, "unavailable")
