"""Sealing what is told about somebody, and retiring what was corrected."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from service.acting import Acting, Role
from service.db.database import WriteConnection
from service.ids import new_inner_id
from service.people import queries
from service.people.models import DataKey, SealedRecord, SearchKey, SearchKeyRecord
from service.people.rules import SealedKind, SealedSubject, SealedSubjectKind, place_of
from service.people.rules.terms import TERMS_VERSION, key_of, terms_of
from service.sealing import RegisterKeys, new_data_key, seal


def new_subject(
    db: WriteConnection, acting: Acting, keys: RegisterKeys, *, case_id: UUID, id_: UUID, kind: SealedSubjectKind
) -> SealedSubject:
    """Stage a data key for a case, person or offender that is just being made."""
    data_key = new_data_key()
    row = {"case_id": case_id, "subject_id": id_, "wrapped": keys.wrap(data_key), "made_at": acting.now}
    db.insert(DataKey, row)
    return SealedSubject(case_id=case_id, id=id_, kind=kind, data_key=data_key, index_key=keys.index_key)


def put(
    db: WriteConnection, acting: Acting, subject: SealedSubject, kind: SealedKind, content: Mapping[str, Any]
) -> None:
    """Stage one sealed record and the search keys that find it."""
    who = acting.who
    record_id = new_inner_id(acting.now)
    version = 1
    plain = json.dumps(content, ensure_ascii=False).encode()
    place = place_of(record_id, version, kind=kind.value, agency_id=who.agency_id)
    row = {
        "case_id": subject.case_id,
        "id": record_id,
        "subject_kind": subject.kind.value,
        "subject_id": subject.id,
        "kind": kind.value,
        "version": version,
        "content": seal(subject.data_key, plain, bound_to=place),
        "agency_id": who.agency_id,
        "recorded_at": acting.now,
        "recorded_by": who.id,
        "retired_at": None,
        "indexed": TERMS_VERSION,
    }
    db.insert(SealedRecord, row)
    db.insert(SearchKey, *search_keys(subject, record_id, kind, content))


def search_keys(
    subject: SealedSubject, record_id: UUID, kind: SealedKind, content: Mapping[str, Any]
) -> Iterator[SearchKeyRecord]:
    """Return the rows by which one sealed record is found; operations are listed, never searched."""
    if subject.kind is SealedSubjectKind.OPERATION:
        return
    keys = {(term[0].value, key_of(subject.index_key, term)) for term in terms_of(kind, content)}
    for term_kind, key in sorted(keys):
        yield {
            "case_id": subject.case_id,
            "record_id": record_id,
            "subject_kind": subject.kind.value,
            "subject_id": subject.id,
            "kind": term_kind,
            "key": key,
        }


async def retire(db: WriteConnection, acting: Acting, subject: SealedSubject, told: Mapping[SealedKind, Any]) -> None:
    """Retire the subject's present records of some kinds: they stay, but are not shown any more.

    What was corrected still finds its subject, as the old number is the one that somebody knows; what was taken out
    does not. A liaison retires what its own agency told: nothing that was told elsewhere is hidden by an embassy.

    Args:
        db: the transaction.
        acting: who retires them.
        subject: whose.
        told: by kind what is told in their place, if anything.
    """
    told_by = acting.who.agency_id if acting.who.role is Role.LIAISON else None
    corrected = frozenset(kind for kind, several in told.items() if several)
    taken_out = told.keys() - corrected
    await queries.retire(db, subject, corrected=corrected, taken_out=taken_out, now=acting.now, told_by=told_by)
