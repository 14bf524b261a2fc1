"""Correcting what is known of a case, a person or an offender. What is counted changes by an event."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from service.access.queries import active_agencies, active_user
from service.acting import Acting, Principal, Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions.appending import CaseFile
from service.cases.actions.corrections import case_fact, offender_fact, person_fact
from service.cases.actions.resealing import reseal_case, reseal_offender, reseal_person
from service.cases.queries.files import canonical, load_case
from service.cases.queries.reading import is_visible
from service.cases.schemas.amending import CasePatch, OffenderPatch, PersonPatch
from service.days import day_in_phnom_penh
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError, StaleVersionError
from service.people.queries import get_subject, kinds_of
from service.people.rules import SubjectKind as SealedSubject
from service.sealing import RegisterKeys
from service.story.decide import check_born, check_guardian, check_hold
from service.story.drafts import Draft
from service.story.errors import MayNotRecordError
from service.story.fact import Fact
from service.story.kinds.names import SubjectKind
from service.story.log import Event, Subject
from service.story.moment import Moment


async def amend_case(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: CasePatch,
    *, version: int,
) -> CaseFile:  # fmt: skip
    """Correct a case.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        MayNotRecordError: only a supervisor assigns, or withholds.
        InvalidError: it would be assigned to nobody in the register, or to somebody who cannot see it, or be withheld
            from no agency of it.
    """
    file = CaseFile.of(await load_case(db, acting.who, reference, SubjectKind.CASE))
    _check_version(file.version, version)
    if "assigned_to" in given.model_fields_set and acting.who.role is not Role.SUPERVISOR:
        raise MayNotRecordError("A supervisor assigns cases.")
    if "withheld_from" in given.model_fields_set:
        await _check_withholding(db, acting.who, given.withheld_from or ())
    subject = await get_subject(db, keys, case_id=file.id, id_=file.id, kind=SealedSubject.CASE)
    fact = case_fact(given, await kinds_of(db, subject))
    fields = await reseal_case(db, keys, acting, subject, given)
    if "assigned_to" in given.model_fields_set:
        file.assigned_to = given.assigned_to
    events = _appended(file, acting, Subject(SubjectKind.CASE, file.id), fact)
    file.save(db, events)
    record(db, acting, AuditAction.CASE_CHANGED, subject_ids=[file.id], fields=fields)
    if given.assigned_to is not None:
        await db.flush()
        await _check_assignment(db, given.assigned_to, file.id)
    return file


async def amend_person(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: PersonPatch,
    *, version: int,
) -> tuple[CaseFile, UUID]:  # fmt: skip
    """Correct what is known of a person.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        InvalidError: born in the future, or of another age today.
        MayNotRecordError: the safety hold is not this role's to change, nor a grown-up's guardian.
    """
    file, subject = await _open_part(db, acting.who, reference, SubjectKind.PERSON, version)
    check_born(Moment(_today(acting)), [("#", given)])
    person = file.case.persons[subject.id]
    if "fears_own_state" in given.model_fields_set:
        check_hold(person, acting.who, wanted=given.fears_own_state)
    if "guardian" in given.model_fields_set:
        check_guardian(person, acting.who, today=_today(acting))
    under = await get_subject(db, keys, case_id=file.id, id_=subject.id, kind=SealedSubject.PERSON)
    fields = await reseal_person(db, acting, under, given)
    file.save(db, _appended(file, acting, subject, person_fact(given)))
    record(db, acting, AuditAction.PERSON_CHANGED, subject_ids=[file.id, subject.id], fields=fields)
    return file, subject.id


async def amend_offender(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: OffenderPatch,
    *, version: int,
) -> tuple[CaseFile, UUID]:  # fmt: skip
    """Correct what is known of an offender.

    Raises:
        NotFoundError, StaleVersionError: in this order.
    """
    file, subject = await _open_part(db, acting.who, reference, SubjectKind.OFFENDER, version)
    under = await get_subject(db, keys, case_id=file.id, id_=subject.id, kind=SealedSubject.OFFENDER)
    fact = offender_fact(given, await kinds_of(db, under))
    fields = await reseal_offender(db, acting, under, given)
    file.save(db, _appended(file, acting, subject, fact))
    record(db, acting, AuditAction.OFFENDER_CHANGED, subject_ids=[file.id, subject.id], fields=fields)
    return file, subject.id


async def _check_assignment(db: WriteConnection, assigned_to: UUID, case_id: UUID) -> None:
    """Only to somebody who sees the case as it is now: with anybody else it would lie unread."""
    user = await active_user(db, assigned_to)
    if user is None:
        fault = Fault("pointer", "#/assigned_to", "unknown_user", "Name somebody with an account in this register")
    elif not await is_visible(db, user, case_id):
        fault = Fault("pointer", "#/assigned_to", "case_not_visible", "Name somebody who can see this case")
    else:
        return
    raise InvalidError("1 field needs correcting", faults=(fault,))


async def _check_withholding(db: WriteConnection, principal: Principal, agencies: Sequence[UUID]) -> None:
    """Only from others than the supervisor's own agency: somebody must be left who can lift it."""
    if principal.role is not Role.SUPERVISOR:
        raise MayNotRecordError("A supervisor says from which agencies a case is withheld.")
    active = await active_agencies(db, agencies)
    wrong = {
        place: "Your own agency cannot be kept from a case by you"
        if id_ == principal.agency_id
        else "Name agencies of this register that are not disabled"
        for place, id_ in enumerate(agencies)
        if id_ == principal.agency_id or id_ not in active
    }
    faults = tuple(Fault("pointer", f"#/withheld_from/{place}", "agency", words) for place, words in wrong.items())
    if faults:
        raise InvalidError("Some agencies need correcting", faults=faults)


async def _open_part(
    db: WriteConnection, principal: Principal, reference: str, kind: SubjectKind, version: int
) -> tuple[CaseFile, Subject]:
    loaded = await load_case(db, principal, reference, kind)
    subject = loaded.wanted[canonical(reference)]
    _check_version(loaded.parts[subject.id].version, version)
    return CaseFile.of(loaded), subject


def _check_version(present: int, expected: int) -> None:
    if present != expected:
        raise StaleVersionError("Read it again, then change that version.", etag=f'"{present}"')


def _appended(file: CaseFile, acting: Acting, subject: Subject, fact: Fact) -> list[Event]:
    """Append a correction; one that changes nothing counted too, for sealed fields may have changed."""
    return [file.append(acting, Draft(subject, Moment(_today(acting)), fact))]


def _today(acting: Acting) -> date:
    return day_in_phnom_penh(acting.now)
