"""Claims about a case, closing it and opening it again. Pure."""

from service.codes import CaseClosure, FindingOutcome, PersonStatus
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MoveNotAllowedError, RequirementMissingError
from service.story.headcounts import headcount_fault
from service.story.kinds.closed import Closed
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.names import Kind
from service.story.kinds.reopened import Reopened


def check_headcount(_: Situation, fact: HeadcountClaimed) -> None:
    """Accept a claim whose numbers fit its bound.

    Raises:
        InvalidError: they do not.
    """
    fault = headcount_fault(fact.bound, fact.low, fact.high)
    if fault is not None:
        raise InvalidError(fault)


def check_closed(situation: Situation, fact: Closed) -> None:
    """Accept that a case is closed.

    Raises:
        MoveNotAllowedError: it is closed already.
        RequirementMissingError: somebody in it waits to go home, or the finding that is the reason is missing.
    """
    case = situation.case
    if case.closure is not None:
        raise MoveNotAllowedError(
            present="closed", wanted=Kind.CLOSED.value, allowed=_moves_of(case), detail="The case is closed already."
        )
    if fact.reason is CaseClosure.ALL_PERSONS_FINAL:
        raise RequirementMissingError(
            "The case closes by itself when every person's story has ended.", missing=Kind.ENDED.value
        )
    if case.tally[PersonStatus.RESCUED]:
        raise RequirementMissingError(
            "Somebody in this case was rescued and is not home yet.", missing=Kind.REPATRIATED.value
        )
    outcomes = {CaseClosure.UNFOUNDED: FindingOutcome.UNFOUNDED, CaseClosure.FABRICATED: FindingOutcome.FABRICATED}
    needed = outcomes.get(fact.reason)
    if needed is not None and not any(found.fact.outcome is needed for found in case.all_findings):
        raise RequirementMissingError("Record the finding first.", missing=Kind.FINDING_MADE.value)


def check_reopened(situation: Situation, _: Reopened) -> None:
    """Accept that a closed case is opened again.

    Raises:
        MoveNotAllowedError: it is open, or it closed by itself.
    """
    case = situation.case
    if case.closed is not None:
        return
    words = "The case is not closed."
    if case.closure is not None:
        words = "The case closed by itself. It opens when somebody in it is found, rescued or added."
    raise MoveNotAllowedError(
        present=case.status.value, wanted=Kind.REOPENED.value, allowed=_moves_of(case), detail=words
    )


def _moves_of(case: Case) -> list[str]:
    """Answer what opens a closed case or closes an open one."""
    if case.closed is not None:
        return [Kind.REOPENED.value]
    if case.closure is not None:
        return [Kind.ADDED.value, Kind.LOCATED.value, Kind.RESCUED.value]
    return [Kind.CLOSED.value]
