"""Somebody who needs help became known."""

from dataclasses import dataclass

from service.story.case import Case
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.person import Person


@dataclass(frozen=True, kw_only=True)
class Added(Fact):
    """Somebody who needs help became known."""

    event_kind = Kind.ADDED

    named: bool = False
    contact_given: bool = False
    guardian_known: bool = False


def apply(case: Case, event: Event, fact: Added) -> None:
    """Add the person, known no earlier than the case was received."""
    person = Person(
        id=event.subject.id,
        seq=event.seq,
        added=event.occurred.not_before(case.received_on.on),
        added_by=event.recorded_by,
        named=fact.named,
        contact_given=fact.contact_given,
        guardian_known=fact.guardian_known,
    )
    case.persons[person.id] = person


KIND = EventKind(
    fact=Added,
    about=PERSON,
    summary="Somebody who needs help became known.",
    opens_case=always,
    told_to_liaison=frozenset({"named", "guardian_known"}),
    apply=apply,
)
