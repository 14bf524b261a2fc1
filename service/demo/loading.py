"""Fill an empty register with the scenarios, through the application itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import httpx
from fastapi import FastAPI

from service.db.database import Database
from service.demo.accounts import DemoAccounts, make_accounts
from service.demo.entering import Desk, EntryRefusedError, enter, facts_in
from service.demo.scenarios import DESK
from service.demo.stories import Scenario, Teller

Progress = Callable[[int, int, str], None]
"""Called with facts entered, facts in all, and the name of what is being entered."""

TIMEOUT_S: Final = 60.0


async def load_demo(
    app: FastAPI, database: Database, *, progress: Progress, scenarios: Sequence[Scenario] = (DESK,)
) -> DemoAccounts:
    """Fill an empty register: accounts directly, cases as signed-in users through the public interface.

    Args:
        app: the application, answering in this process; it need not be served.
        database: its database.
        progress: is told how far it has come.
        scenarios: what to enter; `ALL` of them take some twenty times as long as the day at the desk.

    Raises:
        ConflictError: the register is in use.
        EntryRefusedError: a call was refused; what was entered before stays.
    """
    told = [(scenario, scenario.tell()) for scenario in scenarios]
    total = sum(facts_in(stories) for _, stories in told)
    progress(0, total, "accounts")
    accounts = await make_accounts(database, app.state.services.clock)
    done = 0
    async with signed_in(httpx.ASGITransport(app=app), "http://register.invalid", accounts) as desk:
        for scenario, stories in told:

            def report(facts: int, name: str = scenario.name) -> None:
                nonlocal done
                done += facts
                progress(done, total, name)

            await enter(stories, desk, report)
    return accounts


@asynccontextmanager
async def signed_in(transport: httpx.AsyncBaseTransport, base_url: str, accounts: DemoAccounts) -> AsyncIterator[Desk]:
    """Yield a signed-in client for each teller; sign all of them out at the end."""
    async with AsyncExitStack() as stack:
        clients = {
            teller: await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url=base_url, timeout=TIMEOUT_S)
            )
            for teller in Teller
        }
        await asyncio.gather(*(_sign_in(client, teller, accounts) for teller, client in clients.items()))
        yield clients
        await asyncio.gather(*(client.delete("/v1/sessions/current") for client in clients.values()))


async def _sign_in(client: httpx.AsyncClient, teller: Teller, accounts: DemoAccounts) -> None:
    given = {"username": teller.value, "password": accounts.password_of(teller.value)}
    response = await client.post("/v1/sessions", json=given)
    if response.status_code != httpx.codes.CREATED:
        raise EntryRefusedError(f"{teller.value} could not sign in: {response.text}")
    client.headers["Authorization"] = f"Bearer {response.json()['token']}"
