"""What is really answered is what the contract says, on a walk through every operation."""

import csv
import io
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from tests.architecture.conventions import Document, closed, errors_of, operations
from tests.architecture.walk import Exchange, matched, walk
from tests.engine import Databases
from tests.register import PortalTransport, open_register

EVERYWHERE: Final = {"content-length", "content-type", "cache-control", "vary", "content-disposition"}
SAFETY: Final = {
    "content-security-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "permissions-policy",
    "referrer-policy", "server", "strict-transport-security", "x-content-type-options", "x-frame-options",
}  # fmt: skip


@pytest.fixture(scope="module")
def exchanges(databases: Databases, contract: Document) -> Iterator[list[Exchange]]:
    """Everything that was sent and answered on the walk."""
    seen: list[tuple[httpx.Request, httpx.Response]] = []
    answer = PortalTransport.handle_request

    def noting(self: PortalTransport, request: httpx.Request) -> httpx.Response:
        response = answer(self, request)
        seen.append((request, response))
        return response

    database = databases.make()
    with pytest.MonkeyPatch.context() as patch, open_register(database) as register:
        patch.setattr(PortalTransport, "handle_request", noting)
        walk(register)
    yield list(matched(contract, seen))
    databases.drop(database)


def test_the_walk_succeeds_at_every_operation(exchanges: list[Exchange], contract: Document) -> None:
    done = {exchange.operation.id for exchange in exchanges if exchange.response.is_success}
    assert {operation.id for operation in operations(contract)} - done == set()


def test_the_walk_is_refused_in_every_way(exchanges: list[Exchange]) -> None:
    statuses = {exchange.response.status_code for exchange in exchanges}
    assert statuses >= {304, 400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 428, 429}
    assert {status for status in statuses if status >= 500} == set()


def test_every_status_is_declared(exchanges: list[Exchange]) -> None:
    undeclared = {found.words for found in exchanges if str(found.response.status_code) not in answers_of(found)}
    assert undeclared == set()


def test_every_media_type_is_declared(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        assert media_type_of(exchange) in (declared(exchange).get("content") or {"": None}), exchange.words


def test_every_header_is_declared(exchanges: list[Exchange]) -> None:
    known = EVERYWHERE | SAFETY
    undeclared = {
        f"{exchange.words} {name}"
        for exchange in exchanges
        for name in exchange.response.headers
        if name not in known | {header.lower() for header in declared(exchange)["headers"]}
    }
    assert undeclared == set()
    assert [exchange.words for exchange in exchanges if "x-request-id" not in exchange.response.headers] == []


def test_every_answer_is_what_is_described_and_nothing_more(exchanges: list[Exchange], contract: Document) -> None:
    strict = closed(contract)
    compared = 0
    for exchange in exchanges:
        media = media_type_of(exchange)
        if media.endswith("json"):
            schema = declared(exchange)["content"][media]["schema"]
            assert errors_of(strict, schema, exchange.response.json()) == [], exchange.words
            compared += 1
    assert compared > 100


def test_every_refusal_is_a_problem_with_its_page(exchanges: list[Exchange]) -> None:
    refusals = [exchange.response for exchange in exchanges if exchange.response.is_error]
    for response in refusals:
        problem = response.json()
        assert problem["status"] == response.status_code
        assert problem["type"] == f"/problems/{problem['code']}"
        assert problem["instance"] == f"urn:uuid:{response.headers['x-request-id']}"


def test_tables_have_as_many_cells_in_each_row(exchanges: list[Exchange]) -> None:
    tables = [exchange.response.text for exchange in exchanges if media_type_of(exchange) == "text/csv"]
    assert tables
    for table in tables:
        assert len({len(row) for row in csv.reader(io.StringIO(table)) if row}) == 1


def test_nothing_is_a_surprise_to_a_strict_reader(exchanges: list[Exchange], contract: Document) -> None:
    """The comparison itself can fail: an answer with a member too many is noticed."""
    strict = closed(contract)
    filed = next(found for found in exchanges if found.words == "file_case 201")
    schema = declared(filed)["content"]["application/json"]["schema"]
    assert errors_of(strict, schema, {**filed.response.json(), "surprise": 1})
    assert errors_of(strict, schema, {**filed.response.json(), "completeness": "much"})


def answers_of(exchange: Exchange) -> Document:
    found: Document = exchange.operation.words["responses"]
    return found


def declared(exchange: Exchange) -> Document:
    found: Document = answers_of(exchange)[str(exchange.response.status_code)]
    return found


def media_type_of(exchange: Exchange) -> str:
    written: str = exchange.response.headers.get("content-type", "")
    return written.partition(";")[0]
