"""What each kind of event says.

Events carry codes, dates, numbers and ids only: no names, no free text. Each kind has one class here; the wire, the
log and the fold all use it. `__pydantic_config__` is read by whoever parses; nothing here imports a parser.
"""

from collections.abc import Mapping
from typing import Final

from service.story.fact import Fact
from service.story.kinds.added import Added
from service.story.kinds.alleged import Alleged
from service.story.kinds.case_described import CaseDescribed
from service.story.kinds.closed import Closed
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.described import Described
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.located import Located
from service.story.kinds.named import Named
from service.story.kinds.names import Kind
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.offender_described import OffenderDescribed
from service.story.kinds.received import Received
from service.story.kinds.reopened import Reopened
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.stage_reached import StageReached
from service.story.kinds.voided import Voided
from service.story.kinds.wish_stated import WishStated

FACTS: Final[Mapping[Kind, type[Fact]]] = {
    Kind.RECEIVED: Received,
    Kind.CASE_DESCRIBED: CaseDescribed,
    Kind.HEADCOUNT_CLAIMED: HeadcountClaimed,
    Kind.ALLEGED: Alleged,
    Kind.CLOSED: Closed,
    Kind.REOPENED: Reopened,
    Kind.ADDED: Added,
    Kind.DESCRIBED: Described,
    Kind.NATIONALITY_ASSERTED: NationalityAsserted,
    Kind.FINDING_MADE: FindingMade,
    Kind.LOCATED: Located,
    Kind.WISH_STATED: WishStated,
    Kind.DOCUMENTS_CHECKED: DocumentsChecked,
    Kind.CUSTODY_STARTED: CustodyStarted,
    Kind.CUSTODY_ENDED: CustodyEnded,
    Kind.RESCUED: Rescued,
    Kind.RESCUE_REFUSED: RescueRefused,
    Kind.RETURN_STEP: ReturnStepTaken,
    Kind.REPATRIATED: Repatriated,
    Kind.ENDED: Ended,
    Kind.NAMED: Named,
    Kind.OFFENDER_DESCRIBED: OffenderDescribed,
    Kind.STAGE_REACHED: StageReached,
    Kind.VOIDED: Voided,
}
