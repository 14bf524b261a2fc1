"""What each kind of event requires beyond a role and a status."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.cases.rules.checks.of_cases import check_closed, check_headcount, check_reopened
from service.cases.rules.checks.of_custody import check_custody_ended, check_custody_started
from service.cases.rules.checks.of_findings import check_finding
from service.cases.rules.checks.of_offenders import check_stage
from service.cases.rules.checks.of_persons import check_ended, check_nationality, check_rescued
from service.cases.rules.checks.of_returns import check_documents, check_repatriated, check_return_step
from service.cases.rules.drafts import Situation
from service.cases.rules.facts import (
    Closed,
    CustodyEnded,
    CustodyStarted,
    DocumentsChecked,
    Ended,
    Fact,
    FindingMade,
    HeadcountClaimed,
    NationalityAsserted,
    Reopened,
    Repatriated,
    Rescued,
    ReturnStepTaken,
    StageReached,
)

CHECKS: Final[Mapping[type[Fact], Callable[[Situation, Any], None]]] = {
    HeadcountClaimed: check_headcount,
    Closed: check_closed,
    Reopened: check_reopened,
    FindingMade: check_finding,
    NationalityAsserted: check_nationality,
    DocumentsChecked: check_documents,
    CustodyStarted: check_custody_started,
    CustodyEnded: check_custody_ended,
    Rescued: check_rescued,
    ReturnStepTaken: check_return_step,
    Repatriated: check_repatriated,
    Ended: check_ended,
    StageReached: check_stage,
}
"""By what the event says; a kind not listed requires nothing more."""
