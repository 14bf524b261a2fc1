"""The errors of the service, independent of HTTP.

Every error has a stable `code` (the last segment of its problem type) and a `detail` for a person: what is wrong and
what to do. A detail never repeats what was sent and never names a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

INTERNAL: Final = "Internal error. Nothing was saved. Quote the request id (`instance`) when reporting it."


@dataclass(frozen=True, slots=True)
class Fault:
    """One invalid place in a request.

    Attributes:
        where: the kind of place: `pointer` (JSON Pointer as a URI fragment), `parameter` or `header`.
        name: the place itself.
        code: stable, in lower snake case.
        detail: what is wrong and what to do.
    """

    where: str
    name: str
    code: str
    detail: str

    def as_member(self) -> dict[str, str]:
        """Return the fault as an entry of `errors` in a problem document."""
        return {self.where: self.name, "code": self.code, "detail": self.detail}


class ServiceError(Exception):
    """The parent of every error that the service raises on purpose; by itself, an internal error."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str = "", *, faults: tuple[Fault, ...] = (), **members: object) -> None:
        """Describe the error.

        Args:
            detail: what is wrong and what to do, for a person.
            faults: the invalid places in the request.
            members: further members of the problem document; codes and numbers only.
        """
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.members: Mapping[str, object] = members


class BadRequestError(ServiceError):
    """The request is malformed, or has a parameter or header that is not accepted."""

    code = "invalid-parameter"
    title = "Invalid request"


class MalformedJsonError(BadRequestError):
    """The body is not one well-formed JSON object in UTF-8."""

    code = "malformed-json"
    title = "Malformed JSON"


class InvalidCursorError(BadRequestError):
    """The cursor was not issued for this list, these filters and this caller. Ask for the first page."""

    code = "invalid-cursor"
    title = "Invalid cursor"


class UnauthenticatedError(ServiceError):
    """The token is missing, unknown or expired. Sign in at `/v1/sessions`."""

    code = "unauthenticated"
    title = "Not authenticated"


class ForbiddenError(ServiceError):
    """The role of the caller does not allow this."""

    code = "forbidden"
    title = "Forbidden for this role"


class NotFoundError(ServiceError):
    """It does not exist, or is not visible to the caller. The response is the same in both cases."""

    code = "not-found"
    title = "Not found"

    def __init__(self) -> None:
        """Give every such error the same detail, so that it discloses nothing."""
        super().__init__("It does not exist, or is not visible to you. Check the address and the reference.")


class NotAcceptableError(ServiceError):
    """None of the formats in `Accept` is available."""

    code = "not-acceptable"
    title = "Format not available"


class RequestTimeoutError(ServiceError):
    """The request was not complete in time. It had no effect: send it again."""

    code = "request-timeout"
    title = "Request timeout"


class ConflictError(ServiceError):
    """The request contradicts what is recorded."""

    code = "conflict"
    title = "Conflict with what is recorded"


class StaleVersionError(ServiceError):
    """The record was changed since the version in `If-Match`. Read it again."""

    code = "stale-version"
    title = "Stale version"


def check_version(present: int, expected: int) -> None:
    """Raise unless a change is based on the present version of a record.

    Raises:
        StaleVersionError: it is based on another; the member `etag` is the entity tag of the present one.
    """
    if present != expected:
        words = "The record was changed since the version you sent. Read it again, then change that version."
        raise StaleVersionError(words, etag=f'"{present}"')


class PayloadTooLargeError(ServiceError):
    """The body is larger than this operation accepts."""

    code = "payload-too-large"
    title = "Body too large"


class UnsupportedMediaTypeError(ServiceError):
    """The media type of the body is not supported by this operation."""

    code = "unsupported-media-type"
    title = "Unsupported media type"


class InvalidError(ServiceError):
    """The request is well-formed, but fields or parameters in it are invalid. `errors` lists them."""

    code = "validation"
    title = "Invalid fields"

    def __init__(self, detail: str = "", *, faults: tuple[Fault, ...] = (), **members: object) -> None:
        """Describe the error; where no detail is given, by how many fields or parameters are invalid."""
        super().__init__(detail or _counted(faults), faults=faults, **members)


def _counted(faults: tuple[Fault, ...]) -> str:
    if not faults:
        return ""
    place = "field" if faults[0].where == "pointer" else "parameter"
    subject = f"1 {place} is" if len(faults) == 1 else f"{len(faults)} {place}s are"
    return f"{subject} invalid. See `errors`."


class KeyReusedError(InvalidError):
    """The idempotency key was used before with another body. Use a new key for a new request."""

    code = "idempotency-key-reused"
    title = "Idempotency key reused"


class PreconditionRequiredError(ServiceError):
    """The change has no `If-Match` header, which names the version it is based on."""

    code = "precondition-required"
    title = "If-Match required"


class TooManyAttemptsError(ServiceError):
    """Too many requests of this kind. Wait for as many seconds as the member `retry_after` says."""

    code = "quota-exceeded"
    title = "Too many attempts"


class UnavailableError(ServiceError):
    """The service cannot do this now. Try again after as many seconds as the member `retry_after` says."""

    code = "unavailable"
    title = "Temporarily unavailable"


class RetryableError(UnavailableError):
    """The transaction was not applied, and may be tried again at once."""


class OutcomeUnknownError(UnavailableError):
    """The connection broke during COMMIT. Only a repeat with the same idempotency key shows whether it was applied."""


class DatabaseFailure(ServiceError):  # noqa: N818 - a failure of ours, not an answer a caller can correct
    """The database refused a statement unexpectedly. Carries its error code, never its message."""

    def __init__(self, sqlstate: str | None, constraint: str | None) -> None:
        """Keep the two facts that locate the fault and contain no data."""
        super().__init__(INTERNAL)
        self.sqlstate = sqlstate
        self.constraint = constraint
