"""Reporting what an operation did: for many people at once, all or nothing, an answer for each line."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from service.acting import Acting, Principal
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.appending import CaseFile
from service.cases.actions.filing import enter_person, open_case
from service.cases.actions.recording import attribution_of
from service.cases.queries.files import AbsentError, canonical, load_cases
from service.cases.schemas.filing import CaseCreate, LocationGiven
from service.codes import AuthorityKind, IntakeChannel, OperationOutcomePerson
from service.days import day_in_phnom_penh
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError, NotFoundError, ServiceError
from service.operations.models import OperationRecord as Record
from service.operations.queries import get_operation
from service.operations.rules.outcomes import Said, Tally, facts_of, tally_of
from service.operations.rules.reports import check_told_before, told_before
from service.operations.rules.standing import check_found, check_own
from service.operations.schemas.given import FoundGiven, ResultGiven, ResultsGiven, VerificationGiven
from service.people.queries import open_records
from service.people.rules import SealedKind
from service.sealing import RegisterKeys
from service.story.decide import decide
from service.story.drafts import Draft
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.names import SubjectKind
from service.story.kinds.rescued import Rescued
from service.story.log import Event, Subject
from service.story.moment import Moment

Line = TypeVar("Line", ResultGiven, FoundGiven)

_NOBODY: Final = str(UUID(int=0))
"""Looked up in place of what is neither an id nor a reference: it is found as little as one that does not exist."""


@dataclass(frozen=True)
class Met:
    """Somebody an operation met or looked for, and what is told of them.

    Attributes:
        line: the place in what was sent, as a JSON Pointer.
    """

    line: str
    told: ResultGiven | FoundGiven
    file: CaseFile
    id: UUID

    @property
    def reference(self) -> str:
        """The person's reference."""
        return self.file.parts[self.id].reference

    @property
    def status(self) -> str:
        """Where the person stands after everything that was recorded."""
        return self.file.case.persons[self.id].status.value


@dataclass
class Found:
    """Whom nobody had asked for, as they are being entered.

    Attributes:
        opened: a case for each nationality found.
        lines: the people of each line, in the order in which they were sent.
        fields: names of what was sealed.
    """

    opened: dict[str | None, CaseFile] = field(default_factory=dict)
    lines: list[list[Met]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    events: dict[UUID, list[Event]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Reported:
    """What was reported of an operation."""

    operation: Record
    persons: Sequence[Met]
    found: Found
    tally: Tally
    recorded_at: datetime


async def report_results(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: ResultsGiven
) -> Reported:
    """Report what an operation did for everybody it met or looked for.

    Raises:
        NotFoundError: no such operation, or somebody named is absent or out of scope: the faults say in which lines.
        MayNotRecordError: another agency's operation, or people a liaison does not report.
        InvalidError: somebody is named twice, or a day is not the operation's.
        ContradictsReportError: an earlier report of this operation said otherwise of somebody.
        ServiceError: whatever `decide` refuses, with the line.
    """
    operation = await get_operation(db, acting.who, reference, now=acting.now)
    check_own(operation["agency_id"], acting.who)
    _check_lines(operation, given, acting)
    persons = await _known(db, acting.who, given.persons)
    _check_earlier_reports(operation, persons)
    found = await _entered(db, keys, acting, operation, given.found)
    met = [*persons, *(one for line in found.lines for one in line)]
    events = found.events
    counted: Counter[Said] = Counter()
    for one in met:
        with _naming(one.line):
            recorded = _recorded(acting, operation, given, one)
        events[one.file.id] += recorded
        counted.update(Said.by(event.kind, event.fact) for event in recorded)
    files = {one.file.id: one.file for one in met}
    for file in files.values():
        file.save(db, events[file.id])
    ids = [operation["id"], *files, *(one.id for one in met)]
    record(db, acting, AuditAction.OPERATION_REPORTED, subject_ids=ids, fields=found.fields)
    return Reported(operation, persons, found, tally_of(len(met), counted.items()), acting.now)


def _check_lines(operation: Record, given: ResultsGiven, acting: Acting) -> None:
    first, last = operation["started_on"], operation["ended_on"] or day_in_phnom_penh(acting.now)
    days = {line: one.occurred_on for line, one in _numbered("persons", given.persons)}
    days |= {line: one.occurred_on for line, one in _numbered("found", given.found)}
    faults = tuple(
        Fault("pointer", f"{line}/occurred_on", "outside_operation", "Give a day of the operation")
        for line, day in days.items()
        if day is not None and not first <= day <= last
    )
    if faults:
        raise InvalidError("The days of some lines need correcting", faults=faults)


async def _known(db: WriteConnection, principal: Principal, told: Sequence[ResultGiven]) -> list[Met]:
    """Load the case of everybody who is in the register and in the principal's scope, in the order of the lines."""
    if not told:
        return []
    lines = [(line, _name_of(one.person), one) for line, one in _numbered("persons", told)]
    try:
        loaded = await load_cases(db, principal, [name for _, name, _ in lines], frozenset({SubjectKind.PERSON}))
    except AbsentError as error:
        words = "There is nobody here that you can see"
        absent = [line for line, name, _ in lines if name in error.references]
        error.faults = tuple(Fault("pointer", f"{line}/person", "not_found", words) for line in absent)
        raise
    files = {case.id: CaseFile.of(case) for case in loaded}
    places = {name: (files[case.id], subject.id) for case in loaded for name, subject in case.wanted.items()}
    met = [Met(line, one, *places[name]) for line, name, one in lines]
    _refuse_repeated(met)
    return met


def _refuse_repeated(met: Sequence[Met]) -> None:
    first = {one.id: one.line for one in reversed(met)}
    faults = tuple(
        Fault("pointer", f"{one.line}/person", "repeated", "Give each person one line, with all their outcomes")
        for one in met
        if first[one.id] != one.line
    )
    if faults:
        raise InvalidError("Somebody is named twice", faults=faults)


def _check_earlier_reports(operation: Record, persons: Sequence[Met]) -> None:
    files = {one.file.id: one.file for one in persons}
    before = {id_: told_before(file.events, operation["id"]) for id_, file in files.items()}
    for one in persons:
        with _naming(one.line):
            check_told_before(before[one.file.id].get(one.id, ()), one.told, _day_of(operation, one))


def _day_of(operation: Record, met: Met) -> date:
    on: date = met.told.occurred_on or operation["started_on"]
    return on


async def _entered(
    db: WriteConnection,
    keys: RegisterKeys,
    acting: Acting,
    operation: Record,
    told: Sequence[FoundGiven],
) -> Found:
    """Open a case for each nationality found, so that a liaison's case holds its own nationals only.

    While an embargo lasts the cases say no more of where than the province: whoever may know of them need not know of
    the operation.
    """
    found = Found()
    if not told:
        return found
    embargo = operation["embargo_until"]
    place = None if embargo is not None and embargo > acting.now else await _site_of(db, keys, operation["id"])
    location = LocationGiven(province=operation["province"], place=place)
    opening = CaseCreate(channel=IntakeChannel.FIELD, received_on=operation["started_on"], location=location)
    for line, one in _numbered("found", told):
        with _naming(line):
            check_found(acting.who, one.nationality, one.nationality_source, held=one.fears_own_state)
            file = found.opened.get(one.nationality)
            if file is None:
                file, events, fields = open_case(db, keys, acting, opening)
                found.opened[one.nationality] = file
                found.events[file.id] += events
                found.fields += fields
            on = Moment(one.occurred_on or operation["started_on"])
            people: list[Met] = []
            for _ in range(one.count):
                id_, events, fields = enter_person(db, keys, acting, file, one, on)
                found.events[file.id] += events
                found.fields += fields
                people.append(Met(line, one, file, id_))
            found.lines.append(people)
    return found


async def _site_of(db: WriteConnection, keys: RegisterKeys, operation_id: UUID) -> str | None:
    opened = await open_records(db, keys, [(operation_id, operation_id)], [SealedKind.PLACE])
    return opened[-1].content["text"] if opened else None


def _recorded(acting: Acting, operation: Record, given: ResultsGiven, met: Met) -> list[Event]:
    """Append to the person's case what the operation meant for them."""
    subject = Subject(SubjectKind.PERSON, met.id)
    occurred = Moment(_day_of(operation, met))
    rescue = Rescued(by=given.by or (attribution_of(acting.who),), province=operation["province"])
    verification = _verification(operation, given, met)
    events: list[Event] = []
    for kind, fact in facts_of(met.told, verification=verification, rescue=rescue):
        draft = Draft(kind, subject, occurred, fact, operation["id"])
        decide(met.file.case, draft, acting)
        events.append(met.file.append(acting, draft))
    return events


def _verification(operation: Record, given: ResultsGiven, met: Met) -> FindingMade | None:
    """What was concluded of this person: as their line says, or for whoever was brought out unverified."""
    own = met.told.finding
    rescued = OperationOutcomePerson.RESCUED in met.told.outcomes
    if own is not None:
        return _finding(operation, own)
    if rescued and met.file.case.persons[met.id].verified_on is None:
        return _finding(operation, given.finding)
    return None


def _finding(operation: Record, given: VerificationGiven) -> FindingMade:
    return FindingMade(
        outcome=given.outcome,
        authority=AuthorityKind(operation["authority"]),
        standard=given.standard,
        evidence=given.evidence,
        confinement=given.confinement,
        extortion=given.extortion,
    )


def _numbered(name: str, told: Sequence[Line]) -> Iterator[tuple[str, Line]]:
    """Answer each line with its place in what was sent."""
    return ((f"#/{name}/{number}", one) for number, one in enumerate(told))


def _name_of(reference: str) -> str:
    try:
        return canonical(reference)
    except NotFoundError:
        return _NOBODY


@contextmanager
def _naming(line: str) -> Iterator[None]:
    """Say of an error in which line of a list it lies, and where in the line if the error knows that."""
    try:
        yield
    except ServiceError as error:
        within = tuple(replace(fault, name=line + fault.name.removeprefix("#")) for fault in error.faults)
        error.faults = within or (Fault("pointer", line, error.code.replace("-", "_"), error.detail),)
        raise
