"""Reading what is personal: each reading is recorded by the statement that reads."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from service.acting import Acting, Role
from service.audit.actions import note_of
from service.audit.queries import Note
from service.audit.rules import AuditAction
from service.cases.queries import listing, reading
from service.cases.queries.listing import CaseFilter, PersonFilter
from service.cases.queries.reading import WholeCase
from service.cases.schemas.sight import Sight, Unsealed
from service.codes import ReadPurpose
from service.db.database import Record, WriteConnection
from service.errors import BadRequestError, Fault
from service.people.queries import open_records
from service.people.rules import OF_A_CASE_FOR_A_LIAISON, OF_A_PERSON, OF_AN_OFFENDER, SealedKind
from service.sealing import KeyRing


@dataclass(frozen=True)
class Reader:
    """Who reads, and why.

    Attributes:
        purpose: why sealed fields are opened; None leaves them sealed.
    """

    acting: Acting
    keys: KeyRing
    purpose: ReadPurpose | None = None

    @property
    def sees_whole(self) -> bool:
        """Whether fields about the whole case are shown: to everybody but a liaison."""
        return self.acting.who.role is not Role.LIAISON

    def note(self, action: AuditAction) -> Note | None:
        """Answer the note of a reading; None where something sealed is opened, which is put on record with it."""
        return note_of(self.acting, action) if self.purpose is None else None

    def sight(self, opened: Sequence[Unsealed] | None = None) -> Sight:
        """Answer how much this reader is shown."""
        return Sight(whole=self.sees_whole, today=self.acting.today, opened=opened)


async def read_case(db: WriteConnection, reader: Reader, reference: str) -> tuple[WholeCase, Sight]:
    """Read a case with the persons and offenders the reader may know of.

    Raises:
        NotFoundError: absent or out of scope.
    """
    whole = await reading.get_whole_case(db, reader.acting.who, reference, reader.note(AuditAction.CASE_READ))
    subjects = [(whole.case["id"], id_) for id_ in whole.subject_ids]
    return whole, await _open(db, reader, subjects, frozenset(SealedKind), AuditAction.CASE_READ)


async def read_person(db: WriteConnection, reader: Reader, reference: str) -> tuple[Record, Sight]:
    """Read a person.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await reading.get_person(db, reader.acting.who, reference, reader.note(AuditAction.PERSON_READ))
    return row, await _open(db, reader, [(row["case_id"], row["id"])], OF_A_PERSON, AuditAction.PERSON_READ)


async def read_offender(db: WriteConnection, reader: Reader, reference: str) -> tuple[Record, Sight]:
    """Read an offender.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await reading.get_offender(db, reader.acting.who, reference, reader.note(AuditAction.OFFENDER_READ))
    return row, await _open(db, reader, [(row["case_id"], row["id"])], OF_AN_OFFENDER, AuditAction.OFFENDER_READ)


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
    note = note_of(reader.acting, AuditAction.CASES_LISTED)
    return await listing.list_cases(db, reader.acting.who, wanted, note, after=after, limit=limit), reader.sight()


async def list_persons(
    db: WriteConnection, reader: Reader, wanted: PersonFilter, *, after: UUID | None, limit: int
) -> tuple[Sequence[Record], Sight]:
    """List persons, newest first, one more than the limit."""
    note = reader.note(AuditAction.PERSONS_LISTED)
    rows = await listing.list_persons(db, reader.acting.who, wanted, note, after=after, limit=limit)
    subjects = [(row["case_id"], row["id"]) for row in rows[:limit]]
    return rows, await _open(db, reader, subjects, OF_A_PERSON, AuditAction.PERSONS_LISTED)


async def read_timeline(
    db: WriteConnection, reader: Reader, reference: str, *, after: UUID | None, limit: int
) -> tuple[Sequence[Record], Sight]:
    """Read a case's events, oldest first, one more than the limit.

    Raises:
        NotFoundError: absent or out of scope.
    """
    case = await reading.get_case_reference(db, reader.acting.who, reference)
    note = note_of(reader.acting, AuditAction.TIMELINE_READ)
    events = await reading.list_events(db, reader.acting.who, case["id"], note, after=after, limit=limit)
    return events, reader.sight()


async def _open(
    db: WriteConnection,
    reader: Reader,
    subjects: Sequence[tuple[UUID, UUID]],
    kinds: AbstractSet[SealedKind],
    action: AuditAction,
) -> Sight:
    """Open what the reader has a purpose for, and put on record whom and what that shows."""
    if reader.purpose is None:
        return reader.sight()
    ids = [id_ for _, id_ in subjects]
    note = note_of(reader.acting, action, reason=reader.purpose.value, subject_ids=ids)
    if reader.sees_whole:
        opened = await open_records(db, reader.keys, subjects, kinds, note=note)
    else:
        opened = await open_records(
            db,
            reader.keys,
            subjects,
            kinds & OF_A_PERSON,
            of_cases=OF_A_CASE_FOR_A_LIAISON,
            notes_of=reader.acting.who.agency_id,
            note=note,
        )
    return reader.sight([Unsealed(one.subject_id, one.kind, one.content, one.recorded_at) for one in opened])
