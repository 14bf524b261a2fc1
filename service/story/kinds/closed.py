"""A case was closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from service.acting import Role
from service.codes import CaseClosure, FindingOutcome, PersonStatus
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MoveNotAllowedError, RequirementMissingError
from service.story.fact import Fact
from service.story.kinds.kind import CASE, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event

_RESTS_ON: Final[Mapping[CaseClosure, FindingOutcome]] = {
    CaseClosure.UNFOUNDED: FindingOutcome.UNFOUNDED,
    CaseClosure.FABRICATED: FindingOutcome.FABRICATED,
}
"""The finding that a reason needs."""


@dataclass(frozen=True, kw_only=True)
class Closed(Fact):
    """A case was closed."""

    event_kind = Kind.CLOSED

    reason: CaseClosure


def check(situation: Situation, fact: Closed) -> None:
    """Raise unless a case can be closed.

    Raises:
        MoveNotAllowedError: it is closed already.
        RequirementMissingError: somebody in it waits to go home, or the finding that is the reason is missing.
    """
    case = situation.case
    if case.closure is not None:
        raise MoveNotAllowedError(
            present="closed", wanted=Kind.CLOSED.value, allowed=opens(case), detail="The case is closed already."
        )
    if fact.reason is CaseClosure.ALL_PERSONS_FINAL:
        raise RequirementMissingError(
            "Record how every person's story ended: the case then closes by itself.", missing=Kind.ENDED.value
        )
    if case.tally[PersonStatus.RESCUED]:
        raise RequirementMissingError(
            "Somebody in this case was rescued and is not home yet. Record the return or another end first.",
            missing=Kind.REPATRIATED.value,
        )
    needed = _RESTS_ON.get(fact.reason)
    if needed is not None and not any(found.outcome is needed for found in case.all_findings):
        raise RequirementMissingError(f"Record the finding '{needed.value}' first.", missing=Kind.FINDING_MADE.value)


def apply(case: Case, _: Event, fact: Closed) -> None:
    """Close the case."""
    case.closed = fact.reason


def opens(case: Case) -> list[str]:
    """Return the kinds of event that open a closed case again, or that close an open one."""
    if case.closed is not None:
        return [Kind.REOPENED.value]
    if case.closure is not None:
        return [Kind.ADDED.value, Kind.LOCATED.value, Kind.RESCUED.value]
    return [Kind.CLOSED.value]


KIND = EventKind(
    fact=Closed,
    about=CASE,
    summary="A case is closed.",
    recorders=frozenset({Role.SUPERVISOR}),
    check=check,
    apply=apply,
)
