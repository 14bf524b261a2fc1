"""What a person said they want."""

from dataclasses import dataclass

from service.acting import Role
from service.codes import Freely, WishPurpose, WishValue
from service.story.case import Case
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.standing import Wish


@dataclass(frozen=True, kw_only=True)
class WishStated(Fact):
    """What a person wants, for one purpose, and whether it could be said freely."""

    event_kind = Kind.WISH_STATED

    purpose: WishPurpose
    value: WishValue
    freely: Freely
    embassy_heard: bool = False
    """Whether a liaison recorded it. Set by the register, whatever is sent."""


def apply(case: Case, event: Event, fact: WishStated) -> None:
    """Add the wish; a free answer about being rescued says whether the person refuses."""
    if (person := case.persons.get(event.subject.id)) is not None:
        wish = Wish(event.occurred, fact.purpose, fact.value, fact.freely, fact.embassy_heard)
        person.wishes.append(wish)
        if wish.purpose is WishPurpose.BE_RESCUED and wish.is_free_answer:
            person.refused_freely = wish.value is WishValue.NO


KIND = EventKind(
    fact=WishStated,
    about=PERSON,
    summary="A person said what they want.",
    recorders=frozenset({Role.OPERATOR, Role.LIAISON, Role.SUPERVISOR}),
    needs_life=True,
    told_to_liaison=frozenset({"purpose", "value", "freely"}),
    apply=apply,
)
