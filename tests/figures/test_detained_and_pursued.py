"""Detentions, missing papers, stages of the law, arrests, days and essentials: small stories counted by hand."""

import csv
import io
from typing import Any, Final
from uuid import UUID

import pytest

from service.figures.rules.definitions import DEFINITIONS
from service.figures.rules.values import nearest_rank
from service.story.essentials import Essential
from tests.register import FINDING, Register

YEAR: Final = {"from_": "2022-01-01", "to": "2022-12-31"}
WHOLE: Final = {"from": "2022-01-01", "to": "2022-12-31"}


def values(document: dict[str, Any], *names: str) -> dict[Any, int]:
    """The cells that are not zero."""
    cells = {tuple(cell["codes"][name] for name in names): cell["value"] for cell in document["cells"]}
    return {key if len(key) > 1 else key[0]: value for key, value in cells.items() if value}


def test_some_of_the_detained_were_rescued_and_nobody_counts_twice(register: Register) -> None:
    officer, operator, job = register.caller("officer"), register.caller("operator"), register.key("figures:exact")
    rescued = register.rescued_person(nationality="TWN")
    case = operator.file(received_on="2022-09-01", persons=[{"nationality": "VNM"}, {"nationality": "VNM"}, {}])
    first, second, third = (person["reference"] for person in case["persons"])
    officer.record("custody_started", [rescued, first], "2022-09-18", custody="immigration_depot")
    officer.record("custody_started", [first], "2022-09-22", custody="prison")
    officer.record("custody_started", [second], "2022-09-18", custody="shelter")
    officer.record("custody_started", [third], "2022-09-18", custody="held_by_site")
    assert values(job.figure("persons_detained", **YEAR, by="rescued"), "rescued") == {"yes": 1, "no": 1}
    by_kind = job.figure("persons_detained", **YEAR, by="custody")
    assert values(by_kind, "custody") == {"immigration_depot": 2, "prison": 1}
    assert by_kind["total"]["value"] == 2
    assert set(DEFINITIONS["persons_detained"].dimensions["custody"].codes) == {
        "police_custody",
        "immigration_depot",
        "pre_deportation",
        "prison",
    }
    after = job.figure("persons_detained", from_="2022-09-20", to="2022-09-30", by="custody")
    assert (values(after, "custody"), after["total"]["value"]) == ({"prison": 1}, 0)
    combined = job.get("/v1/figures/persons_detained", **WHOLE, by=["custody", "rescued"])
    assert combined.status_code == 422


def test_papers_that_were_looked_for_and_missing(register: Register) -> None:
    officer, job = register.caller("officer"), register.key("figures:exact")
    rescued, other = register.rescued_person(), register.rescued_person()
    officer.record("documents_checked", [other], "2022-09-19", missing=[])
    officer.record("documents_checked", [rescued], "2022-09-19", missing=["passport"])
    officer.record("documents_checked", [rescued], "2022-09-21", missing=["passport", "work_permit"])
    answered = job.figure("persons_undocumented", **YEAR, by="document")
    assert values(answered, "document") == {"passport": 1, "work_permit": 1}
    assert answered["total"]["value"] == 1
    assert values(job.figure("persons_undocumented", **YEAR, by="rescued"), "rescued") == {"yes": 1}


def test_an_offender_counts_once_at_every_stage_and_every_arrest_counts(register: Register) -> None:
    officer, operator, job = register.caller("officer"), register.caller("operator"), register.key("figures:exact")
    case = operator.file(
        received_on="2022-09-01",
        offenders=[{"role": "guard", "nationality": "KHM"}, {"nationality": "CHN"}, {"role": "lender"}],
    )
    guard, foreigner, _ = (offender["reference"] for offender in case["offenders"])
    for day, stage in (("2022-09-05", "arrested"), ("2022-09-10", "released_no_charge"), ("2022-09-15", "arrested")):
        officer.record("stage_reached", [guard], day, stage=stage)
    officer.record("stage_reached", [guard], "2022-09-20", stage="charged")
    officer.record("stage_reached", [foreigner], "2022-09-06", stage="detained")
    by_stage = job.figure("offenders_at_stage", **YEAR, by="stage")
    assert values(by_stage, "stage") == {"arrested": 1, "released_no_charge": 1, "charged": 1, "detained": 1}
    assert by_stage["total"]["value"] == 2
    assert (by_stage["unit"], "nationality_rule_version" in by_stage) == ("offender", False)
    assert values(job.figure("offenders_at_stage", **YEAR, by="role"), "role") == {"guard": 1, "unknown": 1}
    charged = job.figure("offenders_at_stage", **YEAR, stage="charged", by="nationality")
    assert values(charged, "nationality") == {"KHM": 1}
    assert job.figure("offenders_at_stage", **YEAR, stage="arrested", nationality="CHN")["total"]["value"] == 0
    arrests = job.figure("arrests", **YEAR, by="nationality")
    assert (values(arrests, "nationality"), arrests["unit"]) == ({"KHM": 2}, "event")
    assert job.get("/v1/figures/offenders_at_stage", **WHOLE, stage="named").status_code == 422


def test_a_rescue_by_what_was_found_and_by_its_operation(register: Register) -> None:
    register.rescued_person()
    job = register.key("figures:exact")
    by_finding = job.figure("persons_rescued", **YEAR, by="finding")
    assert values(by_finding, "finding") == {"presumed_victim": 1}
    by_operation = job.figure("persons_rescued", **YEAR, by="operation")
    assert values(by_operation, "operation") == {"none": 1}
    assert {check["name"]: check["holds"] for check in by_operation["checks"]} == {"C4": True, "C3": True}
    assert job.figure("persons_rescued", **YEAR, operation="none")["total"]["value"] == 1
    assert job.figure("persons_rescued", **YEAR, operation=str(UUID(int=7)))["total"]["value"] == 0
    for codes in ({"operation": "yesterday"}, {"operation": "none", "attribution": "embassy"}):
        assert job.get("/v1/figures/persons_rescued", **WHOLE, **codes).status_code == 422


def test_days_of_completed_stays_and_their_table(register: Register) -> None:
    job = register.key("figures:exact")
    operator, verifier, officer = (register.caller(role) for role in ("operator", "verifier", "officer"))
    for rescued_on in ("2022-09-01", "2022-09-03", "2022-09-05", "2022-09-11"):
        case = operator.file(received_on="2022-09-01", persons=[{"nationality": "TWN"}])
        person = case["persons"][0]["reference"]
        verifier.record("finding_made", [person], "2022-09-01", **FINDING)
        officer.record("rescued", [person], rescued_on)
    answered = job.figure("days_in_status", **YEAR)
    by_status = {cell["codes"]["status"]: cell for cell in answered["cells"]}
    assert [by_status["verified"][name] for name in ("count", "median", "p90")] == [4, 2, 10]
    assert [by_status["received"][name] for name in ("count", "median", "p90")] == [4, 0, 0]
    assert by_status["rescued"]["count"] == 0
    assert "median" not in by_status["rescued"]
    assert ("total" in answered, answered["kind"], answered["unit"]) == (False, "distribution", "days")
    one = job.figure("days_in_status", **YEAR, status="verified", by="nationality")
    assert (one["total"]["count"], one["total"]["median"]) == (4, 2)
    assert job.get("/v1/figures/days_in_status", **WHOLE, by="sex").status_code == 422
    text = job.get("/v1/figures/days_in_status", **WHOLE, format="csv").text
    [row] = [row for row in csv.DictReader(io.StringIO(text)) if row["status"] == "rescued"]
    assert (row["count"], row["median"], row["p90"], "value" in row) == ("0", "", "", False)


def test_essentials_are_shares_of_all_cases(register: Register) -> None:
    operator, job = register.caller("operator"), register.key("figures:exact")
    operator.file(received_on="2022-09-01", persons=[{"nationality": "TWN"}, {"nationality": "MYS"}])
    operator.file(received_on="2022-09-01", persons=[{"nationality": "TWN"}, {}], offender_unknown=True)
    operator.file(received_on="2022-09-01", channel="walk_in")
    answered = job.figure("completeness", **YEAR)
    shares = {cell["codes"]["essential"]: (cell["value"], cell["base"]) for cell in answered["cells"]}
    assert shares.keys() == set(Essential) == DEFINITIONS["completeness"].dimensions["essential"].codes.keys()
    assert shares["nationality"] == (1, 3)
    assert shares["names"] == (0, 3)
    assert {check["name"]: check["holds"] for check in answered["checks"]} == {"C4": True, "C7": True}
    named = job.figure("completeness", **YEAR, by="channel", essential="nationality")
    by_channel = {cell["codes"]["channel"]: (cell["value"], cell["base"]) for cell in named["cells"]}
    assert (by_channel["hotline_117"], by_channel["walk_in"]) == ((1, 2), (0, 1))
    assert (named["total"]["value"], named["total"]["base"]) == (1, 3)
    text = job.get("/v1/figures/completeness", **WHOLE, format="csv").text
    assert {row["base"] for row in csv.DictReader(io.StringIO(text))} == {"3"}


@pytest.mark.parametrize(
    ("days", "median", "p90"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([15, 20, 35, 40, 50], 35, 50),
        ([3, 6, 7, 8, 8, 10, 13, 15, 16, 20], 8, 16),
        ([0] * 9 + [100], 0, 0),
        ([0] * 8 + [100] * 2, 0, 100),
    ],
)
def test_the_nearest_rank_is_always_a_day_that_was_measured(
    days: list[int], median: int | None, p90: int | None
) -> None:
    times = {day: days.count(day) for day in days}
    assert (nearest_rank(times, 50), nearest_rank(times, 90)) == (median, p90)
