"""Correcting what is known of a case, a person or an offender. What is counted changes by an event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from service.access.queries import is_active_user
from service.access.rules import Principal, Role
from service.audit.actions import Author, record
from service.audit.rules import AuditAction
from service.cases.actions import sealing
from service.cases.actions.appending import CaseFile
from service.cases.queries.files import canonical, load_case
from service.cases.rules.decide import check_birth_year, check_hold
from service.cases.rules.drafts import Draft, Recorder
from service.cases.rules.errors import MayNotRecordError
from service.cases.rules.events import Event, Moment, Subject
from service.cases.rules.facts import CaseDescribed, Cleared, Described, Fact, Kind, OffenderDescribed, SubjectKind
from service.cases.schemas.amending import CasePatch, LocationPatch, OffenderPatch, PersonPatch, ReporterPatch
from service.clock import day_in_phnom_penh
from service.codes import CaseKind, Sex, Urgency
from service.db.database import WriteConnection
from service.errors import Fault, InvalidError, StaleVersionError
from service.people import actions as people
from service.people.queries import get_subject, kinds_of, open_records
from service.people.rules import SealedKind
from service.people.rules import Subject as SealedUnder
from service.people.rules import SubjectKind as SealedSubject
from service.sealing import KeyRing

_PLACES: Final = {"town": SealedKind.TOWN, "place": SealedKind.PLACE}
_DESCRIBING: Final = {"names": SealedKind.NAME, "description": SealedKind.DESCRIPTION}

_NOWHERE: Final = LocationPatch(province=None, town=None, place=None, precision=None)
_NOBODY: Final = ReporterPatch(relationship=None, name=None, contacts=None, wants_updates=None)
"""What null stands for: everything about it is cleared."""


async def amend_case(
    db: WriteConnection, keys: KeyRing, author: Author, principal: Principal, reference: str, given: CasePatch,
    *, version: int,
) -> CaseFile:  # fmt: skip
    """Correct a case.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        MayNotRecordError: only a supervisor assigns.
        InvalidError: it would be assigned to nobody in the register.
    """
    file = CaseFile.of(await load_case(db, principal, reference, SubjectKind.CASE))
    _check_version(file.version, version)
    if "assigned_to" in given.model_fields_set:
        await _check_assignment(db, principal, given.assigned_to)
    subject = await get_subject(db, keys, case_id=file.id, id_=file.id, kind=SealedSubject.CASE)
    fact = _case_fact(given, await kinds_of(db, subject))
    fields = await _reseal_case(db, keys, author, subject, given)
    if "assigned_to" in given.model_fields_set:
        file.assigned_to = given.assigned_to
    events = _appended(file, author, Subject(SubjectKind.CASE, file.id), Kind.CASE_DESCRIBED, fact)
    file.save(db, events)
    record(db, author, AuditAction.CASE_CHANGED, subject_ids=[file.id], fields=fields)
    return file


async def amend_person(
    db: WriteConnection, keys: KeyRing, author: Author, principal: Principal, reference: str, given: PersonPatch,
    *, version: int,
) -> tuple[CaseFile, UUID]:  # fmt: skip
    """Correct what is known of a person.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        MayNotRecordError: the safety hold is not this role's to change.
    """
    file, subject = await _open_part(db, principal, reference, SubjectKind.PERSON, version)
    check_birth_year(given.birth_year, Moment(_today(author)))
    if "fears_own_state" in given.model_fields_set:
        recorder = Recorder(id=principal.id, role=principal.role)
        check_hold(file.case.persons[subject.id], recorder, wanted=given.fears_own_state)
    under = await get_subject(db, keys, case_id=file.id, id_=subject.id, kind=SealedSubject.PERSON)
    fields: list[str] = []
    if "names" in given.model_fields_set:
        fields += await _replace(db, author, under, SealedKind.NAME)
        fields += sealing.seal_names(db, author, under, given.names or ())
    if "documents" in given.model_fields_set:
        fields += await _replace(db, author, under, SealedKind.DOCUMENT)
        fields += sealing.seal_documents(db, author, under, given.documents or ())
    if "contacts" in given.model_fields_set:
        fields += await _replace(db, author, under, SealedKind.CONTACT)
        fields += sealing.seal_contacts(db, author, under, given.contacts or ())
    file.save(db, _appended(file, author, subject, Kind.DESCRIBED, _person_fact(given)))
    record(db, author, AuditAction.PERSON_CHANGED, subject_ids=[file.id, subject.id], fields=fields)
    return file, subject.id


async def amend_offender(
    db: WriteConnection, keys: KeyRing, author: Author, principal: Principal, reference: str, given: OffenderPatch,
    *, version: int,
) -> tuple[CaseFile, UUID]:  # fmt: skip
    """Correct what is known of an offender.

    Raises:
        NotFoundError, StaleVersionError: in this order.
    """
    file, subject = await _open_part(db, principal, reference, SubjectKind.OFFENDER, version)
    under = await get_subject(db, keys, case_id=file.id, id_=subject.id, kind=SealedSubject.OFFENDER)
    fact = _offender_fact(given, await kinds_of(db, under))
    fields: list[str] = []
    if "names" in given.model_fields_set:
        fields += await _replace(db, author, under, SealedKind.NAME)
        fields += sealing.seal_names(db, author, under, given.names or ())
    if "contacts" in given.model_fields_set:
        fields += await _replace(db, author, under, SealedKind.CONTACT)
        fields += sealing.seal_contacts(db, author, under, given.contacts or ())
    if "description" in given.model_fields_set:
        fields += await _replace_text(db, author, under, SealedKind.DESCRIPTION, given.description)
    file.save(db, _appended(file, author, subject, Kind.OFFENDER_DESCRIBED, fact))
    record(db, author, AuditAction.OFFENDER_CHANGED, subject_ids=[file.id, subject.id], fields=fields)
    return file, subject.id


async def _check_assignment(db: WriteConnection, principal: Principal, assigned_to: UUID | None) -> None:
    if principal.role is not Role.SUPERVISOR:
        raise MayNotRecordError("A supervisor assigns cases.")
    if assigned_to is not None and not await is_active_user(db, assigned_to):
        fault = Fault("pointer", "#/assigned_to", "unknown_user", "Name somebody with an account in this register")
        raise InvalidError("1 field needs correcting", faults=(fault,))


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


def _appended(file: CaseFile, author: Author, subject: Subject, kind: Kind, fact: Fact) -> list[Event]:
    """Append a correction; one that changes nothing counted too, for sealed fields may have changed."""
    return [file.append(author, Draft(kind, subject, Moment(_today(author)), fact))]


def _today(author: Author) -> date:
    return day_in_phnom_penh(author.now)


def _case_fact(given: CasePatch, sealed: frozenset[SealedKind]) -> CaseDescribed:
    named = given.model_fields_set
    fact = CaseDescribed(
        kind=given.kind or (CaseKind.RESCUE if "kind" in named else None),
        urgency=given.urgency or (Urgency.NORMAL if "urgency" in named else None),
        language=given.language,
        offender_unknown=bool(given.offender_unknown) if "offender_unknown" in named else None,
        cleared=_cleared(named, given, (Cleared.LANGUAGE,)),
    )
    if "location" in named:
        fact = _with_location(fact, given.location or _NOWHERE, sealed)
    if "reporter" in named:
        fact = _with_reporter(fact, given.reporter or _NOBODY)
    return fact


def _with_location(fact: CaseDescribed, given: LocationPatch, sealed: frozenset[SealedKind]) -> CaseDescribed:
    named = given.model_fields_set
    place_given = fact.place_given
    if named & _PLACES.keys():
        place_given = _still_there(given, _PLACES, sealed)
    return replace(
        fact,
        province=given.province,
        precision=given.precision,
        place_given=place_given,
        cleared=fact.cleared + _cleared(named, given, (Cleared.PROVINCE, Cleared.PRECISION)),
    )


def _with_reporter(fact: CaseDescribed, given: ReporterPatch) -> CaseDescribed:
    named = given.model_fields_set
    return replace(
        fact,
        relationship=given.relationship,
        contact_given=bool(given.contacts) if "contacts" in named else fact.contact_given,
        cleared=fact.cleared + _cleared(named, given, (Cleared.RELATIONSHIP,)),
    )


def _person_fact(given: PersonPatch) -> Described:
    named = given.model_fields_set
    return Described(
        sex=given.sex or (Sex.UNKNOWN if "sex" in named else None),
        birth_year=given.birth_year,
        age=given.age,
        fears_own_state=bool(given.fears_own_state) if "fears_own_state" in named else None,
        named=bool(given.names) if "names" in named else None,
        cleared=_cleared(named, given, (Cleared.BIRTH_YEAR, Cleared.AGE)),
    )


def _offender_fact(given: OffenderPatch, sealed: frozenset[SealedKind]) -> OffenderDescribed:
    named = given.model_fields_set
    described = _still_there(given, _DESCRIBING, sealed) if named & _DESCRIBING.keys() else None
    return OffenderDescribed(
        roles=(given.roles or ()) if "roles" in named else None,
        nationality=given.nationality,
        described=described,
        cleared=_cleared(named, given, (Cleared.NATIONALITY,)),
    )


def _still_there(given: Any, fields: Mapping[str, SealedKind], sealed: frozenset[SealedKind]) -> bool:
    """Tell whether, after the patch, one of some sealed fields holds something."""
    named = given.model_fields_set
    return any(bool(getattr(given, name)) if name in named else kind in sealed for name, kind in fields.items())


def _cleared(named: set[str], given: Any, fields: tuple[Cleared, ...]) -> tuple[Cleared, ...]:
    return tuple(field for field in fields if field.value in named and getattr(given, field.value) is None)


async def _reseal_case(
    db: WriteConnection, keys: KeyRing, author: Author, under: SealedUnder, given: CasePatch
) -> list[str]:
    fields: list[str] = []
    if "narrative" in given.model_fields_set:
        fields += await _replace_text(db, author, under, SealedKind.NARRATIVE, given.narrative)
    if "original_label" in given.model_fields_set:
        fields += await _replace_text(db, author, under, SealedKind.LABEL, given.original_label)
    if "location" in given.model_fields_set:
        location = given.location or _NOWHERE
        for name in location.model_fields_set & _PLACES.keys():
            fields += await _replace_text(db, author, under, _PLACES[name], getattr(location, name))
    if "reporter" in given.model_fields_set:
        fields += await _reseal_reporter(db, keys, author, under, given.reporter or _NOBODY)
    return fields


async def _reseal_reporter(
    db: WriteConnection, keys: KeyRing, author: Author, under: SealedUnder, given: ReporterPatch
) -> list[str]:
    """Merge what is sealed of the reporter with what was sent; what was not sent stays."""
    changes = given.model_dump(mode="json", exclude_unset=True, exclude={"relationship"})
    if not changes:
        return []
    present = await open_records(db, keys, [(under.case_id, under.id)], [SealedKind.REPORTER])
    merged = {**present[-1].content, **changes} if present else changes
    fields = await _replace(db, author, under, SealedKind.REPORTER)
    content = {name: value for name, value in merged.items() if value is not None}
    if content:
        people.put(db, author, under, SealedKind.REPORTER, content)
    return fields


async def _replace(db: WriteConnection, author: Author, under: SealedUnder, kind: SealedKind) -> list[str]:
    await people.retire(db, author, under, [kind])
    return [kind.value]


async def _replace_text(
    db: WriteConnection, author: Author, under: SealedUnder, kind: SealedKind, text: str | None
) -> list[str]:
    await people.retire(db, author, under, [kind])
    if text is not None:
        people.put(db, author, under, kind, {"text": text})
    return [kind.value]
