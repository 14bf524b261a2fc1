"""How many statements a request sends, counted by the driver. BEGIN, COMMIT and ROLLBACK are not counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest

from tests.doors.scene import DAY, OWN, Scene, set_scene
from tests.register import Register

UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass
class Sent:
    """What the driver was given since it was last asked."""

    queries: list[str] = field(default_factory=list)

    def by(self, call: Callable[[], httpx.Response], status: int) -> list[str]:
        """Make a call again, after a first one that may have opened a connection, and answer what it sent."""
        call()
        self.queries.clear()
        assert call().status_code == status
        return [query for query in self.queries if not query.startswith(UNCOUNTED)]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Listen to everything that the service asks of any connection."""
    heard = Sent()
    fetch = asyncpg.Connection.fetch

    async def listened_to(connection: Any, query: str, *values: Any, **how: Any) -> Any:
        heard.queries.append(query)
        return await fetch(connection, query, *values, **how)

    monkeypatch.setattr(asyncpg.Connection, "fetch", listened_to)
    return heard


@pytest.fixture
def scene(sent: Sent, register: Register) -> Scene:
    return set_scene(register)


CASE = {
    "channel": "hotline_117",
    "allegations": [{"types": ["illegal_detention"], "text": "They are held."}],
    "persons": [{"names": [{"text": "First Invented"}]}, {"names": [{"text": "Second Invented"}]}],
    "offenders": [{"names": [{"text": "Third Invented"}]}],
}
WISH = {"purpose": "return_home", "value": "yes", "freely": "yes"}


@pytest.mark.parametrize("keyed", [False, True])
def test_filing_a_case_takes_a_token_and_one_write(sent: Sent, scene: Scene, keyed: bool) -> None:
    keys = iter("ab")

    def file() -> httpx.Response:
        return scene.operator.post("/v1/cases", CASE, **({"Idempotency_Key": next(keys)} if keyed else {}))

    queries = sent.by(file, 201)
    assert len(queries) == 2, queries
    assert "INSERT INTO search_keys" in queries[-1]
    assert sum(query.startswith("WITH w0 AS (INSERT") for query in queries) == 1


@pytest.mark.parametrize("keyed", [False, True])
def test_recording_an_event_takes_one_look_up_more(sent: Sent, scene: Scene, keyed: bool) -> None:
    keys = iter("ab")
    event = {"kind": "wish_stated", "subjects": [scene.persons[OWN].reference], "occurred_on": DAY, "data": WISH}

    def record() -> httpx.Response:
        return scene.operator.post("/v1/events", event, **({"Idempotency_Key": next(keys)} if keyed else {}))

    assert len(sent.by(record, 201)) == 3, sent.queries


@pytest.mark.parametrize("path", ["/v1/cases/{case}", "/v1/persons/{person}", "/v1/cases", "/v1/persons"])
def test_reading_takes_a_token_and_a_query_that_records_itself(sent: Sent, scene: Scene, path: str) -> None:
    named = path.format(case=scene.case, person=scene.persons[OWN].reference)
    queries = sent.by(lambda: scene.operator.get(named), 200)
    assert len(queries) == 2, queries
    assert "INSERT INTO audit_log" in queries[-1]


def test_what_is_sealed_takes_one_query_more(sent: Sent, scene: Scene) -> None:
    read = f"/v1/cases/{scene.case}"
    assert len(sent.by(lambda: scene.operator.get(read, purpose="correction"), 200)) == 3, sent.queries


def test_a_timeline_takes_one_query_more(sent: Sent, scene: Scene) -> None:
    assert len(sent.by(lambda: scene.operator.get(f"/v1/cases/{scene.case}/events"), 200)) == 3, sent.queries


def test_who_is_calling_is_found_by_one_query(sent: Sent, scene: Scene) -> None:
    assert len(sent.by(lambda: scene.operator.get("/v1/me"), 200)) == 1, sent.queries


def test_one_statement_begins_no_transaction(sent: Sent, scene: Scene) -> None:
    sent.by(lambda: scene.operator.post("/v1/cases", CASE), 201)
    sent.by(lambda: scene.operator.get(f"/v1/cases/{scene.case}"), 200)
    assert not any(query.startswith(UNCOUNTED) for query in sent.queries)
