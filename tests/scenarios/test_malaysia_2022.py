"""Malaysians brought out by their embassy, some of whom did not want to leave.

Source: the ambassador in The Star of 4 September 2022: more than 100 Malaysians rescued from 2018 on, with the help of
Cambodian authorities, some refusing to leave (A21). The bound is open; 103 are told here, and whose act each was is
invented. Later partitions of the same series, public press of 20 September 2022: 158 reported, 148 rescued, 29 of them
in the depot.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.engine import Databases
from tests.register import FINDING, Register, open_register
from tests.scenarios.asking import ask, cells, in_calls, total

PUBLISHED: Final = ("2018-01-01", "2022-09-04")
RESCUED, REFUSING, REPORTED, IN_DEPOT = 103, 7, 158, 29
RESCUED_LATER: Final = 148 - RESCUED


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        tell(made)
        yield made
    databases.drop(database)


def tell(register: Register) -> None:
    liaison, verifier, officer = (
        register.caller("liaison", "MYS"),
        register.caller("verifier"),
        register.caller("officer"),
    )
    people: list[str] = []
    for year in (2018, 2019, 2020, 2021, 2022):
        count = 38 if year == 2022 else 30
        persons = [{"nationality": "MYS", "nationality_source": "claimed_self"}] * count
        case = liaison.file(channel="diplomatic_note", received_on=f"{year}-03-01", persons=persons)
        people += [person["reference"] for person in case["persons"]]
        verifier.record("finding_made", [case["reference"]], f"{year}-03-05", **FINDING)
    assert len(people) == REPORTED
    in_calls(liaison, "rescued", people[:20], "2022-04-01", by=["embassy"])
    in_calls(liaison, "rescued", people[20:RESCUED], "2022-08-20", by=["embassy", "cambodian_authority"])
    in_calls(officer, "rescued", people[RESCUED : RESCUED + RESCUED_LATER], "2022-09-15")
    in_calls(
        officer, "custody_started", people[RESCUED : RESCUED + IN_DEPOT], "2022-09-16", custody="immigration_depot"
    )
    refusing = people[-REFUSING:]
    in_calls(liaison, "rescue_refused", refusing, "2022-08-25", freely="yes")
    in_calls(liaison, "ended", refusing, "2022-08-25", outcome="refused_rescue")


def test_a21_more_than_100_were_rescued_by_their_embassy(register: Register) -> None:
    answer = ask(register, "persons_rescued", *PUBLISHED, by="attribution", nationality="MYS")
    by_whom = cells(answer, "attribution")
    assert by_whom["embassy"] == RESCUED > 100
    assert answer["by"] == [{"name": "attribution", "parts": "overlapping"}]
    assert by_whom["cambodian_authority"] == RESCUED - 20


def test_a21_overlaps_with_what_cambodia_counts_and_no_human_counts_twice(register: Register) -> None:
    assert total(ask(register, "persons_rescued", *PUBLISHED)) == RESCUED
    assert total(ask(register, "persons_rescued", "2018-01-01", "2022-09-20")) == 148


def test_those_who_refused_are_no_rescued_people(register: Register) -> None:
    answer = ask(register, "persons_ended", *PUBLISHED, by="outcome")
    assert cells(answer, "outcome") == {"refused_rescue": REFUSING}


def test_the_partition_of_20_september_closes(register: Register) -> None:
    """158 reported are 148 rescued and the rest; of the rescued 29 are in the depot."""
    at = register.key("figures:exact").figure("persons_by_status", at="2022-09-20")
    by_status = cells(at, "status")
    assert by_status == {"rescued": 148, "ended": REFUSING, "verified": REPORTED - 148 - REFUSING}
    detained = ask(register, "persons_detained", "2022-09-01", "2022-09-20", by="rescued")
    assert total(detained) == IN_DEPOT
    liaison = register.caller("liaison", "MYS")
    held = liaison.get("/v1/persons", in_custody="true", limit="200").json()["items"]
    assert len(held) == IN_DEPOT
