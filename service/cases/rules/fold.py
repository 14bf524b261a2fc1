"""From events to state: `fold(events)`. Pure, total, and blind to who asks.

The fold never refuses: whatever stands in the log counts. What may be put into the log is `decide`'s business.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from service.cases.rules.ages import AgeStated
from service.cases.rules.events import Event, in_force
from service.cases.rules.facts import (
    Added,
    Alleged,
    CaseDescribed,
    Closed,
    CustodyEnded,
    CustodyStarted,
    Described,
    DocumentsChecked,
    Ended,
    Fact,
    FindingMade,
    HeadcountClaimed,
    Kind,
    Located,
    Named,
    NationalityAsserted,
    OffenderDescribed,
    Received,
    Repatriated,
    Rescued,
    RescueRefused,
    ReturnStepTaken,
    StageReached,
    SubjectKind,
    WishStated,
)
from service.cases.rules.nationality import Assertion
from service.cases.rules.person import Person
from service.cases.rules.standing import (
    FOUND,
    Custody,
    DocumentCheck,
    Effort,
    Finding,
    ReturnTask,
    Step,
    Wish,
    is_free_answer,
)
from service.cases.rules.state import Case, Offender
from service.codes import POSITIVE, EndOutcome, Freely, PersonStatus, WishPurpose, WishValue

REOPENING: Final = frozenset(
    {Kind.ADDED, Kind.ALLEGED, Kind.HEADCOUNT_CLAIMED, Kind.LOCATED, Kind.RESCUED, Kind.NAMED, Kind.REOPENED}
)
"""New information: a closed case on which one of these is recorded is open again; so it is on a positive finding."""


def fold(events: Iterable[Event]) -> Case | None:
    """Answer what a case's events amount to; None before anything was received."""
    log = list(events)
    case: Case | None = None
    for event in in_force(log):
        if case is None:
            case = _received(event)
        else:
            apply(case, event)
    if case is not None:
        case.seq = max(event.seq for event in log)
        case.recorded_at = max(event.recorded_at for event in log)
    return case


def apply(case: Case, event: Event) -> None:
    """Add one event to a state that the fold has made."""
    if event.kind in REOPENING or _verifies(event.fact):
        case.closed = None
    if event.operation_id is not None:
        case.operation_days.append(event.occurred.on)
    effect = _EFFECTS.get(type(event.fact))
    if effect is not None:
        effect(case, event, event.fact)
    case.seq = event.seq
    case.recorded_at = event.recorded_at


def _received(event: Event) -> Case:
    if not isinstance(event.fact, Received):
        raise TypeError("a case's log begins with what was received")
    return Case(
        id=event.subject.id,
        filer=event.recorded_by,
        agency_id=event.agency_id,
        received_on=event.occurred,
        received=event.fact,
        seq=event.seq,
        recorded_at=event.recorded_at,
    )


def _verifies(fact: Fact) -> bool:
    return isinstance(fact, FindingMade) and fact.outcome in POSITIVE


def _person(case: Case, event: Event) -> Person | None:
    return case.persons.get(event.subject.id)


def _case_described(case: Case, _: Event, fact: CaseDescribed) -> None:
    changes = named(fact)
    case.withheld_from = frozenset(changes.pop("withheld_from", case.withheld_from))
    case.received = replace(case.received, **changes)


def _headcount_claimed(case: Case, _: Event, fact: HeadcountClaimed) -> None:
    case.headcount = fact


def _alleged(case: Case, _: Event, fact: Alleged) -> None:
    case.alleged.append(fact)


def _closed(case: Case, _: Event, fact: Closed) -> None:
    case.closed = fact


def _finding_made(case: Case, event: Event, fact: FindingMade) -> None:
    """A finding on the case is one on every person in it at that moment."""
    finding = Finding(
        seq=event.seq,
        on=event.occurred,
        fact=fact,
        recorded_by=event.recorded_by,
        agency_id=event.agency_id,
        operation_id=event.operation_id,
    )
    if event.subject.kind is SubjectKind.CASE:
        case.findings.append(finding)
        for person in case.persons.values():
            person.findings.append(finding)
    elif (found := _person(case, event)) is not None:
        found.findings.append(finding)


def _added(case: Case, event: Event, fact: Added) -> None:
    since = event.occurred
    if since.on < case.received_on.on <= since.latest:
        since = replace(since, on=case.received_on.on)
    person = Person(id=event.subject.id, seq=event.seq, added=since, named=fact.named)
    case.persons[person.id] = person


def _described(case: Case, event: Event, fact: Described) -> None:
    person = _person(case, event)
    if person is None:
        return
    for name, value in named(fact).items():
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
        person.custodies.append(Custody(fact.custody, event.occurred))


def _custody_ended(case: Case, event: Event, fact: CustodyEnded) -> None:
    if (person := _person(case, event)) is not None:
        _let_go(person, event)


def _let_go(person: Person, event: Event) -> None:
    if (custody := person.custody) is not None:
        person.custodies[-1] = replace(custody, ended=event.occurred)


def _return_step(case: Case, event: Event, fact: ReturnStepTaken) -> None:
    """The latest word on a task of a country is where it stands."""
    if (person := _person(case, event)) is not None:
        others = [
            task for task in person.return_tasks if task.taken.step != fact.step or task.taken.country != fact.country
        ]
        person.return_tasks = [*others, ReturnTask(event.occurred, fact)]


def _rescued(case: Case, event: Event, fact: Rescued) -> None:
    if (person := _person(case, event)) is not None:
        _step(person, event, PersonStatus.RESCUED, fact=fact)


def _rescue_refused(case: Case, event: Event, fact: RescueRefused) -> None:
    if (person := _person(case, event)) is not None:
        person.refused_freely = fact.freely is Freely.YES


def _repatriated(case: Case, event: Event, fact: Repatriated) -> None:
    if (person := _person(case, event)) is not None:
        _step(person, event, PersonStatus.REPATRIATED, fact=fact)


def _ended(case: Case, event: Event, fact: Ended) -> None:
    if (person := _person(case, event)) is not None:
        _step(person, event, PersonStatus.ENDED, outcome=fact.outcome)


def _named(case: Case, event: Event, fact: Named) -> None:
    offender = Offender(
        id=event.subject.id,
        seq=event.seq,
        roles=fact.roles,
        nationality=fact.nationality,
        described=fact.described,
    )
    case.offenders[offender.id] = offender


def _offender_described(case: Case, event: Event, fact: OffenderDescribed) -> None:
    offender = case.offenders.get(event.subject.id)
    if offender is not None:
        for name, value in named(fact).items():
            setattr(offender, name, value)


def _stage_reached(case: Case, event: Event, fact: StageReached) -> None:
    offender = case.offenders.get(event.subject.id)
    if offender is not None:
        offender.stages.append((event.occurred, fact.stage))


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


def named(fact: CaseDescribed | Described | OffenderDescribed) -> dict[str, Any]:
    """Answer what a correction changes: members that are not None, and None for those it clears."""
    members = {member.name: getattr(fact, member.name) for member in fields(fact) if member.name != "cleared"}
    given = {name: value for name, value in members.items() if value is not None}
    return given | dict.fromkeys((name.value for name in fact.cleared), None)


_EFFECTS: Final[Mapping[type[Fact], Callable[[Case, Event, Any], None]]] = {
    CaseDescribed: _case_described,
    HeadcountClaimed: _headcount_claimed,
    Alleged: _alleged,
    Closed: _closed,
    FindingMade: _finding_made,
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
    Named: _named,
    OffenderDescribed: _offender_described,
    StageReached: _stage_reached,
}
