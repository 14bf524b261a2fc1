"""How exact a total is: what was placed by a fitted day, which claims said about how many, who gave no number."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine import Databases
from tests.register import FINDING, Caller, Register, open_register

AUTUMN = {"from_": "2022-08-01", "to": "2022-09-30"}


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    """Of four one was rescued on a day and two in a month, of whom one went home on a day; one is only verified."""
    database = databases.make()
    with open_register(database) as made:
        operator, officer = made.caller("operator"), made.caller("officer")
        persons = [{"nationality": "TWN"}, {"nationality": "MYS"}, {"nationality": "MYS"}, {"nationality": "VNM"}]
        filed = operator.file(received_on="2022-08-10", persons=persons, head_count={"low": 4, "bound": "about"})
        one, two, three, _ = (person["reference"] for person in filed["persons"])
        made.caller("verifier").record("finding_made", [filed["reference"]], "2022-08-15", **FINDING)
        officer.record("rescued", [one], "2022-09-02", by=["embassy"])
        officer.record("rescued", [two], "2022-09", by=["cambodian_authority"])
        officer.record("rescued", [three], "2022-08", by=["cambodian_authority", "embassy"])
        liaison = made.caller("liaison", "MYS")
        liaison.record("repatriated", [three], "2022-09-20", mode="embassy_assisted", to_country="MYS")
        operator.file(received_on="2022-08-20", head_count={"low": 3, "high": 5, "bound": "range"})
        operator.file(received_on="2022-08-20", head_count={"bound": "unquantified"})
        operator.file(received_on="2022-08-21")
        operator.file(received_on="2022-10-01", head_count={"low": 2, "bound": "about"})
        yield made
    databases.drop(database)


@pytest.fixture
def job(register: Register) -> Caller:
    return register.key("figures:exact")


@pytest.mark.parametrize(
    ("figure", "asked", "total", "fitted"),
    [
        ("persons_rescued", AUTUMN, 3, 2),
        ("persons_rescued", {"from_": "2022-09-01", "to": "2022-09-30"}, 2, 1),
        ("persons_rescued", {**AUTUMN, "nationality": "MYS"}, 2, 2),
        ("persons_rescued", {**AUTUMN, "nationality": "TWN"}, 1, 0),
        ("persons_rescued", {**AUTUMN, "by": "attribution"}, 3, 2),
        ("persons_rescued", {**AUTUMN, "attribution": "embassy"}, 2, 1),
        ("persons_rescued", {**AUTUMN, "operation": "none"}, 3, 2),
        ("persons_verified", AUTUMN, 4, 0),
        ("persons_received", AUTUMN, 4, 0),
        ("persons_repatriated", {**AUTUMN, "by": "mode"}, 1, 0),
        ("persons_by_status", {"at": "2022-09-30"}, 4, 1),
        ("persons_by_status", {"at": "2022-09-10", "status": "rescued"}, 3, 2),
        ("persons_by_status", {"at": "2022-08-31", "status": ["verified", "rescued"]}, 4, 1),
        ("persons_awaiting_return", {"at": "2022-09-10"}, 3, 2),
        ("persons_awaiting_return", {"at": "2022-09-30"}, 2, 1),
        ("cases_intervened", AUTUMN, 1, 0),
    ],
)
def test_a_total_says_how_many_were_placed_by_a_fitted_day(
    job: Caller, figure: str, asked: dict[str, Any], total: int, fitted: int
) -> None:
    answered = job.figure(figure, **asked)
    assert (answered["total"]["value"], answered["fitted"]) == (total, fitted)
    assert all(check["holds"] for check in answered["checks"])


def test_claims_say_how_vague_they_are(job: Caller) -> None:
    answered = job.figure("persons_alleged", **AUTUMN)
    assert (answered["total"]["low"], answered["total"]["open_ended"]) == (7, 1)
    assert (answered["about"], answered["without_number"]) == (1, 2)
    assert "fitted" not in answered
    row = table(job, "persons_alleged")[0]
    assert (row["about"], row["without_number"]) == ("1", "2")


def test_a_table_says_so_on_every_row(job: Caller) -> None:
    assert {row["fitted"] for row in table(job, "persons_rescued", by="nationality")} == {"2"}


def table(job: Caller, figure: str, **asked: str) -> list[dict[str, str]]:
    period = {"from": AUTUMN["from_"], "to": AUTUMN["to"]}
    answer = job.get(f"/v1/figures/{figure}", **period, **asked, format="csv")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_overlapping_parts_without_a_total_say_nothing(job: Caller) -> None:
    answered = job.figure("persons_rescued", **AUTUMN, by="attribution", attribution=["embassy", "cambodian_authority"])
    assert not {"total", "fitted"} & answered.keys()


def test_as_known_before_the_register_told_them_apart_it_says_nothing(databases: Databases) -> None:
    database = databases.make()
    with open_register(database) as register:
        register.rescued_person()
        register.rows("UPDATE counted_by SET version = 4")
        before, job = register.clock.now, register.key("figures:exact")
        register.clock.move(hours=1)
        register.rows("INSERT INTO counted_by (version, counted_at) VALUES (5, $1)", register.clock.now)
        then, now = (
            job.figure("persons_rescued", **AUTUMN, **asked) for asked in ({"known_at": before.isoformat()}, {})
        )
        assert "fitted" not in then
        assert now["fitted"] == 0
        assert "about" not in job.figure("persons_alleged", **AUTUMN, known_at=before.isoformat())
    databases.drop(database)
