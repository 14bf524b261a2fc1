"""A sign-in while the account changes, and many at once: no session outlives what it was opened with."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from service import credentials
from service.access import queries
from service.access.actions import sessions
from service.access.rules import FREE_FAILURES
from service.errors import RetryableError
from tests.access.accounts import KNOWN, Account, account
from tests.engine import Databases
from tests.http.problem_documents import assert_problem
from tests.register import Caller, Register, open_register

CONNECTIONS = 8
"""Of the register's pool."""

Act = Callable[[], Any]


@pytest.fixture(scope="module")
def register(databases: Databases) -> Iterator[Register]:
    database = databases.make()
    with open_register(database) as made:
        yield made
    databases.drop(database)


@pytest.fixture
def dara(register: Register) -> Account:
    made = account(register, name="dara")
    register.rows("UPDATE users SET disabled_at = NULL, version = 1 WHERE id = $1", made.caller.id)
    register.rows("UPDATE agencies SET disabled_at = NULL")
    made.forget_failures()
    return made


def while_hashing(monkeypatch: pytest.MonkeyPatch, act: Act) -> None:
    """Let something happen after the password was compared and before the answer is written."""
    compare = credentials.password_fits

    async def compare_then(password: str, hashed: str | None) -> bool:
        fits = await compare(password, hashed)
        await asyncio.to_thread(act)
        return fits

    monkeypatch.setattr(sessions, "password_fits", compare_then)


def changes(admin: Caller, dara: Account) -> dict[str, Act]:
    user, agency = f"/v1/users/{dara.caller.id}", f"/v1/agencies/{dara.caller.agency_id}"
    return {
        "password": lambda: admin.patch(user, {"new_password": True}, If_Match=admin.get(user).headers["etag"]),
        "user": lambda: admin.delete(user, If_Match=admin.get(user).headers["etag"]),
        "agency": lambda: admin.delete(agency, If_Match=admin.get(agency).headers["etag"]),
    }


@pytest.mark.parametrize("changed", ["password", "user", "agency"])
def test_no_session_is_opened_with_what_was_replaced_while_it_was_compared(
    register: Register, dara: Account, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    done: list[httpx.Response] = []
    act = changes(register.caller("admin"), dara)[changed]
    while_hashing(monkeypatch, lambda: done.append(act()))
    assert_problem(dara.sign_in(), 401, "bad-credentials")
    assert [answer.status_code in {200, 204} for answer in done] == [True]
    opened_here = "SELECT 1 FROM sessions WHERE user_id = $1 AND expires_at < opened_at + interval '1 day'"
    assert register.rows(f"{opened_here} AND closed_at IS NULL", dara.caller.id) == []


def test_a_sign_in_during_a_reset_waits_for_it_and_is_refused(
    register: Register, dara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_sessions = queries.end_sessions
    begun: list[Future[httpx.Response]] = []
    with ThreadPoolExecutor(1) as threads:

        async def sign_in_then_end(*given: Any, **named: Any) -> None:
            await end_sessions(*given, **named)
            begun.append(threads.submit(dara.sign_in))
            await _until(lambda: begun[0].done() or waits(register))

        monkeypatch.setattr(queries, "end_sessions", sign_in_then_end)
        assert changes(register.caller("admin"), dara)["password"]().status_code == 200
    assert_problem(begun[0].result(), 401, "bad-credentials")


def test_guesses_at_the_same_time_see_each_other(
    register: Register, dara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there are connections begin, and none is judged before all have."""
    find, begun, tried = queries.find_sign_in, asyncio.Barrier(CONNECTIONS), []

    async def find_together(*given: Any, **named: Any) -> Any:
        await begun.wait()
        return await find(*given, **named)

    async def never(password: str, hashed: str | None) -> bool:
        tried.append(hashed)
        return False

    monkeypatch.setattr(queries, "find_sign_in", find_together)
    monkeypatch.setattr(sessions, "password_fits", never)
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        guesses = [threads.submit(dara.sign_in, password=f"guess number {number}") for number in range(CONNECTIONS)]
    assert {guess.result().status_code for guess in guesses} <= {401, 429}
    assert len(tried) <= FREE_FAILURES
    kept = register.rows("SELECT 1 FROM sign_in_failures")
    assert len(kept) == len(tried)


def test_what_is_tried_again_by_ourselves_is_one_try(
    register: Register, dara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold, left = queries.hold_user, [1, 2]

    async def hold_at_last(*given: Any) -> Any:
        if left:
            left.pop()
            raise RetryableError("Not now.")
        return await hold(*given)

    monkeypatch.setattr(queries, "hold_user", hold_at_last)
    assert dara.sign_in().status_code == 201
    assert left == []
    assert register.rows("SELECT 1 FROM sign_in_failures") == []


def test_a_right_password_with_a_weak_new_one_is_no_failure(register: Register, dara: Account) -> None:
    client = register.client(dara.sign_in().json()["token"])
    for _ in range(FREE_FAILURES + 1):
        answer = client.put("/v1/me/password", json={"current": KNOWN, "new": "too short"})
        assert_problem(answer, 422, "validation")
    assert register.rows("SELECT 1 FROM sign_in_failures") == []


def waits(register: Register) -> bool:
    """Whether a statement waits for another one's row."""
    return bool(
        register.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    )


async def _until(condition: Callable[[], bool]) -> None:
    def poll() -> None:
        while not condition():
            pass

    await asyncio.wait_for(asyncio.to_thread(poll), 9)


def test_a_right_password_still_opens_after_all_this(dara: Account) -> None:
    assert dara.sign_in().status_code == 201
