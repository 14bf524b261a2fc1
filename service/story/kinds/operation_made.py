"""An operation was made for the case."""

from dataclasses import dataclass

from service.story.fact import Fact
from service.story.kinds.kind import CASE, EventKind
from service.story.kinds.names import Kind


@dataclass(frozen=True, kw_only=True)
class OperationMade(Fact):
    """An operation was made for the case, whoever it met there.

    Its day is the operation's first. What it says is that it is there: that an operation was at work in the case is
    true of every event in an operation's name (`fold.apply`).
    """

    event_kind = Kind.OPERATION_MADE


KIND = EventKind(fact=OperationMade, about=CASE, summary="An operation was made for the case.")
