"""A closed case was opened again."""

from dataclasses import dataclass

from service.acting import Role
from service.codes import ReopenReason
from service.story.drafts import Situation
from service.story.errors import MoveNotAllowedError
from service.story.fact import Fact
from service.story.kinds.closed import opens
from service.story.kinds.kind import CASE, EventKind, always
from service.story.kinds.names import Kind


@dataclass(frozen=True, kw_only=True)
class Reopened(Fact):
    """A closed case was opened again."""

    event_kind = Kind.REOPENED

    reason: ReopenReason


def check(situation: Situation, _: Reopened) -> None:
    """Raise unless an event closed the case.

    Raises:
        MoveNotAllowedError: it is open, or it closed by itself.
    """
    case = situation.case
    if case.closed is not None:
        return
    words = "The case is not closed."
    if case.closure is not None:
        words = "The case closed by itself. It opens when somebody in it is found, rescued or added."
    raise MoveNotAllowedError(present=case.status.value, wanted=Kind.REOPENED.value, allowed=opens(case), detail=words)


KIND = EventKind(
    fact=Reopened,
    about=CASE,
    summary="A closed case is opened again.",
    recorders=frozenset({Role.SUPERVISOR}),
    opens_case=always,
    check=check,
)
