"""What events about a person do to them. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from service.codes import EndOutcome, Freely, PersonStatus, WishPurpose, WishValue
from service.story.ages import AgeStated
from service.story.case import Case
from service.story.effects.corrections import changes_of
from service.story.fact import Fact
from service.story.kinds.added import Added
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.described import Described
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.wish_stated import WishStated
from service.story.log import Event
from service.story.nationality import Assertion
from service.story.person import Person
from service.story.standing import FOUND, Custody, DocumentCheck, Effort, ReturnTask, Step, Wish, is_free_answer


def _added(case: Case, event: Event, fact: Added) -> None:
    since = event.occurred.not_before(case.received_on.on)
    person = Person(
        id=event.subject.id,
        seq=event.seq,
        added=since,
        named=fact.named,
        contact_given=fact.contact_given,
        guardian_known=fact.guardian_known,
    )
    case.persons[person.id] = person


def _described(case: Case, event: Event, fact: Described) -> None:
    person = _person(case, event)
    if person is None:
        return
    for name, value in changes_of(fact).items():
        if name == "age":
            person.stated_age = None if value is None else AgeStated(years=value, on=event.occurred.on)
        else:
            setattr(person, name, value)


def _nationality_asserted(case: Case, event: Event, fact: NationalityAsserted) -> None:
    if (person := _person(case, event)) is not None:
        person.assertions.append(Assertion(fact=fact, agency_id=event.agency_id))


def _located(case: Case, event: Event, fact: Located) -> None:
    person = _person(case, event)
    if person is None:
        return
    person.efforts.append(Effort(event.occurred, fact.result))
    if person.outcome is EndOutcome.NOT_LOCATED and fact.result in FOUND:
        rescued = any(step.status is PersonStatus.RESCUED for step in person.steps)
        _step(person, event, PersonStatus.RESCUED if rescued else PersonStatus.RECEIVED)


def _wish_stated(case: Case, event: Event, fact: WishStated) -> None:
    if (person := _person(case, event)) is not None:
        person.wishes.append(Wish(event.occurred, fact))
        if fact.purpose is WishPurpose.BE_RESCUED and is_free_answer(fact):
            person.refused_freely = fact.value is WishValue.NO


def _documents_checked(case: Case, event: Event, fact: DocumentsChecked) -> None:
    if (person := _person(case, event)) is not None:
        person.document_checks.append(DocumentCheck(event.occurred, fact.missing))


def _custody_started(case: Case, event: Event, fact: CustodyStarted) -> None:
    if (person := _person(case, event)) is not None:
        _let_go(person, event)
        since = max([person.added.on, *(until.on for custody in person.custodies if (until := custody.ended))])
        person.custodies.append(Custody(fact.custody, event.occurred.not_before(since)))


def _custody_ended(case: Case, event: Event, _: CustodyEnded) -> None:
    if (person := _person(case, event)) is not None:
        _let_go(person, event)


def _let_go(person: Person, event: Event) -> None:
    if (custody := person.custody) is not None:
        person.custodies[-1] = replace(custody, ended=event.occurred.not_before(custody.started.on))


def _return_step(case: Case, event: Event, fact: ReturnStepTaken) -> None:
    """The latest word on a task of a country is where it stands."""
    if (person := _person(case, event)) is not None:
        others = [
            task for task in person.return_tasks if task.taken.step != fact.step or task.taken.country != fact.country
        ]
        person.return_tasks = [*others, ReturnTask(event.occurred, fact)]


def _rescued(case: Case, event: Event, fact: Rescued) -> None:
    if (person := _person(case, event)) is not None:
        if person.status is PersonStatus.REPATRIATED:
            person.return_tasks = []
        _step(person, event, PersonStatus.RESCUED, fact=fact)


def _rescue_refused(case: Case, event: Event, fact: RescueRefused) -> None:
    if (person := _person(case, event)) is not None:
        person.refused_freely = fact.freely is Freely.YES


def _repatriated(case: Case, event: Event, fact: Repatriated) -> None:
    """Whoever has left Cambodia is in nobody's hands here."""
    if (person := _person(case, event)) is not None:
        _let_go(person, event)
        _step(person, event, PersonStatus.REPATRIATED, fact=fact)


def _ended(case: Case, event: Event, fact: Ended) -> None:
    if (person := _person(case, event)) is not None:
        _step(person, event, PersonStatus.ENDED, outcome=fact.outcome)


def _step(
    person: Person,
    event: Event,
    status: PersonStatus,
    *,
    fact: Rescued | Repatriated | None = None,
    outcome: EndOutcome | None = None,
) -> None:
    on = max(event.occurred.on, person.path[-1][1])
    person.steps.append(
        Step(
            status=status,
            moment=event.occurred,
            on=on,
            fact=fact,
            outcome=outcome,
            operation_id=event.operation_id,
        )
    )


def _person(case: Case, event: Event) -> Person | None:
    return case.persons.get(event.subject.id)


ON_PERSONS: Final[Mapping[type[Fact], Callable[[Case, Event, Any], None]]] = {
    Added: _added,
    Described: _described,
    NationalityAsserted: _nationality_asserted,
    Located: _located,
    WishStated: _wish_stated,
    DocumentsChecked: _documents_checked,
    CustodyStarted: _custody_started,
    CustodyEnded: _custody_ended,
    Rescued: _rescued,
    RescueRefused: _rescue_refused,
    ReturnStepTaken: _return_step,
    Repatriated: _repatriated,
    Ended: _ended,
}
