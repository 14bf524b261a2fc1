"""The operations in and around Sihanoukville from 18 to 22 September 2022.

Source: press report of late September 2022, from provincial authorities: 469 people rescued (A07) among 1,480
foreigners detained (A08), of whom 588 without passports, work permits or other papers (A09); hundreds of suspects
netted, no number (A10); two Cambodians charged in 2017 with sending people to India for their kidneys (A11). Who was
of which nationality, and how the groups overlap, is invented; the sums are published.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.engine import Databases
from tests.register import Register, open_register
from tests.scenarios.asking import ask, cells, done, total

FIRST, LAST = "2022-09-18", "2022-09-22"
DAYS: Final = ("2022-09-18", "2022-09-20", "2022-09-22")
PERIOD: Final = (FIRST, LAST)

PAPERS: Final = (["passport"], ["work_permit"], ["passport", "work_permit"], ["other"])

RESCUED: Final[Mapping[str, int]] = {"CHN": 180, "VNM": 130, "THA": 60, "IDN": 45, "MMR": 30, "PHL": 24}
"""469 brought out, all of them kept by the authorities for a while."""

ONLY_DETAINED: Final[Mapping[str, int]] = {"CHN": 520, "VNM": 260, "THA": 120, "MYS": 61, "IDN": 50}
"""1,011 found working, not rescued."""

WITHOUT_PAPERS: Final[Mapping[str, int]] = {"CHN": 248, "VNM": 200, "THA": 70, "IDN": 40, "MYS": 30}
"""588; 160 of them among the rescued, which the source does not say."""

RESCUED_WITHOUT_PAPERS: Final[Mapping[str, int]] = {"CHN": 80, "VNM": 50, "THA": 20, "IDN": 10}


def groups(place: int) -> Iterator[dict[str, Any]]:
    """A third of everybody, as the officers counted them on site."""
    for state, count in RESCUED.items():
        missing = third(RESCUED_WITHOUT_PAPERS.get(state, 0), place)
        yield from lines(state, third(count, place), missing, ["rescued", "taken_into_custody"], place)
    for state, count in ONLY_DETAINED.items():
        missing = third(WITHOUT_PAPERS.get(state, 0) - RESCUED_WITHOUT_PAPERS.get(state, 0), place)
        yield from lines(state, third(count, place), missing, ["taken_into_custody"], place)


def third(count: int, place: int) -> int:
    return count // 3 + (1 if place < count % 3 else 0)


def lines(state: str, count: int, missing: int, outcomes: list[str], place: int) -> Iterator[dict[str, Any]]:
    line = {"nationality": state, "outcomes": outcomes, "custody": "immigration_depot"}
    if count > missing:
        yield line | {"count": count - missing, "missing_documents": []}
    if missing:
        yield line | {"count": missing, "missing_documents": PAPERS[place]}


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        officer = made.caller("officer")
        for place, day in enumerate(DAYS):
            raid = {"kind": "raid", "started_on": day, "province": "KH-18", "grounds": "Order 12/22"}
            operation = done(officer, "/v1/operations", raid)["reference"]
            done(officer, f"/v1/operations/{operation}/results", {"found": list(groups(place))})
        yield made
    databases.drop(database)


def test_nobody_had_asked_for_them(register: Register) -> None:
    answer = ask(register, "cases_received", *PERIOD, by="channel")
    assert cells(answer, "channel") == {"field": total(answer)}
    assert total(ask(register, "cases_intervened", *PERIOD)) == total(answer)
    assert ask(register, "persons_alleged", *PERIOD)["total"]["low"] == 0


def test_a07_469_people_were_rescued_in_five_days(register: Register) -> None:
    answer = ask(register, "persons_rescued", *PERIOD, by="nationality")
    assert total(answer) == 469
    assert cells(answer, "nationality") == dict(RESCUED)
    assert cells(ask(register, "persons_rescued", *PERIOD, by="province"), "province") == {"KH-18": 469}
    by_finding = ask(register, "persons_rescued", *PERIOD, by="finding")
    assert cells(by_finding, "finding") == {"presumed_victim": 469}


def test_a07_by_operation_adds_up_to_the_whole(register: Register) -> None:
    answer = ask(register, "persons_rescued", *PERIOD, by="operation")
    assert sum(cells(answer, "operation").values()) == 469
    assert len(cells(answer, "operation")) == len(DAYS)


def test_a08_1480_were_detained_of_whom_469_are_the_rescued(register: Register) -> None:
    answer = ask(register, "persons_detained", *PERIOD, by="rescued")
    assert total(answer) == 1480
    assert sorted(cells(answer, "rescued").values()) == [469, 1011]
    by_state = cells(ask(register, "persons_detained", *PERIOD, by="nationality"), "nationality")
    assert by_state == {
        state: RESCUED.get(state, 0) + ONLY_DETAINED.get(state, 0) for state in {**RESCUED, **ONLY_DETAINED}
    }


def test_a09_588_were_found_without_papers(register: Register) -> None:
    answer = ask(register, "persons_undocumented", *PERIOD, by="rescued")
    assert total(answer) == 588
    assert sorted(cells(answer, "rescued").values()) == [160, 588 - 160]
    by_document = ask(register, "persons_undocumented", *PERIOD, by="document")
    assert by_document["by"] == [{"name": "document", "parts": "overlapping"}]
    papers = cells(by_document, "document")
    assert sum(papers.values()) > 588
    assert max(papers.values()) < 588


def test_the_overlaps_make_no_human_twice(register: Register) -> None:
    answer = ask(register, "persons_received", *PERIOD)
    assert total(answer) == 1480
    at = register.key("figures:exact").figure("persons_by_status", at=LAST)
    assert cells(at, "status") == {"rescued": 469, "received": 1011}


def test_every_state_sees_its_own_and_no_other(register: Register) -> None:
    liaison = register.caller("liaison", "PHL")
    cases = liaison.get("/v1/cases", limit="200").json()["items"]
    seen = [person for case in cases for person in liaison.get(f"/v1/cases/{case['reference']}").json()["persons"]]
    assert len(seen) == RESCUED["PHL"]
    assert {person["nationality"] for person in seen} == {"PHL"}
    listed = liaison.get("/v1/persons", in_custody="true", limit="200").json()["items"]
    assert len(listed) == RESCUED["PHL"]


def test_a10_and_a11_suspects_netted_are_no_convictions(register: Register) -> None:
    """A10 gives no number: what is counted is what was recorded, stage by stage. A11 is of 2017, by its own day."""
    operator, officer = register.caller("operator"), register.caller("officer")
    offenders = [{"role": "organ_broker", "nationality": "KHM"}] * 2
    kidneys = operator.file(received_on="2017-03-01", channel="import", offenders=offenders)
    charged = [offender["reference"] for offender in kidneys["offenders"]]
    officer.record("stage_reached", charged, "2017-06-01", stage="charged")
    answer = ask(register, "offenders_at_stage", "2017-01-01", "2017-12-31", by="stage")
    assert cells(answer, "stage") == {"charged": 2}
    by_state = ask(register, "offenders_at_stage", "2017-01-01", "2017-12-31", by="nationality", stage="charged")
    assert cells(by_state, "nationality") == {"KHM": 2}
    assert cells(ask(register, "offenders_at_stage", *PERIOD, by="stage"), "stage") == {}
