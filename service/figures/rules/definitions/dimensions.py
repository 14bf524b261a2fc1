"""By what figures can be broken down and filtered. Pure."""

from typing import Final

from service.figures.rules.definitions.definition import Dimension, Parts
from service.ledger.rules import Measure

DETAIL: Final = "detail"
"""The column of a measure's own dimension: one at a time can be asked for."""

NATIONALITY: Final = Dimension("nationality", "nationality")
SEX: Final = Dimension("sex", "sex")
AGE_GROUP: Final = Dimension("age_group", "age_group")
PROVINCE: Final = Dimension("province", "province")
CHANNEL: Final = Dimension("channel", "channel")
KIND: Final = Dimension("kind", "kind")
MODE: Final = Dimension(DETAIL, "mode")
STATUS: Final = Dimension(DETAIL, "status")
OUTCOME: Final = Dimension(DETAIL, "outcome")
OPERATION: Final = Dimension(DETAIL, "operation")
RESCUED: Final = Dimension(DETAIL, "rescued")
FINDING: Final = Dimension(DETAIL, "finding", Parts.OVERLAPPING)
ESSENTIAL: Final = Dimension(DETAIL, "essential", Parts.OVERLAPPING)
STAY: Final = Dimension(DETAIL, "status", Parts.OVERLAPPING)
"""One human has stays in several statuses; days in one are never thrown together with days in another."""
ATTRIBUTION: Final = Dimension(DETAIL, "attribution", Parts.OVERLAPPING, Measure.RESCUED_BY)
FOUND_ABOUT: Final = Dimension(DETAIL, "finding", Parts.OVERLAPPING, Measure.RESCUED_FOUND)
CUSTODY: Final = Dimension(DETAIL, "detention", Parts.OVERLAPPING, Measure.DETAINED_IN)
DOCUMENT: Final = Dimension(DETAIL, "document", Parts.OVERLAPPING, Measure.PAPERS_MISSING)
STAGE: Final = Dimension(DETAIL, "stage", Parts.OVERLAPPING, Measure.STAGES_REACHED)
ROLE: Final = Dimension(DETAIL, "role", Parts.OVERLAPPING, Measure.PURSUED_IN_ROLE)

OF_HUMANS: Final = {"nationality": NATIONALITY, "sex": SEX, "age_group": AGE_GROUP, "province": PROVINCE}
OF_CASES: Final = {"channel": CHANNEL, "kind": KIND, "province": PROVINCE}
OF_OFFENDERS: Final = {"nationality": NATIONALITY, "province": PROVINCE}
