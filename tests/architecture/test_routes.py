"""Every operation is guarded by exactly one gate, and the open ones are these."""

import re
from typing import Any, Final

import pytest
from fastapi import APIRouter, FastAPI

from service.access.gate import Gate, Public
from service.access.rules import GRANTS, Permission
from service.http.openapi import methods_of, routes_of
from service.main import UngatedRouteError, check_gates

OPEN: Final = {"sign_in", "front_door", "live", "ready"}
"""What anybody may call. To lengthen this list is a decision."""

OUTSIDE: Final = {"/openapi.json", "/docs", "/redoc", "/problems/{code}"}
"""Pages, the same for everybody, that are no operations."""

Contract = dict[str, Any]


def test_every_operation_has_exactly_one_gate_and_none_is_overlooked(application: FastAPI, contract: Contract) -> None:
    in_contract = [operation for operations in contract["paths"].values() for operation in operations.values()]
    assert check_gates(application) == len(in_contract) == sum(1 for _ in routes_of(application)) > 40


def test_the_open_operations_are_the_named_ones(application: FastAPI) -> None:
    open_ = {
        route.name
        for _, route in routes_of(application)
        if any(isinstance(below.call, Public) for below in route.dependant.dependencies)
    }
    assert open_ == OPEN


def test_the_contract_says_which_operations_are_open(contract: Contract) -> None:
    for operations in contract["paths"].values():
        for operation in operations.values():
            assert (operation["security"] == []) is (operation["operationId"] in OPEN), operation["operationId"]


def test_nothing_else_answers(application: FastAPI, contract: Contract) -> None:
    paths = {path for route in application.routes if isinstance(path := getattr(route, "path", None), str)}
    outside = {path for path in paths if path and path not in contract["paths"]}
    assert outside == OUTSIDE


def test_every_permission_opens_something_and_is_granted_to_somebody(application: FastAPI) -> None:
    gates = [
        below.call.permission
        for _, route in routes_of(application)
        for below in route.dependant.dependencies
        if isinstance(below.call, Gate)
    ]
    assert set(gates) == set(Permission)
    assert set().union(*GRANTS.values()) == set(Permission)


def test_permissions_are_named_resource_and_verb() -> None:
    assert [found for found in Permission if not re.fullmatch(r"[a-z]+:[a-z]+", found.value)] == []


def test_one_method_is_one_operation(application: FastAPI) -> None:
    assert [path for path, route in routes_of(application) if len(methods_of(route)) != 1] == []


@pytest.mark.parametrize("included", [False, True])
def test_an_application_with_an_open_door_does_not_start(included: bool) -> None:
    app, router = FastAPI(), APIRouter()

    async def ungated() -> None:
        """Forgotten."""

    (router if included else app).get("/ungated")(ungated)
    app.include_router(router)
    with pytest.raises(UngatedRouteError, match="/ungated has 0 gates"):
        check_gates(app)
