"""AZ-13: one case with people of three states; each embassy sees of it what it would see if its people were alone."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.audit.searching import present
from tests.doors.scene import CASE_TOLD, DAY, OFFENDER_TOLD
from tests.engine import Databases
from tests.register import FINDING, Caller, Register, open_register

STATES: Final = ("THA", "VNM", "MYS")


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


def _told(state: str, place: int) -> dict[str, Any]:
    return {
        "nationality": state,
        "names": [{"text": f"Name {state} {place}"}],
        "story": f"Story {state} {place}",
        "sex": "female" if place else "male",
    }


def _filed(register: Register, states: tuple[str, ...]) -> dict[str, Any]:
    """File a case, two people of each state, verify it and let something happen to the first of each."""
    persons = [_told(state, place) for state in states for place in (0, 1)]
    operator, officer = register.caller("operator"), register.caller("officer")
    filed = operator.file(received_on=DAY, persons=persons, offenders=[OFFENDER_TOLD], **CASE_TOLD)
    register.caller("verifier").record("finding_made", [filed["reference"]], DAY, **FINDING)
    for part in filed["persons"][::2]:
        officer.record("rescued", [part["reference"]], "2022-09-05")
    operator.post(f"/v1/cases/{filed['reference']}/notes", {"text": "Operator Note"})
    return filed


@pytest.fixture(scope="module")
def mixed(register: Register) -> dict[str, Any]:
    return _filed(register, STATES)


def views(caller: Caller, case: str, persons: list[dict[str, str]]) -> list[Any]:
    """Everything an embassy can be shown of a case, with names of this register's making left out."""
    person = persons[0]["reference"]
    pages = [caller.http.get(target).json() for target in (
        f"/v1/cases/{case}", f"/v1/cases/{case}?purpose=consular", f"/v1/cases/{case}/events?limit=200",
        f"/v1/persons/{person}", f"/v1/persons/{person}?purpose=consular",
    )]  # fmt: skip
    parts = {part["reference"]: f"person {place}" for place, part in enumerate(persons)} | {case: "case"}
    return [_anonymous(page, parts) for page in pages]


MADE: Final = frozenset({"id", "recorded_at", "version", "voided_by", "group_id"})


def _anonymous(content: Any, parts: dict[str, str]) -> Any:
    if isinstance(content, dict):
        return {name: _anonymous(value, parts) for name, value in content.items() if name not in MADE}
    if isinstance(content, list):
        return [_anonymous(value, parts) for value in content]
    return parts.get(content, content) if isinstance(content, str) else content


@pytest.mark.parametrize("state", STATES)
def test_az_13_an_embassy_is_shown_of_a_mixed_case_what_it_would_be_shown_of_one_of_its_own(
    register: Register, mixed: dict[str, Any], state: str
) -> None:
    embassy, place = register.caller("liaison", state), STATES.index(state)
    alone = _filed(register, (state,))
    own = mixed["persons"][2 * place : 2 * place + 2]
    shown = views(embassy, mixed["reference"], own)
    assert shown == views(embassy, alone["reference"], alone["persons"])
    assert len(shown[0]["persons"]) == 2
    assert shown[0] != shown[1]


@pytest.mark.parametrize("state", STATES)
def test_az_13_no_answer_to_an_embassy_holds_a_trace_of_the_others(
    register: Register, mixed: dict[str, Any], state: str
) -> None:
    embassy, case = register.caller("liaison", state), mixed["reference"]
    own = {part["reference"] for part in mixed["persons"][2 * STATES.index(state) :][:2]}
    others = {word for part in mixed["persons"] if part["reference"] not in own for word in part.values()}
    others |= {word for other in STATES if other != state for word in (f'"{other}"', f"Name {other}", f"Story {other}")}
    others |= {word for part in mixed["offenders"] for word in part.values()} | {"Operator Note", "Offender Canary"}
    for target in (
        f"/v1/cases/{case}", f"/v1/cases/{case}?purpose=consular", f"/v1/cases/{case}/events", "/v1/cases",
        "/v1/persons", "/v1/persons?purpose=return", "/v1/operations",
    ):  # fmt: skip
        answer = embassy.http.get(target)
        assert answer.status_code == 200
        assert present(others, answer.text + str(answer.headers)) == [], target
    found = embassy.post("/v1/searches", {"for": "persons", "name": "Name", "purpose": "consular"})
    assert own <= {item["reference"] for item in found.json()["items"]}
    assert present(others, found.text) == []


def test_az_13_the_embassies_together_see_everybody_once(register: Register, mixed: dict[str, Any]) -> None:
    seen: list[str] = []
    for state in STATES:
        shown = register.caller("liaison", state).get(f"/v1/cases/{mixed['reference']}").json()
        seen += [person["reference"] for person in shown["persons"]]
    assert sorted(seen) == sorted(part["reference"] for part in mixed["persons"])
