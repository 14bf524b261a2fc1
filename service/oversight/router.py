"""The audit log, for auditors and nobody else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import CanReadAudit, reading_note_on
from service.acting import Principal, Role
from service.audit.rules import AuditAction
from service.http.pagination import DEFAULT_LIMIT, Cursors, CursorText, Limit, cut, paged
from service.http.routing import Route
from service.http.services import services_of
from service.oversight import actions
from service.oversight.queries import LogFilter
from service.oversight.schemas import AuditPage, entry_shown
from service.wire import Day

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["audit"])


async def _filter(
    first: Annotated[Day | None, Query(alias="from", description="First day, in Asia/Phnom_Penh.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, included.")] = None,
    principal: Annotated[UUID | None, Query(description="Who did it: the id of a user or key.")] = None,
    agency: Annotated[UUID | None, Query(description="The agency they worked for then.")] = None,
    role: Annotated[list[Role], Query(max_length=10, description="The role they had then.")] = [],  # noqa: B006 - FastAPI copies it
    action: Annotated[list[AuditAction], Query(max_length=50, description="What was done.")] = [],  # noqa: B006
    request: Annotated[UUID | None, Query(description="As in `X-Request-Id` and in the log.")] = None,
) -> LogFilter:
    return LogFilter(
        first=first,
        last=last,
        principal_id=principal,
        agency_id=agency,
        roles=[found.value for found in role],
        actions=[found.value for found in action],
        request_id=request,
    )


Filter = Annotated[LogFilter, Depends(_filter)]

_SUBJECT: Final = "A record by its id, or a case, person, offender or operation by its reference."
Subject = Annotated[str, Path(min_length=10, max_length=40, description=_SUBJECT)]
AskedSubject = Annotated[str | None, Query(min_length=10, max_length=40, description=_SUBJECT)]


@router.get("/audit", response_model=AuditPage)
async def read_audit_log(
    request: Request,
    principal: CanReadAudit,
    wanted: Filter,
    subject: AskedSubject = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """Read who did what and who saw whom, newest first. Reading it is recorded in it."""
    return await _page(request, principal, wanted, subject, limit=limit, cursor=cursor)


@router.get("/audit/subjects/{subject_id}", response_model=AuditPage)
async def read_audit_of_subject(
    request: Request,
    principal: CanReadAudit,
    subject_id: Subject,
    wanted: Filter,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """Read who did something to one record, or saw it, newest first. No entry means that nobody did.

    People and offenders of a case are records of their own: ask after each.
    """
    return await _page(request, principal, wanted, subject_id, "subject_id", limit=limit, cursor=cursor)


async def _page(
    request: Request,
    principal: Principal,
    wanted: LogFilter,
    subject: str | None,
    parameter: str = "subject",
    *,
    limit: int,
    cursor: str | None,
) -> Response:
    services = services_of(request)
    cursors = Cursors.of(request, principal.id, services.keys)
    after = cursors.read(cursor)
    note = reading_note_on(request, principal, AuditAction.AUDIT_READ)
    async with services.database.read_on_record(note) as db:
        rows = await actions.read_log(db, wanted, subject=subject, parameter=parameter, after=after, limit=limit)
    page, following = cut(rows, limit, cursors)
    return paged(request, AuditPage(items=tuple(entry_shown(row) for row in page), next_cursor=following))
