"""Every statement about who may call."""

from service.access.queries.administration import (
    AGENCIES,
    KEYS,
    USERS,
    Listable,
    Listed,
    active_agencies,
    get_one,
    has_agencies,
    kind_of_agency,
    list_some,
)
from service.access.queries.callers import active_user, find_caller, is_use_due, principal_of
from service.access.queries.signing_in import (
    SigningInRecord,
    end_sessions,
    end_sessions_of_agency,
    find_sign_in,
    forget_attempt,
    forget_failures,
    hold_user,
    password_hash_of,
    remember_address,
)

__all__ = [
    "AGENCIES",
    "KEYS",
    "USERS",
    "Listable",
    "Listed",
    "SigningInRecord",
    "active_agencies",
    "active_user",
    "end_sessions",
    "end_sessions_of_agency",
    "find_caller",
    "find_sign_in",
    "forget_attempt",
    "forget_failures",
    "get_one",
    "has_agencies",
    "hold_user",
    "is_use_due",
    "kind_of_agency",
    "list_some",
    "password_hash_of",
    "principal_of",
    "remember_address",
]
