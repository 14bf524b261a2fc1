"""What each kind of event requires beyond a role and a status."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.cases.rules.checks.of_cases import check_closed, check_headcount, check_reopened
from service.cases.rules.checks.of_findings import check_finding
from service.cases.rules.checks.of_persons import check_ended, check_nationality, check_repatriated, check_rescued
from service.cases.rules.drafts import Situation
from service.cases.rules.facts import (
    Closed,
    Ended,
    Fact,
    FindingMade,
    HeadcountClaimed,
    NationalityAsserted,
    Reopened,
    Repatriated,
    Rescued,
)

CHECKS: Final[Mapping[type[Fact], Callable[[Situation, Any], None]]] = {
    HeadcountClaimed: check_headcount,
    Closed: check_closed,
    Reopened: check_reopened,
    FindingMade: check_finding,
    NationalityAsserted: check_nationality,
    Rescued: check_rescued,
    Repatriated: check_repatriated,
    Ended: check_ended,
}
"""By what the event says; a kind not listed requires nothing more."""
