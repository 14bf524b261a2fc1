"""Opening what is sealed, for a purpose that goes on record; and finding under which key more is sealed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    delete,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from service.access.models import User
from service.audit.queries import different, named, on_record
from service.db.database import PersonalConnection, ReadConnection, RecordedConnection, WriteConnection
from service.db.statements import Change, NoColumns, PersonalQuery, Query
from service.errors import NotFoundError
from service.people.models import ClosedRecord, DataKey, SealedRecord, SearchKey
from service.people.rules import SealedKind, SealedSubject, SealedSubjectKind, place_of
from service.sealing import KeyRing, RegisterKeys, unseal
from service.slices import in_slices


@dataclass(frozen=True)
class Opened:
    """One sealed record, open.

    Attributes:
        author: the user name of who recorded it.
        corrected: whether something else was told in its place since.
    """

    id: UUID
    subject_id: UUID
    kind: SealedKind
    content: dict[str, Any]
    agency_id: UUID
    recorded_at: datetime
    author: str | None
    corrected: bool


class SignedRecord(ClosedRecord):
    """A row of `SealedRecord`, and the user name of who recorded it."""

    author: str | None


@dataclass(frozen=True)
class Wanted:
    """Which present records are opened.

    Attributes:
        subjects: (case id, subject id) pairs, already found to be in the caller's scope.
        kinds: what to open, already found to be within the caller's right.
        of_cases: the same of subjects that are cases; what is opened of others, unless said.
        notes_of: of notes, open this agency's only.
    """

    subjects: Collection[tuple[UUID, UUID]]
    kinds: Collection[SealedKind]
    of_cases: Collection[SealedKind] | None = None
    notes_of: UUID | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The same as parameters."""
        return {
            "case_ids": list({case_id for case_id, _ in self.subjects}),
            "subject_ids": list({subject_id for _, subject_id in self.subjects}),
            "kinds": [kind.value for kind in self.kinds],
            "of_cases": [kind.value for kind in (self.kinds if self.of_cases is None else self.of_cases)],
            "notes_of": self.notes_of,
        }


async def open_records(db: PersonalConnection, keys: KeyRing, wanted: Wanted) -> Sequence[Opened]:
    """Open present records, oldest first; whoever asks records the reading on the connection."""
    return await _opened(keys, await db.rows(_SEALED, wanted.values)) if wanted.subjects else []


async def open_found(db: PersonalConnection, keys: KeyRing, wanted: Wanted) -> Sequence[Opened]:
    """Open what a search finds by, oldest first: present records, and what was corrected since.

    Of these an agency whose notes only are opened has its own only.
    """
    return await _opened(keys, await db.rows(_FOUND, wanted.values)) if wanted.subjects else []


async def open_on_record(db: RecordedConnection, keys: KeyRing, wanted: Wanted) -> Sequence[Opened]:
    """Open present records, oldest first, and put on record in the same statement whose and which kinds."""
    shown_ids = [subject_id for _, subject_id in wanted.subjects]
    return await _opened(keys, await db.rows(_SEALED_ON_RECORD, {**wanted.values, "shown_ids": shown_ids}))


async def _opened(keys: KeyRing, rows: Sequence[SignedRecord]) -> Sequence[Opened]:
    unwrapped: dict[UUID, bytes] = {}
    opened: list[Opened] = []
    async for row in in_slices(rows):
        subject_id = row["subject_id"]
        data_key = unwrapped.get(subject_id) or keys.unwrap(row["wrapped"])
        unwrapped[subject_id] = data_key
        place = place_of(row["id"], row["version"], kind=row["kind"], agency_id=row["agency_id"])
        content = unseal(data_key, row["content"], bound_to=place)
        kind = SealedKind(row["kind"])
        told = json.loads(content)
        corrected = row["retired_at"] is not None
        opened.append(
            Opened(row["id"], subject_id, kind, told, row["agency_id"], row["recorded_at"], row["author"], corrected)
        )
    return opened


def _any_of(column: InstrumentedAttribute[Any], name: str, type_: type[Uuid[UUID] | Text]) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(type_)))


def _sealed(shown: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    of_case = SealedRecord.subject_kind == SealedSubjectKind.CASE.value
    agency_id = bindparam("notes_of", type_=Uuid)
    author = select(User.username).where(User.id == SealedRecord.recorded_by).scalar_subquery()
    return (
        select(SealedRecord, DataKey.wrapped, author.label("author"))
        .join(DataKey, and_(DataKey.case_id == SealedRecord.case_id, DataKey.subject_id == SealedRecord.subject_id))
        .where(_any_of(SealedRecord.case_id, "case_ids", Uuid), _any_of(SealedRecord.subject_id, "subject_ids", Uuid))
        .where(
            or_(
                and_(of_case, _any_of(SealedRecord.kind, "of_cases", Text)),
                and_(not_(of_case), _any_of(SealedRecord.kind, "kinds", Text)),
            )
        )
        .where(
            or_(SealedRecord.kind != SealedKind.NOTE.value, agency_id.is_(None), SealedRecord.agency_id == agency_id)
        )
        .where(shown)
    )


def _is_found() -> ColumnElement[bool]:
    """Whether a record is present, or was corrected by whoever asks, or by anybody where they see everything."""
    agency_id = bindparam("notes_of", type_=Uuid)
    own = or_(agency_id.is_(None), SealedRecord.agency_id == agency_id)
    return or_(SealedRecord.retired_at.is_(None), and_(SealedRecord.indexed.is_not(None), own))


def _sealed_on_record() -> Select[*tuple[Any, ...]]:
    recorded = on_record(_sealed(_IS_PRESENT), named, fields=different("kind"))
    return recorded.order_by(recorded.selected_columns.id)


_IS_PRESENT: Final = SealedRecord.retired_at.is_(None)
_SEALED: Final = PersonalQuery(_sealed(_IS_PRESENT).order_by(SealedRecord.id), SignedRecord)
_FOUND: Final = PersonalQuery(_sealed(_is_found()).order_by(SealedRecord.id), SignedRecord)
_SEALED_ON_RECORD: Final = PersonalQuery(_sealed_on_record(), SignedRecord)


class _KindRecord(TypedDict):
    kind: str


_CASE_ID: Final = bindparam("case_id", type_=Uuid)
_SUBJECT_ID: Final = bindparam("subject_id", type_=Uuid)
_OF_SUBJECT: Final = (SealedRecord.case_id == _CASE_ID, SealedRecord.subject_id == _SUBJECT_ID)

_STANDING: Final = select(SealedRecord.kind).where(*_OF_SUBJECT, SealedRecord.retired_at.is_(None)).distinct()
_KINDS: Final = PersonalQuery(_STANDING, _KindRecord)
_KINDS_OF_OTHERS: Final = PersonalQuery(
    _STANDING.where(SealedRecord.agency_id != bindparam("agency_id", type_=Uuid)), _KindRecord
)


@dataclass(frozen=True)
class SealedSize:
    """How much is sealed of a case and everybody in it, what was corrected included.

    Attributes:
        size: bytes.
    """

    records: int = 0
    size: int = 0


class _IdRecord(TypedDict):
    id: UUID


class _SizeRecord(TypedDict):
    records: int
    size: int


_SIZE: Final = Query(
    select(
        func.count().label("records"),
        func.coalesce(func.sum(func.octet_length(SealedRecord.content)), 0).label("size"),
    ).where(SealedRecord.case_id == _CASE_ID),
    _SizeRecord,
    unrecorded="bytes are counted, and nothing is opened",
)


async def size_of_sealed(db: ReadConnection, case_id: UUID) -> SealedSize:
    """Return how much is sealed of a case, or of an operation."""
    [row] = await db.rows(_SIZE, {"case_id": case_id})
    return SealedSize(**row)


async def kinds_of(db: PersonalConnection, subject: SealedSubject) -> frozenset[SealedKind]:
    """Return the kinds of which a subject has present records; none is opened."""
    rows = await db.rows(_KINDS, {"case_id": subject.case_id, "subject_id": subject.id})
    return frozenset(SealedKind(row["kind"]) for row in rows)


async def kinds_of_others(db: PersonalConnection, subject: tuple[UUID, UUID], agency_id: UUID) -> frozenset[SealedKind]:
    """Return the kinds of which other agencies have told something of a subject (case id, subject id)."""
    values = {"case_id": subject[0], "subject_id": subject[1], "agency_id": agency_id}
    return frozenset(SealedKind(row["kind"]) for row in await db.rows(_KINDS_OF_OTHERS, values))


class _PresentRecord(TypedDict):
    subject_id: UUID
    id: UUID


_PRESENT: Final = PersonalQuery(
    select(SealedRecord.subject_id, SealedRecord.id)
    .where(_any_of(SealedRecord.case_id, "case_ids", Uuid), _any_of(SealedRecord.subject_id, "subject_ids", Uuid))
    .where(SealedRecord.retired_at.is_(None))
    .order_by(SealedRecord.id),
    _PresentRecord,
)


async def present_ids(db: PersonalConnection, subjects: Collection[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """Return the ids of the present records of subjects, oldest first; none is opened.

    Args:
        db: whoever asks records the reading on it.
        subjects: (case id, subject id) pairs.
    """
    found: dict[UUID, list[UUID]] = {}
    if subjects:
        case_ids, subject_ids = ({pair[place] for pair in subjects} for place in (0, 1))
        for row in await db.rows(_PRESENT, {"case_ids": list(case_ids), "subject_ids": list(subject_ids)}):
            found.setdefault(row["subject_id"], []).append(row["id"])
    return found


class WrappedRecord(TypedDict):
    """A wrapped key."""

    wrapped: bytes


_KEY_OF_SUBJECT: Final = Query(
    select(DataKey.wrapped).where(DataKey.case_id == _CASE_ID, DataKey.subject_id == _SUBJECT_ID), WrappedRecord
)


async def get_subject(
    db: ReadConnection, keys: RegisterKeys, *, case_id: UUID, id_: UUID, kind: SealedSubjectKind
) -> SealedSubject:
    """Return a subject with its data key, to seal more under it.

    Raises:
        NotFoundError: the subject was erased.
    """
    row = await db.row(_KEY_OF_SUBJECT, {"case_id": case_id, "subject_id": id_})
    if row is None:
        raise NotFoundError
    data_key = keys.unwrap(row["wrapped"])
    return SealedSubject(case_id=case_id, id=id_, kind=kind, data_key=data_key, index_key=keys.index_key)


def _retiring() -> Change[NoColumns]:
    told_by = bindparam("told_by", type_=Uuid)
    taken_out = _any_of(SealedRecord.kind, "taken_out", Text)
    retired = (
        update(SealedRecord)
        .where(*_OF_SUBJECT, _any_of(SealedRecord.kind, "kinds", Text))
        .where(or_(SealedRecord.retired_at.is_(None), and_(taken_out, SealedRecord.indexed.is_not(None))))
        .where(or_(told_by.is_(None), SealedRecord.agency_id == told_by))
        .values(
            retired_at=func.coalesce(SealedRecord.retired_at, bindparam("now", type_=DateTime(timezone=True))),
            indexed=case((taken_out, None), else_=SealedRecord.indexed),
        )
        .returning(SealedRecord.id, SealedRecord.indexed)
        .cte()
    )
    no_longer_found = SearchKey.record_id.in_(select(retired.c.id).where(retired.c.indexed.is_(None)))
    return Change(delete(SearchKey).where(SearchKey.case_id == _CASE_ID, no_longer_found), NoColumns)


_RETIRE: Final = _retiring()
_HOLD: Final = Change(
    select(SealedRecord.id).where(*_OF_SUBJECT, _any_of(SealedRecord.kind, "taken_out", Text)).with_for_update(),
    _IdRecord,
    unrecorded="ids of what is taken out, shown to nobody",
)
"""Who makes keys anew holds a record too: what it made meanwhile is seen by the statement after this one only."""


async def retire(
    db: WriteConnection,
    subject: SealedSubject,
    *,
    corrected: Collection[SealedKind],
    taken_out: Collection[SealedKind],
    now: datetime,
    told_by: UUID | None,
) -> None:
    """Retire a subject's present records of some kinds, of one agency or of all.

    Args:
        db: the transaction.
        subject: whose.
        corrected: kinds that are still found by.
        taken_out: kinds that are forgotten for searches, with whatever was corrected of them before.
        now: when.
        told_by: whose records only; None for everybody's.
    """
    of_subject = {"case_id": subject.case_id, "subject_id": subject.id, "taken_out": [kind.value for kind in taken_out]}
    if taken_out:
        await db.change(_HOLD, of_subject)
    kinds = [kind.value for kind in (*corrected, *taken_out)]
    await db.change(_RETIRE, {**of_subject, "kinds": kinds, "now": now, "told_by": told_by})
