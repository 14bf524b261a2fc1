"""What is asked of the register after a run, and what somebody with the log and a pencil would answer."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from tests import plain
from tests.plain.moving import ToldCase
from tests.register import Caller, Register

FLOWS: Final = {
    "cases_received": "channel",
    "cases_intervened": "province",
    "cases_by_finding": "finding",
    "persons_received": "nationality",
    "persons_verified": "nationality",
    "persons_rescued": "attribution",
    "persons_repatriated": "nationality",
    "journeys_home": "mode",
    "persons_ended": "outcome",
}
STOCKS: Final = {"persons_by_status": "status", "persons_awaiting_return": "nationality"}

QUESTIONS: Final = (*FLOWS.items(), *STOCKS.items())
"""Figures, each by one of its dimensions."""

Asked = tuple[str, str]


def answered(register: Register, asked: Asked, last: date) -> Counter[tuple[str, ...]]:
    """Ask the register as a supervisor, who is told all, and check that its answer adds up."""
    return _cells(register.caller("supervisor"), asked, last)[1]


def answered_then(register: Register, asked: Asked, last: date, known_at: datetime) -> Counter[tuple[str, ...]] | None:
    """Ask the register as it was known at a moment, as a key; None where it holds something back."""
    held_back, cells = _cells(register.key("figures:exact"), asked, last, known_at=known_at.isoformat())
    return None if held_back else cells


def _cells(asking: Caller, asked: Asked, last: date, **known: str) -> tuple[bool, Counter[tuple[str, ...]]]:
    name, by = asked
    period = {"at": last.isoformat()} if name in STOCKS else {"from": "2022-01-01", "to": last.isoformat()}
    answer = asking.figure(name, by=by, **period, **known)
    assert all(check["holds"] for check in answer["checks"]), answer["checks"]
    cells: Counter[tuple[str, ...]] = Counter({(cell["codes"][by],): cell["value"] for cell in answer["cells"]})
    return bool(answer.get("held_back")), cells


def counted(
    cases: Iterable[ToldCase], asked: Asked, last: date, known_at: datetime | None = None
) -> Counter[tuple[str, ...]]:
    """Count what was told."""
    name, by = asked
    records = plain.records_of((case.rows for case in cases), known_at)
    return plain.count(records, name, None if name in STOCKS else date(2022, 1, 1), last, (by,))
