"""A person left custody or care."""

from dataclasses import dataclass

from service.acting import Role
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import OutOfOrderError, RequirementMissingError
from service.story.fact import Fact
from service.story.kinds.custody_started import check_own_custody
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class CustodyEnded(Fact):
    """A person left custody or care."""

    event_kind = Kind.CUSTODY_ENDED


def check(situation: Situation, _: CustodyEnded) -> None:
    """Raise unless the present custody can end.

    Raises:
        RequirementMissingError: the person is in none.
        MayNotRecordError: a liaison records the end of another custody than its embassy's.
        OutOfOrderError: the day lies before it started.
    """
    present = situation.person.custody if situation.person is not None else None
    if present is None:
        raise RequirementMissingError(
            "The person is not in custody. Record custody_started first.", missing=Kind.CUSTODY_STARTED.value
        )
    check_own_custody(situation, present.kind)
    if situation.draft.occurred.latest < present.started.on:
        raise OutOfOrderError(Kind.CUSTODY_STARTED.value, present.started)


def apply(case: Case, event: Event, _: CustodyEnded) -> None:
    """End the present custody."""
    if (person := case.persons.get(event.subject.id)) is not None:
        person.leave_custody(event)


KIND = EventKind(
    fact=CustodyEnded,
    about=PERSON,
    summary="Persons left custody or care.",
    recorders=frozenset({Role.OFFICER, Role.LIAISON}),
    may_precede_request=True,
    told_to_liaison=frozenset(),
    check=check,
    apply=apply,
)
