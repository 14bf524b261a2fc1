"""Events: record and void."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import CanRecordEvents, CanVoidEvents, acting_of, once
from service.cases.actions import recording
from service.cases.actions.recording import Recorded
from service.cases.schemas.recording import ANY_RECORDING, RecordedShown, Recording, RecordingShown, VoidGiven
from service.http.answers import Answer, answer
from service.http.bodies import posted
from service.http.routing import Route
from service.http.services import MANY_EVENTS, services_of, wait_for_turn_with

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["events"])


@router.post("/events", status_code=201, response_model=RecordingShown)
async def record_events(
    request: Request, principal: CanRecordEvents, given: Annotated[Recording, Depends(posted(ANY_RECORDING))]
) -> Response:
    """Record an event for one subject or for up to 500. All or nothing; the answer gives each subject's new status."""
    services = services_of(request)
    keys = await services.open_keys()
    await wait_for_turn_with(request, given.subjects)
    async with services.database.write() as db:

        async def make() -> Answer:
            recorded = await recording.record_events(db, keys, acting_of(request, principal), given)
            for reference, one in zip(given.subjects, recorded, strict=True):
                if len(one.file.events) > MANY_EVENTS:
                    services.long_ones.add(reference)
            return answer(recording_shown(recorded), status=201)

        return await once(db, request, principal, make)


@router.post("/events/{event_id}/void", status_code=201, response_model=RecordingShown)
async def void_event(
    request: Request, principal: CanVoidEvents, event_id: UUID, given: Annotated[VoidGiven, Depends(posted(VoidGiven))]
) -> Response:
    """Void an event, with a reason. It stays on record, and figures show it. A liaison voids its own denials only."""
    services = services_of(request)
    keys = await services.open_keys()
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            recorded = await recording.void_event(db, keys, acting, event_id, given)
            return answer(recording_shown([recorded]), status=201)

        return await once(db, request, principal, make)


def recording_shown(recorded: list[Recorded]) -> RecordingShown:
    """Return events that were just recorded as shown."""
    items = tuple(
        RecordedShown(
            event_id=one.event.id,
            subject=one.reference,
            subject_kind=one.event.subject.kind,
            case=one.file.reference,
            status=one.status,
        )
        for one in recorded
    )
    first = recorded[0].event
    return RecordingShown(kind=first.kind, recorded_at=first.recorded_at, items=items, group_id=first.group_id)
