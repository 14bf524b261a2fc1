"""Somebody stops being an administrator while their call is under way."""

import asyncio
from typing import Any

import pytest

from service.access import queries
from tests.http.problem_documents import assert_problem
from tests.register import Register


@pytest.mark.parametrize("change", ["disabled_at = now()", "role = 'auditor'"])
@pytest.mark.parametrize("place", ["users", "keys"])
def test_who_is_no_administrator_any_more_makes_nothing(
    register: Register, place: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call began before, and the database would refuse what it says."""
    leaving, get_one = register.caller("admin", name=f"leaving.{place}.{change[0]}"), queries.get_one
    told: dict[str, dict[str, Any]] = {
        "users": {"username": "newcomer.example", "role": "operator"},
        "keys": {"name": "Nightly", "scopes": ["figures:exact"], "days": 30},
    }

    async def get_and_leave(*given: Any) -> Any:
        await asyncio.to_thread(register.rows, f"UPDATE users SET {change} WHERE id = $1", leaving.id)  # noqa: S608
        return await get_one(*given)

    monkeypatch.setattr(queries, "get_one", get_and_leave)
    answer = leaving.post(f"/v1/{place}", {**told[place], "agency_id": str(leaving.agency_id)})
    assert_problem(answer, 401, "unauthenticated")
    assert register.rows("SELECT FROM users WHERE username = 'newcomer.example'") == []
