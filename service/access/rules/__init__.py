"""Who may do what, what accounts have to be, and who may try to sign in. Pure."""

from service.access.rules.accounts import (
    KEY_WARNED_EVERY,
    KEY_WARNING,
    NEVER_NONE,
    AgencyNameTakenError,
    LastOfRoleError,
    SelfGrantError,
    UsernameTakenError,
    agency_words,
    check_not_last,
    check_unlike,
    key_headers,
    user_words,
)
from service.access.rules.passwords import (
    BadCredentialsError,
    WeakPasswordError,
    check_password,
)
from service.access.rules.permissions import (
    GRANTS,
    Permission,
    Rows,
    check_permission,
    permissions_of,
    row_scope_of,
)
from service.access.rules.throttle import (
    FAILURE_WINDOW_S,
    FREE_FAILURES,
    KNOWN_DAYS,
    LONGEST_DELAY_S,
    Failures,
    address_class,
    check_throttle,
)

__all__ = [
    "FAILURE_WINDOW_S",
    "FREE_FAILURES",
    "GRANTS",
    "KEY_WARNED_EVERY",
    "KEY_WARNING",
    "KNOWN_DAYS",
    "LONGEST_DELAY_S",
    "NEVER_NONE",
    "AgencyNameTakenError",
    "BadCredentialsError",
    "Failures",
    "LastOfRoleError",
    "Permission",
    "Rows",
    "SelfGrantError",
    "UsernameTakenError",
    "WeakPasswordError",
    "address_class",
    "agency_words",
    "check_not_last",
    "check_password",
    "check_permission",
    "check_throttle",
    "check_unlike",
    "key_headers",
    "permissions_of",
    "row_scope_of",
    "user_words",
]
