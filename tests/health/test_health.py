"""Alive, ready and measured: without a name, a number or an address of anybody."""

import pytest

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
