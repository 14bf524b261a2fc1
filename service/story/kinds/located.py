"""An effort to find a person, and what came of it."""

from dataclasses import dataclass

from service.acting import Role
from service.codes import EndOutcome, LocatingResult, PersonStatus
from service.story.case import Case
from service.story.drafts import Situation
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.standing import FOUND, Effort


@dataclass(frozen=True, kw_only=True)
class Located(Fact):
    """An effort to find a person, and what it came to."""

    event_kind = Kind.LOCATED

    result: LocatingResult


def found_again(situation: Situation) -> bool:
    """Whether the person's story had ended because nobody could find them."""
    person = situation.person
    return person is not None and person.outcome is EndOutcome.NOT_LOCATED


def apply(case: Case, event: Event, fact: Located) -> None:
    """Add the effort; somebody given up as not located, and found, goes on from where they were."""
    person = case.persons.get(event.subject.id)
    if person is None:
        return
    person.efforts.append(Effort(event.occurred, fact.result))
    if person.outcome is EndOutcome.NOT_LOCATED and fact.result in FOUND:
        rescued = any(step.status is PersonStatus.RESCUED for step in person.steps)
        person.enter(PersonStatus.RESCUED if rescued else PersonStatus.RECEIVED, event)


KIND = EventKind(
    fact=Located,
    about=PERSON,
    summary="An effort was made to find a person.",
    recorders=frozenset({Role.VERIFIER}),
    in_operation=frozenset({Role.OFFICER, Role.LIAISON}),
    moves_person=True,
    is_step=found_again,
    opens_case=always,
    told_to_liaison=frozenset({"result"}),
    apply=apply,
)
