"""Opening what is sealed. Whoever calls this records the reading in the same transaction."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, any_, bindparam, func, not_, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from service.audit.queries import Note, different, named, on_record
from service.db.database import ReadConnection, Record, WriteConnection
from service.errors import NotFoundError
from service.people.models import DataKey, SealedRecord, SearchKey
from service.people.rules import SealedKind, Subject, SubjectKind, place_of
from service.people.rules.terms import TERMS_VERSION
from service.sealing import KeyRing, RegisterKeys, unseal


@dataclass(frozen=True)
class Opened:
    """One sealed record, open."""

    subject_id: UUID
    kind: SealedKind
    content: dict[str, Any]
    agency_id: UUID
    recorded_at: datetime


async def open_records(
    db: ReadConnection,
    keys: KeyRing,
    subjects: Collection[tuple[UUID, UUID]],
    kinds: Collection[SealedKind],
    *,
    of_cases: Collection[SealedKind] | None = None,
    notes_of: UUID | None = None,
    note: Note | None = None,
) -> Sequence[Opened]:
    """Open the present records of these kinds that belong to some subjects, oldest first.

    Args:
        db: the transaction in which the reading is also recorded.
        keys: unwraps the data keys.
        subjects: (case id, subject id) pairs, already found to be in the caller's scope.
        kinds: what to open, already found to be within the caller's right.
        of_cases: the same of subjects that are cases; what is opened of others, unless said.
        notes_of: of notes, open this agency's only.
        note: records the reading and the kinds opened in the same statement; without it whoever asks records it.
    """
    if not subjects and note is None:
        return []
    values = {
        "case_ids": list({case_id for case_id, _ in subjects}),
        "subject_ids": list({subject_id for _, subject_id in subjects}),
        "kinds": [kind.value for kind in kinds],
        "of_cases": [kind.value for kind in (kinds if of_cases is None else of_cases)],
        "notes_of": notes_of,
    }
    found = await db.rows(_SEALED if note is None else _SEALED_ON_RECORD, {**values, **(note or {})})
    unwrapped: dict[UUID, bytes] = {}
    opened: list[Opened] = []
    for row in found:
        subject_id = row["subject_id"]
        data_key = unwrapped.get(subject_id) or keys.unwrap(row["wrapped"])
        unwrapped[subject_id] = data_key
        place = place_of(row["id"], row["version"], kind=row["kind"], agency_id=row["agency_id"])
        content = unseal(data_key, row["content"], bound_to=place)
        kind = SealedKind(row["kind"])
        opened.append(Opened(subject_id, kind, json.loads(content), row["agency_id"], row["recorded_at"]))
    return opened


def _any_of(column: InstrumentedAttribute[Any], name: str, type_: type[Uuid[UUID] | Text]) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(type_)))


def _sealed() -> Select[*tuple[Any, ...]]:
    of_case = SealedRecord.subject_kind == SubjectKind.CASE.value
    agency_id = bindparam("notes_of", type_=Uuid)
    return (
        select(SealedRecord, DataKey.wrapped)
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
        .where(SealedRecord.retired_at.is_(None))
    )


def _sealed_on_record() -> Select[*tuple[Any, ...]]:
    recorded = on_record(_sealed(), named, fields=different("kind"))
    return recorded.order_by(recorded.selected_columns.id)


_SEALED: Final = _sealed().order_by(SealedRecord.id)
_SEALED_ON_RECORD: Final = _sealed_on_record()


async def kinds_of(db: ReadConnection, subject: Subject) -> frozenset[SealedKind]:
    """Answer of which kinds a subject has present records; none is opened."""
    query = (
        select(SealedRecord.kind)
        .where(SealedRecord.case_id == subject.case_id, SealedRecord.subject_id == subject.id)
        .where(SealedRecord.retired_at.is_(None))
        .distinct()
    )
    return frozenset(SealedKind(row["kind"]) for row in await db.rows(query))


async def get_subject(
    db: ReadConnection, keys: RegisterKeys, *, case_id: UUID, id_: UUID, kind: SubjectKind
) -> Subject:
    """Answer a subject with its data key, to seal more under it.

    Raises:
        NotFoundError: the subject was erased.
    """
    row = await db.row(select(DataKey.wrapped).where(DataKey.case_id == case_id, DataKey.subject_id == id_))
    if row is None:
        raise NotFoundError
    data_key = keys.unwrap(row["wrapped"])
    return Subject(case_id=case_id, id=id_, kind=kind, data_key=data_key, index_key=keys.index_key)


@dataclass(frozen=True)
class Closed:
    """A present sealed record that is not open yet."""

    case_id: UUID
    id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    kind: SealedKind
    content: bytes
    wrapped: bytes
    place: str

    def open(self, keys: RegisterKeys) -> tuple[Subject, dict[str, Any]]:
        """Answer whose it is and what it says.

        Raises:
            SealingError: it was moved or changed, or the keys are not those of this register.
        """
        data_key = keys.unwrap(self.wrapped)
        content = unseal(data_key, self.content, bound_to=self.place)
        return Subject(self.case_id, self.subject_id, self.subject_kind, data_key, keys.index_key), json.loads(content)


async def count_unindexed(db: ReadConnection) -> int:
    """Answer how many present records have no search keys of the present rules."""
    row = await db.row(select(func.count().label("records")).select_from(SealedRecord).where(*_UNINDEXED))
    return row["records"] if row else 0


async def lock_unindexed(db: WriteConnection, *, after: tuple[UUID, UUID] | None, limit: int) -> Sequence[Closed]:
    """Answer the next records without search keys, locked until the end of the transaction.

    Records that somebody else has locked are passed over: they are being corrected, or indexed.
    """
    query = (
        select(SealedRecord, DataKey.wrapped)
        .join(DataKey, and_(DataKey.case_id == SealedRecord.case_id, DataKey.subject_id == SealedRecord.subject_id))
        .where(*_UNINDEXED)
        .order_by(SealedRecord.case_id, SealedRecord.id)
        .limit(limit)
        .with_for_update(of=SealedRecord, skip_locked=True)
    )
    if after is not None:
        query = query.where(tuple_(SealedRecord.case_id, SealedRecord.id) > after)
    return [_closed(row) for row in await db.change(query)]


def _closed(row: Record) -> Closed:
    return Closed(
        case_id=row["case_id"],
        id=row["id"],
        subject_kind=SubjectKind(row["subject_kind"]),
        subject_id=row["subject_id"],
        kind=SealedKind(row["kind"]),
        content=row["content"],
        wrapped=row["wrapped"],
        place=place_of(row["id"], row["version"], kind=row["kind"], agency_id=row["agency_id"]),
    )


async def count_present(db: ReadConnection) -> int:
    """Answer how many records are present."""
    row = await db.row(select(func.count().label("records")).where(SealedRecord.retired_at.is_(None)))
    return row["records"] if row else 0


@dataclass(frozen=True)
class Indexed:
    """A record with search keys of the present rules, and these keys: of each its kind and hash."""

    record: Closed
    keys: frozenset[tuple[str, int]]


async def indexed_records(db: ReadConnection, *, after: tuple[UUID, UUID] | None, limit: int) -> Sequence[Indexed]:
    """Answer the next records that have search keys of the present rules, in order, each with them in one look."""
    keys = (
        select(func.json_agg(func.json_build_array(SearchKey.kind, SearchKey.key)))
        .where(SearchKey.case_id == SealedRecord.case_id, SearchKey.record_id == SealedRecord.id)
        .scalar_subquery()
    )
    query = (
        select(SealedRecord, DataKey.wrapped, keys.label("keys"))
        .join(DataKey, and_(DataKey.case_id == SealedRecord.case_id, DataKey.subject_id == SealedRecord.subject_id))
        .where(SealedRecord.retired_at.is_(None), SealedRecord.indexed == TERMS_VERSION)
        .order_by(SealedRecord.case_id, SealedRecord.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(SealedRecord.case_id, SealedRecord.id) > after)
    return [
        Indexed(_closed(row), frozenset((kind, key) for kind, key in row["keys"] or ())) for row in await db.rows(query)
    ]


async def misplaced_key(db: ReadConnection) -> UUID | None:
    """Answer the case of a search key that points to somebody else than its record is about, if there is one."""
    of_record = and_(SealedRecord.case_id == SearchKey.case_id, SealedRecord.id == SearchKey.record_id)
    elsewhere = or_(
        SealedRecord.subject_id != SearchKey.subject_id, SealedRecord.subject_kind != SearchKey.subject_kind
    )
    row = await db.row(select(SearchKey.case_id).join(SealedRecord, of_record).where(elsewhere).limit(1))
    return row["case_id"] if row else None


async def orphaned_key(db: ReadConnection) -> UUID | None:
    """Answer the case of a search key whose record was corrected, erased, or never was, if there is one."""
    row = await db.row(select(SearchKey.case_id).where(not_(has_record())).limit(1))
    return row["case_id"] if row else None


async def indexed_cases(db: ReadConnection, *, after: UUID | None, limit: int) -> list[UUID]:
    """Answer the next cases that have search keys, in order."""
    query = select(SearchKey.case_id).group_by(SearchKey.case_id).order_by(SearchKey.case_id).limit(limit)
    rows = await db.rows(query if after is None else query.where(SearchKey.case_id > after))
    return [row["case_id"] for row in rows]


def has_record() -> ColumnElement[bool]:
    """Answer the condition that a search key belongs to a present record that can be opened."""
    return (
        select(SealedRecord.id)
        .join(DataKey, and_(DataKey.case_id == SealedRecord.case_id, DataKey.subject_id == SealedRecord.subject_id))
        .where(SealedRecord.case_id == SearchKey.case_id, SealedRecord.id == SearchKey.record_id)
        .where(SealedRecord.retired_at.is_(None))
        .correlate(SearchKey)
        .exists()
    )


_UNINDEXED: Final = (SealedRecord.retired_at.is_(None), SealedRecord.indexed < TERMS_VERSION)
