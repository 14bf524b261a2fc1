"""Reading what is personal: each reading is recorded in the transaction that reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.access.rules import Principal, Role
from service.audit.actions import Author, record
from service.audit.rules import AuditAction
from service.cases.queries import listing, reading
from service.cases.queries.listing import CaseFilter, PersonFilter
from service.cases.queries.reading import WholeCase
from service.cases.schemas.sight import Sight, Unsealed
from service.clock import day_in_phnom_penh
from service.codes import ReadPurpose
from service.db.database import Record, WriteConnection
from service.errors import BadRequestError, Fault
from service.people.queries import open_records
from service.people.rules import OF_A_CASE_FOR_A_LIAISON, OF_A_PERSON, OF_AN_OFFENDER, SealedKind
from service.sealing import KeyRing

_OF_CASE: Final = frozenset(SealedKind)


@dataclass(frozen=True)
class Reader:
    """Who reads, and why.

    Attributes:
        purpose: why sealed fields are opened; None leaves them sealed.
    """

    principal: Principal
    author: Author
    keys: KeyRing
    purpose: ReadPurpose | None = None

    @property
    def sees_whole(self) -> bool:
        """Whether fields about the whole case are shown: to everybody but a liaison."""
        return self.principal.role is not Role.LIAISON

    def sight(self, opened: Sequence[Unsealed] | None = None) -> Sight:
        """Answer how much this reader is shown."""
        return Sight(whole=self.sees_whole, today=day_in_phnom_penh(self.author.now), opened=opened)


async def read_case(db: WriteConnection, reader: Reader, reference: str) -> tuple[WholeCase, Sight]:
    """Read a case with the persons and offenders the reader may know of.

    Raises:
        NotFoundError: absent or out of scope.
    """
    whole = await reading.get_whole_case(db, reader.principal, reference)
    case_id = whole.case["id"]
    subjects = [(case_id, case_id), *((case_id, part["id"]) for part in (*whole.persons, *whole.offenders))]
    sight = await _open(db, reader, subjects, _OF_CASE, case_id=case_id)
    _record(db, reader, AuditAction.CASE_READ, [id_ for _, id_ in subjects], sight)
    return whole, sight


async def read_person(db: WriteConnection, reader: Reader, reference: str) -> tuple[Record, Sight]:
    """Read a person.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await reading.get_person(db, reader.principal, reference)
    sight = await _open(db, reader, [(row["case_id"], row["id"])], OF_A_PERSON)
    _record(db, reader, AuditAction.PERSON_READ, [row["id"]], sight)
    return row, sight


async def read_offender(db: WriteConnection, reader: Reader, reference: str) -> tuple[Record, Sight]:
    """Read an offender.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await reading.get_offender(db, reader.principal, reference)
    sight = await _open(db, reader, [(row["case_id"], row["id"])], OF_AN_OFFENDER)
    _record(db, reader, AuditAction.OFFENDER_READ, [row["id"]], sight)
    return row, sight


async def list_cases(
    db: WriteConnection, reader: Reader, wanted: CaseFilter, *, after: UUID | None, limit: int
) -> tuple[Sequence[Record], Sight]:
    """List cases, newest first, one more than the limit.

    Raises:
        BadRequestError: a liaison filters by what it is not shown, which would tell it.
    """
    if not reader.sees_whole and wanted.about_the_whole:
        fault = Fault("parameter", "?", "unknown_parameter", "Filter by what your role is shown")
        raise BadRequestError("There is a parameter this call does not have.", faults=(fault,))
    rows = await listing.list_cases(db, reader.principal, wanted, after=after, limit=limit)
    sight = reader.sight()
    _record(db, reader, AuditAction.CASES_LISTED, [row["id"] for row in rows[:limit]], sight)
    return rows, sight


async def list_persons(
    db: WriteConnection, reader: Reader, wanted: PersonFilter, *, after: UUID | None, limit: int
) -> tuple[Sequence[Record], Sight]:
    """List persons, newest first, one more than the limit."""
    rows = await listing.list_persons(db, reader.principal, wanted, after=after, limit=limit)
    shown = rows[:limit]
    sight = await _open(db, reader, [(row["case_id"], row["id"]) for row in shown], OF_A_PERSON)
    _record(db, reader, AuditAction.PERSONS_LISTED, [row["id"] for row in shown], sight)
    return rows, sight


@dataclass(frozen=True)
class TimelineRead:
    """A page of a case's events, one more than the limit, with what their ids stand for."""

    events: Sequence[Record]
    references: Mapping[UUID, str]
    sight: Sight


async def read_timeline(
    db: WriteConnection, reader: Reader, reference: str, *, after: UUID | None, limit: int
) -> TimelineRead:
    """Read a case's events, oldest first.

    Raises:
        NotFoundError: absent or out of scope.
    """
    case = (await reading.get_whole_case(db, reader.principal, reference)).case
    events = await reading.list_events(db, reader.principal, case["id"], after=after, limit=limit)
    references = await reading.references_of(db, case["id"]) | {case["id"]: case["reference"]}
    sight = reader.sight()
    told_of = dict.fromkeys([case["id"], *(event["subject_id"] for event in events[:limit])])
    _record(db, reader, AuditAction.TIMELINE_READ, list(told_of), sight)
    return TimelineRead(events, references, sight)


async def _open(
    db: WriteConnection,
    reader: Reader,
    subjects: Sequence[tuple[UUID, UUID]],
    kinds: Collection[SealedKind],
    *,
    case_id: UUID | None = None,
) -> Sight:
    if reader.purpose is None:
        return reader.sight()
    if reader.sees_whole or case_id is None:
        opened = await open_records(db, reader.keys, subjects, kinds)
    else:
        others = [subject for subject in subjects if subject[1] != case_id]
        agency_id = reader.principal.agency_id
        opened = [
            *await open_records(db, reader.keys, others, OF_A_PERSON),
            *await open_records(db, reader.keys, [(case_id, case_id)], OF_A_CASE_FOR_A_LIAISON, notes_of=agency_id),
        ]
    return reader.sight([Unsealed(one.subject_id, one.kind, one.content, one.recorded_at) for one in opened])


def _record(db: WriteConnection, reader: Reader, action: AuditAction, ids: Sequence[UUID], sight: Sight) -> None:
    fields = {one.kind.value for one in sight.opened or ()}
    reason = reader.purpose.value if reader.purpose else None
    record(db, reader.author, action, subject_ids=ids, fields=fields, reason=reason)
