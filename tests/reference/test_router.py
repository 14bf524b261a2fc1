"""The code lists over HTTP: for everybody signed in, kept by clients, a province found by any spelling."""

from collections.abc import Iterator

import pytest

from service.codes import LISTS
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register, open_register


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


@pytest.fixture
def reader(register: Register) -> Caller:
    return register.caller("operator")


def test_every_list_is_named_and_can_be_read_whole(reader: Caller) -> None:
    names = [found["name"] for found in reader.get("/v1/reference").json()["items"]]
    assert names == list(LISTS)
    assert len(names) > 20
    for name in names:
        shown = reader.get(f"/v1/reference/{name}").json()
        assert [entry["code"] for entry in shown["entries"]] == [entry.code for entry in LISTS[name].entries]
        assert all(entry["label"] for entry in shown["entries"])


def test_a_code_of_a_list_is_taken_where_the_list_is_asked_for(reader: Caller) -> None:
    for entry in reader.get("/v1/reference/provinces").json()["entries"]:
        assert reader.file(location={"province": entry["code"]})["reference"]


@pytest.mark.parametrize(
    "spelling", ["Sihanoukville", "sihanouk ville", "Preah Sihanouk", "KH-18", "preah sihanouk province"]
)
def test_a_province_is_found_by_any_of_its_spellings(reader: Caller, spelling: str) -> None:
    found = reader.get("/v1/reference/provinces", find=spelling).json()["entries"]
    assert [entry["code"] for entry in found] == ["KH-18"]


@pytest.mark.parametrize("spelling", ["Sihanouk-on-Sea", "%", "KH-99", "S", "\u202e"])
def test_nothing_is_guessed(reader: Caller, spelling: str) -> None:
    assert reader.get("/v1/reference/provinces", find=spelling).json()["entries"] == []


def test_an_alias_is_for_looking_up_only(reader: Caller) -> None:
    body = {"channel": "hotline_117", "location": {"province": "Sihanoukville"}}
    assert_problem(reader.post("/v1/cases", body), 422, "validation")


def test_a_list_may_be_kept_by_its_reader_and_by_nobody_between(reader: Caller) -> None:
    answer = reader.get("/v1/reference/nationalities")
    assert answer.headers["cache-control"].startswith("private")
    again = reader.http.get("/v1/reference/nationalities", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_list_there_is_not_is_not_found(reader: Caller, register: Register) -> None:
    assert_problem(reader.get("/v1/reference/no-such-list"), 404, "not-found")
    assert_problem(reader.get("/v1/reference/No_Such"), 422)
    assert_problem(reader.get("/v1/reference/provinces", find=""), 422)
    assert_problem(reader.get("/v1/reference/provinces", find="x" * 101), 422)
    assert_problem(register.client().get("/v1/reference"), 401)
