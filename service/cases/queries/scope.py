"""What a principal may know of. Every query of the case file starts here; a role not named sees nothing.

Source: design/domain.md section 8.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, Uuid, all_, and_, any_, bindparam, false, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from service.acting import Principal, Role
from service.cases.models import CaseRow, OffenderRow, PersonRow

_ALL_CASES: Final = frozenset({Role.VERIFIER, Role.OFFICER, Role.SUPERVISOR})


@dataclass(frozen=True)
class AnyOf:
    """Whoever has a role: for a query made once, asked with the values that `scope_of` answers for a principal."""

    role: Role
    agency_id: ColumnElement[Any] = field(default=bindparam("scope_agency_id", type_=Uuid), compare=False)
    nationalities: ColumnElement[Any] = field(
        default=bindparam("scope_nationalities", type_=ARRAY(Text)), compare=False
    )


def scope_of(principal: Principal) -> dict[str, Any]:
    """Answer what a query made for `AnyOf` the principal's role has to be told of the principal."""
    return {"scope_agency_id": principal.agency_id, "scope_nationalities": sorted(principal.nationalities)}


def case_visible_to(principal: Principal | AnyOf) -> ColumnElement[bool]:
    """Answer which cases a principal may know of.

    An operator knows those its own agency filed; a liaison those with a person of a nationality it serves, and those
    its own agency filed.
    """
    told = _told(CaseRow, principal)
    if principal.role in _ALL_CASES:
        return told
    own = CaseRow.agency_id == principal.agency_id
    if principal.role is Role.OPERATOR:
        return and_(told, own)
    if principal.role is Role.LIAISON:
        return and_(told, or_(own, CaseRow.disclosed_to.overlap(_nationalities(principal))))
    return false()


def person_visible_to(principal: Principal | AnyOf) -> ColumnElement[bool]:
    """Answer which persons a principal may know of.

    For a liaison those whose state may know of them, and no others, even in a case its own agency filed.
    """
    told = and_(PersonRow.present, _told(PersonRow, principal))
    if principal.role in _ALL_CASES:
        return told
    if principal.role is Role.OPERATOR:
        return and_(told, PersonRow.agency_id == principal.agency_id)
    if principal.role is Role.LIAISON:
        return and_(told, PersonRow.disclosed_to == any_(_nationalities(principal)))
    return false()


def offender_visible_to(principal: Principal | AnyOf) -> ColumnElement[bool]:
    """Answer which offenders a principal may know of. A liaison sees none."""
    told = and_(OffenderRow.present, _told(OffenderRow, principal))
    if principal.role in _ALL_CASES:
        return told
    if principal.role is Role.OPERATOR:
        return and_(told, OffenderRow.agency_id == principal.agency_id)
    return false()


def _told(table: type[CaseRow | PersonRow | OffenderRow], principal: Principal | AnyOf) -> ColumnElement[bool]:
    """A supervisor says from which agencies a case is withheld, and so sees it whatever is said."""
    if principal.role is Role.SUPERVISOR:
        return true()
    return all_(table.withheld_from) != principal.agency_id


def _nationalities(principal: Principal | AnyOf) -> ColumnElement[Any]:
    if isinstance(principal, AnyOf):
        return principal.nationalities
    return literal(sorted(principal.nationalities), ARRAY(Text))


def visible_cases(principal: Principal | AnyOf) -> Select[Any]:
    """Answer the cases a principal may know of."""
    return select(CaseRow).where(case_visible_to(principal))


def visible_persons(principal: Principal | AnyOf) -> Select[Any]:
    """Answer the persons a principal may know of."""
    return select(PersonRow).where(person_visible_to(principal))


def visible_offenders(principal: Principal | AnyOf) -> Select[Any]:
    """Answer the offenders a principal may know of."""
    return select(OffenderRow).where(offender_visible_to(principal))
