"""Reporting what an operation did: for many people at once, all or nothing, an answer for each line."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.recording import attribution_of
from service.cases.actions.targets import find_subjects
from service.codes import AuthorityKind, OperationOutcomePerson
from service.db.database import WriteConnection
from service.errors import InvalidError
from service.lines import Line, numbered
from service.operations.actions.found import enter_found
from service.operations.actions.reported import Met, Reported
from service.operations.models import OperationRecord
from service.operations.queries import get_operation
from service.operations.rules.outcomes import Said, facts_of, tally_of
from service.operations.rules.reports import check_told_before, told_before
from service.operations.rules.standing import check_own
from service.operations.schemas.given import MetGiven, ResultGiven, ResultsGiven, VerificationGiven
from service.sealing import RegisterKeys
from service.slices import in_slices
from service.story.decide import decide
from service.story.drafts import Draft
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.names import SubjectKind
from service.story.kinds.rescued import Rescued
from service.story.log import Event
from service.story.moment import Moment

_PERSONS: Final = frozenset({SubjectKind.PERSON})


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
    known_lines, found_lines = numbered("persons", given.persons), numbered("found", given.found)
    _check_days(operation, [*known_lines, *found_lines], acting)
    persons = await _known(db, acting, known_lines)
    _check_earlier_reports(operation, persons)
    found = await enter_found(db, keys, acting, operation, found_lines)
    met = [*persons, *(one for people in found.lines for one in people)]
    counted: Counter[Said] = Counter()
    async for one in in_slices(met):
        with one.line.locating_errors():
            counted.update(Said.by(event.fact) for event in _appended(acting, operation, given, one))
    files = {one.file.id: one.file for one in met}
    for file in files.values():
        await file.save(db, keys)
    ids = [operation["id"], *files, *(one.subject.id for one in met)]
    fields = {name for file in files.values() for name in file.sealed_fields}
    record(db, acting, AuditAction.OPERATION_REPORTED, subject_ids=ids, fields=fields)
    return Reported(operation, persons, found, tally_of(len(met), counted.items()), acting.now)


def _check_days(operation: OperationRecord, lines: Sequence[Line[MetGiven]], acting: Acting) -> None:
    first, last = operation["started_on"], operation["ended_on"] or acting.today
    words = f"This day is not one of the operation's. Give one from {first} to {last}, or leave it out"
    days = (line.member("occurred_on", line.told.occurred_on) for line in lines)
    faults = tuple(
        day.fault("outside_operation", words) for day in days if day.told is not None and not first <= day.told <= last
    )
    if faults:
        raise InvalidError(faults=faults)


async def _known(db: WriteConnection, acting: Acting, lines: Sequence[Line[ResultGiven]]) -> list[Met]:
    """Return everybody who is in the register and in the principal's scope, in the order of the lines."""
    references = [line.member("person", line.told.person) for line in lines]
    subjects = await find_subjects(db, acting, references, _PERSONS)
    return [Met(line, file, subject) for line, (file, subject) in zip(lines, subjects, strict=True)]


def _check_earlier_reports(operation: OperationRecord, persons: Sequence[Met]) -> None:
    files = {one.file.id: one.file for one in persons}
    before = {id_: told_before(file.events, operation["id"]) for id_, file in files.items()}
    for one in persons:
        with one.line.locating_errors():
            told = one.line.told
            check_told_before(before[one.file.id].get(one.subject.id, ()), told, _day_of(operation, told))


def _day_of(operation: OperationRecord, told: MetGiven) -> date:
    on: date = told.occurred_on or operation["started_on"]
    return on


def _appended(acting: Acting, operation: OperationRecord, given: ResultsGiven, met: Met) -> Iterator[Event]:
    """Append to the person's case what the operation meant for them."""
    told = met.line.told
    occurred = Moment(_day_of(operation, told))
    rescue = Rescued(by=given.by or (attribution_of(acting.who),), province=operation["province"])
    verification = _verification(operation, given, met)
    for fact in facts_of(told, verification=verification, rescue=rescue):
        draft = Draft(met.subject, occurred, fact, operation["id"])
        decide(met.file.case, draft, acting)
        yield met.file.append(draft)


def _verification(operation: OperationRecord, given: ResultsGiven, met: Met) -> FindingMade | None:
    """Return what was concluded of this person: as their line says, or for whoever was brought out unverified."""
    own = met.line.told.finding
    rescued = OperationOutcomePerson.RESCUED in met.line.told.outcomes
    if own is not None:
        return _finding(operation, own)
    if rescued and met.file.case.persons[met.subject.id].verified_on is None:
        return _finding(operation, given.finding)
    return None


def _finding(operation: OperationRecord, given: VerificationGiven) -> FindingMade:
    return FindingMade(
        outcome=given.outcome,
        authority=AuthorityKind(operation["authority"]),
        standard=given.standard,
        evidence=given.evidence,
        confinement=given.confinement,
        extortion=given.extortion,
    )
