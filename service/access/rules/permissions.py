"""Who may do what. One table, printed into the documentation so that it can be read to a lawyer.

Source: design/domain.md section 8; design/trust.md section 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.acting import Principal, Role, Scope
from service.errors import ForbiddenError


class Permission(StrEnum):
    """One kind of call, named resource:verb."""

    SELF_READ = "self:read"
    REFERENCE_READ = "reference:read"
    AGENCIES_MANAGE = "agencies:manage"
    USERS_MANAGE = "users:manage"
    KEYS_MANAGE = "keys:manage"
    METRICS_READ = "metrics:read"
    CASE_FILE = "case:file"
    CASE_READ = "case:read"
    CASE_AMEND = "case:amend"
    CASE_EXTEND = "case:extend"
    CASE_HAND_OVER = "case:handover"
    NOTE_ADD = "note:add"
    PERSON_READ = "person:read"
    PERSON_AMEND = "person:amend"
    OFFENDER_READ = "offender:read"
    OFFENDER_AMEND = "offender:amend"
    EVENT_RECORD = "event:record"
    EVENT_VOID = "event:void"
    RETURN_VOID = "return:void"
    SEARCH = "search:run"
    OPERATION_RECORD = "operation:record"
    OPERATION_AMEND = "operation:amend"
    OPERATION_READ = "operation:read"
    FIGURE_READ = "figure:read"
    AUDIT_READ = "audit:read"


_EVERYONE: Final = frozenset({Permission.SELF_READ, Permission.REFERENCE_READ})
_CASE_READERS: Final = frozenset(
    {
        Permission.CASE_READ,
        Permission.CASE_HAND_OVER,
        Permission.PERSON_READ,
        Permission.OFFENDER_READ,
        Permission.NOTE_ADD,
        Permission.SEARCH,
    }
)

GRANTS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.OPERATOR: _EVERYONE
    | _CASE_READERS
    | {
        Permission.CASE_FILE,
        Permission.CASE_AMEND,
        Permission.CASE_EXTEND,
        Permission.PERSON_AMEND,
        Permission.OFFENDER_AMEND,
        Permission.EVENT_RECORD,
    },
    Role.VERIFIER: _EVERYONE
    | _CASE_READERS
    | {Permission.PERSON_AMEND, Permission.EVENT_RECORD, Permission.OPERATION_READ},
    Role.OFFICER: _EVERYONE
    | _CASE_READERS
    | {
        Permission.OFFENDER_AMEND,
        Permission.EVENT_RECORD,
        Permission.RETURN_VOID,
        Permission.OPERATION_RECORD,
        Permission.OPERATION_AMEND,
        Permission.OPERATION_READ,
    },
    Role.LIAISON: _EVERYONE
    | {
        Permission.CASE_FILE,
        Permission.CASE_READ,
        Permission.CASE_HAND_OVER,
        Permission.PERSON_READ,
        Permission.PERSON_AMEND,
        Permission.NOTE_ADD,
        Permission.EVENT_RECORD,
        Permission.EVENT_VOID,
        Permission.RETURN_VOID,
        Permission.SEARCH,
        Permission.OPERATION_RECORD,
        Permission.OPERATION_AMEND,
        Permission.OPERATION_READ,
    },
    Role.SUPERVISOR: _EVERYONE
    | _CASE_READERS
    | {
        Permission.CASE_FILE,
        Permission.CASE_AMEND,
        Permission.CASE_EXTEND,
        Permission.PERSON_AMEND,
        Permission.OFFENDER_AMEND,
        Permission.EVENT_RECORD,
        Permission.EVENT_VOID,
        Permission.RETURN_VOID,
        Permission.OPERATION_AMEND,
        Permission.OPERATION_READ,
        Permission.FIGURE_READ,
    },
    Role.REPORTING: _EVERYONE | {Permission.FIGURE_READ, Permission.METRICS_READ},
    Role.PUBLISHER: _EVERYONE | {Permission.FIGURE_READ},
    Role.AUDITOR: _EVERYONE | {Permission.AUDIT_READ},
    Role.ADMIN: _EVERYONE
    | {Permission.AGENCIES_MANAGE, Permission.USERS_MANAGE, Permission.KEYS_MANAGE, Permission.METRICS_READ},
}

KEY_SCOPES: Final[Mapping[Permission, frozenset[Scope]]] = {
    Permission.FIGURE_READ: frozenset({Scope.FIGURES_EXACT}),
    Permission.METRICS_READ: frozenset({Scope.METRICS}),
}
"""For these a key needs one of these scopes as well as the role. `figures:public` opens publications only."""


class Rows(StrEnum):
    """Which rows a role may know of, by name; each feature's `queries` say what the name means there."""

    NONE = "none"
    ALL = "all"
    OWN_AGENCY = "own_agency"
    """Those that the principal's own agency filed or carries out."""
    OWN_NATIONALS = "own_nationals"
    """Those of the nationalities that the agency serves."""
    OWN_NATIONALS_OR_UNPLACED = "own_nationals_or_unplaced"
    """Those, and whom the own agency added while no other state is named for them."""
    OWN_AGENCY_OR_NATIONALS = "own_agency_or_nationals"
    OWN_DENIALS = "own_denials"
    """That somebody is a state's national, denied by the principal itself for a state that its agency serves."""
    NO_EMBARGO = "no_embargo"
    """Those whose embargo has passed, or that never had one."""
    OWN_AGENCY_OR_NO_EMBARGO = "own_agency_or_no_embargo"


@dataclass(frozen=True)
class RowScope:
    """The records a role may know of. A new role knows of none.

    Attributes:
        voids: the events it may take back.
        whole_cases: whether it is shown a case as a whole; otherwise only its own nationals in it, and nothing that
            counts or names anybody else.
        withheld: whether it knows of a case that is withheld from its agency: whoever withholds can lift it.
    """

    cases: Rows = Rows.NONE
    persons: Rows = Rows.NONE
    offenders: Rows = Rows.NONE
    operations: Rows = Rows.NONE
    voids: Rows = Rows.NONE
    whole_cases: bool = True
    withheld: bool = False


ROW_SCOPES: Final[Mapping[Role, RowScope]] = {
    Role.OPERATOR: RowScope(Rows.OWN_AGENCY, Rows.OWN_AGENCY, Rows.OWN_AGENCY),
    Role.VERIFIER: RowScope(Rows.ALL, Rows.ALL, Rows.ALL, Rows.NO_EMBARGO),
    Role.OFFICER: RowScope(Rows.ALL, Rows.ALL, Rows.ALL, Rows.OWN_AGENCY_OR_NO_EMBARGO),
    Role.LIAISON: RowScope(
        Rows.OWN_AGENCY_OR_NATIONALS,
        Rows.OWN_NATIONALS_OR_UNPLACED,
        Rows.NONE,
        Rows.OWN_AGENCY,
        Rows.OWN_DENIALS,
        whole_cases=False,
    ),
    Role.SUPERVISOR: RowScope(Rows.ALL, Rows.ALL, Rows.ALL, Rows.ALL, Rows.ALL, withheld=True),
}


def row_scope_of(role: Role) -> RowScope:
    """Return the records a role may know of."""
    return ROW_SCOPES.get(role, _NO_ROWS)


_NO_ROWS: Final = RowScope()


def permissions_of(principal: Principal) -> frozenset[Permission]:
    """Return what a principal may do: the role's grants, for a key cut down to its scopes."""
    granted = GRANTS[principal.role]
    scopes = principal.scopes
    if scopes is None:
        return granted - frozenset({Permission.METRICS_READ}) if principal.role is Role.REPORTING else granted
    return frozenset(
        permission for permission in granted if not (needed := KEY_SCOPES.get(permission)) or needed & scopes
    )


def check_permission(principal: Principal, permission: Permission) -> None:
    """Raise unless a principal has a permission.

    Raises:
        ForbiddenError: the role, or the key's scopes, do not allow it.
    """
    if permission not in permissions_of(principal):
        raise ForbiddenError("Your role does not allow this call.", required_scope=permission.value)
