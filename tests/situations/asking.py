"""What is asked of the register after a run, and what somebody with the log and a pencil would answer."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from tests.cases import plain
from tests.register import Register
from tests.situations.model import ToldCase

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


def answered(
    register: Register, asked: Asked, last: date, known_at: datetime | None = None
) -> Counter[tuple[str, ...]]:
    """Ask the register, and check that its answer adds up."""
    name, by = asked
    period = {"at": last.isoformat()} if name in STOCKS else {"from": "2022-01-01", "to": last.isoformat()}
    known = {} if known_at is None else {"known_at": known_at.isoformat()}
    answer = register.key("figures:exact").figure(name, by=by, **period, **known)
    assert all(check["holds"] for check in answer["checks"]), answer["checks"]
    return Counter({(cell["codes"][by],): cell["value"] for cell in answer["cells"]})


def counted(
    cases: Iterable[ToldCase], asked: Asked, last: date, known_at: datetime | None = None
) -> Counter[tuple[str, ...]]:
    """Count what was told."""
    name, by = asked
    known = [told for case in cases if "received" in (told := case.told(known_at))]
    records = [record for told in known for record in plain.countable(told)]
    return plain.count(records, name, None if name in STOCKS else date(2022, 1, 1), last, (by,))
