"""Pages by cursor: bounded, without gap or repeat, with the way to the next and no end beyond the end."""

from collections.abc import Iterator

import pytest

from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register, open_register

PEOPLE = 7


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        for _ in range(PEOPLE):
            made.caller("operator").file(persons=[{"nationality": "TWN"}], received_on="2022-09-01")
        yield made
    databases.drop(database)


@pytest.fixture
def operator(register: Register) -> Caller:
    return register.caller("operator")


@pytest.mark.parametrize(
    "limit", ["0", "-1", "201", "1.0", "1e1", "1_0", " 1", "+1", "true", "", "\u0663", "9" * 30, "0x5", "1%00"]
)
def test_a_limit_that_is_no_number_from_1_to_200_is_refused(operator: Caller, limit: str) -> None:
    for place in ("/v1/cases", "/v1/persons"):
        problem = assert_problem(operator.http.get(f"{place}?limit={limit}"), 422, "validation")
        assert problem["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("query", ["offset=1", "Limit=1", "sort=id", "limit[]=1", "name=x"])
def test_a_parameter_that_is_not_known_is_refused_and_not_ignored(operator: Caller, query: str) -> None:
    assert_problem(operator.http.get(f"/v1/cases?{query}"), 400, "invalid-parameter")


def walk(caller: Caller, place: str, limit: int, between: object = None) -> list[str]:
    """Follow the cursors to the end and answer all ids, doing something between the pages."""
    ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = caller.get(place, limit=limit, **cursor)
        page = answer.json()
        assert 0 < len(page["items"]) <= limit
        ids += [item["id"] for item in page["items"]]
        if "next_cursor" not in page:
            assert "link" not in answer.headers
            return ids
        assert answer.headers["link"].endswith('; rel="next"')
        following = answer.headers["link"].split(">")[0].removeprefix("<")
        assert caller.get(following).json()["items"][0]["id"] not in ids
        cursor = {"cursor": page["next_cursor"]}
        if callable(between):
            between()


@pytest.mark.parametrize("place", ["/v1/cases", "/v1/persons"])
@pytest.mark.parametrize("limit", [1, 3, 7, 200])
def test_the_pages_together_are_the_list(operator: Caller, place: str, limit: int) -> None:
    whole = [item["id"] for item in operator.get(place, limit=200).json()["items"]]
    assert walk(operator, place, limit) == whole
    assert whole == sorted(whole, reverse=True)
    assert len(whole) >= PEOPLE


def test_what_is_filed_meanwhile_neither_repeats_nor_hides_anything(register: Register, operator: Caller) -> None:
    before = [item["id"] for item in operator.get("/v1/cases", limit=200).json()["items"]]
    added = register.caller("operator", name="second")
    assert walk(operator, "/v1/cases", 2, lambda: added.file() and operator.file()) == before


def test_a_timeline_reads_oldest_first_through_its_pages(register: Register, operator: Caller) -> None:
    case = operator.file(persons=[{"nationality": "TWN", "sex": "male"}], allegations=[{"types": ["debt_bondage"]}])
    place = f"/v1/cases/{case['reference']}/events"
    whole = operator.get(place).json()["items"]
    assert [event["kind"] for event in whole] == ["received", "alleged", "added", "described", "nationality_asserted"]
    assert walk(operator, place, 2) == [event["id"] for event in whole]


def test_an_administrators_lists_have_pages_too(register: Register) -> None:
    admin = register.caller("admin")
    register.caller("auditor")
    for place in ("/v1/users", "/v1/agencies"):
        whole = [item["id"] for item in admin.get(place, limit=200).json()["items"]]
        assert walk(admin, place, 1) == whole == sorted(whole)


def test_repeated_filters_are_alternatives_and_different_ones_add_up(operator: Caller) -> None:
    everybody = len(operator.get("/v1/persons", limit=200).json()["items"])
    assert everybody == len(operator.http.get("/v1/persons?status=received&status=ended&limit=200").json()["items"])
    assert operator.http.get("/v1/persons?status=received&nationality=VNM").json() == {"items": []}
    assert operator.http.get("/v1/persons?awaiting_return=true").json() == {"items": []}


@pytest.mark.parametrize(
    "query",
    [
        "status=gone",
        "nationality=XYZ",
        "province=KH-99",
        "channel=fax",
        "received_from=2022-02-30",
        "received_to=0000-01-01",
        "received_from=2022-9-1",
        "assigned=somebody",
        "incomplete=maybe",
        "urgency=",
        "kind=rescue&kind=x",
        "received_from=2022-09-01T00:00:00Z",
    ],
)
def test_a_filter_that_is_no_code_is_refused(operator: Caller, query: str) -> None:
    assert_problem(operator.http.get(f"/v1/cases?{query}"), 422, "validation")
