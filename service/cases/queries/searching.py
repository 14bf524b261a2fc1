"""Candidates of a search: what a caller may know of and some key points to. A key can be shared; open and compare.

Scope comes before everything that is counted, ordered or cut, so that what is hidden changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, Subquery, distinct, func, or_, select, true, tuple_, union_all

from service.acting import Principal, Role
from service.cases.models import CaseRow, OffenderRow, PersonRow
from service.cases.queries.scope import person_visible_to, visible_cases, visible_offenders, visible_persons
from service.db.database import ReadConnection, Record
from service.people.models import SealedRecord, SearchKey
from service.people.rules import OF_A_CASE_FOR_A_LIAISON, SealedKind, SubjectKind

Keys = Collection[tuple[str, int]]
"""Kinds and hashes of the terms that are looked for."""

Spent = Select[datetime]
"""Asks when the search was made that has to be forgotten before another one may be; nothing where one may."""


@dataclass(frozen=True)
class Candidates:
    """What a search finds before anything is opened.

    Attributes:
        spent_at: when the search was made because of which this one is one too many; None where it is not.
        rows: the best first, then the newest.
    """

    spent_at: datetime | None
    rows: Sequence[Record]


async def find_nobody(db: ReadConnection, spent: Spent) -> Candidates:
    """Answer the candidates of a search for what can stand in no record."""
    row = await db.row(select(spent.scalar_subquery().label("spent_at")))
    return Candidates(row["spent_at"] if row else None, [])


async def find_persons(
    db: ReadConnection, principal: Principal, keys: Keys, spent: Spent, *, least: int, limit: int
) -> Candidates:
    """Answer persons to whom at least so many keys point, those with the most first, then the newest."""
    hits = _hits_of_parts(SubjectKind.PERSON, keys, least)
    its = visible_persons(principal).where(PersonRow.case_id == hits.c.case_id, PersonRow.id == hits.c.subject_id)
    return await _candidates(db, spent, _each(hits, its, limit))


async def find_offenders(
    db: ReadConnection, principal: Principal, keys: Keys, spent: Spent, *, least: int, limit: int
) -> Candidates:
    """Answer offenders to whom at least so many keys point, those with the most first, then the newest."""
    hits = _hits_of_parts(SubjectKind.OFFENDER, keys, least)
    its = visible_offenders(principal).where(OffenderRow.case_id == hits.c.case_id, OffenderRow.id == hits.c.subject_id)
    return await _candidates(db, spent, _each(hits, its, limit))


async def find_cases(
    db: ReadConnection, principal: Principal, keys: Keys, spent: Spent, *, least: int, limit: int
) -> Candidates:
    """Answer cases to which keys point by themselves or by a person in them whom the principal may know of.

    Returns:
        Rows of cases, with the ids of what the keys point to in `subject_ids`.
    """
    pointed = _pointed(principal, keys)
    agreeing = func.count(distinct(tuple_(pointed.c.kind, pointed.c.key)))
    hits = (
        select(
            pointed.c.case_id,
            agreeing.label("agreeing"),
            func.array_agg(distinct(pointed.c.subject_id)).label("subject_ids"),
        )
        .group_by(pointed.c.case_id)
        .having(agreeing >= least)
        .subquery()
    )
    its = visible_cases(principal).where(CaseRow.id == hits.c.case_id)
    return await _candidates(db, spent, _each(hits, its, limit).add_columns(hits.c.subject_ids))


def _each(hits: Subquery, its: Select[Any], limit: int) -> Select[Any]:
    """Answer the record of each hit by its own key, the best first; one at a time, however many hits there are."""
    found = its.limit(1).lateral()
    best_first = (hits.c.agreeing.desc(), found.c.id.desc())
    return select(*found.c, hits.c.agreeing).select_from(hits.join(found, true())).order_by(*best_first).limit(limit)


async def _candidates(db: ReadConnection, spent: Spent, query: Select[Any]) -> Candidates:
    """Ask for candidates and whether the search may be made at all, in one statement."""
    quota = select(spent.scalar_subquery().label("spent_at")).subquery()
    found = query.subquery()
    both = (
        select(quota.c.spent_at, found)
        .select_from(quota.outerjoin(found, true()))
        .order_by(found.c.agreeing.desc(), found.c.id.desc())
    )
    rows = await db.rows(both)
    return Candidates(rows[0]["spent_at"], [row for row in rows if row["id"] is not None])


def _pointed(principal: Principal, keys: Keys) -> Subquery:
    """Answer where the keys point: to cases by themselves, and to persons the principal may know of.

    The keys are looked up first and once, and from there each record or person by its own key. Asked for in one
    condition, with an "or", the persons or the sealed records would be read from one end to the other.
    """
    key = select(*_POINTERS).where(_among(keys)).cte("pointers")
    shown = [key.c[name] for name in ("case_id", "subject_id", "kind", "key")]
    of_cases = select(*shown).where(key.c.subject_kind == SubjectKind.CASE.value)
    if principal.role is Role.LIAISON:
        of_cases = of_cases.where(_shown_to_a_liaison(principal, key))
    its = select(PersonRow.id).where(PersonRow.case_id == key.c.case_id, PersonRow.id == key.c.subject_id)
    known = its.where(person_visible_to(principal)).limit(1).lateral()
    of_persons = select(*shown).select_from(key.join(known, true()))
    return union_all(of_cases, of_persons.where(key.c.subject_kind == SubjectKind.PERSON.value)).subquery()


_POINTERS: Final = (
    SearchKey.case_id, SearchKey.record_id, SearchKey.subject_kind, SearchKey.subject_id, SearchKey.kind, SearchKey.key,
)  # fmt: skip


def _shown_to_a_liaison(principal: Principal, key: CTE) -> ColumnElement[bool]:
    """A liaison finds a case only by what it is shown of one: the town, and its own agency's notes."""
    own_note = or_(SealedRecord.kind != SealedKind.NOTE.value, SealedRecord.agency_id == principal.agency_id)
    return (
        select(SealedRecord.id)
        .where(SealedRecord.case_id == key.c.case_id, SealedRecord.id == key.c.record_id)
        .where(SealedRecord.kind.in_([kind.value for kind in sorted(OF_A_CASE_FOR_A_LIAISON)]), own_note)
        .exists()
    )


def _hits_of_parts(kind: SubjectKind, keys: Keys, least: int) -> Subquery:
    return (
        select(SearchKey.case_id, SearchKey.subject_id, _agreeing().label("agreeing"))
        .where(_among(keys), SearchKey.subject_kind == kind.value)
        .group_by(SearchKey.case_id, SearchKey.subject_id)
        .having(_agreeing() >= least)
        .subquery()
    )


def _among(keys: Keys) -> ColumnElement[bool]:
    return tuple_(SearchKey.kind, SearchKey.key).in_(sorted(keys))


def _agreeing() -> ColumnElement[Any]:
    """Count terms, however many records of one subject hold them."""
    return func.count(distinct(tuple_(SearchKey.kind, SearchKey.key)))
