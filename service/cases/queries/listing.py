"""Lists of cases and persons within the caller's scope, newest first, narrowed by filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Text, Uuid, and_, any_, bindparam, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from service.access.rules import row_scope_of
from service.acting import Principal, Role
from service.audit.queries import first_ids, on_record
from service.cases.models import CaseRecord, CaseRow, PersonRecord, PersonRow
from service.cases.queries.changes import case_changed, person_changed, since_values
from service.cases.queries.scope import (
    AnyOf,
    case_looked_after,
    person_visible_to,
    scope_of,
    visible_cases,
    visible_persons,
)
from service.codes import CaseStatus, PersonStatus
from service.db.database import RecordedConnection
from service.db.lists import LISTS_KEPT, Narrowing, narrowed
from service.db.statements import PersonalQuery
from service.story.nationality import is_state


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases is narrowed to. Values of one field are alternatives; fields add up.

    Attributes:
        mine: whether they are assigned to whoever asks.
        unassigned: whether they are assigned to nobody who can sign in and see them.
        changed_since: since when something was recorded in them, notes included.
    """

    status: Sequence[str] = ()
    nationality: Sequence[str] = ()
    province: Sequence[str] = ()
    channel: Sequence[str] = ()
    kind: Sequence[str] = ()
    urgency: Sequence[str] = ()
    received_from: date | None = None
    received_to: date | None = None
    assigned_to: UUID | None = None
    mine: bool | None = None
    unassigned: bool | None = None
    incomplete: bool | None = None
    changed_since: datetime | None = None

    @property
    def about_the_whole(self) -> bool:
        """Whether it narrows by something that is said of the whole case; one's own assignments are one's own."""
        whole = (self.assigned_to, self.unassigned, self.incomplete, self.changed_since)
        return any(said is not None for said in whole)


@dataclass(frozen=True)
class PersonFilter:
    """What a list of persons is narrowed to.

    Attributes:
        missing: papers of which one at least was missing when somebody last looked.
        rescued_until: the last day on which they may have been rescued who still await their return.
        changed_since: since when something was recorded of them that whoever asks is told.
    """

    status: Sequence[str] = ()
    nationality: Sequence[str] = ()
    awaiting_return: bool | None = None
    in_custody: bool | None = None
    missing: Sequence[str] = ()
    rescued_until: date | None = None
    changed_since: datetime | None = None


async def list_cases(
    db: RecordedConnection, wanted: CaseFilter, *, after: UUID | None, limit: int
) -> Sequence[CaseRecord]:
    """Return one more case than `limit`, newest first, and put the page on record."""
    principal = db.note.acting.who
    page = Narrowing.of(vars(wanted), after=after, limit=limit)
    query = _list_of_cases(principal.role, page.by)
    values = {**scope_of(query, principal), **page.values, **since_values(wanted.changed_since)}
    values |= _of_own(principal, wanted)
    values |= {"me": principal.id} if wanted.mine else {}
    values |= {"now": db.note.acting.now} if "now" in query.compiled.takes else {}
    return await db.rows(query, {**values, "page": limit})


async def list_persons(
    db: RecordedConnection, wanted: PersonFilter, *, after: UUID | None, limit: int
) -> Sequence[PersonRecord]:
    """Return one more person than `limit`, newest first; the page is put on record unless a purpose opens more."""
    principal, noted = db.note.acting.who, db.note.purpose is None
    page = Narrowing.of(vars(wanted), after=after, limit=limit)
    query = _list_of_persons(principal.role, page.by, noted=noted)
    values = {**scope_of(query, principal), **page.values, **since_values(wanted.changed_since)}
    if wanted.nationality and not row_scope_of(principal.role).whole_cases:
        own = _own_states(principal, wanted.nationality)
        values["own_nationality"] = own
        values["nationality"] = [code for code in wanted.nationality if code in own or not is_state(code)]
    return await db.rows(query, {**values, "page": limit} if noted else values)


@lru_cache(LISTS_KEPT)
def _list_of_cases(role: Role, narrowed_by: frozenset[str]) -> PersonalQuery[CaseRecord]:
    conditions = _narrowing_by_own(role)
    if row_scope_of(role).whole_cases:
        conditions = {**_OF_CASES, "changed_since": case_changed(AnyOf(role))}
    return PersonalQuery(_on_record(narrowed(visible_cases(AnyOf(role)), conditions, narrowed_by)), CaseRecord)


@lru_cache(LISTS_KEPT)
def _list_of_persons(role: Role, narrowed_by: frozenset[str], *, noted: bool) -> PersonalQuery[PersonRecord]:
    conditions = {**_OF_PERSONS, "changed_since": person_changed(AnyOf(role))}
    if not row_scope_of(role).whole_cases:
        conditions |= _OF_OWN_PERSONS
    listed = narrowed(visible_persons(AnyOf(role)), conditions, narrowed_by)
    return PersonalQuery(_on_record(listed) if noted else listed, PersonRecord)


_PAGE: Final = bindparam("page", type_=Integer)


def _on_record(query: Select[Any]) -> Select[Any]:
    recorded = on_record(query, first_ids(_PAGE))
    return recorded.order_by(recorded.selected_columns.id.desc())


def _among(column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], name: str) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(Text)))


_OF_CASES: Final[Mapping[str, ColumnElement[bool]]] = {
    "status": _among(CaseRow.status, "status"),
    "nationality": CaseRow.nationalities.overlap(bindparam("nationality", type_=ARRAY(Text))),
    "province": _among(CaseRow.province, "province"),
    "channel": _among(CaseRow.channel, "channel"),
    "kind": _among(CaseRow.kind, "kind"),
    "urgency": _among(CaseRow.urgency, "urgency"),
    "received_from": CaseRow.received_on >= bindparam("received_from"),
    "received_to": CaseRow.received_on <= bindparam("received_to"),
    "assigned_to": CaseRow.assigned_to == bindparam("assigned_to"),
    "mine yes": CaseRow.assigned_to == bindparam("me", type_=Uuid),
    "unassigned yes": not_(case_looked_after()),
    "incomplete yes": CaseRow.completeness < 100,
    "incomplete no": CaseRow.completeness == 100,
    "after": CaseRow.id < bindparam("after"),
}

_OF_PERSONS: Final[Mapping[str, ColumnElement[bool]]] = {
    "status": _among(PersonRow.status, "status"),
    "nationality": or_(
        _among(PersonRow.nationality, "nationality"),
        PersonRow.nationalities.overlap(bindparam("nationality", type_=ARRAY(Text))),
    ),
    "awaiting_return yes": PersonRow.awaiting_return.is_(True),
    "awaiting_return no": PersonRow.awaiting_return.is_(False),
    "in_custody yes": PersonRow.in_custody.is_(True),
    "in_custody no": PersonRow.in_custody.is_(False),
    "missing": PersonRow.missing_documents.overlap(bindparam("missing", type_=ARRAY(Text))),
    "rescued_until": and_(PersonRow.awaiting_return.is_(True), PersonRow.rescued_on <= bindparam("rescued_until")),
    "after": PersonRow.id < bindparam("after"),
}

_OF_OWN_PERSONS: Final[Mapping[str, ColumnElement[bool]]] = {
    "nationality": or_(
        _OF_PERSONS["nationality"], PersonRow.shown_to.overlap(bindparam("own_nationality", type_=ARRAY(Text)))
    ),
}
"""Whoever sees only its own persons finds them by its own states, also where another nationality counts, and by no
other state: that would tell it which."""


def _narrowing_by_own(role: Role) -> Mapping[str, ColumnElement[bool]]:
    """Whoever sees only its own persons of a case filters by these."""
    own = select(PersonRow.case_id).where(person_visible_to(AnyOf(role)), _OF_PERSONS["status"])
    disclosed = CaseRow.disclosed_to.overlap(bindparam("nationality", type_=ARRAY(Text)))
    return {**_OF_CASES, "status": CaseRow.id.in_(own), "nationality": disclosed}


def _of_own(principal: Principal, wanted: CaseFilter) -> dict[str, Any]:
    """Return the values that stand in for what was given where a principal sees only its own persons of a case."""
    if row_scope_of(principal.role).whole_cases:
        return {}
    values: dict[str, Any] = {}
    if wanted.status:
        ended = {PersonStatus.ENDED.value} if CaseStatus.CLOSED.value in wanted.status else set()
        values["status"] = sorted(ended.union(wanted.status) & set(PersonStatus))
    if wanted.nationality:
        values["nationality"] = _own_states(principal, wanted.nationality)
    return values


def _own_states(principal: Principal, wanted: Sequence[str]) -> list[str]:
    return sorted(principal.nationalities.intersection(wanted))
