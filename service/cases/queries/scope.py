"""What a principal may know of. Every query of the case file starts here; a role not named sees nothing.

Source: design/domain.md section 8.
"""

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
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.acting import Principal, Role
from service.cases.models import CaseRow, OffenderRow, PersonRow
from service.db.statements import Statement

NOTHING: Final[ColumnElement[bool]] = literal_column("false", Boolean)
"""The condition for a role that sees nothing. SQLAlchemy's own would swallow the conditions beside it."""

_ALL_CASES: Final = frozenset({Role.VERIFIER, Role.OFFICER, Role.SUPERVISOR})


@dataclass(frozen=True)
class AnyOf:
    """Whoever has a role: for a query made once, asked with the values that `scope_of` returns for a principal."""

    role: Role
    agency_id: ColumnElement[Any] = field(default=bindparam("scope_agency_id", type_=Uuid), compare=False)
    nationalities: ColumnElement[Any] = field(
        default=bindparam("scope_nationalities", type_=ARRAY(Text)), compare=False
    )


def scope_of(statement: Statement[Any], principal: Principal) -> dict[str, Any]:
    """Return what a statement made for `AnyOf` the principal's role has to be told of the principal."""
    told = {"scope_agency_id": principal.agency_id, "scope_nationalities": sorted(principal.nationalities)}
    return {name: value for name, value in told.items() if name in statement.compiled.takes}


def case_visible_to(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for cases that a principal may know of.

    An operator knows those its own agency filed; a liaison those with a person of a nationality it serves, and those
    its own agency filed.
    """
    told = _told(CaseRow, anybody)
    if anybody.role in _ALL_CASES:
        return told
    own = CaseRow.agency_id == anybody.agency_id
    if anybody.role is Role.OPERATOR:
        return and_(told, own)
    if anybody.role is Role.LIAISON:
        return and_(told, or_(own, CaseRow.disclosed_to.overlap(anybody.nationalities)))
    return NOTHING


def person_visible_to(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for persons that a principal may know of.

    For a liaison those whose state may know of them, and no others, even in a case its own agency filed.
    """
    told = and_(PersonRow.present, _told(PersonRow, anybody))
    if anybody.role in _ALL_CASES:
        return told
    if anybody.role is Role.OPERATOR:
        return and_(told, PersonRow.agency_id == anybody.agency_id)
    if anybody.role is Role.LIAISON:
        return and_(told, PersonRow.disclosed_to == any_(anybody.nationalities))
    return NOTHING


def offender_visible_to(anybody: AnyOf) -> ColumnElement[bool]:
    """Return the condition for offenders that a principal may know of. A liaison sees none."""
    told = and_(OffenderRow.present, _told(OffenderRow, anybody))
    if anybody.role in _ALL_CASES:
        return told
    if anybody.role is Role.OPERATOR:
        return and_(told, OffenderRow.agency_id == anybody.agency_id)
    return NOTHING


def _told(table: type[CaseRow | PersonRow | OffenderRow], anybody: AnyOf) -> ColumnElement[bool]:
    """A supervisor says from which agencies a case is withheld, and so sees it whatever is said."""
    if anybody.role is Role.SUPERVISOR:
        return true()
    return all_(table.withheld_from) != anybody.agency_id


def visible_cases(anybody: AnyOf) -> Select[Any]:
    """Return the cases a principal may know of."""
    return select(CaseRow).where(case_visible_to(anybody))


def visible_persons(anybody: AnyOf) -> Select[Any]:
    """Return the persons a principal may know of."""
    return select(PersonRow).where(person_visible_to(anybody))


def visible_offenders(anybody: AnyOf) -> Select[Any]:
    """Return the offenders a principal may know of."""
    return select(OffenderRow).where(offender_visible_to(anybody))
