"""What each kind of event requires beyond a role and a status."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.story.checks.of_cases import check_closed, check_headcount, check_reopened
from service.story.checks.of_custody import check_custody_ended, check_custody_started
from service.story.checks.of_findings import check_finding
from service.story.checks.of_offenders import check_stage
from service.story.checks.of_persons import check_ended, check_nationality, check_rescued
from service.story.checks.of_returns import check_documents, check_repatriated, check_return_step
from service.story.drafts import Situation
from service.story.fact import Fact
from service.story.kinds.closed import Closed
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.reopened import Reopened
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.stage_reached import StageReached

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
