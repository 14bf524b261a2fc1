"""Looking things up in the audit log. Ids lead with their instant, so the order of ids is the order of recording.

Of cases and of whoever is in them nothing is read here but which id a reference stands for (ADR 0023), and from which
agencies it is withheld (ADR 58).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    column,
    exists,
    func,
    not_,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import InstrumentedAttribute

from service.access.models import Agency, ServiceKey, User
from service.audit.models import AuditEntry, AuditRecord
from service.audit.rules import AuditAction
from service.days import PHNOM_PENH
from service.db.database import PersonalConnection
from service.db.lists import LISTS_KEPT, Narrowing, narrowed
from service.db.statements import PersonalQuery
from service.ids import (
    NIL,
    first_id_at,
    last_id_at,
    read_case_reference,
    read_operation_reference,
    read_part_reference,
    read_uuid,
)


@dataclass(frozen=True)
class LogFilter:
    """What the log is narrowed to. Values of one field are alternatives; fields add up.

    Attributes:
        first: first calendar day in Asia/Phnom_Penh.
        last: last calendar day in Asia/Phnom_Penh, included.
        principal_id: who did it.
        agency_id: for which agency.
        roles: in which role.
        actions: what was done.
        request_id: in which request.
        subject_id: to whom, or who was shown.
    """

    first: date | None = None
    last: date | None = None
    principal_id: UUID | None = None
    agency_id: UUID | None = None
    roles: Sequence[str] = ()
    actions: Sequence[str] = ()
    request_id: UUID | None = None
    subject_id: UUID | None = None


class EntryRecord(AuditRecord):
    """An entry of the log with the present names of who acted, and for whom."""

    principal: str | None
    agency: str | None


class _IdRecord(TypedDict):
    id: UUID


_READER: Final = bindparam("reader_agency_id", type_=Uuid)


def _withheld(id_: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Return the condition that an id is of a case that is withheld from the reader's agency, or of something in it."""
    events, cases = (
        table(name, column("id", Uuid), column("case_id", Uuid), column("withheld_from", ARRAY(Uuid)))
        for name in ("events", "cases")
    )
    rows = [
        table(name, column("id", Uuid), column("withheld_from", ARRAY(Uuid)))
        for name in ("cases", "persons", "offenders")
    ]
    happened = exists().where(
        events.c.id == id_, events.c.case_id == cases.c.id, any_(cases.c.withheld_from) == _READER
    )
    return or_(*(exists().where(of.c.id == id_, any_(of.c.withheld_from) == _READER) for of in rows), happened)


_NAMED: Final = PersonalQuery(
    union_all(
        *(
            select(found.c.id).where(found.c.reference == bindparam("name"), not_(_withheld(found.c.id)))
            for found in (
                table(name, column("id", Uuid), column("reference", Text)).alias(f"named_{name}")
                for name in ("cases", "persons", "offenders", "operations")
            )
        )
    ),
    _IdRecord,
)


async def id_of(db: PersonalConnection, subject: str, reader_agency_id: UUID) -> UUID | None:
    """Return the id of a record that is named by its id or reference; None where it can be neither.

    Returns:
        `NIL` for a reference that nothing has that the reader's agency may know of.
    """
    uuid = read_uuid(subject)
    name = read_part_reference(subject) or read_case_reference(subject) or read_operation_reference(subject)
    if uuid is not None or name is None:
        return uuid
    row = await db.row(_NAMED, {"name": name, "reader_agency_id": reader_agency_id})
    return row["id"] if row else NIL


async def list_entries(
    db: PersonalConnection, wanted: LogFilter, *, reader_agency_id: UUID, after: UUID | None, limit: int
) -> Sequence[EntryRecord]:
    """Return one more entry than `limit`, newest first, with the present names of who acted, and for whom.

    What is about cases that are withheld from the reader's agency is absent (ADR 58).
    """
    page = Narrowing.of({**_filters(wanted), "reader_agency_id": reader_agency_id}, after=after, limit=limit)
    return await db.rows(_list(page.by), page.values)


@lru_cache(LISTS_KEPT)
def _list(narrowed_by: frozenset[str]) -> PersonalQuery[EntryRecord]:
    return PersonalQuery(narrowed(_SHOWN, _NARROWED, narrowed_by), EntryRecord)


def _name(
    of: InstrumentedAttribute[str], by: InstrumentedAttribute[UUID], entry: InstrumentedAttribute[UUID | None]
) -> ColumnElement[Any]:
    return select(of).where(by == entry).correlate(AuditEntry).scalar_subquery()


_NAMES: Final = (
    func.coalesce(
        _name(User.username, User.id, AuditEntry.principal_id),
        _name(ServiceKey.name, ServiceKey.id, AuditEntry.principal_id),
    ).label("principal"),
    _name(Agency.name, Agency.id, AuditEntry.agency_id).label("agency"),
)

_SUBJECTS: Final = (
    func.unnest(AuditEntry.subject_ids)
    .table_valued(column("id", Uuid), with_ordinality="place", name="subject")
    .render_derived()
)
_KNOWN_SUBJECTS: Final = select(_SUBJECTS.c.id).where(not_(_withheld(_SUBJECTS.c.id))).correlate(AuditEntry)
_ASKED: Final = and_(AuditEntry.action == AuditAction.AUDIT_READ.value, AuditEntry.agency_id == _READER)
"""After what somebody of the own agency asked: they knew it."""

_OF_MANY: Final = (
    AuditAction.CASES_LISTED, AuditAction.PERSONS_LISTED, AuditAction.OPERATIONS_LISTED, AuditAction.RECORDS_SEARCHED,
    AuditAction.AUDIT_READ,
)  # fmt: skip
"""Acts that are entered with whomever they showed, and with nobody: of these only what is withheld is left out."""

_SHOWN: Final = select(
    *(column for column in AuditEntry.__table__.c if column.name != "subject_ids"),
    case(
        (_ASKED, AuditEntry.subject_ids),
        else_=func.array(_KNOWN_SUBJECTS.order_by(_SUBJECTS.c.place).scalar_subquery()),
    ).label("subject_ids"),
    *_NAMES,
)

_NARROWED: Final[Mapping[str, ColumnElement[bool]]] = {
    "first": AuditEntry.id >= bindparam("first", type_=Uuid),
    "last": AuditEntry.id <= bindparam("last", type_=Uuid),
    "since": AuditEntry.recorded_at >= bindparam("since", type_=DateTime(timezone=True)),
    "until": AuditEntry.recorded_at <= bindparam("until", type_=DateTime(timezone=True)),
    "principal_id": AuditEntry.principal_id == bindparam("principal_id", type_=Uuid),
    "agency_id": AuditEntry.agency_id == bindparam("agency_id", type_=Uuid),
    "request_id": AuditEntry.request_id == bindparam("request_id", type_=Uuid),
    "roles": AuditEntry.role == any_(bindparam("roles", type_=ARRAY(Text))),
    "actions": AuditEntry.action == any_(bindparam("actions", type_=ARRAY(Text))),
    "subject_id": and_(
        AuditEntry.subject_ids.contains(array([bindparam("subject_id", type_=Uuid)])),
        or_(_ASKED, not_(_withheld(bindparam("subject_id", type_=Uuid)))),
    ),
    "reader_agency_id": or_(
        *(AuditEntry.action == action.value for action in _OF_MANY),
        func.cardinality(AuditEntry.subject_ids, type_=Integer) == 0,
        _KNOWN_SUBJECTS.exists(),
    ),
    "after": AuditEntry.id < bindparam("after", type_=Uuid),
}


def _filters(wanted: LogFilter) -> dict[str, Any]:
    """Return what the log is narrowed to, days as their instants, and as the ids of these: the parts and the order."""
    since = None if wanted.first is None else datetime.combine(wanted.first, time.min, PHNOM_PENH)
    until = None if wanted.last is None else datetime.combine(wanted.last, time.max, PHNOM_PENH)
    return {
        **vars(wanted),
        "first": None if since is None else first_id_at(since),
        "last": None if until is None else last_id_at(until),
        "since": since,
        "until": until,
    }
