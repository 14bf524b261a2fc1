"""An authority concluded what happened, how surely, and on what."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import AuthorityKind, EvidenceKind, FindingOutcome, NoEvidenceReason, ProofStandard
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class FindingMade(Fact):
    """An authority concluded what happened, how surely, and on what."""

    outcome: FindingOutcome
    authority: AuthorityKind
    standard: ProofStandard
    evidence: Annotated[tuple[EvidenceKind, ...], MaxLen(7)] = ()
    no_evidence_reason: NoEvidenceReason | None = None
    confinement: bool | None = None
    extortion: bool | None = None
    lead: bool = False
