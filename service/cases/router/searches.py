"""Searches: by name, number or word, in a body, because these never appear in a URL."""

from functools import partial
from typing import Annotated, Final, TypedDict

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import CanSearch, acting_of
from service.cases.actions import searching
from service.cases.actions.searching import SearchResult
from service.cases.schemas.searching import CasesFound, OffendersFound, PersonsFound, SearchFor, SearchGiven
from service.cases.schemas.views import case_shown, offender_shown, person_shown
from service.http.answers import answer
from service.http.bodies import posted
from service.http.routing import Route
from service.http.services import services_of, wait_for_turn, wait_without_place
from service.slices import in_slices


class _Rest(TypedDict):
    more: bool
    earlier: tuple[str, ...] | None


router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["searches"])


@router.post("/searches", response_model=PersonsFound | CasesFound | OffendersFound)
async def search(
    request: Request, principal: CanSearch, given: Annotated[SearchGiven, Depends(posted(SearchGiven))]
) -> Response:
    """Search the persons, cases or offenders you may see. Each match shown is recorded as a reading, with your purpose.

    After many searches in five minutes each further one waits some seconds; three times as many are refused (429). Both
    are on record, and shown to supervisors.
    """
    services = services_of(request)
    keys = await services.open_keys()
    await wait_for_turn(request)
    acting, slowed_at = acting_of(request, principal), services.settings.search_limit
    wait = partial(wait_without_place, request)
    found = await searching.search(services.database, keys, acting, given, slowed_at=slowed_at, wait=wait)
    return answer(await _shown(given.for_, found)).response()


async def _shown(for_: SearchFor, found: SearchResult) -> PersonsFound | CasesFound | OffendersFound:
    rows, sight = in_slices(found.rows), found.sight
    rest: _Rest = {"more": found.more, "earlier": tuple(found.earlier) or None}
    if for_ is SearchFor.PERSONS:
        return PersonsFound(items=tuple([person_shown(row, sight) async for row in rows]), **rest)
    if for_ is SearchFor.OFFENDERS:
        return OffendersFound(items=tuple([offender_shown(row, sight) async for row in rows]), **rest)
    return CasesFound(items=tuple([case_shown(row, sight) async for row in rows]), **rest)
