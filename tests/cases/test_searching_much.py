"""Who searches more than a person does: slowed first, shown to supervisors, and stopped where nobody types so fast."""

from collections import Counter
from datetime import timedelta
from typing import Final

import pytest

from service.settings import Settings
from tests.cases.test_searching import found, named, one, search
from tests.engine import TestDatabase
from tests.http.problem_documents import assert_problem
from tests.register import open_register


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What requests have waited, seconds; none does."""
    seconds: list[float] = []

    async def wait(asked: float) -> None:
        seconds.append(asked)

    monkeypatch.setattr("service.http.services.sleep", wait)
    return seconds


ASKED: Final = ({"name": "sought"}, {"name": "nobody at all"}, {"phone": "?"})


def test_who_searches_much_is_slowed_and_found_out_but_goes_on(database: TestDatabase, waited: list[float]) -> None:
    with open_register(database, Settings(search_limit=3)) as register:
        operator, colleague = register.caller("operator"), register.caller("operator", name="colleague")
        supervisor = register.caller("supervisor")
        person = one(operator, **named("Sought Canary"))
        for asked in ASKED:
            search(operator, **asked)
        assert (waited, supervisor.get("/v1/me").json()["slowed_searches"]) == ([], [])
        register.clock.move(seconds=100)
        assert found(operator, name="sought") == [person]
        assert found(operator, name="sought") == [person]
        assert waited == [4.0, 4.0]
        assert found(colleague, name="sought") == [person]
        assert waited == [4.0, 4.0]
        rows = register.rows("SELECT * FROM audit_log WHERE action = 'search:slowed'")
        assert [(row["principal_id"], row["reason"], row["subject_ids"]) for row in rows] == [
            (operator.id, "verification", [])
        ] * 2
        [told] = supervisor.get("/v1/me").json()["slowed_searches"]
        assert (told["searches"], told["name"]) == (2, operator.get("/v1/me").json()["name"])
        assert "slowed_searches" not in operator.get("/v1/me").json()
        register.clock.move(hours=25)
        assert supervisor.get("/v1/me").json()["slowed_searches"] == []


def test_what_nobody_types_is_stopped_whatever_is_found(database: TestDatabase, waited: list[float]) -> None:
    with open_register(database, Settings(search_limit=1)) as register:
        operator, supervisor = register.caller("operator"), register.caller("supervisor")
        person = one(operator, **named("Sought Canary"))
        began = register.clock.now
        for asked in ASKED:
            search(operator, **asked)
        register.clock.move(seconds=100)
        for asked in ASKED:
            answer = operator.post("/v1/searches", {"for": "persons", "purpose": "verification", **asked})
            assert_problem(answer, 429, "quota-exceeded")
            assert "anary" not in answer.text
            assert 198 <= int(answer.headers["retry-after"]) <= 201
        assert len(waited) == 5
        rows = register.rows("SELECT action FROM audit_log WHERE action LIKE 'search:%' ORDER BY id")
        assert Counter(row["action"] for row in rows) == {"search:slowed": 5, "search:refused": 3}
        [told] = supervisor.get("/v1/me").json()["slowed_searches"]
        assert told["searches"] == len(rows)
        register.clock.now = began + timedelta(seconds=299)
        refused = operator.post("/v1/searches", {"for": "persons", "purpose": "rescue", "name": "sought"})
        register.clock.move(seconds=int(refused.headers["retry-after"]))
        assert found(operator, name="sought") == [person]
