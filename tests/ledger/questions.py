"""Many questions of the figures, and what the plain model says the answers are."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from tests import plain
from tests.register import Caller, Register

FLOWS: Final = {
    "cases_received": ("province", "channel", "kind"),
    "persons_alleged": ("province",),
    "cases_intervened": ("province",),
    "cases_by_finding": ("finding",),
    "persons_received": ("nationality", "age_group"),
    "persons_verified": ("sex",),
    "persons_rescued": ("nationality", "sex", "province", "attribution", "finding", "operation"),
    "persons_detained": ("nationality", "custody", "rescued"),
    "persons_undocumented": ("age_group", "document", "rescued"),
    "offenders_at_stage": ("nationality", "role", "stage"),
    "arrests": ("nationality", "province"),
    "days_in_status": ("status",),
    "completeness": ("essential",),
    "persons_repatriated": ("nationality", "sex", "mode", "province"),
    "journeys_home": ("nationality", "mode"),
    "persons_ended": ("outcome", "nationality"),
}
STOCKS: Final = {
    "persons_awaiting_return": ("nationality", "sex", "age_group", "province"),
    "persons_by_status": ("status", "nationality", "sex", "age_group"),
}
PERIODS: Final = (("2022-08-01", "2022-12-31"), ("2022-09-28", "2022-10-02"))
DAYS: Final = ("2022-09-25", "2022-10-02")
FILTERS: Final[tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...]] = (
    ("persons_rescued", {"nationality": ("TWN", "ZZ-UNKNOWN")}),
    ("persons_rescued", {"attribution": ("embassy",)}),
    ("persons_rescued", {"attribution": ("embassy", "other")}),
    ("cases_by_finding", {"finding": ("unfounded",)}),
    ("completeness", {"essential": ("nationality", "crime")}),
    ("days_in_status", {"status": ("verified",), "nationality": ("TWN",)}),
    ("persons_detained", {"rescued": ("yes",)}),
    ("persons_detained", {"custody": ("immigration_depot",), "nationality": ("TWN", "MYS")}),
    ("offenders_at_stage", {"stage": ("arrested",), "nationality": ("TWN",)}),
    ("persons_rescued", {"operation": ("none",)}),
    ("persons_rescued", {"finding": ("presumed_victim",)}),
    ("persons_repatriated", {"province": ("KH-12",), "mode": ("deported",)}),
    ("persons_received", {"age_group": ("minor",), "sex": ("female", "unknown")}),
    ("cases_received", {"channel": ("walk_in",), "province": ("unknown", "KH-18")}),
)


@dataclass(frozen=True)
class Asked:
    """One question."""

    figure: str
    first: str | None
    last: str
    by: tuple[str, ...]
    known_at: datetime
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def put(self, caller: Caller) -> dict[str, Any]:
        """Ask it, and answer everything that was said but when."""
        place = {"at": self.last} if self.first is None else {"from": self.first, "to": self.last}
        named = {name: list(codes) for name, codes in self.filters.items()}
        parameters: dict[str, Any] = {**place, "known_at": self.known_at.isoformat(), "by": list(self.by), **named}
        answered = caller.http.get(f"/v1/figures/{self.figure}", params=parameters)
        assert answered.status_code == 200, answered.text
        document: dict[str, Any] = answered.json()
        document.pop("generated_at")
        return document

    def expected(self, records: list[plain.Record]) -> dict[tuple[str, ...], int]:
        """The cells that are not zero."""
        first = None if self.first is None else date.fromisoformat(self.first)
        return dict(plain.count(records, self.figure, first, date.fromisoformat(self.last), self.by, self.filters))

    def found(self, document: dict[str, Any]) -> dict[tuple[str, ...], int] | None:
        """The cells of an answer that are not zero, of no breakdown its total. None where it gives no one number."""
        if self.figure == "persons_alleged" or not (self.by or "total" in document):
            return None
        if self.by:
            return values(document)
        total = document["total"]["value"]
        return {(): total} if total else {}


def questions(moments: list[datetime]) -> Iterator[Asked]:
    """Every definition by every dimension worth it, in several periods, as known at several moments."""
    flows = [(figure, (name,)) for figure, dimensions in FLOWS.items() for name in dimensions]
    stocks = [(figure, (name,)) for figure, dimensions in STOCKS.items() for name in dimensions]
    for known_at in moments:
        yield from (Asked(figure, *period, by, known_at) for figure, by in flows for period in PERIODS)
        yield from (Asked(figure, None, day, by, known_at) for figure, by in stocks for day in DAYS)
        for figure, filters in FILTERS:
            yield Asked(figure, *PERIODS[0], (next(iter(filters)),), known_at, filters)
        yield Asked("persons_rescued", *PERIODS[0], ("nationality", "sex", "province"), known_at)
        yield Asked("persons_by_status", None, DAYS[1], ("status", "nationality", "age_group"), known_at)


MONTH_PERIODS: Final = (("2022-09-20", "2022-11-17"), ("2022-10-01", "9998-12-31"))
MONTH_DAYS: Final = ("2022-10-31", "2022-11-18")


def questions_of_months(moments: list[datetime]) -> Iterator[Asked]:
    """Periods with whole months and days at their edges, by nothing and by up to three dimensions."""
    for known_at in moments:
        for figure, dimensions in FLOWS.items():
            breakdowns = [() if figure != "cases_by_finding" else ("finding",), *((name,) for name in dimensions)]
            yield from (Asked(figure, *period, by, known_at) for by in breakdowns for period in MONTH_PERIODS)
        for figure, dimensions in STOCKS.items():
            breakdowns = [(name,) for name in dimensions]
            yield from (Asked(figure, None, day, by, known_at) for by in breakdowns for day in MONTH_DAYS)
        for figure, filters in FILTERS:
            yield Asked(figure, *MONTH_PERIODS[0], (next(iter(filters)),), known_at, filters)
        for period in (MONTH_PERIODS[0], ("2022-10-05", "2022-10-20")):
            yield Asked("persons_rescued", *period, ("nationality", "sex"), known_at)
            yield Asked("persons_rescued", *period, ("nationality", "sex", "province"), known_at)
            yield Asked("persons_rescued", *period, ("nationality",), known_at)


def told_at(rows: list[dict[str, Any]], known_at: datetime) -> list[plain.Record]:
    """Everything countable in all cases, as known at a moment."""
    logs: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        logs.setdefault(row["case_id"], []).append(row)
    return plain.records_of(logs.values(), known_at)


def log_of(register: Register) -> list[dict[str, Any]]:
    """The whole log, as it stands in the database."""
    rows = register.rows("SELECT * FROM events")
    return [{**row, "fact": json.loads(row["fact"])} for row in rows]


def values(document: dict[str, Any]) -> dict[tuple[str, ...], int]:
    """The cells of an answer that are not zero."""
    names = [dimension["name"] for dimension in document["by"]]
    cells = {
        tuple(cell["codes"][name] for name in names): cell.get("value", cell.get("count", 0))
        for cell in document["cells"]
    }
    return {codes: value for codes, value in cells.items() if value}
