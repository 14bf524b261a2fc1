"""Returns recorded together: look at them, take them back."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import CanReadPersons, CanVoidReturns, acting_of, once, reading_note_on
from service.audit.rules import AuditAction
from service.cases.actions import returns
from service.cases.router.events import recording_shown
from service.cases.schemas.reading import ReturnsShown
from service.cases.schemas.recording import RecordingShown, VoidGiven
from service.cases.schemas.views import returns_shown
from service.http.answers import Answer, answer
from service.http.bodies import posted
from service.http.conditional import tagged, unless_unchanged
from service.http.routing import Route
from service.http.services import services_of, wait_for_turn

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["events"])


@router.get("/returns/{group_id}", response_model=ReturnsShown)
async def read_returns(request: Request, principal: CanReadPersons, group_id: UUID) -> Response:
    """Read returns that were recorded together, such as those of one flight: of persons you may know of."""
    services = services_of(request)
    async with services.database.read_on_record(reading_note_on(request, principal, AuditAction.RETURNS_READ)) as db:
        rows, sight = await returns.read_returns(db, group_id)
    return unless_unchanged(request, tagged(returns_shown(group_id, rows, sight)))


@router.post("/returns/{group_id}/void", status_code=201, response_model=RecordingShown)
async def void_returns(
    request: Request, principal: CanVoidReturns, group_id: UUID, given: Annotated[VoidGiven, Depends(posted(VoidGiven))]
) -> Response:
    """Take back returns recorded together, all or none: your own within a day, any of them as a supervisor."""
    services = services_of(request)
    keys = await services.open_keys()
    await wait_for_turn(request)
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            recorded = await returns.void_returns(db, keys, acting, group_id, given)
            return answer(recording_shown(recorded).model_copy(update={"group_id": group_id}), status=201)

        return await once(db, request, principal, make)
