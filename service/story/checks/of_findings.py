"""What an authority may conclude, on what, and who says so. Pure.

Source: design/domain.md section 4; ADR 0017 for findings of operations.
"""

from service.acting import Role
from service.codes import POSITIVE, FindingOutcome, IntakeChannel, ProofStandard
from service.errors import InvalidError
from service.story.drafts import Situation
from service.story.errors import FilerVerifiesError, MayNotRecordError, RequirementMissingError
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.names import Kind


def check_finding(situation: Situation, fact: FindingMade) -> None:
    """Accept a finding.

    Raises:
        FilerVerifiesError: the recorder filed the case.
        InvalidError: neither evidence nor a reason for none; a standard too weak for what is said.
        MayNotRecordError: not this outcome by this role, or not from an operation.
        RequirementMissingError: that a report was fabricated needs somebody else's finding first.
    """
    _check_filer(situation)
    if not fact.evidence and fact.no_evidence_reason is None:
        raise InvalidError("Name the evidence, or say why there is none in no_evidence_reason.")
    if situation.draft.operation_id is not None:
        _check_verification(fact)
        return
    fabricated = fact.outcome is FindingOutcome.FABRICATED
    if fabricated != (situation.recorder.role is Role.SUPERVISOR):
        raise MayNotRecordError(
            "A supervisor confirms that a report was fabricated, after a verifier found it unfounded; every other "
            "finding is a verifier's."
        )
    if fabricated:
        _check_fabricated(situation, fact)


def _check_filer(situation: Situation) -> None:
    """The filer never verifies, except whom an operation found that nobody had asked for (ADR 0017)."""
    case = situation.case
    met_in_the_field = situation.draft.operation_id is not None and case.received.channel is IntakeChannel.FIELD
    if situation.recorder.id == case.filer and not met_in_the_field:
        raise FilerVerifiesError("Somebody other than the filer of this case has to verify it.")


def _check_verification(fact: FindingMade) -> None:
    """An operation shows what is so; that something is not so is a verifier's to find."""
    if fact.outcome not in POSITIVE:
        raise MayNotRecordError("An operation verifies. That there is nothing to find is a verifier's finding.")


def _check_fabricated(situation: Situation, fact: FindingMade) -> None:
    """Two persons, each on record, and at least reasonable grounds (background: domain model I-7)."""
    order = list(ProofStandard)
    if order.index(fact.standard) < order.index(ProofStandard.REASONABLE_GROUNDS):
        raise InvalidError("That a report was fabricated needs at least reasonable grounds.")
    person = situation.person
    findings = person.findings if person is not None else situation.case.findings
    first = [found for found in findings if found.fact.outcome is FindingOutcome.UNFOUNDED]
    if not first or first[-1].recorded_by == situation.recorder.id:
        raise RequirementMissingError("Somebody else has to find it unfounded first.", missing=Kind.FINDING_MADE.value)
