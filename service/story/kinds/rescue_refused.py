"""A person refused to be brought out."""

from dataclasses import dataclass

from service.acting import Role
from service.codes import Freely, PersonStatus
from service.story.case import Case
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class RescueRefused(Fact):
    """A person refused to be brought out."""

    event_kind = Kind.RESCUE_REFUSED

    freely: Freely


def apply(case: Case, event: Event, fact: RescueRefused) -> None:
    """Remember whether the refusal was stated freely."""
    if (person := case.persons.get(event.subject.id)) is not None:
        person.refused_freely = fact.freely is Freely.YES
        person.met()


KIND = EventKind(
    fact=RescueRefused,
    about=PERSON,
    summary="Persons refused to be brought out.",
    recorders=frozenset({Role.OFFICER, Role.LIAISON}),
    in_operation=frozenset({Role.OFFICER, Role.LIAISON}),
    possible_from=frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED}),
    needs_life=True,
    moves_person=True,
    told_to_liaison=frozenset({"freely"}),
    apply=apply,
)
