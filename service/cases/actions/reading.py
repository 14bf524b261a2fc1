"""Reading what is personal: each reading is recorded by the statement that reads, under the note of its connection."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from uuid import UUID

from service.access.rules import row_scope_of
from service.acting import Acting, Principal
from service.audit.actions import record_shown
from service.cases.models import CaseRecord, OffenderRecord, PersonRecord
from service.cases.queries import listing, reading, timeline
from service.cases.queries.listing import CaseFilter, PersonFilter
from service.cases.queries.reading import WholeCase
from service.cases.queries.timeline import TimelineRecord
from service.cases.schemas.sight import Sight, Unsealed
from service.db.database import PersonalConnection, RecordedConnection
from service.errors import BadRequestError, Fault
from service.people.queries import Opened, Wanted, open_on_record, open_records, present_ids
from service.people.rules import OF_A_CASE_FOR_A_LIAISON, OF_A_PERSON, OF_AN_OFFENDER, SealedKind
from service.sealing import KeyRing

SealedIds = Mapping[UUID, Sequence[UUID]]
Subjects = Sequence[tuple[UUID, UUID]]


def sees_whole(principal: Principal) -> bool:
    """Whether a principal is shown fields about the whole case."""
    return row_scope_of(principal.role).whole_cases


def sight_of(acting: Acting, opened: Sequence[Unsealed] | None = None, sealed: SealedIds | None = None) -> Sight:
    """Return how much of a record whoever reads is shown."""
    states = acting.who.nationalities
    return Sight(whole=sees_whole(acting.who), today=acting.today, states=states, opened=opened, sealed=sealed or {})


async def sealed_of(db: PersonalConnection, principal: Principal, subjects: Subjects) -> SealedIds:
    """Return which sealed records the version of persons covers: of those that the principal is not shown whole."""
    return {} if sees_whole(principal) else await present_ids(db, subjects)


def wanted_by(principal: Principal, subjects: Sequence[tuple[UUID, UUID]], kinds: AbstractSet[SealedKind]) -> Wanted:
    """Return what a principal may open of some subjects: of these kinds, and of a case all that the role may see."""
    if sees_whole(principal):
        return Wanted(subjects, kinds, of_cases=frozenset(SealedKind))
    return Wanted(subjects, kinds & OF_A_PERSON, OF_A_CASE_FOR_A_LIAISON, notes_of=principal.agency_id)


def unsealed(opened: Sequence[Opened]) -> list[Unsealed]:
    """Return opened records in the form in which they are shown."""
    return [Unsealed(one.subject_id, one.kind, one.content, one.recorded_at, one.author) for one in opened]


async def read_case(db: RecordedConnection, keys: KeyRing, reference: str) -> tuple[WholeCase, Sight]:
    """Read a case with the persons and offenders the reader may know of.

    Raises:
        NotFoundError: absent or out of scope.
    """
    whole = await reading.get_whole_case(db, reference)
    subjects = [(whole.case["id"], id_) for id_ in whole.subject_ids]
    return whole, await _open(db, keys, subjects, frozenset(SealedKind))


async def read_person(db: RecordedConnection, keys: KeyRing, reference: str) -> tuple[PersonRecord, Sight]:
    """Read a person.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await reading.get_person(db, reference)
    return row, await _open(db, keys, [(row["case_id"], row["id"])], OF_A_PERSON)


async def read_offender(db: RecordedConnection, keys: KeyRing, reference: str) -> tuple[OffenderRecord, Sight]:
    """Read an offender.

    Raises:
        NotFoundError: absent or out of scope.
    """
    row = await reading.get_offender(db, reference)
    return row, await _open(db, keys, [(row["case_id"], row["id"])], OF_AN_OFFENDER)


async def list_cases(
    db: RecordedConnection, wanted: CaseFilter, *, after: UUID | None, limit: int
) -> tuple[Sequence[CaseRecord], Sight]:
    """List cases, newest first, one more than the limit.

    Raises:
        BadRequestError: a liaison filters by what it is not shown, which would tell it.
    """
    acting = db.note.acting
    if not sees_whole(acting.who) and wanted.about_the_whole:
        fault = Fault("parameter", "?", "unknown_parameter", "Filter by what your role is shown")
        raise BadRequestError("Unknown query parameter for your role.", faults=(fault,))
    return await listing.list_cases(db, wanted, after=after, limit=limit), sight_of(acting)


async def list_persons(
    db: RecordedConnection, keys: KeyRing, wanted: PersonFilter, *, after: UUID | None, limit: int
) -> tuple[Sequence[PersonRecord], Sight]:
    """List persons, newest first, one more than the limit."""
    rows = await listing.list_persons(db, wanted, after=after, limit=limit)
    return rows, await _open(db, keys, [(row["case_id"], row["id"]) for row in rows[:limit]], OF_A_PERSON)


async def read_timeline(
    db: RecordedConnection, keys: KeyRing, reference: str, *, after: UUID | None, limit: int
) -> tuple[Sequence[TimelineRecord], Sight, Mapping[UUID, str]]:
    """Read a case's events and notes, oldest first, one more than the limit; and the texts of its notes by their ids.

    Raises:
        NotFoundError: absent or out of scope.
    """
    acting = db.note.acting
    case = await reading.get_case_reference(db, acting.who, reference)
    rows = await timeline.list_timeline(db, case["id"], after=after, limit=limit)
    if db.note.purpose is None:
        return rows, sight_of(acting), {}
    wanted = replace(wanted_by(acting.who, [(case["id"], case["id"])], frozenset()), of_cases={SealedKind.NOTE})
    notes = {row["id"] for row in rows[:limit] if row["is_note"]}
    opened = await open_records(db, keys, wanted) if notes else []
    texts = {one.id: one.content["text"] for one in opened if one.id in notes}
    told_of = dict.fromkeys([case["id"], *(row["subject_id"] for row in rows[:limit])])
    record_shown(db, subject_ids=told_of, fields={SealedKind.NOTE.value} if texts else ())
    return rows, sight_of(acting), texts


async def _open(
    db: RecordedConnection, keys: KeyRing, subjects: Sequence[tuple[UUID, UUID]], kinds: AbstractSet[SealedKind]
) -> Sight:
    """Open what the reader has a purpose for, and put on record whom and what that shows."""
    acting = db.note.acting
    sealed = await sealed_of(db, acting.who, subjects)
    if db.note.purpose is None:
        return sight_of(acting, sealed=sealed)
    opened = await open_on_record(db, keys, wanted_by(acting.who, subjects, kinds))
    return sight_of(acting, unsealed(opened), sealed)
