"""Filing a case, and adding persons, offenders and notes to one."""

from collections.abc import Iterator
from uuid import UUID

from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions import sealing
from service.cases.actions.appending import CaseFile
from service.cases.queries.files import LoadedCase, load_case
from service.cases.schemas.filing import CaseCreate, NoteCreate, OffenderAdd, OffenderCreate, PersonAdd, PersonTold
from service.codes import IntakeChannel, Sex
from service.days import day_in_phnom_penh
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError
from service.ids import new_case_reference, new_id
from service.people import actions as people
from service.people.queries import get_subject
from service.people.rules import SealedKind
from service.people.rules import SubjectKind as SealedSubject
from service.sealing import RegisterKeys
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
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.received import Received
from service.story.log import Event, Subject
from service.story.moment import Moment


def file_case(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, given: CaseCreate
) -> tuple[CaseFile, list[UUID], list[UUID]]:
    """File a case with everything told so far.

    Returns:
        The case file; ids of persons and of offenders in the order they were sent.

    Raises:
        FutureDayError: it was received tomorrow.
        InvalidError: the numbers of the head-count claim contradict its bound, or somebody is born after that day; or
            nobody asked for it: such a case is opened by an operation, which is its verification (ADR 0017).
    """
    if given.channel is IntakeChannel.FIELD:
        words = "People nobody had asked for are reported with the operation that found them, at /v1/operations"
        raise InvalidError("1 field needs correcting", faults=(Fault("pointer", "#/channel", "not_filed", words),))
    file, events, fields = open_case(db, keys, acting, given)
    occurred = file.case.received_on
    check_born(occurred, ((f"#/persons/{place}", person) for place, person in enumerate(given.persons)))
    persons: list[UUID] = []
    for person in given.persons:
        id_, appended, sealed = enter_person(db, keys, acting, file, person, occurred)
        persons.append(id_)
        events += appended
        fields += sealed
    offenders: list[UUID] = []
    for offender in given.offenders:
        id_, appended, sealed = _add_offender(db, keys, acting, file, offender, occurred)
        offenders.append(id_)
        events += appended
        fields += sealed
    file.save(db, events)
    record(db, acting, AuditAction.CASE_FILED, subject_ids=[file.id, *persons, *offenders], fields=fields)
    return file, persons, offenders


def open_case(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, given: CaseCreate
) -> tuple[CaseFile, list[Event], list[str]]:
    """Open a case with what was told about it as a whole; whoever is in it is entered next, then it is saved.

    Returns:
        The case file, its first events, and the names of the sealed fields.

    Raises:
        FutureDayError, InvalidError: as when it is filed.
    """
    today = day_in_phnom_penh(acting.now)
    occurred = Moment(given.received_on or today)
    check_day(occurred, today)
    case_id = new_id(acting.now)
    file = CaseFile(
        id=case_id,
        reference=new_case_reference(occurred.on.year),
        version=0,
        filed_at=acting.now,
        assigned_to=None,
        events=[],
        parts={},
        state=None,
    )
    about_case = Subject(SubjectKind.CASE, case_id)
    events = [file.append(acting, Draft(about_case, occurred, fact)) for kind, fact in _facts_of_case(given)]
    sealed_case = people.new_subject(db, acting, keys, case_id=case_id, id_=case_id, kind=SealedSubject.CASE)
    return file, events, sealing.seal_case(db, acting, sealed_case, given)


def enter_person(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, file: CaseFile, given: PersonTold, occurred: Moment
) -> tuple[UUID, list[Event], list[str]]:
    """Enter a person into a case that is saved afterwards.

    Returns:
        The person's id, the events that say who it is, and the names of the sealed fields.

    Raises:
        InvalidError: somebody is born after that day, or was of another age.
    """
    check_born(occurred, [("#", given)])
    id_ = new_id(acting.now)
    file.new_part(id_)
    subject = Subject(SubjectKind.PERSON, id_)
    events = [file.append(acting, Draft(subject, occurred, fact)) for kind, fact in _facts_of_person(given)]
    sealed = people.new_subject(db, acting, keys, case_id=file.id, id_=id_, kind=SealedSubject.PERSON)
    return id_, events, sealing.seal_person(db, acting, sealed, given)


async def add_person(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: PersonAdd
) -> tuple[CaseFile, UUID]:
    """Add a person to a case.

    Raises:
        NotFoundError: no such case in scope.
        FutureDayError, OutOfOrderError: the day lies in the future, or before the case.
    """
    loaded = await load_case(db, acting.who, reference, SubjectKind.CASE)
    file, occurred = _open_for_addition(acting, loaded, given.known_since)
    id_, events, fields = enter_person(db, keys, acting, file, given, occurred)
    file.save(db, events)
    record(db, acting, AuditAction.PERSON_ADDED, subject_ids=[file.id, id_], fields=fields)
    return file, id_


async def add_offender(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: OffenderAdd
) -> tuple[CaseFile, UUID]:
    """Add an offender to a case.

    Raises:
        NotFoundError: no such case in scope.
        FutureDayError, OutOfOrderError: the day lies in the future, or before the case.
    """
    loaded = await load_case(db, acting.who, reference, SubjectKind.CASE)
    file, occurred = _open_for_addition(acting, loaded, given.known_since)
    id_, events, fields = _add_offender(db, keys, acting, file, given, occurred)
    file.save(db, events)
    record(db, acting, AuditAction.OFFENDER_ADDED, subject_ids=[file.id, id_], fields=fields)
    return file, id_


async def add_note(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: NoteCreate
) -> LoadedCase:
    """Seal a note with a case.

    Raises:
        NotFoundError: no such case in scope.
    """
    loaded = await load_case(db, acting.who, reference, SubjectKind.CASE)
    subject = await get_subject(db, keys, case_id=loaded.id, id_=loaded.id, kind=SealedSubject.CASE)
    people.put(db, acting, subject, SealedKind.NOTE, {"text": given.text})
    record(db, acting, AuditAction.NOTE_ADDED, subject_ids=[loaded.id], fields=[SealedKind.NOTE.value])
    return loaded


def _open_for_addition(acting: Acting, loaded: LoadedCase, known_since: str | None) -> tuple[CaseFile, Moment]:
    """Open a case to add somebody who is known since then, or since today."""
    file = CaseFile.of(loaded)
    today = day_in_phnom_penh(acting.now)
    occurred = Moment.of(known_since) if known_since else Moment(today)
    check_day(occurred, today)
    if occurred.latest < file.case.received_on.on:
        raise OutOfOrderError("received", file.case.received_on)
    return file, occurred


def _facts_of_case(given: CaseCreate) -> Iterator[tuple[Kind, Fact]]:
    received = Received(
        channel=given.channel,
        kind=given.kind,
        urgency=given.urgency,
        language=given.language,
        province=given.location.province,
        precision=given.location.precision,
        relationship=given.reporter.relationship,
        place_given=bool(given.location.place or given.location.town),
        contact_given=bool(given.reporter.contacts),
        offender_unknown=given.offender_unknown,
    )
    yield Kind.RECEIVED, received
    claim = given.head_count
    if claim is not None:
        fault = headcount_fault(claim.bound, claim.low, claim.high)
        if fault is not None:
            raise InvalidError("1 field needs correcting", faults=(Fault("pointer", "#/head_count", "bound", fault),))
        yield Kind.HEADCOUNT_CLAIMED, HeadcountClaimed(bound=claim.bound, low=claim.low, high=claim.high)
    for allegation in given.allegations:
        yield Kind.ALLEGED, Alleged(types=allegation.types)


def _facts_of_person(given: PersonTold) -> Iterator[tuple[Kind, Fact]]:
    added = Added(
        named=bool(given.names), contact_given=bool(given.contacts), guardian_known=given.guardian is not None
    )
    yield Kind.ADDED, added
    sex = None if given.sex is Sex.UNKNOWN else given.sex
    described = Described(
        sex=sex, birth_year=given.birth_year, age=given.age, fears_own_state=given.fears_own_state or None
    )
    if described != Described():
        yield Kind.DESCRIBED, described
    if given.nationality is not None:
        fact = NationalityAsserted(nationality=given.nationality, source=given.nationality_source)
        yield Kind.NATIONALITY_ASSERTED, fact


def _add_offender(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, file: CaseFile, given: OffenderCreate, occurred: Moment
) -> tuple[UUID, list[Event], list[str]]:
    id_ = new_id(acting.now)
    file.new_part(id_)
    fact = Named(
        roles=() if given.role is None else (given.role,),
        nationality=given.nationality,
        described=bool(given.description or given.names),
    )
    event = file.append(acting, Draft(Subject(SubjectKind.OFFENDER, id_), occurred, fact))
    sealed = people.new_subject(db, acting, keys, case_id=file.id, id_=id_, kind=SealedSubject.OFFENDER)
    return id_, [event], sealing.seal_offender(db, acting, sealed, given)
