"""The exit status of a command that fails, and the sentence that says why."""

import sys
from enum import IntEnum
from typing import Any, Final


class Status(IntEnum):
    """Exit statuses. 75 is EX_TEMPFAIL of sysexits.h; those above 128 are what a shell reports for a signal."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    ENVIRONMENT = 3
    NOT_SIGNED_IN = 4
    CHANGED = 5
    LATER = 75
    INTERRUPTED = 130
    UNHEARD = 141


ACCEPTED: Final = "Go on, on record, although the register lacks what the high-water mark beside its key file knows of."
"""What `--accept-loss` does, of `serve` and `migrate`."""


class CommandError(Exception):
    """A command cannot continue. The message is one sentence: what is wrong and what to do."""

    def __init__(self, sentence: str, status: Status = Status.ENVIRONMENT) -> None:
        """Keep the sentence and the exit status."""
        super().__init__(sentence)
        self.status = status


_REFUSED_BY_DATABASE: Final = {
    "28000": "The database rejects the role in its URL: correct the role, allow it in pg_hba.conf, or "
    "name the certificate that it demands in sslcert and sslkey.",
    "28P01": "The database rejects the password in its URL: correct the password.",
    "3D000": "There is no database of that name: create it, or correct the URL.",
    "42501": "The database role lacks a privilege: run safe-return migrate with SAFE_RETURN_OWNER_URL set.",
    "42P01": "The database has not been migrated yet: run safe-return migrate.",
}


_SENTENCES: Final = (
    ("service.db.embedded", "EmbeddedError"),
    ("service.sealing", "SealingError"),
    ("service.server.errors", "ServingError"),
    ("service.http.traces", "TracesError"),
)
"""Errors whose message is printed as it is."""


def explain(error: Exception) -> tuple[Status, str] | None:
    """Return the exit status and the sentence for an expected error, or None for a bug."""
    if isinstance(error, CommandError):
        return error.status, str(error)
    found = _of_environment(error) or _of_service(_named(error))
    if found is None and isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return Status.ENVIRONMENT, f"{place}{error.strerror or type(error).__name__}."
    return found


def _of_environment(error: Exception) -> tuple[Status, str] | None:
    """Return status and sentence for an error of a module that may not be imported; if it is not, it raised nothing."""
    for module, name in _SENTENCES:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return Status.ENVIRONMENT, str(error)
    invalid = getattr(sys.modules.get("pydantic"), "ValidationError", None)
    if invalid is not None and isinstance(error, invalid):
        return Status.USAGE, _faulty(error)
    return None


def _named(error: Exception) -> Exception:
    """Return the service's own error for a database error."""
    refused = getattr(sys.modules.get("sqlalchemy.exc"), "DBAPIError", None)
    if refused is None or not isinstance(error, refused):
        return error
    from service.db.failures import failure_of

    return failure_of(getattr(error.orig, "__cause__", None) or error)


def _of_service(error: Exception) -> tuple[Status, str] | None:
    from service import errors

    if not isinstance(error, errors.ServiceError):
        return None
    if isinstance(error, errors.DatabaseFailure):
        unknown = f"The database refused a statement: look up SQLSTATE {error.sqlstate}, and see its log."
        return Status.ENVIRONMENT, _REFUSED_BY_DATABASE.get(error.sqlstate or "", unknown)
    statuses = {
        errors.UnavailableError: Status.LATER,
        errors.TooManyAttemptsError: Status.LATER,
        errors.StaleVersionError: Status.CHANGED,
        errors.UnauthenticatedError: Status.NOT_SIGNED_IN,
        errors.ServiceError: Status.REFUSED,
    }
    status = next(statuses[kind] for kind in type(error).__mro__ if kind in statuses)
    return status, error.detail or f"{error.title}."


def _faulty(error: Any) -> str:
    """Return what is wrong with each value, without the value."""
    from service.http.faults import faults_of

    faults = faults_of(error.errors())
    return "; ".join(f"{fault.name.removeprefix('#/') or 'value'}: {fault.detail}" for fault in faults) + "."
