"""Candidates of a search: what a caller may know of and some key points to. A key can be shared; open and compare.

Scope comes before everything that is counted, ordered or cut, so that what is hidden changes nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    any_,
    bindparam,
    column,
    distinct,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.access.rules import row_scope_of
from service.acting import Role
from service.audit.queries import nth_latest, nth_values
from service.audit.rules import AuditAction
from service.cases.models import CaseRecord, CaseRow, OffenderRecord, OffenderRow, PersonRecord, PersonRow
from service.cases.queries.scope import (
    AnyOf,
    person_visible_to,
    scope_of,
    visible_cases,
    visible_offenders,
    visible_persons,
)
from service.db.database import RecordedConnection
from service.db.statements import AnyRow, PersonalQuery
from service.people.models import SealedRecord, SearchKey
from service.people.rules import OF_A_CASE_FOR_A_LIAISON, SealedKind, SealedSubjectKind

Keys = Collection[tuple[str, int]]
"""Kinds and hashes of the terms that are looked for."""


@dataclass(frozen=True)
class KeysSought:
    """What a search asks of the keys.

    Attributes:
        keys: of which at least `least` point to a candidate.
        rows: how many candidates at most.
        nth: the search so many searches ago must lie before `since`.
    """

    keys: Keys
    least: int
    rows: int
    nth: int
    since: datetime


@dataclass(frozen=True)
class Candidate:
    """A record that keys point to.

    Attributes:
        row: of the person, the offender or the case.
        id: the record's.
        subjects: case id and subject id of whatever sealed records belong to it.
    """

    row: Mapping[str, Any]
    id: UUID
    subjects: Sequence[tuple[UUID, UUID]]


@dataclass(frozen=True)
class Candidates:
    """What a search finds before anything is opened.

    Attributes:
        spent_at: when the search was made because of which this one is one too many; None where it is not.
        found: the best first, then the newest.
    """

    spent_at: datetime | None
    found: Sequence[Candidate]


class SpentRecord(TypedDict):
    """When the search was made that has to be forgotten before another one may be; None where one may."""

    spent_at: datetime | None


class PersonFoundRecord(PersonRecord, SpentRecord):
    """A person to whom keys point; without a person, only whether the search may be made."""

    agreeing: int | None


class OffenderFoundRecord(OffenderRecord, SpentRecord):
    """An offender to whom keys point, or nobody."""

    agreeing: int | None


class CaseFoundRecord(CaseRecord, SpentRecord):
    """A case to which keys point, and the ids of what they point to, or none."""

    agreeing: int | None
    subject_ids: list[UUID]


async def find_nobody(db: RecordedConnection, sought: KeysSought) -> Candidates:
    """Return the candidates of a search for what can stand in no record."""
    [row] = await db.rows(_NOBODY, _spent_values(db, sought))
    return Candidates(row["spent_at"], [])


async def find_persons(db: RecordedConnection, sought: KeysSought) -> Candidates:
    """Return persons to whom at least so many keys point, those with the most first, then the newest."""
    rows = await _rows(db, _persons, sought)
    return _parts(rows)


async def find_offenders(db: RecordedConnection, sought: KeysSought) -> Candidates:
    """Return offenders to whom at least so many keys point, those with the most first, then the newest."""
    rows = await _rows(db, _offenders, sought)
    return _parts(rows)


async def find_cases(db: RecordedConnection, sought: KeysSought) -> Candidates:
    """Return cases to which keys point by themselves or by a person in them whom the principal may know of."""
    rows = await _rows(db, _cases, sought)
    found = [
        Candidate(row, row["id"], [(row["id"], id_) for id_ in {row["id"]: None, **dict.fromkeys(row["subject_ids"])}])
        for row in rows
        if row["agreeing"] is not None
    ]
    return Candidates(rows[0]["spent_at"], found)


def _parts(rows: Sequence[PersonFoundRecord | OffenderFoundRecord]) -> Candidates:
    found = [Candidate(row, row["id"], [(row["case_id"], row["id"])]) for row in rows if row["agreeing"] is not None]
    return Candidates(rows[0]["spent_at"], found)


async def _rows(
    db: RecordedConnection, made: Callable[[Role], PersonalQuery[AnyRow]], sought: KeysSought
) -> Sequence[AnyRow]:
    principal = db.note.acting.who
    query = made(principal.role)
    kinds, hashes = [kind for kind, _ in sought.keys], [key for _, key in sought.keys]
    values = {"kinds": kinds, "keys": hashes, "least": sought.least, "rows": sought.rows}
    return await db.rows(query, {**scope_of(query, principal), **_spent_values(db, sought), **values})


def _spent_values(db: RecordedConnection, sought: KeysSought) -> dict[str, Any]:
    return nth_values(db.note.acting.who.id, nth=sought.nth, since=sought.since)


_SPENT: Final = nth_latest(AuditAction.RECORDS_SEARCHED).scalar_subquery().label("spent_at")
_NOBODY: Final = PersonalQuery(select(_SPENT), SpentRecord)
_LEAST: Final = bindparam("least", type_=Integer)
_ROWS: Final = bindparam("rows", type_=Integer)


@cache
def _persons(role: Role) -> PersonalQuery[PersonFoundRecord]:
    hits = _hits_of_parts(SealedSubjectKind.PERSON, role)
    its = visible_persons(AnyOf(role)).where(PersonRow.case_id == hits.c.case_id, PersonRow.id == hits.c.subject_id)
    return PersonalQuery(_unless_spent(_each(hits, its)), PersonFoundRecord)


@cache
def _offenders(role: Role) -> PersonalQuery[OffenderFoundRecord]:
    hits = _hits_of_parts(SealedSubjectKind.OFFENDER, role)
    its = visible_offenders(AnyOf(role)).where(
        OffenderRow.case_id == hits.c.case_id, OffenderRow.id == hits.c.subject_id
    )
    return PersonalQuery(_unless_spent(_each(hits, its)), OffenderFoundRecord)


@cache
def _cases(role: Role) -> PersonalQuery[CaseFoundRecord]:
    pointed = _pointed(role)
    agreeing = func.count(distinct(tuple_(pointed.c.kind, pointed.c.key)))
    hits = (
        select(
            pointed.c.case_id,
            agreeing.label("agreeing"),
            func.array_agg(distinct(pointed.c.subject_id)).label("subject_ids"),
        )
        .group_by(pointed.c.case_id)
        .having(agreeing >= _LEAST)
        .subquery()
    )
    its = visible_cases(AnyOf(role)).where(CaseRow.id == hits.c.case_id)
    return PersonalQuery(_unless_spent(_each(hits, its).add_columns(hits.c.subject_ids)), CaseFoundRecord)


def _each(hits: Subquery, its: Select[Any]) -> Select[Any]:
    """Return the query for the record of each hit by its own key, the best first; one at a time."""
    found = its.limit(1).lateral()
    best_first = (hits.c.agreeing.desc(), found.c.id.desc())
    return select(*found.c, hits.c.agreeing).select_from(hits.join(found, true())).order_by(*best_first).limit(_ROWS)


def _unless_spent(query: Select[Any]) -> Select[Any]:
    """Return the query that asks for candidates and whether the search may be made at all, in one statement."""
    quota = select(_SPENT).subquery()
    found = query.subquery()
    return (
        select(quota.c.spent_at, found)
        .select_from(quota.outerjoin(found, true()))
        .order_by(found.c.agreeing.desc(), found.c.id.desc())
    )


def _pointed(role: Role) -> Subquery:
    """Return where the keys point: to cases by themselves, and to persons the principal may know of.

    The keys are looked up first and once, and from there each record or person by its own key. Asked for in one
    condition, with an "or", the persons or the sealed records would be read from one end to the other.
    """
    key = select(*_POINTERS).where(_among_keys()).cte("pointers")
    shown = [key.c[name] for name in ("case_id", "subject_id", "kind", "key")]
    of_cases = select(*shown).where(key.c.subject_kind == SealedSubjectKind.CASE.value)
    if not row_scope_of(role).whole_cases:
        of_cases = of_cases.where(_shown_to_a_liaison(AnyOf(role), key))
    its = select(PersonRow.id).where(PersonRow.case_id == key.c.case_id, PersonRow.id == key.c.subject_id)
    known = its.where(person_visible_to(AnyOf(role))).limit(1).lateral()
    of_persons = select(*shown).select_from(key.join(known, true())).where(_may_be_opened(AnyOf(role), key.c))
    return union_all(of_cases, of_persons.where(key.c.subject_kind == SealedSubjectKind.PERSON.value)).subquery()


_POINTERS: Final = (
    SearchKey.case_id, SearchKey.record_id, SearchKey.subject_kind, SearchKey.subject_id, SearchKey.kind, SearchKey.key,
)  # fmt: skip


def _shown_to_a_liaison(anybody: AnyOf, key: CTE) -> ColumnElement[bool]:
    """A liaison finds a case only by what it is shown of one: the town, and its own agency's notes."""
    own_note = or_(SealedRecord.kind != SealedKind.NOTE.value, SealedRecord.agency_id == anybody.agency_id)
    kinds = literal([kind.value for kind in sorted(OF_A_CASE_FOR_A_LIAISON)], ARRAY(Text))
    return _of_record(key.c).where(SealedRecord.kind == any_(kinds), own_note, _present_or_own(anybody)).exists()


def _may_be_opened(anybody: AnyOf, key: Any) -> ColumnElement[bool]:
    """Whether the record of a key may be opened: what was corrected, by its own agency only where not all is shown."""
    if row_scope_of(anybody.role).whole_cases:
        return true()
    return _of_record(key).where(_present_or_own(anybody)).exists()


def _of_record(key: Any) -> Select[Any]:
    return select(SealedRecord.id).where(SealedRecord.case_id == key.case_id, SealedRecord.id == key.record_id)


def _present_or_own(anybody: AnyOf) -> ColumnElement[bool]:
    return or_(SealedRecord.retired_at.is_(None), SealedRecord.agency_id == anybody.agency_id)


def _hits_of_parts(kind: SealedSubjectKind, role: Role) -> Subquery:
    return (
        select(SearchKey.case_id, SearchKey.subject_id, _agreeing().label("agreeing"))
        .where(_among_keys(), SearchKey.subject_kind == kind.value, _may_be_opened(AnyOf(role), SearchKey))
        .group_by(SearchKey.case_id, SearchKey.subject_id)
        .having(_agreeing() >= _LEAST)
        .subquery()
    )


def _among_keys() -> ColumnElement[bool]:
    """The keys come as two arrays, so that the text does not depend on how many they are."""
    given = func.unnest(bindparam("kinds", type_=ARRAY(Text)), bindparam("keys", type_=ARRAY(BigInteger)))
    wanted = given.table_valued(column("kind", Text), column("key", BigInteger)).render_derived()
    return tuple_(SearchKey.kind, SearchKey.key).in_(select(wanted.c.kind, wanted.c.key))


def _agreeing() -> ColumnElement[Any]:
    """Count terms, however many records of one subject hold them."""
    return func.count(distinct(tuple_(SearchKey.kind, SearchKey.key)))
