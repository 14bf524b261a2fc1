"""What agencies, users and keys have to be, and what the audit log says of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from service.acting import Role
from service.errors import ConflictError, ForbiddenError
from service.text import likeness


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


class SecondAdministratorError(ConflictError):
    """One administrator alone would decide who watches the register, or who administers it."""

    code = "second-administrator"
    title = "This takes a second administrator"


def check_second(active: Iterable[Role]) -> None:
    """Raise unless two administrators can sign in, so that one would notice what the other does.

    Args:
        active: role of every active administrator and auditor.

    Raises:
        SecondAdministratorError: there is one only.

    Source: ADR 58.
    """
    if sum(role is Role.ADMIN for role in active) < 2:
        raise SecondAdministratorError(
            "An auditor or administrator is changed only while two administrators are active. Make or enable a second "
            "administrator first, then try again."
        )


WATCHED_DAYS: Final = 30
"""A change of an administrator or auditor is shown to supervisors for so many days."""


def user_words(role: tuple[str, str], nationalities: tuple[Iterable[str], Iterable[str]]) -> str:
    """Return what the audit log says of an account: role and nationalities, before and after where they differ.

    Source: design/trust.md section 3: codes only.
    """
    return f"role {_changed(*role)}; {agency_words(*nationalities)}"


def agency_words(before: Iterable[str], after: Iterable[str]) -> str:
    """Return what the audit log says of an agency: its nationalities, before and after where they differ."""
    then, now = (",".join(sorted(codes)) or "none" for codes in (before, after))
    return f"nationalities {_changed(then, now)}"


def watched_words(roles: Iterable[Role]) -> str:
    """Return what is added of an agency whose administrators or auditors are shut out with it; nothing without any."""
    shut_out = ",".join(sorted({role.value for role in roles}))
    return f"; shuts out {shut_out}" if shut_out else ""


def _changed(before: str, after: str) -> str:
    return after if before == after else f"{before} > {after}"


class SelfGrantError(ForbiddenError):
    """Nobody grants to themselves."""

    code = "self-grant"
    title = "Nobody changes their own rights"


KEY_WARNING: Final = timedelta(days=14)
"""A key is reported for so long before it ends: a fortnight, in which somebody is at work."""

KEY_WARNED_EVERY: Final = timedelta(days=1)


def key_headers(expires_at: datetime, now: datetime) -> dict[str, str]:
    """Return what every response to a key says of its end (ADR 33)."""
    left = expires_at - now
    said = {"key-expires": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"}
    return said | ({"key-days-left": str(left.days)} if left <= KEY_WARNING else {})
