"""What is told once of each kind of event, in its own file. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from service.acting import Role
from service.codes import PersonStatus
from service.story.case import Case
from service.story.drafts import Situation
from service.story.fact import Fact
from service.story.kinds.names import Kind, SubjectKind
from service.story.log import Event

CASE: Final = frozenset({SubjectKind.CASE})
PERSON: Final = frozenset({SubjectKind.PERSON})
OFFENDER: Final = frozenset({SubjectKind.OFFENDER})

SomeFact = TypeVar("SomeFact", bound=Fact)


def always(_: Any) -> bool:
    """Return True."""
    return True


def never(_: Any) -> bool:
    """Return False."""
    return False


def nothing_required(_situation: Situation, _fact: Any) -> None:
    """Raise nothing: role, status and day are all that this kind requires."""


def no_effect(_case: Case, _event: Event, _fact: Any) -> None:
    """Leave the state as it is."""


@dataclass(frozen=True, kw_only=True)
class EventKind(Generic[SomeFact]):
    """A kind of event.

    Attributes:
        fact: what such an event says.
        about: what it can be about.
        summary: its sentence in the contract.
        recorders: roles that record it by `POST /v1/events`; none where a call of its own writes it.
        in_operation: roles that record it as part of an operation.
        possible_from: statuses of the person from which it can happen.
        also_possible: whether, in this situation, it can happen from any other.
        needs_life: whether it happens to the living only.
        moves_person: whether it is listed among the moves when another move is refused.
        is_step: whether, in this situation, it takes a person one step further: its day must not lie before any
            earlier step. Other events of a person may not lie before the day on which the person was received, but for
            those that may precede the request.
        may_precede_request: whether it may have happened before anybody asked for help: custody and papers often did.
        opens_case: whether a closed case on which this is recorded is open again.
        grouped: whether those recorded by one call are one group, looked at and taken back together.
        told_to_liaison: the members of the fact that a liaison is told; None where such an event is not told at all.
        check: raises where the event may not be recorded.
        apply: changes the state. It never refuses: whatever stands in the log counts.
    """

    fact: type[SomeFact]
    about: frozenset[SubjectKind]
    summary: str
    recorders: frozenset[Role] = frozenset()
    in_operation: frozenset[Role] = frozenset()
    possible_from: frozenset[PersonStatus] = frozenset(PersonStatus)
    also_possible: Callable[[Situation], bool] = never
    needs_life: bool = False
    moves_person: bool = False
    is_step: Callable[[Situation], bool] = never
    may_precede_request: bool = False
    opens_case: Callable[[SomeFact], bool] = never
    grouped: bool = False
    told_to_liaison: frozenset[str] | None = None
    check: Callable[[Situation, SomeFact], None] = nothing_required
    apply: Callable[[Case, Event, SomeFact], None] = no_effect

    @property
    def name(self) -> Kind:
        """Its name in the log and on the wire."""
        return self.fact.event_kind
