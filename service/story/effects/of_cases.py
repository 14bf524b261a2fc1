"""What events about a case do to it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from service.story.case import Case
from service.story.effects.corrections import changes_of
from service.story.fact import Fact
from service.story.kinds.alleged import Alleged
from service.story.kinds.case_described import CaseDescribed
from service.story.kinds.closed import Closed
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.names import SubjectKind
from service.story.log import Event
from service.story.standing import Finding


def _case_described(case: Case, _: Event, fact: CaseDescribed) -> None:
    changes = changes_of(fact)
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
    elif (found := case.persons.get(event.subject.id)) is not None:
        found.findings.append(finding)


ON_CASES: Final[Mapping[type[Fact], Callable[[Case, Event, Any], None]]] = {
    CaseDescribed: _case_described,
    HeadcountClaimed: _headcount_claimed,
    Alleged: _alleged,
    Closed: _closed,
    FindingMade: _finding_made,
}
