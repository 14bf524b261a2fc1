"""Opening what is sealed. Whoever calls this records the reading in the same transaction."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from service.db.database import ReadConnection
from service.errors import NotFoundError
from service.people.models import DataKey, SealedRecord
from service.people.rules import SealedKind, Subject, SubjectKind, place_of
from service.sealing import KeyRing, unseal


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
    notes_of: UUID | None = None,
) -> Sequence[Opened]:
    """Open the present records of these kinds that belong to some subjects, oldest first.

    Args:
        db: the transaction in which the reading is also recorded.
        keys: unwraps the data keys.
        subjects: (case id, subject id) pairs, already found to be in the caller's scope.
        kinds: what to open, already found to be within the caller's right.
        notes_of: of notes, open this agency's only.
    """
    if not subjects:
        return []
    query = (
        select(SealedRecord, DataKey.wrapped)
        .join(
            DataKey,
            and_(DataKey.case_id == SealedRecord.case_id, DataKey.subject_id == SealedRecord.subject_id),
        )
        .where(SealedRecord.case_id.in_({case_id for case_id, _ in subjects}))
        .where(SealedRecord.subject_id.in_({subject_id for _, subject_id in subjects}))
        .where(SealedRecord.kind.in_([kind.value for kind in kinds]), SealedRecord.retired_at.is_(None))
        .order_by(SealedRecord.id)
    )
    if notes_of is not None:
        query = query.where(or_(SealedRecord.kind != SealedKind.NOTE.value, SealedRecord.agency_id == notes_of))
    unwrapped: dict[UUID, bytes] = {}
    opened: list[Opened] = []
    for row in await db.rows(query):
        subject_id = row["subject_id"]
        data_key = unwrapped.get(subject_id) or keys.unwrap(row["wrapped"])
        unwrapped[subject_id] = data_key
        place = place_of(row["id"], row["version"], kind=row["kind"], agency_id=row["agency_id"])
        content = unseal(data_key, row["content"], bound_to=place)
        kind = SealedKind(row["kind"])
        opened.append(Opened(subject_id, kind, json.loads(content), row["agency_id"], row["recorded_at"]))
    return opened


async def kinds_of(db: ReadConnection, subject: Subject) -> frozenset[SealedKind]:
    """Answer of which kinds a subject has present records; none is opened."""
    query = (
        select(SealedRecord.kind)
        .where(SealedRecord.case_id == subject.case_id, SealedRecord.subject_id == subject.id)
        .where(SealedRecord.retired_at.is_(None))
        .distinct()
    )
    return frozenset(SealedKind(row["kind"]) for row in await db.rows(query))


async def get_subject(db: ReadConnection, keys: KeyRing, *, case_id: UUID, id_: UUID, kind: SubjectKind) -> Subject:
    """Answer a subject with its data key, to seal more under it.

    Raises:
        NotFoundError: the subject was erased.
    """
    row = await db.row(select(DataKey.wrapped).where(DataKey.case_id == case_id, DataKey.subject_id == id_))
    if row is None:
        raise NotFoundError
    return Subject(case_id=case_id, id=id_, kind=kind, data_key=keys.unwrap(row["wrapped"]))
