"""Looking after search keys: which records have none, which keys have no record, and what becomes of those."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.db.database import PersonalConnection, ReadConnection, UnrecordedConnection, WriteConnection
from service.db.statements import Change, PersonalQuery, Query
from service.ids import NIL
from service.people.models import ClosedRecord, DataKey, SealedRecord, SearchKey
from service.people.rules import SealedKind, SealedSubject, SealedSubjectKind, place_of
from service.people.rules.terms import TERMS_VERSION
from service.sealing import RegisterKeys, unseal

Place = tuple[UUID, UUID]
"""Where a sealed record stands: its case's id and its own."""


@dataclass(frozen=True)
class Closed:
    """A present sealed record that is not open yet."""

    case_id: UUID
    id: UUID
    subject_kind: SealedSubjectKind
    subject_id: UUID
    kind: SealedKind
    content: bytes
    wrapped: bytes
    place: str

    def open(self, keys: RegisterKeys) -> tuple[SealedSubject, dict[str, Any]]:
        """Return whose it is and what it says.

        Raises:
            SealingError: it was moved or changed, or the keys are not those of this register.
        """
        data_key = keys.unwrap(self.wrapped)
        content = unseal(data_key, self.content, bound_to=self.place)
        return SealedSubject(self.case_id, self.subject_id, self.subject_kind, data_key, keys.index_key), json.loads(
            content
        )


@dataclass(frozen=True)
class Indexed:
    """A record with search keys of the present rules, and these keys: of each its kind and hash."""

    record: Closed
    keys: frozenset[tuple[str, int]]


class IndexedRecord(ClosedRecord):
    """A record that is found, with the kinds and hashes of its search keys."""

    keys: list[tuple[str, int]] | None


class _CountRecord(TypedDict):
    records: int


class _CaseRecord(TypedDict):
    case_id: UUID


class _ForgottenRecord(TypedDict):
    record_id: UUID


_UNINDEXED: Final = (
    SealedRecord.indexed < literal_column(str(TERMS_VERSION), Integer),  # as a literal, or its index would not serve
)

_ITS_KEY: Final = and_(DataKey.case_id == SealedRecord.case_id, DataKey.subject_id == SealedRecord.subject_id)

_NEXT: Final = tuple_(SealedRecord.case_id, SealedRecord.id) > tuple_(
    bindparam("after_case_id", type_=Uuid), bindparam("after_id", type_=Uuid)
)
_ROWS: Final = bindparam("rows", type_=Integer)


def _has_record() -> ColumnElement[bool]:
    """The condition that a search key belongs to a record that is found and can be opened."""
    return (
        select(SealedRecord.id)
        .join(DataKey, _ITS_KEY)
        .where(SealedRecord.case_id == SearchKey.case_id, SealedRecord.id == SearchKey.record_id)
        .where(SealedRecord.indexed.is_not(None))
        .correlate(SearchKey)
        .exists()
    )


def _misplaced() -> Select[*tuple[Any, ...]]:
    of_record = and_(SealedRecord.case_id == SearchKey.case_id, SealedRecord.id == SearchKey.record_id)
    elsewhere = or_(
        SealedRecord.subject_id != SearchKey.subject_id, SealedRecord.subject_kind != SearchKey.subject_kind
    )
    return select(SearchKey.case_id).join(SealedRecord, of_record).where(elsewhere).limit(1)


def _points_elsewhere() -> ColumnElement[bool]:
    """The condition that a search key of a record points to somebody else than the record is about."""
    return (
        select(SearchKey.record_id)
        .where(SearchKey.case_id == SealedRecord.case_id, SearchKey.record_id == SealedRecord.id)
        .where(SearchKey.subject_id != SealedRecord.subject_id)
        .correlate(SealedRecord)
        .exists()
    )


def _in_order(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(DataKey, _ITS_KEY).where(_NEXT).order_by(SealedRecord.case_id, SealedRecord.id).limit(_ROWS)


def _with_their_keys() -> Select[*tuple[Any, ...]]:
    keys = (
        select(func.json_agg(func.json_build_array(SearchKey.kind, SearchKey.key)))
        .where(SearchKey.case_id == SealedRecord.case_id, SearchKey.record_id == SealedRecord.id)
        .scalar_subquery()
    )
    query = _in_order(select(SealedRecord, DataKey.wrapped, keys.label("keys")))
    return query.where(SealedRecord.indexed == TERMS_VERSION)


def _of_records() -> ColumnElement[bool]:
    columns = (column("case_id", Uuid), column("record_id", Uuid))
    ids = func.unnest(bindparam("case_ids", type_=ARRAY(Uuid)), bindparam("record_ids", type_=ARRAY(Uuid)))
    these = ids.table_valued(*columns).render_derived()
    return tuple_(SearchKey.case_id, SearchKey.record_id).in_(select(these.c.case_id, these.c.record_id))


_COUNT: Final = func.count().label("records")
_COUNT_FOUND: Final = PersonalQuery(select(_COUNT).where(SealedRecord.indexed.is_not(None)), _CountRecord)
_COUNT_UNINDEXED: Final = PersonalQuery(select(_COUNT).select_from(SealedRecord).where(*_UNINDEXED), _CountRecord)
_MISPLACED: Final = PersonalQuery(_misplaced(), _CaseRecord)
_ORPHANED: Final = PersonalQuery(select(SearchKey.case_id).where(not_(_has_record())).limit(1), _CaseRecord)
_WITH_THEIR_KEYS: Final = PersonalQuery(_with_their_keys(), IndexedRecord)
_LOCK_UNINDEXED: Final = Change(
    _in_order(select(SealedRecord, DataKey.wrapped))
    .where(*_UNINDEXED)
    .with_for_update(of=SealedRecord, skip_locked=True),
    ClosedRecord,
    unrecorded="records are sealed; whoever opens one records it",
)
_COUNT_OUTDATED: Final = Query(
    select(_COUNT).select_from(SealedRecord).where(*_UNINDEXED),
    _CountRecord,
    unrecorded="records are counted, and nothing is opened",
)
_LOCK_OUTDATED: Final = Change(
    _in_order(select(SealedRecord, DataKey.wrapped))
    .where(*_UNINDEXED, not_(_points_elsewhere()))
    .with_for_update(of=SealedRecord, skip_locked=True),
    ClosedRecord,
    unrecorded="records are sealed; whoever opens one records it",
)
_CASES: Final = PersonalQuery(
    select(SearchKey.case_id)
    .where(SearchKey.case_id > bindparam("after", type_=Uuid))
    .group_by(SearchKey.case_id)
    .order_by(SearchKey.case_id)
    .limit(_ROWS),
    _CaseRecord,
)
_FORGET_KEYS: Final = Change(
    delete(SearchKey).where(_of_records()).returning(SearchKey.record_id),
    _ForgottenRecord,
    unrecorded="ids of keys that are made again",
)
_FORGET_ORPHANED: Final = Change(
    delete(SearchKey)
    .where(SearchKey.case_id == any_(bindparam("case_ids", type_=ARRAY(Uuid))), not_(_has_record()))
    .returning(SearchKey.record_id),
    _ForgottenRecord,
    unrecorded="ids of keys that point nowhere",
)


async def count_unindexed(db: UnrecordedConnection) -> int:
    """Return how many records are to be found and have no search keys of the present rules."""
    [row] = await db.rows(_COUNT_UNINDEXED)
    return row["records"]


async def count_outdated(db: ReadConnection) -> int:
    """Return how many records are to be found and have search keys of earlier rules, or none."""
    row = await db.row(_COUNT_OUTDATED)
    return 0 if row is None else row["records"]


async def count_found(db: UnrecordedConnection) -> int:
    """Return how many records are found, or to be found: present ones, and what was corrected."""
    [row] = await db.rows(_COUNT_FOUND)
    return row["records"]


async def lock_unindexed(db: WriteConnection, *, after: Place | None, limit: int) -> Sequence[Closed]:
    """Return the next records without search keys, locked until the end of the transaction.

    Records that somebody else has locked are passed over: they are being corrected, or indexed.
    """
    return [_closed(row) for row in await db.change(_LOCK_UNINDEXED, _going_on(after, limit))]


async def lock_outdated(db: WriteConnection, *, after: Place | None, limit: int) -> Sequence[Closed]:
    """Return the next records without search keys of the present rules, as `lock_unindexed` does.

    Those with a key that points to somebody else are left as they are: a check is to find it.
    """
    return [_closed(row) for row in await db.change(_LOCK_OUTDATED, _going_on(after, limit))]


async def indexed_records(db: PersonalConnection, *, after: Place | None, limit: int) -> Sequence[Indexed]:
    """Return the next records that have search keys of the present rules, in order, each with them in one look."""
    return [
        Indexed(_closed(row), frozenset((kind, key) for kind, key in row["keys"] or ()))
        for row in await db.rows(_WITH_THEIR_KEYS, _going_on(after, limit))
    ]


async def misplaced_key(db: UnrecordedConnection) -> UUID | None:
    """Return the case of a search key that points to somebody else than its record is about, if there is one."""
    row = await db.row(_MISPLACED)
    return row["case_id"] if row else None


async def orphaned_key(db: UnrecordedConnection) -> UUID | None:
    """Return the case of a search key whose record was taken out, erased, or never was, if there is one."""
    row = await db.row(_ORPHANED)
    return row["case_id"] if row else None


async def indexed_cases(db: UnrecordedConnection, *, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next cases that have search keys, in order."""
    rows = await db.rows(_CASES, {"after": after or NIL, "rows": limit})
    return [row["case_id"] for row in rows]


async def forget_keys(db: WriteConnection, records: Sequence[Place]) -> None:
    """Delete the search keys of some records."""
    case_ids, record_ids = [case_id for case_id, _ in records], [id_ for _, id_ in records]
    await db.change(_FORGET_KEYS, {"case_ids": case_ids, "record_ids": record_ids})


async def forget_orphaned_keys(db: WriteConnection, cases: Sequence[UUID]) -> int:
    """Delete the search keys in some cases that have no record any more, and return how many there were."""
    return len(await db.change(_FORGET_ORPHANED, {"case_ids": list(cases)}))


def _going_on(after: Place | None, limit: int) -> dict[str, Any]:
    case_id, id_ = after or (NIL, NIL)
    return {"after_case_id": case_id, "after_id": id_, "rows": limit}


def _closed(row: ClosedRecord) -> Closed:
    return Closed(
        case_id=row["case_id"],
        id=row["id"],
        subject_kind=SealedSubjectKind(row["subject_kind"]),
        subject_id=row["subject_id"],
        kind=SealedKind(row["kind"]),
        content=row["content"],
        wrapped=row["wrapped"],
        place=place_of(row["id"], row["version"], kind=row["kind"], agency_id=row["agency_id"]),
    )
