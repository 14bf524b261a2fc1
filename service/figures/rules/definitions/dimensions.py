"""The dimensions of figures, each with its codes and labels. Pure.

Their order is that of the query parameters in the contract.
"""

import re
from collections.abc import Iterable
from typing import Final

from service.codes import (
    DETENTIONS,
    DISPUTED,
    EFFECTIVE_NATIONALITIES,
    PROVINCES,
    UNKNOWN,
    AgeGroup,
    Attribution,
    CaseKind,
    Code,
    DocumentType,
    EndOutcome,
    FindingOutcome,
    IntakeChannel,
    OffenderRole,
    PersonStatus,
    ReturnMode,
    Sex,
    SuspectStage,
)
from service.figures.rules.definitions.definition import Dimension, Parts
from service.ledger.rules import Measure

DETAIL: Final = "detail"
"""The column of a measure's own dimension: one at a time can be asked for."""

STATELESS: Final = "XXA"
NO_OPERATION: Final = "none"
EMBARGOED: Final = "under_embargo"
"""All operations together whose embargo has not passed for the caller."""


def _labels(codes: Iterable[Code]) -> dict[str, str]:
    return {code.value: code.label for code in codes}


_PROVINCES: Final = {**{province.code: province.name for province in PROVINCES.values()}, "unknown": "Not known"}
_FINDINGS: Final = {**_labels(FindingOutcome), "confinement_and_extortion": "Confinement together with extortion"}
_OPERATIONS: Final = {NO_OPERATION: "Not in an operation on record", EMBARGOED: "In operations under embargo"}
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ESSENTIALS: Final = {
    "location": "Where exactly they are",
    "names": "Names of everybody",
    "nationality": "Nationality of everybody",
    "crime": "What is being done to them",
    "offender": "Who is responsible, or that it is unknown",
    "contact": "A safe way to reach somebody",
}
_OVERLAPPING: Final = Parts.OVERLAPPING

NATIONALITY: Final = Dimension(
    "nationality", "nationality", EFFECTIVE_NATIONALITIES, always=(UNKNOWN, DISPUTED, STATELESS)
)
SEX: Final = Dimension("sex", "sex", _labels(Sex))
AGE_GROUP: Final = Dimension("age_group", "age_group", _labels(AgeGroup))
PROVINCE: Final = Dimension("province", "province", _PROVINCES)
CHANNEL: Final = Dimension("channel", "channel", _labels(IntakeChannel))
KIND: Final = Dimension("kind", "kind", _labels(CaseKind))
MODE: Final = Dimension("mode", DETAIL, _labels(ReturnMode))
STATUS: Final = Dimension("status", DETAIL, _labels(PersonStatus))
STAY: Final = Dimension("status", DETAIL, _labels(PersonStatus), _OVERLAPPING)
"""A human has stays in several statuses; days in one are never mixed with days in another."""
OUTCOME: Final = Dimension("outcome", DETAIL, _labels(EndOutcome))
FINDING: Final = Dimension("finding", DETAIL, _FINDINGS, _OVERLAPPING)
FOUND_ABOUT: Final = Dimension("finding", DETAIL, _FINDINGS, _OVERLAPPING, Measure.RESCUED_FOUND)
ATTRIBUTION: Final = Dimension("attribution", DETAIL, _labels(Attribution), _OVERLAPPING, Measure.RESCUED_BY)
OPERATION: Final = Dimension("operation", DETAIL, _OPERATIONS, pattern=_ID, embargoed=True)
RESCUED: Final = Dimension("rescued", DETAIL, {"yes": "Rescued, before or after", "no": "Never rescued"})
CUSTODY: Final = Dimension("custody", DETAIL, _labels(DETENTIONS), _OVERLAPPING, Measure.DETAINED_IN)
DOCUMENT: Final = Dimension("document", DETAIL, _labels(DocumentType), _OVERLAPPING, Measure.PAPERS_MISSING)
ESSENTIAL: Final = Dimension("essential", DETAIL, _ESSENTIALS, _OVERLAPPING)
STAGE: Final = Dimension(
    "stage",
    DETAIL,
    _labels(stage for stage in SuspectStage if stage is not SuspectStage.NAMED),
    _OVERLAPPING,
    Measure.STAGES_REACHED,
)
ROLE: Final = Dimension("role", DETAIL, _labels(OffenderRole), _OVERLAPPING, Measure.PURSUED_IN_ROLE)

OF_HUMANS: Final = (NATIONALITY, SEX, AGE_GROUP, PROVINCE)
OF_CASES: Final = (CHANNEL, KIND, PROVINCE)
OF_OFFENDERS: Final = (NATIONALITY, PROVINCE)
