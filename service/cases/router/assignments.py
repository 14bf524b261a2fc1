"""Assignments: hand them over to a colleague."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import CanHandOverCases, acting_of, once
from service.cases.actions import handing_over
from service.cases.schemas.handing_over import HandedOver, HandOver
from service.http.answers import Answer, answer
from service.http.bodies import posted
from service.http.routing import Route
from service.http.services import services_of

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["cases"])


@router.post("/assignments/handover", status_code=201, response_model=HandedOver)
async def hand_over(
    request: Request, principal: CanHandOverCases, given: Annotated[HandOver, Depends(posted(HandOver))]
) -> Response:
    """Hand cases that are assigned to you over to a colleague of your agency: some or all, in one piece."""
    services = services_of(request)
    async with services.database.write() as db:

        async def make() -> Answer:
            return answer(await handing_over.hand_over(db, acting_of(request, principal), given), status=201)

        return await once(db, request, principal, make)
