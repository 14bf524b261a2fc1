"""An authority concluded what happened, how surely, and on what.

Source: design/domain.md section 4; ADR 0017 for findings of operations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from annotated_types import MaxLen

from service.acting import Role
from service.codes import (
    POSITIVE,
    AuthorityKind,
    EvidenceKind,
    FindingOutcome,
    IntakeChannel,
    NoEvidenceReason,
    ProofStandard,
)
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import FilerVerifiesError, MayNotRecordError, RequirementMissingError
from service.story.fact import Fact
from service.story.kinds.kind import CASE, PERSON, EventKind
from service.story.kinds.names import Kind, SubjectKind
from service.story.log import Event
from service.story.standing import Finding

_OF_STATES: Final = frozenset({AuthorityKind.EMBASSY, AuthorityKind.HOME_STATE_AUTHORITY})

AUTHORITIES: Final[Mapping[Role, frozenset[AuthorityKind]]] = {
    Role.VERIFIER: frozenset(AuthorityKind) - _OF_STATES - {AuthorityKind.COURT_PROSECUTION},
    Role.SUPERVISOR: frozenset(AuthorityKind) - _OF_STATES,
}
"""For which authorities a role records findings; an operation speaks for its own (ADR 43)."""


@dataclass(frozen=True, kw_only=True)
class FindingMade(Fact):
    """An authority concluded what happened, how surely, and on what."""

    event_kind = Kind.FINDING_MADE

    outcome: FindingOutcome
    authority: AuthorityKind
    standard: ProofStandard
    evidence: Annotated[tuple[EvidenceKind, ...], MaxLen(7)] = ()
    no_evidence_reason: NoEvidenceReason | None = None
    confinement: bool | None = None
    extortion: bool | None = None
    lead: bool = False


def is_positive(fact: FindingMade) -> bool:
    """Whether it verifies."""
    return fact.outcome in POSITIVE


def check(situation: Situation, fact: FindingMade) -> None:
    """Raise unless the recorder can make this finding.

    Raises:
        FilerVerifiesError: the recorder filed the case, or added somebody whom it is about.
        InvalidError: neither evidence nor a reason for none; a standard too weak for what is said.
        MayNotRecordError: not this outcome or authority by this role, or not from an operation.
        RequirementMissingError: that a report was fabricated needs somebody else's finding first.
    """
    _check_filer(situation)
    if not fact.evidence and fact.no_evidence_reason is None:
        raise InvalidError("Name the evidence, or say why there is none in no_evidence_reason.")
    if situation.draft.operation_id is not None:
        _check_verification(fact)
        return
    fabricated = fact.outcome is FindingOutcome.FABRICATED
    of_a_court = fact.authority is AuthorityKind.COURT_PROSECUTION
    if (fabricated or of_a_court) != (situation.recorder.role is Role.SUPERVISOR):
        raise MayNotRecordError(
            "A supervisor records what a court or prosecutor found, and confirms that a report was fabricated, after a "
            "verifier found it unfounded. A verifier records every other finding."
        )
    if fact.authority not in (allowed := AUTHORITIES[situation.recorder.role]):
        names = ", ".join(sorted(allowed))
        raise MayNotRecordError(f"Your role records findings of: {names}. Embassies and states speak for themselves.")
    if fabricated:
        _check_fabricated(situation, fact)


def apply(case: Case, event: Event, fact: FindingMade) -> None:
    """Add the finding; one on the case is one on every person in it at that moment."""
    finding = Finding(
        seq=event.seq,
        on=event.occurred,
        authority=(fact.authority, event.agency_id),
        outcome=fact.outcome,
        standard=fact.standard,
        evidence=fact.evidence,
        confinement=fact.confinement,
        extortion=fact.extortion,
        lead=fact.lead,
        recorded_by=event.recorded_by,
        operation_id=event.operation_id,
    )
    if event.subject.kind is SubjectKind.CASE:
        case.findings.append(finding)
        for person in case.persons.values():
            person.findings.append(finding)
    elif (found := case.persons.get(event.subject.id)) is not None:
        found.findings.append(finding)


def _check_filer(situation: Situation) -> None:
    """Raise if the filer of the case, or whoever added a person whom the finding is about, verifies.

    Except whom an operation found that nobody had asked for (ADR 0017).
    """
    case = situation.case
    met_in_the_field = situation.draft.operation_id is not None and case.channel is IntakeChannel.FIELD
    if situation.recorder.id == case.filer and not met_in_the_field:
        raise FilerVerifiesError("Somebody other than the filer of this case has to verify it.")
    about = case.persons.values() if situation.person is None else (situation.person,)
    if situation.recorder.id in {person.added_by for person in about} and not met_in_the_field:
        raise FilerVerifiesError(
            "Somebody other than whoever added a person has to verify them, whatever role they have now. Ask another "
            "verifier."
        )


def _check_verification(fact: FindingMade) -> None:
    """Raise unless a finding is positive: that something is not so is a verifier's to find, not an operation's."""
    if fact.outcome not in POSITIVE:
        raise MayNotRecordError(
            "An operation records positive findings only, as those of its own authority. A verifier records the others."
        )


def _check_fabricated(situation: Situation, fact: FindingMade) -> None:
    """Raise unless two persons, each on record, find it so on at least reasonable grounds (domain model I-7)."""
    order = list(ProofStandard)
    if order.index(fact.standard) < order.index(ProofStandard.REASONABLE_GROUNDS):
        raise InvalidError("The outcome 'fabricated' needs the standard reasonable_grounds or higher.")
    person = situation.person
    findings = person.findings if person is not None else situation.case.findings
    first = [found for found in findings if found.outcome is FindingOutcome.UNFOUNDED]
    if not first or first[-1].recorded_by == situation.recorder.id:
        raise RequirementMissingError("Somebody else has to find it unfounded first.", missing=Kind.FINDING_MADE.value)


KIND = EventKind(
    fact=FindingMade,
    about=CASE | PERSON,
    summary="An authority concluded what happened. Never recorded by the filer of the case.",
    recorders=frozenset({Role.VERIFIER, Role.SUPERVISOR}),
    in_operation=frozenset({Role.OFFICER, Role.LIAISON}),
    moves_person=True,
    opens_case=is_positive,
    told_to_liaison=frozenset({"outcome", "authority", "standard", "confinement", "extortion", "lead"}),
    check=check,
    apply=apply,
)
