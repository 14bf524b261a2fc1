"""Who may do what. One table, printed into the documentation so that it can be read to a lawyer. Pure.

Source: design/domain.md section 8; design/trust.md section 2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from service.acting import Principal, Role, Scope
from service.common_passwords import is_easy
from service.credentials import one_form
from service.errors import ConflictError, ForbiddenError, InvalidError, TooManyAttemptsError, UnauthenticatedError
from service.text import likeness


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
    NOTE_ADD = "note:add"
    PERSON_READ = "person:read"
    PERSON_AMEND = "person:amend"
    OFFENDER_READ = "offender:read"
    OFFENDER_AMEND = "offender:amend"
    EVENT_RECORD = "event:record"
    EVENT_VOID = "event:void"
    SEARCH = "search:run"
    OPERATION_RECORD = "operation:record"
    OPERATION_AMEND = "operation:amend"
    OPERATION_READ = "operation:read"
    FIGURE_READ = "figure:read"
    AUDIT_READ = "audit:read"


_EVERYONE: Final = frozenset({Permission.SELF_READ, Permission.REFERENCE_READ})
_CASE_READERS: Final = frozenset(
    {Permission.CASE_READ, Permission.PERSON_READ, Permission.OFFENDER_READ, Permission.NOTE_ADD, Permission.SEARCH}
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
        Permission.OPERATION_RECORD,
        Permission.OPERATION_AMEND,
        Permission.OPERATION_READ,
    },
    Role.LIAISON: _EVERYONE
    | {
        Permission.CASE_FILE,
        Permission.CASE_READ,
        Permission.PERSON_READ,
        Permission.PERSON_AMEND,
        Permission.NOTE_ADD,
        Permission.EVENT_RECORD,
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
    OWN_AGENCY_OR_NATIONALS = "own_agency_or_nationals"
    NO_EMBARGO = "no_embargo"
    """Those whose embargo has passed, or that never had one."""
    OWN_AGENCY_OR_NO_EMBARGO = "own_agency_or_no_embargo"


@dataclass(frozen=True)
class RowScope:
    """The records a role may know of. A new role knows of none.

    Attributes:
        whole_cases: whether it is shown a case as a whole; otherwise only its own nationals in it, and nothing that
            counts or names anybody else.
        withheld: whether it knows of a case that is withheld from its agency: whoever withholds can lift it.
    """

    cases: Rows = Rows.NONE
    persons: Rows = Rows.NONE
    offenders: Rows = Rows.NONE
    operations: Rows = Rows.NONE
    whole_cases: bool = True
    withheld: bool = False


ROW_SCOPES: Final[Mapping[Role, RowScope]] = {
    Role.OPERATOR: RowScope(Rows.OWN_AGENCY, Rows.OWN_AGENCY, Rows.OWN_AGENCY),
    Role.VERIFIER: RowScope(Rows.ALL, Rows.ALL, Rows.ALL, Rows.NO_EMBARGO),
    Role.OFFICER: RowScope(Rows.ALL, Rows.ALL, Rows.ALL, Rows.OWN_AGENCY_OR_NO_EMBARGO),
    Role.LIAISON: RowScope(
        Rows.OWN_AGENCY_OR_NATIONALS, Rows.OWN_NATIONALS, Rows.NONE, Rows.OWN_AGENCY, whole_cases=False
    ),
    Role.SUPERVISOR: RowScope(Rows.ALL, Rows.ALL, Rows.ALL, Rows.ALL, withheld=True),
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


KEY_WARNING: Final = timedelta(days=14)
"""A key is reported for so long before it ends: a fortnight, in which somebody is at work."""

KEY_WARNED_EVERY: Final = timedelta(days=1)


def key_headers(expires_at: datetime, now: datetime) -> dict[str, str]:
    """Return what every response to a key says of its end (ADR 33)."""
    left = expires_at - now
    said = {"key-expires": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"}
    return said | ({"key-days-left": str(left.days)} if left <= KEY_WARNING else {})


def check_permission(principal: Principal, permission: Permission) -> None:
    """Raise unless a principal has a permission.

    Raises:
        ForbiddenError: the role, or the key's scopes, do not allow it.
    """
    if permission not in permissions_of(principal):
        raise ForbiddenError("Your role does not allow this call.", required_scope=permission.value)


class UsernameTakenError(ConflictError):
    """Another user has this name."""

    code = "username-taken"
    title = "This user name is taken"


def check_unlike(username: str, others: Iterable[str]) -> None:
    """Raise unless a new user name differs from those that there are.

    Raises:
        UsernameTakenError: a reader could take it for one of them.
    """
    alike = likeness(username)
    if any(likeness(other) == alike for other in others):
        raise UsernameTakenError(
            "Another user name is, or looks like, this one. Accents, 0 for o and 1 for l do not count."
        )


class AgencyNameTakenError(ConflictError):
    """Another agency has this name."""

    code = "agency-name-taken"
    title = "This agency name is taken"


class LastOfRoleError(ConflictError):
    """Nobody else would administer the register, or audit it."""

    code = "last-of-role"
    title = "The last of this role"


NEVER_NONE: Final = frozenset({Role.ADMIN, Role.AUDITOR})
"""A register that has one of these goes on having one: without an administrator nobody comes in, without an auditor
nobody watches."""


def check_not_last(active: Iterable[tuple[Role, bool]]) -> None:
    """Raise unless some accounts may be disabled or given another role.

    Args:
        active: role of every active administrator and auditor, and whether it is one of those accounts.

    Raises:
        LastOfRoleError: an administrator or auditor is among them, and none of that role is not.
    """
    found = list(active)
    left = {role for role, goes in found if not goes}
    for role in (role for role in sorted(NEVER_NONE) if (role, True) in found and role not in left):
        raise LastOfRoleError(
            f"Nobody else with the role {role.value} is active. Make or enable another one first, then try again."
        )


def user_words(role: tuple[str, str], nationalities: tuple[Iterable[str], Iterable[str]]) -> str:
    """Return what the audit log says of an account: role and nationalities, before and after where they differ.

    Source: design/trust.md section 3: codes only.
    """
    return f"role {_changed(*role)}; {agency_words(*nationalities)}"


def agency_words(before: Iterable[str], after: Iterable[str]) -> str:
    """Return what the audit log says of an agency: its nationalities, before and after where they differ."""
    then, now = (",".join(sorted(codes)) or "none" for codes in (before, after))
    return f"nationalities {_changed(then, now)}"


def _changed(before: str, after: str) -> str:
    return after if before == after else f"{before} > {after}"


class SelfGrantError(ForbiddenError):
    """Nobody grants to themselves."""

    code = "self-grant"
    title = "Nobody changes their own rights"


class WeakPasswordError(InvalidError):
    """The password is too short, too long or too easy to guess."""


class BadCredentialsError(UnauthenticatedError):
    """User name and password do not belong together; which of them is wrong is not said."""

    code = "bad-credentials"
    title = "User name or password is wrong"


PASSWORD_CHARACTERS: Final = 15
"""Least length. Source: design/trust.md section 1; NIST SP 800-63B-4 section 3.1.1.2 (single factor)."""

PASSWORD_BYTES: Final = 256


def check_password(password: str, *, username: str) -> None:
    """Raise unless a password is good enough for a user.

    Raises:
        WeakPasswordError: shorter than 15 characters, longer than 256 bytes, or made of what an attacker tries first:
            the user name, this register's words, and the most used passwords, also with @ for a and 0 for o.
    """
    password = one_form(password)
    if len(password) < PASSWORD_CHARACTERS:
        raise WeakPasswordError(f"A password has at least {PASSWORD_CHARACTERS} characters. A sentence is fine.")
    if len(password.encode()) > PASSWORD_BYTES:
        raise WeakPasswordError(f"A password has at most {PASSWORD_BYTES} bytes.")
    if is_easy(password, username):
        raise WeakPasswordError("This password is too easy to guess. Use several unrelated words.")


FREE_FAILURES: Final = 5
LONGEST_DELAY_S: Final = 900
FAILURE_WINDOW_S: Final = 3600
"""Failures older than an hour are forgotten."""

ACCOUNT_LIMIT: Final = 100
"""Failures of one account in an hour, wherever from, after which it waits: too few to guess, too many to lock out."""

ADDRESS_LIMIT: Final = 100
ADDRESS_DELAY_S: Final = 30
"""Failures from one address in an hour, whatever the names, after which it may try every half minute."""


@dataclass(frozen=True)
class Failures:
    """Failed sign-ins of the last hour, and how long ago the latest of them was."""

    count: int
    seconds_ago: float


KNOWN_DAYS: Final = 90
"""An address from which an account was used is remembered for so many days, for that account."""


def address_class(host: str) -> str:
    """Return by what addresses are counted: IPv4 singly, IPv6 by /64, of which one household or server has 2^64.

    An IPv4 address written as IPv6 is that IPv4 address. One class stands for whatever is no address.

    Source: RFC 6177 (sites get a /64 or more); RFC 4291 section 2.5.5.2 (mapped addresses).
    """
    try:
        address = ip_address(host)
    except ValueError:
        return NOWHERE
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((int(address), 64), strict=False).network_address)
    return str(address)


NOWHERE: Final = "::"


def check_throttle(*, from_here: Failures, of_account: Failures, from_address: Failures, is_known: bool) -> None:
    """Raise unless a sign-in may be tried now.

    The delay grows with failures of this account from this address, so an attacker slows down himself, not the
    hotline; a hundred failures of one account, or from one address, slow those down for everybody, but for where the
    account was used before: strangers shut nobody out of it there (ADR 32).

    Args:
        from_here: of this account from this address.
        of_account: of this account from anywhere.
        from_address: of any account from this address.
        is_known: whether this account was signed in to from this address lately.

    Raises:
        TooManyAttemptsError: with the seconds to wait.
    """
    waits = [0.0]
    if from_here.count >= FREE_FAILURES:
        waits.append(min(2 ** (from_here.count - FREE_FAILURES), LONGEST_DELAY_S) - from_here.seconds_ago)
    if of_account.count >= ACCOUNT_LIMIT and not is_known:
        waits.append(LONGEST_DELAY_S - of_account.seconds_ago)
    if from_address.count >= ADDRESS_LIMIT and not is_known:
        waits.append(ADDRESS_DELAY_S - from_address.seconds_ago)
    if max(waits) > 0:
        raise TooManyAttemptsError("Too many attempts. Wait, then try again.", retry_after=int(max(waits)) + 1)
