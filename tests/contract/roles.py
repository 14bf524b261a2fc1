"""A register with something in it, and everything generated sent to it as one role."""

import sys
from collections.abc import Callable
from itertools import count

from service.access.rules import GRANTS
from service.acting import Role
from tests.contract.generated import SEED, send_everything
from tests.doors.scene import set_scene, verify
from tests.engine import TestDatabase
from tests.register import Caller, Register, open_register

FEWEST: int = 1000
"""Cases a role; five roles make the five thousand that are asked for."""


def assert_contract_holds(database: TestDatabase, role: Role) -> None:
    """Send everything as a role; nothing may fail, surprise, or have been left out."""
    with open_register(database) as register:
        scene = set_scene(register)
        verify(scene)
        known = {
            "cases": [scene.filed["reference"], scene.filed["id"], scene.elsewhere["reference"]],
            "persons": [part.reference for part in scene.persons.values()],
            "offenders": [scene.offender.reference],
            "events": [str(row["id"]) for row in register.rows("SELECT id FROM events ORDER BY case_id, seq")],
            "reference": ["provinces", "countries"],
            "figures": ["persons_repatriated", "cases_received", "persons_by_status"],
        }
        may = {found.value for found in GRANTS[role]}
        sent = send_everything(register.app, callers(register, role), known, may, first=list(Role).index(role))
    sys.stdout.write(f"\nseed {SEED}, {role}: {sent.cases} cases, {dict(sorted(sent.statuses.items()))}\n")
    assert not sent.failures, "\n\n".join(f"{name}\n{found}" for name, found in sent.failures.items())
    assert sent.cases >= FEWEST
    assert max(sent.statuses) < 500
    assert sent.statuses.keys() >= {200, 400, 403, 404, 405, 422}
    left_out = {f"{method} {path}" for method, path in operations(register)} - sent.operations.keys()
    assert not left_out, left_out


def callers(register: Register, role: Role) -> Callable[[], Caller]:
    """Return a factory of callers of a role, all of one agency."""
    numbers = count(1)
    if role is Role.REPORTING:
        return lambda: register.key("figures:exact", "metrics")
    if role is Role.LIAISON:
        return lambda: register.caller(role, "TWN", name=f"generated {next(numbers)}")
    return lambda: register.caller(role, agency="first hotline", name=f"generated {next(numbers)}")


def operations(register: Register) -> set[tuple[str, str]]:
    """Return every operation of the application, from its routes."""
    from service.http.openapi import methods_of, routes_of

    return {(method, path) for path, route in routes_of(register.app) for method in methods_of(route)}
