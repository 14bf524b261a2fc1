"""The national committee's report of the first semester.

Source: NCCT, by Fresh News of 12 December 2024: 104 cases (A23), 134 arrests, four of foreigners (A24, A25), 290
rescued (A26) of whom 241 women (A27) and 134 minors (A28). 241 and 134 are more than 290: they overlap, and "women"
must mean females of any age. At least 85 are both; here exactly 85, hence 49 boys and 156 women. Which nationalities
they have is invented.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.engine import Databases
from tests.register import FINDING, Register, open_register
from tests.scenarios.asking import ask, cells, in_calls, total

SEMESTER: Final = ("2024-01-01", "2024-06-30")
GROUPS: Final = {("female", 15): 85, ("male", 15): 49, ("female", 30): 156}
CASES, ARRESTS, OF_FOREIGNERS = 104, 134, 4


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        made.clock.move(days=806)
        tell(made)
        yield made
    databases.drop(database)


def tell(register: Register) -> None:
    """Every case has a suspect; of one hundred and four, thirty have a second one or more."""
    people = [{"sex": sex, "age": age} for (sex, age), count in GROUPS.items() for _ in range(count)]
    people = [person | {"nationality": "VNM" if place % 9 == 0 else "KHM"} for place, person in enumerate(people)]
    suspects: list[dict[str, Any]] = [{"role": "broker", "nationality": "KHM"}] * (ARRESTS - 1 - OF_FOREIGNERS)
    suspects += [{"role": "planner", "nationality": "CHN"}] * OF_FOREIGNERS
    operator = register.caller("operator")
    filed = []
    for place in range(CASES):
        day = f"2024-{place % 6 + 1:02}-{place % 25 + 1:02}"
        body = {"persons": people[place::CASES], "offenders": suspects[place::CASES], "location": {"province": "KH-12"}}
        filed.append(operator.file(received_on=day, **body))
    register.caller("verifier").record("finding_made", [case["reference"] for case in filed], "2024-06-28", **FINDING)
    persons = [person["reference"] for case in filed for person in case["persons"]]
    offenders = [offender["reference"] for case in filed for offender in case["offenders"]]
    officer = register.caller("officer")
    in_calls(officer, "rescued", persons, "2024-06-29")
    in_calls(officer, "stage_reached", offenders, "2024-06-29", stage="arrested")
    in_calls(officer, "stage_reached", offenders[:1], "2024-06-29", stage="released_no_charge")
    in_calls(officer, "stage_reached", offenders[:1], "2024-06-30", stage="arrested")


def test_a23_104_cases_were_recorded(register: Register) -> None:
    assert total(ask(register, "cases_received", *SEMESTER)) == CASES


def test_a24_134_arrests_are_of_133_suspects(register: Register) -> None:
    """The report does not say whether it counts arrests or people arrested: here they differ by one."""
    answer = ask(register, "arrests", *SEMESTER, by="nationality")
    assert answer["unit"] == "event"
    assert total(answer) == ARRESTS
    stages = cells(ask(register, "offenders_at_stage", *SEMESTER, by="stage"), "stage")
    assert stages == {"arrested": ARRESTS - 1, "released_no_charge": 1}


def test_a25_four_of_the_arrests_were_of_foreigners(register: Register) -> None:
    by_state = cells(ask(register, "arrests", *SEMESTER, by="nationality"), "nationality")
    assert sum(count for state, count in by_state.items() if state != "KHM") == OF_FOREIGNERS


def test_a26_to_a28_290_rescued_are_241_females_and_134_minors(register: Register) -> None:
    by_sex = ask(register, "persons_rescued", *SEMESTER, by="sex")
    by_age = ask(register, "persons_rescued", *SEMESTER, by="age_group")
    assert total(by_sex) == total(by_age) == 290
    assert cells(by_sex, "sex") == {"female": 241, "male": 49}
    assert cells(by_age, "age_group") == {"minor": 134, "adult": 156}
    assert 241 + 134 > 290


def test_a27_and_a28_overlap_in_85_girls(register: Register) -> None:
    girls = ask(register, "persons_rescued", *SEMESTER, sex="female", age_group="minor")
    assert total(girls) == 85
    assert 241 + 134 - total(girls) == 290


def test_a26_counts_cambodians_too(register: Register) -> None:
    by_state = cells(ask(register, "persons_rescued", *SEMESTER, by="nationality"), "nationality")
    assert by_state["KHM"] > by_state["VNM"] > 0
