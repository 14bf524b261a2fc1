"""The requests: endless streams, each of one kind of work at the desk."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count, cycle, islice
from typing import Final
from uuid import UUID

from starlette.requests import Request

from bench.cast import Connection, Member
from bench.filling import YEARS
from service.days import day_in_phnom_penh
from service.http.pagination import DEFAULT_LIMIT, Cursors
from service.sealing import read_keys

Sent = tuple[str, str, str | None]
"""Method, path, body."""

Correction = tuple[str, str, str | None, int]
"""The same, and the version that is corrected."""

AHEAD: Final = 12_000
"""Requests given to the client for one round: more than it can send."""

DEEP_PAGE: Final = 1000
SAMPLE: Final = 3000
"""Records that a stream cycles through, drawn from the whole register."""


@dataclass
class Stream:
    """Requests of one caller; each round continues where the last one ended.

    Attributes:
        idempotency: whether each carries an Idempotency-Key.
    """

    member: Member
    requests: Iterator[Sent] | Iterator[Correction]
    idempotency: bool = False
    _waiting: list[Sent | Correction] = field(default_factory=list)

    def ahead(self, most: int | None = None) -> list[Sent | Correction]:
        """Return the next requests without consuming them; by default as many as one round can send."""
        most = most or AHEAD
        self._waiting += islice(self.requests, max(0, most - len(self._waiting)))
        return self._waiting[:most]

    def took(self, sent: int) -> None:
        """Consume the requests that were sent."""
        del self._waiting[:sent]


def case_body(today: date) -> dict[str, object]:
    """Return a case of two persons, one offender and one allegation, as a reporter would describe it."""
    return {
        "channel": "hotline_117",
        "language": "zh-Hant",
        "received_on": today.isoformat(),
        "location": {"place": "building 5, near the port", "precision": "building", "province": "KH-18"},
        "reporter": {
            "name": "Lin Example",
            "relationship": "sibling",
            "contacts": [{"kind": "phone", "safe": True, "value": "+886 900 000 000"}],
        },
        "persons": [
            {"names": [{"kind": "claimed", "text": "林例 (Lin Li)"}], "nationality": "TWN", "sex": "female", "age": 24},
            {"names": [{"kind": "claimed", "text": "Nguyen Example"}], "nationality": "VNM", "sex": "male", "age": 30},
        ],
        "offenders": [{"role": "site_operator", "description": "A large man called Boss Three."}],
        "allegations": [
            {"types": ["illegal_detention", "extortion_ransom"], "text": "They must pay before they leave."}
        ],
        "narrative": "Calls at night from a borrowed telephone. The windows are barred.",
    }


def filings(today: date) -> Iterator[Sent]:
    """Yield requests that file a case."""
    body = json.dumps(case_body(today), ensure_ascii=False)
    return cycle([("POST", "/v1/cases", body)])


def moves(persons: list[UUID], today: date) -> Iterator[Sent]:
    """Yield requests that record a rescue of each person, in the next round a return, and so on."""
    for lap in count():
        kind = ("rescued", "repatriated")[lap % 2]
        data: dict[str, object] = {} if kind == "rescued" else {"mode": "deported", "to_country": "VNM"}
        for person in persons:
            body = {"kind": kind, "subjects": [str(person)], "occurred_on": today.isoformat(), "data": data}
            yield ("POST", "/v1/events", json.dumps(body))


def readings(cases: list[UUID]) -> Iterator[Sent]:
    """Yield requests that read a case."""
    return cycle([("GET", f"/v1/cases/{case}", None) for case in cases])


def asking(path: str) -> Iterator[Sent]:
    """Yield the same request for ever."""
    return cycle([("GET", path, None)])


def corrections(persons: list[str]) -> Iterator[Correction]:
    """Correct the names of each person, filed just before, in laps: each time to another name."""
    for lap in count(1):
        for number, person in enumerate(persons):
            body = {"names": [{"kind": "claimed", "text": f"{_NAMES[number % len(_NAMES)]} {_letters(lap + number)}"}]}
            yield ("PATCH", f"/v1/persons/{person}", json.dumps(body, ensure_ascii=False), lap)


def searches() -> Iterator[Sent]:
    """Search for a name that nobody searched for before."""
    for number in count():
        words = [_NAMES[number % len(_NAMES)], *(_letters(number + place) for place in range(number % 7))]
        body = {"for": ("persons", "cases")[number % 2], "name": " ".join(words), "purpose": "rescue"}
        yield ("POST", "/v1/searches", json.dumps(body, ensure_ascii=False))


def narrowed_lists(today: date) -> Iterator[Sent]:
    """List cases by filters that differ in kind, number and value."""
    for number in count():
        day = today - timedelta(days=number % (365 * YEARS))
        nationalities = "".join(f"&nationality={code}" for code in _some(number))
        since = f"&received_from={day}" if number % 2 else f"&received_to={day}&kind=rescue"
        yield ("GET", f"/v1/cases?limit=5{nationalities}{since}", None)


def narrowed_figures(today: date) -> Iterator[Sent]:
    """Ask for who went home, over days and of nationalities that differ."""
    for number in count():
        first = today - timedelta(days=1 + number % (365 * YEARS))
        nationalities = "".join(f"&nationality={code}" for code in _some(number))
        yield ("GET", f"/v1/figures/persons_repatriated?from={first}&to={today}{nationalities}", None)


_NAMES: Final = ("Lin", "Nguyen", "Somchai", "Wang", "Rahim", "林例", "Example", "Boss Three")
_CODES: Final = ("TWN", "VNM", "THA", "CHN", "MYS", "IDN", "IND", "PHL", "KEN", "UGA", "LAO", "MMR")


def _some(number: int) -> list[str]:
    """Return some of the codes: every subset in its turn."""
    return [code for place, code in enumerate(_CODES) if number >> place & 1]


def _letters(number: int) -> str:
    """Return a word of its own for a number."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def figure_path(today: date, known_at: datetime | None) -> str:
    """Return the path of the most important figure: persons repatriated by nationality, over all years."""
    first = today - timedelta(days=365 * YEARS + 10)
    moment = "" if known_at is None else f"&known_at={known_at.strftime('%Y-%m-%dT%H:%M:%SZ')}"
    return f"/v1/figures/persons_repatriated?from={first}&to={today}&by=nationality{moment}"


async def deep_path(connection: Connection, member: Member, keys: str) -> tuple[str, int]:
    """Return the path of page 1,000 of the list of all cases, or of its last page, and the number of that page."""
    total: int = await connection.fetchval("SELECT count(*) FROM cases")
    page = max(2, min(DEEP_PAGE, total // DEFAULT_LIMIT))
    query = "SELECT id FROM cases ORDER BY id DESC OFFSET $1 LIMIT 1"
    last: UUID = await connection.fetchval(query, (page - 1) * DEFAULT_LIMIT - 1)
    first_page = Request({"type": "http", "method": "GET", "path": "/v1/cases", "query_string": b"", "headers": []})
    cursor = Cursors.of(first_page, member.id, read_keys(keys)).write(last)
    return f"/v1/cases?cursor={cursor}", page


async def some_cases(connection: Connection, agency_id: UUID) -> list[UUID]:
    """Return random cases of one agency from the whole register."""
    query = "SELECT id FROM cases WHERE agency_id = $1 ORDER BY md5(id::text) LIMIT $2"
    return [row["id"] for row in await connection.fetch(query, agency_id, SAMPLE)]


async def some_movable(connection: Connection) -> list[UUID]:
    """Return random persons who can be rescued now, one per case with an odd number; pgbench uses the even ones."""
    query = """
    SELECT id FROM (
        SELECT DISTINCT ON (case_id) id FROM persons
        WHERE status IN ('verified', 'repatriated') AND get_byte(uuid_send(case_id), 15) % 2 = 1 ORDER BY case_id, id
    ) movable ORDER BY md5(id::text) LIMIT $1
    """
    return [row["id"] for row in await connection.fetch(query, SAMPLE)]


def present_day() -> date:
    """Return today's date in Phnom Penh."""
    return day_in_phnom_penh(datetime.now(UTC))
