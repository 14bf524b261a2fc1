"""AZ-01, AZ-16, AZ-17, AZ-19: no spelling of an address, a method, a role or a state opens a door."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.access.accounts import account
from tests.doors.scene import OWN, Scene, open_scene
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")


@pytest.fixture(scope="module")
def scene(databases: Databases) -> Iterator[Scene]:
    with open_scene(databases) as made:
        yield made


def test_az_01_a_method_that_is_not_declared_is_not_taken(scene: Scene) -> None:
    contract: dict[str, Any] = scene.register.client().get("/openapi.json").json()
    for path, declared in contract["paths"].items():
        for method in METHODS:
            if method.lower() in declared or (method == "HEAD" and "get" in declared):
                continue
            answer = scene.supervisor.http.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code == 405, f"{method} {path}: {answer.status_code}"
            allowed = {name.strip().lower() for name in answer.headers["allow"].split(",")}
            assert allowed - {"head"} == set(declared)


TRICKS: Final = (
    "/v1//cases/{}", "//v1/cases/{}", "/v1/cases/{}/", "/v1/cases//{}", "/v1/cases/{};x=1", "/v1;x/cases/{}",
    "/V1/cases/{}", "/v1/Cases/{}", "/v1/cases/{}%2fevents", "/v1/cases%2f{}", "/v1/cases/%2e%2e/cases/{}",
    "/v1/cases/{}/%2e%2e", "/v1/cases/{}%00", "/v1/cases/{}%0d%0a", "/v1/cases/{}/events/", "/v1/cases/{}.json",
    "/v1/cases/*", "/v1/cases/%25", "/v1/cases/{}%20or%201=1", "/api/v1/cases/{}",
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_az_19_another_spelling_of_an_address_leads_nowhere(scene: Scene, trick: str) -> None:
    for caller in (scene.operator, scene.stranger, scene.register.caller("auditor")):
        answer = caller.http.get(trick.format(scene.case))
        assert answer.status_code in ({404, 422} if caller is not _auditor(scene) else {403, 404, 422}), answer.text
        assert scene.case not in answer.text


def _auditor(scene: Scene) -> Caller:
    return scene.register.caller("auditor")


HEADERS: Final = (
    "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL",
    "X-Forwarded-Path", "X-Forwarded-User", "X-Remote-User", "X-Role", "X-Agency-Id",
)  # fmt: skip
"""X-Forwarded-Prefix means something where a listed proxy says it: `tests/http/test_proxies.py`."""


@pytest.mark.parametrize("header", HEADERS)
def test_az_19_no_header_changes_what_is_called_or_by_whom(scene: Scene, header: str) -> None:
    person = scene.persons[OWN].id
    for value in (
        "DELETE",
        "PATCH",
        f"/v1/cases/{scene.case}",
        "/v1/users",
        "supervisor",
        str(scene.operator.agency_id),
    ):
        headers = {header: value}
        assert_problem(scene.stranger.http.get(f"/v1/persons/{person}", headers=headers), 404)
        assert_problem(scene.stranger.http.post(f"/v1/persons/{person}", json={}, headers=headers), 405)
        assert_problem(scene.stranger.http.get("/v1/users", headers=headers), 403)
        assert_problem(scene.register.client().get("/v1/cases", headers=headers), 401)
        assert scene.operator.http.get(f"/v1/persons/{person}", headers=headers).status_code == 200


WIDE: Final = (
    "%", "_", "*", "+", "/", "TW%", "T_N", "TWN,MYS", "{TWN,MYS}", "TWN' OR '1'='1", '"TWN"', "twn", " TWN", "TWN ",
    "\uff34\uff37\uff2e", "TWN\u200b", "", "ALL", "ZZ-UNKNOWN", "NULL",
)  # fmt: skip
"""What might widen a comparison somewhere, if an administrator's tool let it in."""


def test_az_16_no_string_for_a_state_is_a_pattern(scene: Scene) -> None:
    for place, state in enumerate(WIDE):
        liaison = scene.register.caller("liaison", state, agency=f"wide {place}")
        for target in ("/v1/persons", "/v1/cases", "/v1/persons?nationality=TWN", "/v1/cases?nationality=TWN"):
            assert liaison.get(target).json() == {"items": []}, (state, target)
        assert_problem(liaison.get(f"/v1/persons/{scene.persons[OWN].id}"), 404)
        assert_problem(liaison.get(f"/v1/cases/{scene.case}"), 404)


@pytest.mark.parametrize("state", sorted(set(WIDE) - {"twn"}))
def test_az_16_such_a_string_is_not_let_in(scene: Scene, state: str) -> None:
    body = {"name": f"Wide office {state!r}", "kind": "embassy", "nationalities": [state]}
    assert_problem(scene.register.caller("admin").post("/v1/agencies", body), 422)


NAMES: Final = (
    "%", "sokha%", "_okha.operator", "sokha*", "sokha.operato+", "sokha.operator/", "sokha.operator,admin",
    "sokha.operator'", '"sokha.operator"', "sokha.operator' OR '1'='1", "sokha.operator' --", "{sokha.operator}",
    "sokha?operator", "[s]okha.operator",
)  # fmt: skip
"""What might be compared as a pattern, a list or a piece of a statement."""


def test_az_16_no_user_name_is_a_pattern(scene: Scene) -> None:
    sokha = account(scene.register)
    for place, name in enumerate(NAMES):
        answer = sokha.sign_in(name, address=f"192.0.2.{place + 10}")
        assert answer.status_code in {401, 422}, name
        assert "token" not in answer.text
    assert sokha.sign_in().status_code == 201


ROLES: Final = (
    "Supervisor", "SUPERVISOR", "supervisor ", " supervisor", "\uff53upervisor", "superv\u0131sor",
    "super\u200bvisor", "supervisor\n",
    "operator,supervisor", "*", "%", "root", "superuser", "system", "supervisor'--",
)  # fmt: skip
SCOPES: Final = (
    "Figures:exact", "FIGURES:EXACT", "figures:*", "*", "figures:exact ", "figures\uff1aexact", "figures",
    "metrics,figures:exact",
)  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_az_17_a_role_has_one_spelling(scene: Scene, role: str) -> None:
    agency = str(scene.operator.agency_id)
    body = {"username": "somebody.new", "role": role, "agency_id": agency}
    assert_problem(scene.register.caller("admin").post("/v1/users", body), 422)


@pytest.mark.parametrize("scope", SCOPES)
def test_az_17_a_scope_has_one_spelling(scene: Scene, scope: str) -> None:
    body = {"name": "spare", "scopes": [scope], "agency_id": str(scene.operator.agency_id)}
    assert_problem(scene.register.caller("admin").post("/v1/keys", body), 422)
