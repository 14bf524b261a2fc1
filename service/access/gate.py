"""The gates: credentials to a principal, one permission for each operation.

A handler says its gate in its signature. Start-up and a test walk every route and refuse one without exactly one.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from service.access import actions, queries
from service.access.rules import Permission, check_permission, key_headers
from service.acting import Acting, Principal
from service.audit.actions import reading_note_of, record
from service.audit.rules import AuditAction
from service.codes import ReadPurpose
from service.credentials import KEY_PREFIX, SESSION_PREFIX, token_digest
from service.db.database import WriteConnection
from service.db.readings import ReadingNote
from service.errors import DatabaseFailure, ForbiddenError, ServiceError, UnauthenticatedError, UnavailableError
from service.http import idempotency
from service.http.answers import Answer
from service.http.problems import on_service_error
from service.http.services import Services, request_id_of, services_of, take_place

LONGEST_TOKEN: Final = 100


class Gate:
    """A dependency that lets a principal with one permission pass."""

    def __init__(self, permission: Permission) -> None:
        """Guard an operation."""
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        """Return the principal who calls.

        Raises:
            UnauthenticatedError: no token, or one that is invalid or has expired.
            ForbiddenError: the role may never do this.
        """
        principal = await _principal_of(request)
        check_permission(principal, self.permission)
        return principal


class SteadyGate(Gate):
    """A gate that a program passes while the database is down, if it might when that last answered."""

    async def __call__(self, request: Request) -> Principal:
        """Return the principal who calls.

        Raises:
            UnauthenticatedError, ForbiddenError: as any gate does.
            UnavailableError: the database is down, and the token is not that of a program known here.
        """
        try:
            return await super().__call__(request)
        except (UnavailableError, DatabaseFailure):
            principal = services_of(request).known_reader(token_digest(_token_of(request)))
        if principal is None:
            raise UnavailableError("The register cannot be reached. Try again.", retry_after=2)
        check_permission(principal, self.permission)
        return _noted(request, principal, services_of(request).clock())


class Public:
    """A declared open gate: the operation needs no sign-in, on purpose."""

    async def __call__(self) -> None:
        """Return without looking at who calls."""


CanReadSelf = Annotated[Principal, Depends(Gate(Permission.SELF_READ))]
CanReadReference = Annotated[Principal, Depends(Gate(Permission.REFERENCE_READ))]
CanManageAgencies = Annotated[Principal, Depends(Gate(Permission.AGENCIES_MANAGE))]
CanManageUsers = Annotated[Principal, Depends(Gate(Permission.USERS_MANAGE))]
CanManageKeys = Annotated[Principal, Depends(Gate(Permission.KEYS_MANAGE))]
CanReadMetrics = Annotated[Principal, Depends(SteadyGate(Permission.METRICS_READ))]
CanFileCases = Annotated[Principal, Depends(Gate(Permission.CASE_FILE))]
CanReadCases = Annotated[Principal, Depends(Gate(Permission.CASE_READ))]
CanAmendCases = Annotated[Principal, Depends(Gate(Permission.CASE_AMEND))]
CanExtendCases = Annotated[Principal, Depends(Gate(Permission.CASE_EXTEND))]
CanHandOverCases = Annotated[Principal, Depends(Gate(Permission.CASE_HAND_OVER))]
CanAddNotes = Annotated[Principal, Depends(Gate(Permission.NOTE_ADD))]
CanReadPersons = Annotated[Principal, Depends(Gate(Permission.PERSON_READ))]
CanAmendPersons = Annotated[Principal, Depends(Gate(Permission.PERSON_AMEND))]
CanReadOffenders = Annotated[Principal, Depends(Gate(Permission.OFFENDER_READ))]
CanAmendOffenders = Annotated[Principal, Depends(Gate(Permission.OFFENDER_AMEND))]
CanRecordEvents = Annotated[Principal, Depends(Gate(Permission.EVENT_RECORD))]
CanVoidEvents = Annotated[Principal, Depends(Gate(Permission.EVENT_VOID))]
CanVoidReturns = Annotated[Principal, Depends(Gate(Permission.RETURN_VOID))]
CanSearch = Annotated[Principal, Depends(Gate(Permission.SEARCH))]
CanRecordOperations = Annotated[Principal, Depends(Gate(Permission.OPERATION_RECORD))]
CanAmendOperations = Annotated[Principal, Depends(Gate(Permission.OPERATION_AMEND))]
CanReadOperations = Annotated[Principal, Depends(Gate(Permission.OPERATION_READ))]
CanReadFigures = Annotated[Principal, Depends(Gate(Permission.FIGURE_READ))]
CanReadAudit = Annotated[Principal, Depends(Gate(Permission.AUDIT_READ))]
Anybody = Annotated[None, Depends(Public())]


def acting_of(request: Request, principal: Principal) -> Acting:
    """Return who acts in this request, at this instant.

    Called where the work begins, not at the gate: a body may take seconds to arrive, and what is written carries the
    instant of the writing.
    """
    return Acting(principal, request_id_of(request), services_of(request).clock())


def reading_note_on(
    request: Request, principal: Principal, action: AuditAction, purpose: ReadPurpose | None = None
) -> ReadingNote:
    """Return what a reading in this request is put on record with."""
    return reading_note_of(acting_of(request, principal), action, purpose=None if purpose is None else purpose.value)


async def once(
    db: WriteConnection, request: Request, principal: Principal, make: Callable[[], Awaitable[Answer]]
) -> Response:
    """Do something once for an `Idempotency-Key`; put on record when its answer is given again.

    Raises:
        BadRequestError: the key is not of the right form.
        KeyReusedError: the key was used for another body.
    """

    def on_repeat(first_request_id: UUID | None) -> None:
        asked = [] if first_request_id is None else [first_request_id]
        record(db, acting_of(request, principal), AuditAction.ANSWER_REPEATED, subject_ids=asked)

    return await idempotency.once(db, request, principal.id, make, on_repeat=on_repeat)


def _token_of(request: Request) -> str:
    """Return the token that a request brings."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.startswith((SESSION_PREFIX, KEY_PREFIX)) or len(token) > LONGEST_TOKEN:
        raise UnauthenticatedError("Send Authorization: Bearer with the token of a session or a key.")
    return token


async def _principal_of(request: Request) -> Principal:
    services = services_of(request)
    token = _token_of(request)
    digest = token_digest(token)
    now = services.clock()
    caller = await queries.find_caller(services.database, digest, now=now, idle_s=services.settings.session_idle_s)
    if caller is None:
        raise UnauthenticatedError(await _why_refused(services, token, digest, now))
    if queries.is_use_due(caller, now=now):
        async with services.database.write() as db:
            actions.note_use(db, digest, now=now)
    return _noted(request, queries.principal_of(caller), now)


def _noted(request: Request, principal: Principal, now: datetime) -> Principal:
    """Return the principal, who is now known to the log too, and is told when a key ends."""
    request.scope["state"]["principal"] = principal
    request.scope["state"]["principal_id"] = principal.id
    take_place(request, principal)
    if principal.key_expires_at is not None:
        request.scope["state"]["headers"] = key_headers(principal.key_expires_at, now)
    return principal


async def _why_refused(services: Services, token: str, digest: bytes, now: datetime) -> str:
    """Return what is said of a token that opens nothing: of a key that was good, what became of it."""
    ended = await queries.find_ended_key(services.database, digest) if token.startswith(KEY_PREFIX) else None
    if ended is not None and ended["revoked_at"]:
        return "This key was revoked. Ask an administrator for another."
    if ended is not None and ended["expires_at"] <= now:
        return f"This key expired at {ended['expires_at']:%Y-%m-%dT%H:%M:%SZ}. Ask an administrator for another."
    return "This token is invalid or has expired. Sign in again, or ask an administrator for another key."


async def on_forbidden(request: Request, error: Exception) -> Response:
    """Put on record that somebody tried what they may not, then answer as for any error of ours.

    What cannot be put on record is answered by why it cannot: nobody is told that they may not, unrecorded.
    """
    principal = request.scope["state"].get("principal")
    if isinstance(principal, Principal) and isinstance(error, ForbiddenError):
        reason = str(error.members.get("required_scope", error.code))
        try:
            async with services_of(request).database.write() as db:
                record(db, acting_of(request, principal), AuditAction.ACCESS_DENIED, reason=reason)
        except ServiceError as failure:
            return await on_service_error(request, failure)
    return await on_service_error(request, error)
