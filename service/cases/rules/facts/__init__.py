"""What each kind of event says.

Events carry codes, dates, numbers and ids only: no names, no free text. Each kind has one class here; the wire, the
log and the fold all use it. `__pydantic_config__` is read by whoever parses; nothing here imports a parser.
"""

from collections.abc import Mapping
from typing import Final

from service.cases.rules.facts.fact import (
    Age,
    BirthYear,
    Cleared,
    CountryCode,
    Fact,
    HeadCount,
    LanguageTag,
    NationalityCode,
    Province,
)
from service.cases.rules.facts.kinds import SUBJECTS, Kind, SubjectKind
from service.cases.rules.facts.of_cases import Alleged, CaseDescribed, Closed, HeadcountClaimed, Received, Reopened
from service.cases.rules.facts.of_events import Voided
from service.cases.rules.facts.of_findings import FindingMade
from service.cases.rules.facts.of_offenders import Named, OffenderDescribed, StageReached
from service.cases.rules.facts.of_persons import (
    Added,
    CustodyEnded,
    CustodyStarted,
    Described,
    DocumentsChecked,
    Ended,
    Located,
    NationalityAsserted,
    Repatriated,
    Rescued,
    RescueRefused,
    ReturnStepTaken,
    WishStated,
)

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

__all__ = [
    "FACTS",
    "SUBJECTS",
    "Added",
    "Age",
    "Alleged",
    "BirthYear",
    "CaseDescribed",
    "Cleared",
    "Closed",
    "CountryCode",
    "CustodyEnded",
    "CustodyStarted",
    "Described",
    "DocumentsChecked",
    "Ended",
    "Fact",
    "FindingMade",
    "HeadCount",
    "HeadcountClaimed",
    "Kind",
    "LanguageTag",
    "Located",
    "Named",
    "NationalityAsserted",
    "NationalityCode",
    "OffenderDescribed",
    "Province",
    "Received",
    "Reopened",
    "Repatriated",
    "RescueRefused",
    "Rescued",
    "ReturnStepTaken",
    "StageReached",
    "SubjectKind",
    "Voided",
    "WishStated",
]
