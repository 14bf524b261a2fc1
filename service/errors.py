"""What can go wrong, named without HTTP.

Every error carries a stable `code` (the last segment of its problem type) and a `detail` for a person. A detail
never repeats what the caller sent and never names anyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct in a request.

    Attributes:
        where: the kind of place, `pointer` (JSON Pointer as a URI fragment), `parameter` or `header`.
        name: the place itself.
        code: stable, lower_snake.
        detail: what to do, in words.
    """

    where: str
    name: str
    code: str
    detail: str

    def as_member(self) -> dict[str, str]:
        """Answer the fault as a member of a problem document's `errors`."""
        return {self.where: self.name, "code": self.code, "detail": self.detail}


class ServiceError(Exception):
    """The root of every error this service raises on purpose."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong here"

    def __init__(self, detail: str = "", *, faults: tuple[Fault, ...] = (), **members: object) -> None:
        """Name what happened.

        Args:
            detail: what happened and what to do, for a person.
            faults: the places to correct, where there are any.
            members: further members of the problem document; codes and numbers only.
        """
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.members: Mapping[str, object] = members


class BadRequestError(ServiceError):
    """The request cannot be read."""

    code = "invalid-parameter"
    title = "The request cannot be read"


class MalformedJsonError(BadRequestError):
    """The body is not one well-formed JSON object."""

    code = "malformed-json"
    title = "The body is not well-formed JSON"


class InvalidCursorError(BadRequestError):
    """A cursor is not ours, or belongs to another list, filter or caller."""

    code = "invalid-cursor"
    title = "The cursor does not belong to this list"


class UnauthenticatedError(ServiceError):
    """Nobody is signed in, or not any more."""

    code = "unauthenticated"
    title = "Sign in first"


class ForbiddenError(ServiceError):
    """The caller may never do this."""

    code = "forbidden"
    title = "Your role does not allow this"


class NotFoundError(ServiceError):
    """There is no such thing, or the caller may not know of it: the two are answered alike."""

    code = "not-found"
    title = "Not found"

    def __init__(self) -> None:
        """Say the same in every case, so that the answer tells nothing."""
        super().__init__("There is nothing here that you can see. Check the reference.")


class NotAcceptableError(ServiceError):
    """None of the formats the caller accepts can be given."""

    code = "not-acceptable"
    title = "This format is not available"


class RequestTimeoutError(ServiceError):
    """The request did not arrive in time. Nothing of it was done: send it again."""

    code = "request-timeout"
    title = "The request took too long to arrive"


class ConflictError(ServiceError):
    """The request contradicts what the register holds."""

    code = "conflict"
    title = "This contradicts what is recorded"


class StaleVersionError(ServiceError):
    """The record was changed since the caller read it."""

    code = "stale-version"
    title = "The record was changed meanwhile"


class PayloadTooLargeError(ServiceError):
    """The body is larger than this call takes."""

    code = "payload-too-large"
    title = "The body is too large"


class UnsupportedMediaTypeError(ServiceError):
    """The body's media type is not one this call takes."""

    code = "unsupported-media-type"
    title = "This media type is not accepted here"


class InvalidError(ServiceError):
    """The request can be read, but something in it must be corrected."""

    code = "validation"
    title = "Some fields need correcting"


class KeyReusedError(InvalidError):
    """An idempotency key came back with another request."""

    code = "idempotency-key-reused"
    title = "This idempotency key belongs to another request"


class PreconditionRequiredError(ServiceError):
    """A change came without saying which version it changes."""

    code = "precondition-required"
    title = "Say which version you are changing"


class TooManyAttemptsError(ServiceError):
    """The caller has to wait. The member `retry_after` is in seconds."""

    code = "quota-exceeded"
    title = "Too many attempts"


class UnavailableError(ServiceError):
    """The service cannot do this now; later it can. The member `retry_after` is in seconds."""

    code = "unavailable"
    title = "Not available right now"


class RetryableError(UnavailableError):
    """The transaction was certainly not applied and may be tried again at once."""


class OutcomeUnknownError(UnavailableError):
    """The connection broke during COMMIT: only a repeat under the same idempotency key can tell."""


class DatabaseFailure(ServiceError):  # noqa: N818 - a failure of ours, not an answer a caller can correct
    """The database refused something it should not have. Carries its code, never its message."""

    def __init__(self, sqlstate: str | None, constraint: str | None) -> None:
        """Keep the two things that tell an engineer where to look and hold nobody's data."""
        super().__init__("The service made a mistake. Nothing was saved.")
        self.sqlstate = sqlstate
        self.constraint = constraint
