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
from service.story.person import Person
from service.story.standing import FOUND, Effort


@dataclass(frozen=True, kw_only=True)
class Located(Fact):
    """An effort to find a person, and what it came to."""

    event_kind = Kind.LOCATED

    result: LocatingResult


def found_again(situation: Situation) -> bool:
    """Whether this opens the person's story again."""
    person, fact = situation.person, situation.draft.fact
    return person is not None and isinstance(fact, Located) and _opens(person, fact.result)


def apply(case: Case, event: Event, fact: Located) -> None:
    """Add the effort; somebody whose story had ended, and who is found, goes on from where they were."""
    person = case.persons.get(event.subject.id)
    if person is None:
        return
    opens = _opens(person, fact.result)
    if fact.result in FOUND:
        person.met()
    person.efforts.append(Effort(event.occurred, fact.result))
    if opens:
        person.enter(PersonStatus.RESCUED if person.was_rescued else PersonStatus.RECEIVED, event)


def _opens(person: Person, result: LocatingResult) -> bool:
    """Whether a story that ended goes on: of anybody alive who is held, and of whoever was not located and is found."""
    if person.outcome is None or person.died is not None:
        return False
    return result is LocatingResult.HELD or (person.outcome is EndOutcome.NOT_LOCATED and result in FOUND)


KIND = EventKind(
    fact=Located,
    about=PERSON,
    summary="An effort was made to find a person.",
    recorders=frozenset({Role.VERIFIER}),
    in_operation=frozenset({Role.OFFICER, Role.LIAISON}),
    needs_life=True,
    moves_person=True,
    is_step=found_again,
    opens_case=always,
    told_to_liaison=frozenset({"result"}),
    apply=apply,
)
