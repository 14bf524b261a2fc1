"""Carrying out operations, as officers and liaisons do."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import httpx

from service.cases.actions.checking import RegisterCheck, check_register
from service.db.database import Upkeep
from tests.register import Caller, Register

DAY: Final = "2022-09-10"
ABSENT: Final = "019a9f60-0000-7000-8000-000000000000"

IN_DEPOT: Final[Mapping[str, Any]] = {
    "outcomes": ["rescued", "taken_into_custody"],
    "custody": "immigration_depot",
}


def operation(caller: Caller, **told: Any) -> str:
    """Record an operation and answer its reference."""
    given = {"kind": "consular_visit", "started_on": DAY, "province": "KH-18", **told}
    answer = caller.post("/v1/operations", given)
    assert answer.status_code == 201, answer.text
    reference: str = answer.json()["reference"]
    return reference


ATTEMPTS: Final = 5


def report(caller: Caller, reference: str, **headers: str) -> Callable[..., httpx.Response]:
    """Return a function that reports results of an operation, and retries when nothing was saved, as a client does."""

    def send(**told: Any) -> httpx.Response:
        answer = caller.post(f"/v1/operations/{reference}/results", told, **headers)
        for _ in range(ATTEMPTS):
            if answer.status_code == 503:
                answer = caller.post(f"/v1/operations/{reference}/results", told, **headers)
        return answer

    return send


def ok(answer: httpx.Response, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text[:600]
    content: dict[str, Any] = answer.json()
    return content


def wanted(register: Register, people: int = 1, nationality: str = "TWN") -> list[str]:
    """File a case of so many people and answer their references."""
    told = [{"nationality": nationality} for _ in range(people)]
    filed = register.caller("operator").file(received_on="2022-09-01", persons=told)
    return [person["reference"] for person in filed["persons"]]


def plain_tally(persons: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Count what was sent, as somebody with a pencil would."""
    lines = [(line, 1) for line in persons] + [(line, line.get("count", 1)) for line in found]
    outcomes: Counter[str] = Counter()
    for line, people in lines:
        for outcome in line["outcomes"]:
            outcomes[outcome] += people
    missing = sum(people for line, people in lines if line.get("missing_documents"))
    return {"people": sum(people for _, people in lines), "outcomes": dict(outcomes), "papers_missing": missing}


def events_of(register: Register, person: str) -> list[dict[str, Any]]:
    """Return a person's events as a supervisor sees them, oldest first."""
    case = person.rsplit("-", 1)[0]
    shown = register.caller("supervisor").get(f"/v1/cases/{case}/events", limit=200).json()["items"]
    return [event for event in shown if event["subject"] == person]


def checked(register: Register) -> RegisterCheck:
    """Fold every log again and compare."""

    async def run() -> RegisterCheck:
        database = Upkeep.at(register.database.api_url)
        try:
            return await check_register(database, lambda done, total: None)
        finally:
            await database.close()

    return asyncio.run(run())
