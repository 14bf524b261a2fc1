"""Correcting what is known of a case, a person or an offender. What is counted changes by an event."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from service.access.queries import active_agencies, active_user
from service.acting import Acting, Principal, Role
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.actions import sealed_fields
from service.cases.actions.born import born_corrected
from service.cases.actions.case_file import CaseFile
from service.cases.actions.corrections import NOBODY, case_fact, offender_fact, person_fact
from service.cases.actions.opening import open_file
from service.cases.actions.reading import sealed_of, sight_of
from service.cases.actions.sealed_fields import Contents
from service.cases.queries.reading import is_visible
from service.cases.rules.projection import person_columns
from service.cases.schemas.amending import CasePatch, OffenderPatch, PersonPatch, ReporterPatch
from service.cases.schemas.views import person_shown
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError, check_version
from service.people.queries import Wanted, kinds_of, kinds_of_others, open_records
from service.people.rules import SealedKind
from service.sealing import RegisterKeys
from service.story.decide import check_born, check_guardian, check_hold
from service.story.drafts import Draft
from service.story.errors import MayNotRecordError
from service.story.fact import Fact
from service.story.kinds.described import Described
from service.story.kinds.names import SubjectKind
from service.story.log import Subject
from service.story.moment import Moment
from service.story.person import Person


async def amend_case(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: CasePatch,
    *, version: int,
) -> CaseFile:  # fmt: skip
    """Correct a case.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        MayNotRecordError: it is assigned or withheld by somebody who is no supervisor.
        InvalidError: the assignee is no active user or cannot see the case, or an agency it is withheld from is not
            active or the supervisor's own.
    """
    file, subject = await open_file(db, acting, reference, SubjectKind.CASE)
    check_version(file.version, version)
    if "assigned_to" in given.model_fields_set and acting.who.role is not Role.SUPERVISOR:
        raise MayNotRecordError("Only a supervisor may assign a case.")
    if "withheld_from" in given.model_fields_set:
        await _check_withholding(db, acting.who, given.withheld_from or ())
    sealed = await kinds_of(db, await file.sealed_subject(db, keys, subject))
    await file.remember_everybody()
    file.append(_correction(file, subject, case_fact(given, sealed)))
    file.reseal(subject, sealed_fields.corrected_of_case(given))
    if "reporter" in given.model_fields_set:
        file.reseal(subject, await _reporter(db, keys, file, given.reporter or NOBODY))
    if "assigned_to" in given.model_fields_set:
        file.assigned_to = given.assigned_to
    await file.save(db, keys)
    record(db, acting, AuditAction.CASE_CHANGED, subject_ids=file.touched, fields=file.sealed_fields)
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
        InvalidError: the birth year is later than today, or contradicts the age.
        MayNotRecordError: this role may not change the safety hold, or the guardian of an adult.
    """
    file, subject = await open_file(db, acting, reference, SubjectKind.PERSON)
    check_version(await _version_told(db, file, subject), version)
    check_born(Moment(acting.today), [("#", given)])
    person = file.case.persons[subject.id]
    if "fears_own_state" in given.model_fields_set:
        check_hold(person, acting.who, wanted=given.fears_own_state)
    if "guardian" in given.model_fields_set:
        check_guardian(person, acting.who, today=acting.today)
    about_birth = bool(given.model_fields_set & {"date_of_birth", "birth_year"})
    sealed = await kinds_of(db, await file.sealed_subject(db, keys, subject)) if about_birth else frozenset()
    if about_birth and acting.who.role is Role.LIAISON:
        sealed -= await kinds_of_others(db, (file.id, person.id), acting.who.agency_id)
    born = born_corrected(given, Moment(acting.today), present=person.birth_year, dated=SealedKind.BIRTH in sealed)
    file.append(_correction(file, subject, await _still_told(db, file, person, person_fact(given, born))))
    retired: Contents = {SealedKind.BIRTH: []} if born.outdates else {}
    file.reseal(subject, {**sealed_fields.corrected(given, sealed_fields.OF_PERSON), **retired})
    await file.save(db, keys)
    record(db, acting, AuditAction.PERSON_CHANGED, subject_ids=file.touched, fields=file.sealed_fields)
    return file, subject.id


async def amend_offender(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: OffenderPatch,
    *, version: int,
) -> tuple[CaseFile, UUID]:  # fmt: skip
    """Correct what is known of an offender.

    Raises:
        NotFoundError, StaleVersionError: in this order.
    """
    file, subject = await open_file(db, acting, reference, SubjectKind.OFFENDER)
    check_version(file.parts[subject.id].version, version)
    sealed = await kinds_of(db, await file.sealed_subject(db, keys, subject))
    file.append(_correction(file, subject, offender_fact(given, sealed)))
    file.reseal(subject, sealed_fields.corrected(given, sealed_fields.OF_OFFENDER))
    await file.save(db, keys)
    record(db, acting, AuditAction.OFFENDER_CHANGED, subject_ids=file.touched, fields=file.sealed_fields)
    return file, subject.id


async def _still_told(db: WriteConnection, file: CaseFile, person: Person, fact: Described) -> Described:
    """Return what a correction says; a liaison's leaves what others told, which is known as before."""
    if file.acting.who.role is not Role.LIAISON:
        return fact
    others = await kinds_of_others(db, (file.id, person.id), file.acting.who.agency_id)
    known = {
        SealedKind.NAME: person.named,
        SealedKind.CONTACT: person.contact_given,
        SealedKind.GUARDIAN: person.guardian_known,
    }
    kept = {kind for kind, was in known.items() if was and kind in others}
    return replace(
        fact,
        named=None if fact.named is None else fact.named or SealedKind.NAME in kept,
        contact_given=None if fact.contact_given is None else fact.contact_given or SealedKind.CONTACT in kept,
        guardian_known=None if fact.guardian_known is None else fact.guardian_known or SealedKind.GUARDIAN in kept,
    )


async def _version_told(db: WriteConnection, file: CaseFile, subject: Subject) -> int:
    """Return the version of a person as it is shown to whoever acts."""
    part = file.parts[subject.id]
    told = {"id": subject.id, "reference": part.reference, "version": part.version}
    row = person_columns(file.case, file.case.persons[subject.id]) | told
    sealed = await sealed_of(db, file.acting.who, [(file.id, subject.id)])
    return person_shown(row, sight_of(file.acting, sealed=sealed)).version


async def _check_assignment(db: WriteConnection, assigned_to: UUID, case_id: UUID) -> None:
    """Raise InvalidError unless the user sees the case as it is now: with anybody else it would lie unread."""
    user = await active_user(db, assigned_to)
    if user is None:
        fault = Fault("pointer", "#/assigned_to", "unknown_user", "No active user has this id. Give the id of one")
    elif not await is_visible(db, user, case_id):
        fault = Fault(
            "pointer", "#/assigned_to", "case_not_visible", "This user cannot see the case. Give the id of one who can"
        )
    else:
        return
    raise InvalidError(faults=(fault,))


async def _check_withholding(db: WriteConnection, principal: Principal, agencies: Sequence[UUID]) -> None:
    """Raise unless a supervisor names active agencies other than its own: somebody must be left who can lift it."""
    if principal.role is not Role.SUPERVISOR:
        raise MayNotRecordError("Only a supervisor may withhold a case from agencies, or lift that.")
    active = await active_agencies(db, agencies)
    wrong = {
        place: "A case cannot be withheld from your own agency"
        if id_ == principal.agency_id
        else "No active agency has this id. Give the id of one"
        for place, id_ in enumerate(agencies)
        if id_ == principal.agency_id or id_ not in active
    }
    faults = tuple(Fault("pointer", f"#/withheld_from/{place}", "agency", words) for place, words in wrong.items())
    if faults:
        raise InvalidError(faults=faults)


def _correction(file: CaseFile, subject: Subject, fact: Fact) -> Draft:
    """Return the draft of a correction; one that changes nothing counted too, for sealed fields may have changed."""
    return Draft(subject, Moment(file.acting.today), fact)


async def _reporter(db: WriteConnection, keys: RegisterKeys, file: CaseFile, given: ReporterPatch) -> Contents:
    """Return what is to be sealed anew of the reporter: what is sealed, merged with what was sent."""
    changes = given.model_dump(mode="json", exclude_unset=True, exclude={"relationship"})
    if not changes:
        return {}
    present = await open_records(db, keys, Wanted([(file.id, file.id)], [SealedKind.REPORTER]))
    merged = {**present[-1].content, **changes} if present else changes
    content = {name: value for name, value in merged.items() if value is not None}
    return {SealedKind.REPORTER: [content] if content else []}
