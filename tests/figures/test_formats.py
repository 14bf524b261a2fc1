"""The same figure as JSON and as tables."""

import csv
import io
from typing import Any

import pytest

from service.http.tables import as_csv
from tests.figures.conftest import WHOLE, Office

PATH = "/v1/figures/persons_rescued"


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("by", [["nationality"], ["sex", "province"], []])
def test_a_table_has_a_row_for_each_cell(office: Office, by: list[str]) -> None:
    asked: dict[str, Any] = {**WHOLE, "by": by}
    document = office.job.get(PATH, **asked).json()
    answered = office.job.get(PATH, **asked, format="csv")
    assert answered.headers["content-type"].startswith("text/csv")
    assert 'filename="persons_rescued.csv"' in answered.headers["content-disposition"]
    cells = document["cells"] or [document["total"]]
    table = read(answered.content)
    assert [tuple(row[name] for name in by) for row in table] == [
        tuple(cell["codes"][name] for name in by) for cell in cells
    ]
    assert [int(row["value"]) for row in table] == [cell["value"] for cell in cells]
    assert {(row["figure"], row["unit"], row["from"], row["to"], row["at"]) for row in table} == {
        ("persons_rescued", "human", "2022-01-01", "2022-12-31", "")
    }


def test_every_row_of_a_table_says_what_was_asked_and_how_far_it_can_be_trusted(office: Office) -> None:
    asked: dict[str, Any] = {**WHOLE, "by": ["attribution", "sex"], "sex": ["male", "female"]}
    document = office.job.get(PATH, **asked).json()
    table = read(office.job.get(PATH, **asked, format="csv").content)
    told = {(row["filters"], row["overlapping"], row["failed_checks"], row["settled"]) for row in table}
    assert told == {("sex=female sex=male", "attribution", "", str(document["settled"]).lower())}
    assert len({row["digest"] for row in table}) == 1
    assert {len(row["digest"]) for row in table} == {64}


def test_a_table_of_claims_has_bounds_and_leaves_an_open_one_empty(office: Office) -> None:
    table = read(office.job.get("/v1/figures/persons_alleged", **WHOLE, by="province", format="csv").content)
    bounds = {row["province"]: (row["low"], row["high"], row["open_ended"]) for row in table}
    assert bounds["KH-12"] == ("9", "", "1")
    assert bounds["KH-18"] == ("23", "32", "0")
    assert "value" not in table[0]


def test_only_the_table_for_a_spreadsheet_begins_with_a_byte_order_mark(office: Office) -> None:
    plain = office.job.get(PATH, **WHOLE, format="csv").content
    excel = office.job.get(PATH, **WHOLE, format="csv-excel").content
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert excel.startswith(b"\xef\xbb\xbf")
    assert read(excel)[0]["value"] == read(plain)[0]["value"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("text/html, text/csv;q=0.5", "text/csv"),
    ],
)
def test_the_format_is_what_the_caller_accepts(office: Office, accept: str, content_type: str) -> None:
    answered = office.job.http.get(PATH, params=WHOLE, headers={"Accept": accept})
    assert answered.headers["content-type"].startswith(content_type)
    assert "Accept" in answered.headers["vary"]


@pytest.mark.parametrize("accept", ["image/png", "text/html", "application/xml"])
def test_a_format_that_there_is_not_is_refused_with_those_there_are(office: Office, accept: str) -> None:
    answered = office.job.http.get(PATH, params=WHOLE, headers={"Accept": accept})
    assert answered.status_code == 406
    assert answered.json()["available"] == ["json", "csv"]
    named = office.job.http.get(PATH, params={**WHOLE, "format": "json"}, headers={"Accept": accept})
    assert named.status_code == 200


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_a_table_runs_as_a_formula(start: str) -> None:
    written = read(as_csv(["text", "number"], [[f"{start}SUM(A1)", -3]]))
    assert written == [{"text": f"'{start}SUM(A1)", "number": "-3"}]


def test_quotes_commas_lines_and_scripts_come_back_as_they_went_in() -> None:
    texts = ['a "quoted" one', "one, two", "line\nbreak", "ភ្នំពេញ 金边", ""]
    assert [row["text"] for row in read(as_csv(["text"], [[text] for text in texts if text]))] == texts[:-1]
    assert as_csv(["a", "b"], [[None, 1]]) == b"a,b\r\n,1\r\n"
