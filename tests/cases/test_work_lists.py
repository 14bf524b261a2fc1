"""What an embassy asks each morning: who waits for papers, who has waited longest; as a file, for a purpose."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import FINDING, Caller, Register, open_register


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


@pytest.fixture(scope="module")
def people(register: Register) -> dict[str, str]:
    """Three of one state, by what is told of them: their references. Today is 1 October 2022."""
    names = {
        "rescued in August, no passport": "=Aaa Example",
        "rescued in September, all papers": "陳 範例",
        "still held": "Ccc Example",
    }
    persons: list[Any] = [
        {
            "names": [{"text": name}],
            "nationality": "MYS",
            "contacts": [{"kind": "phone", "value": "+60123456789", "safe": False}],
        }
        for name in names.values()
    ]
    filed = register.caller("operator").file(received_on="2022-07-15", persons=persons)
    found = dict(zip(names, (one["reference"] for one in filed["persons"]), strict=True))
    august, september, _ = found.values()
    register.caller("verifier").record("finding_made", [august, september], "2022-07-20", **FINDING)
    officer = register.caller("officer")
    officer.record("rescued", [august], "2022-08-02", by=["cambodian_authority"])
    officer.record("rescued", [september], "2022-09-28", by=["cambodian_authority"])
    officer.record("documents_checked", [august], "2022-08-03", missing=["passport", "visa"])
    operator = register.caller("operator")
    for who, freely in ((august, "no"), (september, "yes")):
        operator.record("wish_stated", [who], "2022-09-29", purpose="return_home", value="yes", freely=freely)
    officer.record("documents_checked", [september], "2022-09-29", missing=[])
    return found


@pytest.fixture
def liaison(register: Register) -> Caller:
    return register.caller("liaison", "MYS")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"missing": "passport"}, ["rescued in August, no passport"]),
        ({"missing": ["visa", "national_id"]}, ["rescued in August, no passport"]),
        ({"missing": "national_id"}, []),
        ({"waiting_days": 3}, ["rescued in September, all papers", "rescued in August, no passport"]),
        ({"waiting_days": 4}, ["rescued in August, no passport"]),
        ({"waiting_days": 60}, ["rescued in August, no passport"]),
        ({"waiting_days": 61}, []),
    ],
)
def test_persons_are_narrowed_by_papers_and_by_days_of_waiting(
    liaison: Caller, people: dict[str, str], asked: dict[str, Any], expected: list[str]
) -> None:
    listed = [one["reference"] for one in liaison.get("/v1/persons", **asked).json()["items"]]
    assert sorted(listed) == sorted(people[told] for told in expected)


@pytest.mark.parametrize("days", ["-1", "1.5", "10000", "1_0", "a"])
def test_days_of_waiting_are_a_whole_number(liaison: Caller, days: str) -> None:
    problem = assert_problem(liaison.get("/v1/persons", waiting_days=days), 422, "validation")
    assert problem["errors"][0]["parameter"] == "waiting_days"


def test_a_list_as_a_file_says_what_the_purpose_opens(liaison: Caller, people: dict[str, str]) -> None:
    answer = liaison.get("/v1/persons", format="csv", purpose="consular")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="persons.csv"'
    rows = {row["reference"]: row for row in csv.DictReader(io.StringIO(answer.text, newline=""))}
    august, september, held = (rows[reference] for reference in people.values())
    assert august["names"] == "'=Aaa Example", "a spreadsheet would run it"
    assert (august["days_waiting"], august["missing_documents"]) == ("60", "passport; visa")
    assert (august["wish_to_return"], september["wish_to_return"]) == ("yes (freely: no)", "yes")
    assert august["contacts"] == "phone +60123456789 (not safe)"
    assert (september["names"], september["days_waiting"]) == ("陳 範例", "3")
    assert september["missing_documents"] == "none", "somebody looked"
    assert (held["days_waiting"], held["missing_documents"]) == ("", ""), "nobody looked"
    assert (held["status"], held["nationality"], held["received_on"]) == ("received", "MYS", "2022-07-15")


def test_a_file_has_pages_as_the_list_has(liaison: Caller, people: dict[str, str]) -> None:
    seen: list[str] = []
    place: str | None = "/v1/persons?format=csv&purpose=return&limit=2"
    while place is not None:
        answer = liaison.get(place)
        seen += [row["reference"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))]
        link = answer.headers.get("link")
        place = link.split(">")[0].removeprefix("<") if link else None
    assert sorted(seen) == sorted(people.values())


@pytest.mark.parametrize("place", ["/v1/persons", "/v1/cases"])
def test_a_list_leaves_as_a_file_for_a_purpose_only(register: Register, people: dict[str, str], place: str) -> None:
    supervisor = register.caller("supervisor")
    for asked in ({"format": "csv"}, {"format": "csv-excel"}):
        problem = assert_problem(supervisor.get(place, **asked), 400, "invalid-parameter")
        assert problem["errors"][0]["parameter"] == "purpose"
    problem = assert_problem(supervisor.http.get(place, headers={"accept": "text/csv"}), 400, "invalid-parameter")
    assert "consular" in problem["detail"]
    assert_problem(supervisor.http.get(place, headers={"accept": "image/png"}), 406, "not-acceptable")
    assert supervisor.get(place, format="csv", purpose="verification").status_code == 200


def test_cases_as_a_file(register: Register, people: dict[str, str]) -> None:
    answer = register.caller("supervisor").get("/v1/cases", format="csv-excel", purpose="verification")
    [row] = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline=""))
    assert (row["persons"], row["persons_rescued"], row["persons_received"]) == ("3", "2", "1")
    assert (row["province"], row["channel"]) == ("", "hotline_117")
    assert row["missing"].split("; ")[0] == "location"


def test_a_liaison_is_told_no_more_of_a_case_in_a_file(liaison: Caller, people: dict[str, str]) -> None:
    [row] = csv.DictReader(io.StringIO(liaison.get("/v1/cases", format="csv", purpose="consular").text, newline=""))
    assert row["channel"] == "hotline_117"
    told = ("persons", "persons_rescued", "completeness", "missing", "status", "assigned_to", "allegations")
    assert [row[column] for column in told] == [""] * len(told)
