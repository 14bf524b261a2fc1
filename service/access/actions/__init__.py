"""Signing in and out; making and changing agencies, users and keys."""

from service.access.actions.administration import (
    change_agency,
    change_user,
    make_agency,
    make_key,
    make_user,
    rename_key,
    revoke_key,
    warn_of_ending_keys,
)
from service.access.actions.readers import MetricsReaders
from service.access.actions.sessions import (
    Opened,
    change_password,
    note_use,
    sign_in,
    sign_out,
)
from service.access.queries import forget_sign_ins

__all__ = [
    "MetricsReaders",
    "Opened",
    "change_agency",
    "change_password",
    "change_user",
    "forget_sign_ins",
    "make_agency",
    "make_key",
    "make_user",
    "note_use",
    "rename_key",
    "revoke_key",
    "sign_in",
    "sign_out",
    "warn_of_ending_keys",
]
