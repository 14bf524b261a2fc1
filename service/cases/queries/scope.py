"""What a principal may know of. Every query of the case file starts here; a role not named sees nothing.

Source: design/domain.md section 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from service.access.queries import if_of_agency, looked_after
from service.access.rules import Permission, Rows, row_scope_of
from service.acting import Principal, Role
from service.cases.models import CaseRow, EventRow, OffenderRow, PersonRow
from service.codes import UNKNOWN, Freely, NationalitySource, WishPurpose, WishValue
from service.db.database import core
from service.db.statements import Statement
from service.story.kinds.names import Kind

NOTHING: Final[ColumnElement[bool]] = literal_column("false", Boolean)
"""The condition for a role that sees nothing. SQLAlchemy's own would swallow the conditions beside it."""


@dataclass(frozen=True)
class AnyOf:
    """Whoever has a role: for a query made once, asked with the values that `scope_of` returns for a principal."""

    role: Role
    id: ColumnElement[Any] = field(default=bindparam("scope_id", type_=Uuid), compare=False)
    agency_id: ColumnElement[Any] = field(default=bindparam("scope_agency_id", type_=Uuid), compare=False)
    nationalities: ColumnElement[Any] = field(
        default=bindparam("scope_nationalities", type_=ARRAY(Text)), compare=False
    )


def scope_of(statement: Statement[Any], principal: Principal) -> dict[str, Any]:
    """Return what a statement made for `AnyOf` the principal's role has to be told of the principal."""
    told = {
        "scope_id": principal.id,
        "scope_agency_id": principal.agency_id,
        "scope_nationalities": sorted(principal.nationalities),
    }
    return {name: value for name, value in told.items() if name in statement.compiled.takes}


def case_visible_to(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for cases that a principal may know of."""
    own, nationals = CaseRow.agency_id == anybody.agency_id, CaseRow.disclosed_to.overlap(anybody.nationalities)
    known = {
        Rows.ALL: true(),
        Rows.OWN_AGENCY: own,
        Rows.OWN_AGENCY_OR_NATIONALS: or_(own, nationals),
        Rows.OWN_NATIONALS: nationals,
    }
    return _of(CaseRow, anybody, known.get(row_scope_of(anybody.role).cases))


def case_looked_after() -> ColumnElement[bool]:
    """Return the condition for cases assigned to somebody who can sign in, reads cases, and may know of this one."""
    return looked_after(
        CaseRow.assigned_to, Permission.CASE_READ, lambda role, own: case_visible_to(AnyOf(role, **own))
    )


def person_visible_to(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for persons that a principal may know of.

    Own nationals are those whose state may know of them, perhaps one of several (ADR 0041). Of the others an agency
    knows only whom it added itself, until another state is named for them.
    """
    nationals = and_(PersonRow.shown_to.overlap(anybody.nationalities), PersonRow.fears_own_state.is_(False))
    known = {
        Rows.ALL: true(),
        Rows.OWN_AGENCY: PersonRow.agency_id == anybody.agency_id,
        Rows.OWN_NATIONALS: nationals,
        Rows.OWN_NATIONALS_OR_UNPLACED: or_(nationals, _added_and_unplaced(anybody)),
    }
    return _of(PersonRow, anybody, known.get(row_scope_of(anybody.role).persons))


def _added_and_unplaced(anybody: AnyOf) -> ColumnElement[bool]:
    """The condition for persons whom the own agency added and for whom no other state is named.

    A safety hold hides them, and their wish that no embassy be told; so does a state's denial: it has said that they
    are not its own.
    """
    added = aliased(EventRow)
    added_by = (
        select(added.agency_id)
        .where(added.case_id == PersonRow.case_id, added.subject_id == PersonRow.id, added.kind == Kind.ADDED.value)
        .limit(1)
        .correlate(PersonRow)
        .scalar_subquery()
    )
    no_other_state = or_(PersonRow.nationality == UNKNOWN, PersonRow.nationality == any_(anybody.nationalities))
    own = PersonRow.agency_id == anybody.agency_id
    denied = PersonRow.assertions.contains([{"source": NationalitySource.DENIED_BY_STATE.value}])
    kept = PersonRow.wishes.contains([KEPT_FROM_THE_EMBASSY])
    unhidden = and_(PersonRow.fears_own_state.is_(False), not_(kept), not_(denied))
    return and_(own, no_other_state, unhidden, added_by == anybody.agency_id)


KEPT_FROM_THE_EMBASSY: Final[Mapping[str, str]] = {
    "purpose": WishPurpose.INFORM_EMBASSY.value,
    "value": WishValue.NO.value,
    "freely": Freely.YES.value,
}
"""Stands among a person's wishes while the embassy must not be told (`cases.rules.projection`)."""


def offender_visible_to(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for offenders that a principal may know of."""
    known = {Rows.ALL: true(), Rows.OWN_AGENCY: OffenderRow.agency_id == anybody.agency_id}
    return _of(OffenderRow, anybody, known.get(row_scope_of(anybody.role).offenders))


def event_voidable_by(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for events that a principal may take back, each beside its case.

    A liaison's own denial took the person out of its sight, and may have taken the case.
    """
    denied = and_(
        EventRow.recorded_by == anybody.id,
        EventRow.kind == Kind.NATIONALITY_ASSERTED.value,
        EventRow.fact["source"].astext == NationalitySource.DENIED_BY_STATE.value,
        EventRow.fact["nationality"].astext == any_(anybody.nationalities),
    )
    known: dict[Rows, ColumnElement[bool]] = {Rows.ALL: true(), Rows.OWN_DENIALS: denied}
    return _of(CaseRow, anybody, known.get(row_scope_of(anybody.role).voids))


def _of(
    table: type[CaseRow | PersonRow | OffenderRow], anybody: AnyOf, known: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    """Return a condition for rows that are there, and not withheld from the principal's agency."""
    if known is None:
        return NOTHING
    conditions: list[ColumnElement[bool]] = [] if table is CaseRow else [table.__table__.c.present]
    if not row_scope_of(anybody.role).withheld:
        conditions.append(all_(table.withheld_from) != anybody.agency_id)
    return and_(true(), *conditions, known)


def visible_cases(anybody: AnyOf) -> Select[Any]:
    """Return the cases a principal may know of.

    To whom one is assigned, whoever is not shown it as a whole is told of colleagues only (ADR 49).
    """
    if row_scope_of(anybody.role).whole_cases:
        return select(CaseRow).where(case_visible_to(anybody))
    columns = core(CaseRow).c
    assigned_to = if_of_agency(columns.assigned_to, anybody.agency_id).label("assigned_to")
    shown = (assigned_to if column is columns.assigned_to else column for column in columns)
    return select(*shown).where(case_visible_to(anybody))


def visible_persons(anybody: AnyOf) -> Select[Any]:
    """Return the persons a principal may know of."""
    return select(PersonRow).where(person_visible_to(anybody))


def visible_offenders(anybody: AnyOf) -> Select[Any]:
    """Return the offenders a principal may know of."""
    return select(OffenderRow).where(offender_visible_to(anybody))
