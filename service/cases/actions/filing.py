"""Filing a case, and adding persons, offenders and notes to one."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions import sealed_fields
from service.cases.actions.born import born_told
from service.cases.actions.case_file import CaseFile
from service.cases.actions.opening import open_file
from service.cases.actions.telling import tells_any
from service.cases.queries.files import LoadedCase, load_case
from service.cases.rules.bounds import check_room_for_sealed
from service.cases.schemas.filing import (
    CaseCreate,
    NoteCreate,
    OffenderAdd,
    OffenderCreate,
    PersonAdd,
    PersonsAdd,
    PersonTold,
)
from service.codes import IntakeChannel, Sex
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError
from service.people import actions as people
from service.people.queries import get_subject, size_of_sealed
from service.people.rules import SealedKind, SealedSubjectKind
from service.sealing import RegisterKeys
from service.slices import in_slices
from service.story.decide import check_born, check_day
from service.story.drafts import Draft
from service.story.errors import OutOfOrderError
from service.story.fact import Fact
from service.story.headcounts import headcount_fault
from service.story.kinds.added import Added
from service.story.kinds.alleged import Alleged
from service.story.kinds.described import Described
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.named import Named
from service.story.kinds.names import SubjectKind
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.received import Received
from service.story.log import Subject
from service.story.moment import Moment


async def file_case(db: WriteConnection, keys: RegisterKeys, acting: Acting, given: CaseCreate) -> CaseFile:
    """File a case with everything told so far.

    Raises:
        FutureDayError: the received day is later than today.
        InvalidError: the numbers of the head-count claim contradict its bound, or a birth year is later than the
            received day; or the channel is `field`: such a case is opened by an operation, which is its verification
            (ADR 0017).
    """
    if given.channel is IntakeChannel.FIELD:
        words = "An operation opens cases of this channel: report the people found at /v1/operations/{ref}/results"
        raise InvalidError(faults=(Fault("pointer", "#/channel", "not_filed", words),))
    file = open_case(acting, given)
    occurred = file.case.received_on
    check_born(occurred, ((f"#/persons/{place}", person) for place, person in enumerate(given.persons)))
    async for person in in_slices(given.persons):
        enter_person(file, person, occurred)
    for offender in given.offenders:
        _enter_offender(file, offender, occurred)
    await file.save(db, keys)
    record(db, acting, AuditAction.CASE_FILED, subject_ids=file.touched, fields=file.sealed_fields)
    return file


def open_case(acting: Acting, given: CaseCreate) -> CaseFile:
    """Return a new file with what was told of the case as a whole; people are entered next, then it is saved.

    Raises:
        FutureDayError: the received day is later than today.
        InvalidError: the numbers of the head-count claim contradict its bound.
    """
    occurred = Moment(given.received_on or acting.today)
    check_day(occurred, acting.today)
    file = CaseFile.new(acting, occurred.on.year)
    for fact in _facts_of_case(given):
        file.append(Draft(file.subject, occurred, fact))
    file.seal(file.subject, sealed_fields.told_of_case(given))
    return file


def enter_person(file: CaseFile, given: PersonTold, occurred: Moment) -> Subject:
    """Enter a person, whose birth was checked (`check_born`), into a case, and return the new subject."""
    person = file.add(SubjectKind.PERSON)
    for fact in _facts_of_person(given, occurred):
        file.append(Draft(person, occurred, fact))
    file.seal(person, sealed_fields.told(given, sealed_fields.OF_PERSON))
    return person


async def add_person(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: PersonAdd
) -> tuple[CaseFile, UUID]:
    """Add a person to a case.

    Raises:
        NotFoundError: no such case in scope.
        FutureDayError, OutOfOrderError: the day lies in the future, or before the case.
        InvalidError: the birth year is later than that day, or contradicts the age.
    """
    file, [id_] = await _add(db, keys, acting, reference, [("#", given)], given.known_since)
    return file, id_


async def add_persons(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: PersonsAdd
) -> tuple[CaseFile, Sequence[UUID]]:
    """Add several persons to a case, and return their ids in the order in which they were given.

    Raises:
        NotFoundError, FutureDayError, OutOfOrderError, InvalidError: as for one; the last names which of them.
    """
    placed = [(f"#/persons/{place}", person) for place, person in enumerate(given.persons)]
    return await _add(db, keys, acting, reference, placed, given.known_since)


async def _add(
    db: WriteConnection,
    keys: RegisterKeys,
    acting: Acting,
    reference: str,
    placed: Sequence[tuple[str, PersonTold]],
    known_since: str | None,
) -> tuple[CaseFile, Sequence[UUID]]:
    """Enter persons into a case; what is wrong with one of them is said with their place in the body."""
    file, _ = await open_file(db, acting, reference, SubjectKind.CASE)
    occurred = _known_since(file, known_since)
    check_born(occurred, placed)
    ids = [enter_person(file, person, occurred).id async for _, person in in_slices(placed)]
    await file.save(db, keys)
    record(db, acting, AuditAction.PERSON_ADDED, subject_ids=file.touched, fields=file.sealed_fields)
    return file, ids


async def add_offender(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: OffenderAdd
) -> tuple[CaseFile, UUID]:
    """Add an offender to a case.

    Raises:
        NotFoundError: no such case in scope.
        FutureDayError, OutOfOrderError: the day lies in the future, or before the case.
    """
    file, _ = await open_file(db, acting, reference, SubjectKind.CASE)
    offender = _enter_offender(file, given, _known_since(file, given.known_since))
    await file.save(db, keys)
    record(db, acting, AuditAction.OFFENDER_ADDED, subject_ids=file.touched, fields=file.sealed_fields)
    return file, offender.id


async def add_note(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: NoteCreate
) -> LoadedCase:
    """Seal a note with a case.

    Raises:
        NotFoundError: no such case in scope.
    """
    loaded = await load_case(db, acting.who, reference, SubjectKind.CASE)
    subject = await get_subject(db, keys, case_id=loaded.id, id_=loaded.id, kind=SealedSubjectKind.CASE)
    before = await size_of_sealed(db, loaded.id)
    check_room_for_sealed(before.records, before.size, [{"text": given.text}])
    people.put(db, acting, subject, SealedKind.NOTE, {"text": given.text})
    record(db, acting, AuditAction.NOTE_ADDED, subject_ids=[loaded.id], fields=[SealedKind.NOTE.value])
    return loaded


def _known_since(file: CaseFile, given: str | None) -> Moment:
    """Return since when somebody who is added to a case is known: today where nothing was said."""
    occurred = Moment.of(given) if given else Moment(file.acting.today)
    check_day(occurred, file.acting.today)
    if occurred.latest < file.case.received_on.on:
        raise OutOfOrderError("received", file.case.received_on)
    return occurred


def _facts_of_case(given: CaseCreate) -> Iterator[Fact]:
    received = Received(
        channel=given.channel,
        kind=given.kind,
        urgency=given.urgency,
        language=given.language,
        province=given.location.province,
        precision=given.location.precision,
        relationship=given.reporter.relationship,
        place_given=tells_any(given.location.place, given.location.town),
        contact_given=tells_any(*given.reporter.contacts),
        offender_unknown=given.offender_unknown,
    )
    yield received
    claim = given.head_count
    if claim is not None:
        fault = headcount_fault(claim.bound, claim.low, claim.high)
        if fault is not None:
            raise InvalidError(faults=(Fault("pointer", "#/head_count", "bound", fault),))
        yield HeadcountClaimed(bound=claim.bound, low=claim.low, high=claim.high)
    for allegation in given.allegations:
        yield Alleged(types=allegation.types)


def _facts_of_person(given: PersonTold, occurred: Moment) -> Iterator[Fact]:
    added = Added(
        named=tells_any(*given.names),
        contact_given=tells_any(*given.contacts),
        guardian_known=given.guardian is not None,
    )
    yield added
    sex = None if given.sex is Sex.UNKNOWN else given.sex
    born = born_told(given, occurred)
    described = Described(
        sex=sex, birth_year=born.birth_year, age=born.age, fears_own_state=given.fears_own_state or None
    )
    if described != Described():
        yield described
    if given.nationality is not None:
        fact = NationalityAsserted(nationality=given.nationality, source=given.nationality_source)
        yield fact


def _enter_offender(file: CaseFile, given: OffenderCreate, occurred: Moment) -> Subject:
    offender = file.add(SubjectKind.OFFENDER)
    fact = Named(
        roles=() if given.role is None else (given.role,),
        nationality=given.nationality,
        described=tells_any(given.description, *given.names),
    )
    file.append(Draft(offender, occurred, fact))
    file.seal(offender, sealed_fields.told(given, sealed_fields.OF_OFFENDER))
    return offender
