"""How many people the reporter says are concerned."""

from dataclasses import dataclass

from service.acting import Role
from service.codes import StatementBound
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.fact import Fact, HeadCount
from service.story.headcounts import HeadcountClaim, headcount_fault
from service.story.kinds.kind import CASE, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class HeadcountClaimed(Fact):
    """How many people the reporter says are concerned. Never turned into persons."""

    event_kind = Kind.HEADCOUNT_CLAIMED

    bound: StatementBound
    low: HeadCount | None = None
    high: HeadCount | None = None


def check(_: Situation, fact: HeadcountClaimed) -> None:
    """Raise unless a claim's numbers fit its bound.

    Raises:
        InvalidError: they do not.
    """
    fault = headcount_fault(fact.bound, fact.low, fact.high)
    if fault is not None:
        raise InvalidError(fault)


def apply(case: Case, _: Event, fact: HeadcountClaimed) -> None:
    """Replace the claim before."""
    case.headcount = HeadcountClaim(fact.bound, fact.low, fact.high)


KIND = EventKind(
    fact=HeadcountClaimed,
    about=CASE,
    summary="The reporter says how many people are concerned.",
    recorders=frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    opens_case=always,
    check=check,
    apply=apply,
)
