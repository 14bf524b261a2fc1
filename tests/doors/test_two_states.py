"""Somebody of two nationalities, or claimed by one state and confirmed by another: both liaisons see and help them."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.cases.test_checking import _check
from tests.doors.scene import DAY
from tests.http.problem_documents import assert_problem
from tests.register import FINDING, Caller, Register

CONFIRMED: Final = "confirmed_by_state"


@pytest.fixture
def person(register: Register) -> str:
    """Somebody who says that they are Taiwan's, verified and rescued."""
    told = {"names": [{"text": "Dual Examplechen"}], "nationality": "TWN", "nationality_source": "claimed_self"}
    filed = register.caller("operator").file(received_on=DAY, persons=[told])
    register.caller("verifier").record("finding_made", [filed["reference"]], DAY, **FINDING)
    reference: str = filed["persons"][0]["reference"]
    register.caller("officer").record("rescued", [reference], "2022-09-05")
    return reference


@pytest.fixture
def task_force(register: Register) -> Caller:
    return register.caller("liaison", "TWN")


@pytest.fixture
def embassy(register: Register) -> Caller:
    return register.caller("liaison", "CHN")


@pytest.fixture(autouse=True)
def sound(register: Register) -> Iterator[None]:
    """Afterwards every log amounts to the rows that stand."""
    yield
    assert _check(register).differences == []


def say(caller: Caller, person: str, state: str, source: str, **more: Any) -> dict[str, Any]:
    return caller.record("nationality_asserted", [person], "2022-09-06", nationality=state, source=source, **more)


def listed(caller: Caller, what: str, wanted: str = "") -> set[str]:
    return {item["reference"] for item in caller.http.get(f"/v1/{what}?{wanted}").json()["items"]}


def both_confirm(register: Register, person: str, task_force: Caller) -> None:
    say(task_force, person, "TWN", CONFIRMED)
    say(register.caller("supervisor"), person, "CHN", CONFIRMED)


def test_whom_two_states_confirm_both_liaisons_see_and_nobody_calls_it_a_dispute(
    register: Register, person: str, task_force: Caller, embassy: Caller
) -> None:
    assert_problem(embassy.get(f"/v1/persons/{person}"), 404)
    both_confirm(register, person, task_force)
    case = person.rsplit("-", 1)[0]
    told = {"TWN": (task_force, ["TWN"]), "CHN": (embassy, ["CHN"])}
    for state, (caller, confirmed) in {**told, "TWN of all": (register.caller("supervisor"), ["TWN", "CHN"])}.items():
        shown = caller.get(f"/v1/persons/{person}").json()
        assert (shown["nationality"], shown["nationality_source"]) == (state[:3], CONFIRMED)
        assert shown["nationalities"] == confirmed
        assert caller.get(f"/v1/cases/{case}").json()["persons"][0]["nationalities"] == confirmed
    for state in ("TWN", "CHN"):
        both = (register.caller("liaison", state), register.caller("supervisor"), register.caller("operator"))
        for caller in both:
            assert listed(caller, "persons", f"nationality={state}") == {person}
            assert listed(caller, "cases", f"nationality={state}") == {case}
    supervisor = register.caller("supervisor")
    assert listed(supervisor, "persons", "nationality=ZZ-DISPUTED&nationality=MYS") == set()
    sought = {"for": "persons", "name": "Examplechen", "purpose": "consular"}
    for caller in (task_force, embassy):
        assert [one["reference"] for one in caller.post("/v1/searches", sought).json()["items"]] == [person]


def test_two_nationalities_are_one_human_in_the_row_of_the_state_that_confirmed_first(
    register: Register, person: str, task_force: Caller
) -> None:
    job, year = register.key("figures:exact"), {"from_": "2022-01-01", "to": "2022-12-31", "by": "nationality"}
    both_confirm(register, person, task_force)
    for name in ("persons_received", "persons_rescued"):
        answer = job.figure(name, **year)
        assert {cell["codes"]["nationality"]: cell["value"] for cell in answer["cells"] if cell["value"]} == {"TWN": 1}
        assert answer["total"]["value"] == 1
        assert answer["nationality_rule_version"] == 2
        assert all(check["holds"] for check in answer["checks"])


def test_a_figure_says_by_which_rule_the_nationality_was_decided_then(register: Register, person: str) -> None:
    counted = register.clock.move(hours=2)
    register.rows("UPDATE counted_by SET counted_at = $1 RETURNING 1 AS one", counted)
    job, year = register.key("figures:exact"), {"from_": "2022-01-01", "to": "2022-12-31"}
    register.clock.move(hours=1)
    earlier = job.figure("persons_received", known_at="2022-09-20", **year)
    assert earlier["nationality_rule_version"] == 1
    assert job.figure("persons_received", **year)["nationality_rule_version"] == 2
    assert "nationality_rule_version" not in job.figure("cases_received", **year)


def test_whom_another_state_confirms_the_state_that_was_told_goes_on_seeing_and_writing(
    register: Register, person: str, task_force: Caller, embassy: Caller
) -> None:
    say(register.caller("supervisor"), person, "CHN", CONFIRMED)
    for caller, state in ((task_force, "TWN"), (embassy, "CHN")):
        shown = caller.get(f"/v1/persons/{person}")
        assert shown.json()["nationality"] == state
        assert shown.json().get("nationalities") == (["CHN"] if state == "CHN" else None)
        assert shown.json()["nationality_source"] == (CONFIRMED if state == "CHN" else "claimed_self")
        assert listed(caller, "persons", f"nationality={state}") == {person}
        other = {"TWN": "CHN", "CHN": "TWN"}[state]
        assert listed(caller, "persons", f"nationality={other}") == set()
        assert listed(caller, "cases", f"nationality={state}") == {person.rsplit("-", 1)[0]}
        caller.record("wish_stated", [person], "2022-09-07", purpose="return_home", value="yes", freely="yes")
        caller.record("documents_checked", [person], "2022-09-07", missing=["passport"])
        caller.record("return_step", [person], "2022-09-07", step="travel_document", state="done", country=state)
        changed = caller.patch(f"/v1/persons/{person}", {"sex": "male"}, If_Match=shown_tag(caller, person))
        assert changed.status_code == 200, changed.text
        with_case = caller.post(f"/v1/cases/{person.rsplit('-', 1)[0]}/notes", {"text": "Seen today"})
        assert with_case.status_code == 201
    texts = [
        task_force.get(path).text
        for path in (
            f"/v1/persons/{person}", f"/v1/cases/{person.rsplit('-', 1)[0]}", "/v1/persons", "/v1/cases",
            f"/v1/cases/{person.rsplit('-', 1)[0]}/events",
        )
    ]  # fmt: skip
    assert [text for text in texts if "CHN" in text] == [], "the other state is not named, whatever it did"
    assert "TWN" not in embassy.get(f"/v1/persons/{person}").text
    tasks = register.caller("supervisor").get(f"/v1/persons/{person}").json()["return_tasks"]
    assert {task["country"] for task in tasks} == {"TWN", "CHN"}
    timeline = task_force.get(f"/v1/cases/{person.rsplit('-', 1)[0]}/events").json()["items"]
    assert {event["data"]["nationality"] for event in timeline if event["kind"] == "nationality_asserted"} == {"TWN"}
    say(task_force, person, "TWN", CONFIRMED)
    task_force.record("repatriated", [person], "2022-09-20", mode="embassy_assisted", to_country="TWN")
    assert embassy.get(f"/v1/persons/{person}").json()["status"] == "repatriated"


def shown_tag(caller: Caller, person: str) -> str:
    tag: str = caller.get(f"/v1/persons/{person}").headers["etag"]
    return tag


def test_a_state_that_denies_a_decision_and_a_hold_end_what_is_seen(
    register: Register, person: str, task_force: Caller, embassy: Caller
) -> None:
    supervisor = register.caller("supervisor")
    both_confirm(register, person, task_force)
    say(task_force, person, "TWN", "denied_by_state")
    assert_problem(task_force.get(f"/v1/persons/{person}"), 404)
    assert listed(task_force, "cases") == set()
    assert embassy.get(f"/v1/persons/{person}").json()["nationality"] == "CHN"
    say(supervisor, person, "TWN", CONFIRMED)
    assert embassy.get(f"/v1/persons/{person}").json()["nationalities"] == ["CHN"]
    say(supervisor, person, "TWN", "document_seen", decision=True)
    assert_problem(embassy.get(f"/v1/persons/{person}"), 404)
    assert task_force.get(f"/v1/persons/{person}").json()["nationality"] == "TWN"
    say(supervisor, person, "CHN", CONFIRMED)
    assert embassy.get(f"/v1/persons/{person}").status_code == 200
    tag = supervisor.get(f"/v1/persons/{person}").headers["etag"]
    assert supervisor.patch(f"/v1/persons/{person}", {"fears_own_state": True}, If_Match=tag).is_success
    for caller in (task_force, embassy):
        assert_problem(caller.get(f"/v1/persons/{person}"), 404)
        assert listed(caller, "persons") == listed(caller, "cases") == set()


def test_a_hold_hides_at_once_also_where_the_release_before_set_it(
    register: Register, person: str, task_force: Caller
) -> None:
    assert task_force.get(f"/v1/persons/{person}").status_code == 200
    held = "UPDATE persons SET fears_own_state = {} WHERE reference = $1 RETURNING 1 AS one"
    register.rows(held.format("true"), person)
    assert_problem(task_force.get(f"/v1/persons/{person}"), 404)
    register.rows(held.format("false"), person)
