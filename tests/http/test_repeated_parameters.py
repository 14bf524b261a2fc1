"""A parameter that takes one value is refused when it is there twice; alternatives stay."""

import pytest

from tests.http.problem_documents import assert_problem
from tests.register import Register

TWICE = {
    "/v1/cases?incomplete=true&incomplete=false": "incomplete",
    "/v1/cases?limit=1&limit=1": "limit",
    "/v1/figures/persons_repatriated?from=2022-08-01&to=2022-09-30&to=2022-12-31": "to",
    "/v1/figures/persons_repatriated?from=2022-08-01&to=2022-09-30&known_at=2022-10-01&known_at=2022-11-01": "known_at",
    "/v1/reference/provinces?find=KH-1&find=KH-2": "find",
}


@pytest.mark.parametrize("address", TWICE)
def test_a_parameter_given_twice_is_refused_by_name(register: Register, address: str) -> None:
    problem = assert_problem(register.caller("supervisor").http.get(address), 400, "invalid-parameter")
    assert problem["errors"][0]["parameter"] == TWICE[address]


def test_alternatives_are_repeated_as_before(register: Register) -> None:
    supervisor = register.caller("supervisor")
    period = "from=2022-08-01&to=2022-09-30"
    address = f"/v1/figures/persons_repatriated?{period}&nationality=TWN&nationality=MYS&by=nationality&by=sex"
    assert supervisor.http.get(address).status_code == 200
