"""Recording an operation, correcting it, and adding notes to it."""

from typing import cast
from uuid import UUID

from service.access.queries import kind_of_agency
from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.cases.queries.reading import NamedCaseRecord, get_case_reference
from service.cases.rules.bounds import check_room_for_sealed
from service.days import day_in_phnom_penh
from service.db.database import WriteConnection
from service.errors import check_version
from service.ids import new_id, new_operation_reference
from service.operations.actions.naming import log_case, put_on_record
from service.operations.models import KnownOperationRecord, OperationRecord, OperationRow
from service.operations.queries import get_operation
from service.operations.rules.standing import check_days, check_embargo, check_grounds, check_kind, check_own
from service.operations.schemas.given import OperationCreate, OperationNote, OperationPatch
from service.people import actions as people
from service.people.queries import get_subject, size_of_sealed
from service.people.rules import SealedKind, SealedSubjectKind
from service.sealing import RegisterKeys


async def record_operation(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, given: OperationCreate
) -> KnownOperationRecord:
    """Record an operation of the principal's own agency; the log of the case it was made for says so.

    Raises:
        MayNotRecordError: not an operation of this kind.
        NotFoundError: the case is absent or out of scope.
        InvalidError: a raid without grounds, days that cannot be, or an embargo that has passed.
        CaseFullError: the case has no room even for this.
    """
    check_kind(given.kind, acting.who)
    check_grounds(given.kind, given.grounds)
    today = day_in_phnom_penh(acting.now)
    started_on = given.started_on or today
    check_days(started_on, given.ended_on, today=today)
    check_embargo(given.embargo_until, now=acting.now)
    case = await _case(db, acting, given.case)
    id_ = new_id(acting.now)
    row: OperationRecord = {
        "id": id_,
        "reference": new_operation_reference(started_on.year),
        "kind": given.kind.value,
        "agency_id": acting.who.agency_id,
        "authority": await kind_of_agency(db, acting.who.agency_id),
        "started_on": started_on,
        "ended_on": given.ended_on,
        "province": given.province,
        "case_id": case and case["id"],
        "logged_case_id": None,
        "embargo_until": given.embargo_until,
        "recorded_by": acting.who.id,
        "recorded_at": acting.now,
        "version": 1,
    }
    row["logged_case_id"] = await log_case(db, keys, acting, row)
    db.insert(OperationRow, row)
    fields = _seal(db, keys, acting, id_, given)
    record(db, acting, AuditAction.OPERATION_RECORDED, subject_ids=[id_, *_ids(case)], fields=fields)
    return {**row, "case": case and case["reference"]}


async def amend_operation(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: OperationPatch, *, version: int
) -> KnownOperationRecord:
    """Correct an operation; the logs of the case it names, and of the one it leaves, say so.

    Raises:
        NotFoundError, MayNotRecordError, StaleVersionError: in this order; NotFoundError for the case too.
        InvalidError: it would have ended before it began, or in the future, or be under an embargo that has passed.
        CaseFullError: the case has no room even for this.
    """
    row = await get_operation(db, acting.who, reference, now=acting.now)
    check_own(row["agency_id"], acting.who)
    check_version(row["version"], version)
    changes = {name: getattr(given, name) for name in given.model_fields_set - {"case"}}
    if "case" in given.model_fields_set:
        case = await _case(db, acting, given.case)
        changes |= {"case_id": case and case["id"], "case": case and case["reference"]}
    changed = cast(KnownOperationRecord, {**row, **changes, "version": version + 1})
    check_days(changed["started_on"], changed["ended_on"], today=day_in_phnom_penh(acting.now))
    if changed["embargo_until"] != row["embargo_until"]:
        check_embargo(changed["embargo_until"], now=acting.now)
    changed["logged_case_id"] = await log_case(db, keys, acting, changed)
    db.update(OperationRow, {name: value for name, value in changed.items() if name != "case"})
    put_on_record(db, acting, row, changed)
    return changed


async def add_note(
    db: WriteConnection, keys: RegisterKeys, acting: Acting, reference: str, given: OperationNote
) -> KnownOperationRecord:
    """Seal a note with an operation.

    Raises:
        NotFoundError, MayNotRecordError: in this order.
    """
    row = await get_operation(db, acting.who, reference, now=acting.now)
    check_own(row["agency_id"], acting.who)
    subject = await get_subject(db, keys, case_id=row["id"], id_=row["id"], kind=SealedSubjectKind.OPERATION)
    before = await size_of_sealed(db, row["id"])
    check_room_for_sealed(before.records, before.size, [{"text": given.text}])
    people.put(db, acting, subject, SealedKind.NOTE, {"text": given.text})
    record(db, acting, AuditAction.NOTE_ADDED, subject_ids=[row["id"]], fields=[SealedKind.NOTE.value])
    return row


async def _case(db: WriteConnection, acting: Acting, reference: str | None) -> NamedCaseRecord | None:
    """Return the case that an operation was made for, where one is named.

    Raises:
        NotFoundError: absent or out of scope.
    """
    return None if reference is None else await get_case_reference(db, acting.who, reference)


def _ids(case: NamedCaseRecord | None) -> list[UUID]:
    return [] if case is None else [case["id"]]


def _seal(db: WriteConnection, keys: RegisterKeys, acting: Acting, id_: UUID, given: OperationCreate) -> list[str]:
    """Stage what is sealed of an operation, and return the names of the fields; its own id stands for a case's."""
    subject = people.new_subject(db, acting, keys, case_id=id_, id_=id_, kind=SealedSubjectKind.OPERATION)
    texts = {SealedKind.PLACE: given.site, SealedKind.GROUNDS: given.grounds}
    sealed = [kind for kind, text in texts.items() if text is not None]
    for kind in sealed:
        people.put(db, acting, subject, kind, {"text": texts[kind]})
    return [kind.value for kind in sealed]
