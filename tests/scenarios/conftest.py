"""One register with every scenario in it, entered over HTTP once, and asked by all tests here."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from service.clock import utc_now
from service.db.database import Database
from service.demo.accounts import KEY_NAME, DemoAccounts, make_accounts
from service.demo.entering import Entered, enter
from service.demo.loading import signed_in
from service.demo.scenarios import ALL
from service.demo.stories import Story, Teller
from tests.engine import Databases
from tests.scenarios.serving import serving


@dataclass
class Entry:
    """The register after everything was entered.

    Attributes:
        published_at: the moment as known at which the published figures are asked; corrections come later.
    """

    address: str
    accounts: DemoAccounts
    entered: dict[str, list[Entered]]
    published_at: str = ""
    _open: list[httpx.Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        token = self.accounts.password_of(KEY_NAME)
        self.job = self._client(token)
        self.published_at = self.figure("cases_received", from_="2022-01-01", to="2022-12-31")["known_at"]

    @property
    def stories(self) -> list[Story]:
        """Everything that was entered, as plain data."""
        return [one.story for scenario in self.entered.values() for one in scenario]

    def entered_stories(self, scenario: str) -> list[Story]:
        """What was entered with one scenario."""
        return [one.story for one in self.entered[scenario]]

    def figure(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Ask for a figure as the reporting job; `from_` stands for `from`."""
        response = self.job.get(f"/v1/figures/{name}", params=_named(parameters))
        assert response.status_code == 200, response.text
        content: dict[str, Any] = response.json()
        return content

    def published(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Ask for a figure as known when everything had been entered; all its checks must hold."""
        answer = self.figure(name, known_at=self.published_at, **parameters)
        assert all(check["holds"] for check in answer["checks"]), answer["checks"]
        return answer

    def csv(self, name: str, **parameters: Any) -> httpx.Response:
        """Ask for a figure as a table."""
        asked = {**_named(parameters), "known_at": self.published_at, "format": "csv"}
        return self.job.get(f"/v1/figures/{name}", params=asked)

    def signed_in(self, teller: Teller) -> httpx.Client:
        """Sign somebody in."""
        given = {"username": teller.value, "password": self.accounts.password_of(teller.value)}
        opened = httpx.post(f"{self.address}/v1/sessions", json=given, timeout=30)
        assert opened.status_code == 201, opened.text
        return self._client(opened.json()["token"])

    def close(self) -> None:
        """Let go of the connections."""
        for client in self._open:
            client.close()

    def _client(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        self._open.append(httpx.Client(base_url=self.address, headers=headers, timeout=30))
        return self._open[-1]


@pytest.fixture(scope="session")
def entry(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entry]:
    """The register after everything was entered through a running server."""
    database = databases.make()
    with serving(database, tmp_path_factory.mktemp("server") / "log") as address:
        accounts, entered = asyncio.run(_enter_all(database.api_url, address))
        made = Entry(address, accounts, entered)
        yield made
        made.close()
    databases.drop(database)


async def _enter_all(url: str, address: str) -> tuple[DemoAccounts, dict[str, list[Entered]]]:
    database = Database.at(url)
    try:
        accounts = await make_accounts(database, utc_now)
    finally:
        await database.close()
    async with signed_in(httpx.AsyncHTTPTransport(), address, accounts) as desk:
        entered = {one.name: await enter(one.tell(), desk, lambda _: None) for one in ALL}
    return accounts, entered


def _named(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name.rstrip("_"): value for name, value in parameters.items()}
