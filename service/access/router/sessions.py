"""Signing in and out, and who one is."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.access import actions, queries
from service.access.gate import Anybody, CanReadSelf, acting_of
from service.access.rules import address_class, permissions_of
from service.access.schemas import Me, PasswordChange, SessionOpened, SignIn, changes_shown, slowed_shown
from service.acting import Acting, Role
from service.http.answers import answer, nothing
from service.http.bodies import posted
from service.http.routing import Route
from service.http.services import request_id_of, services_of

router: Final = APIRouter(prefix="/v1", route_class=Route)


@router.post("/sessions", status_code=201, response_model=SessionOpened, tags=["sessions"])
async def sign_in(request: Request, _: Anybody, given: Annotated[SignIn, Depends(posted(SignIn))]) -> Response:
    """Sign in. The token goes into `Authorization: Bearer` of every other call and ends by itself when unused."""
    services = services_of(request)
    acting = Acting(None, request_id_of(request), services.clock())
    address = _address_of(request)
    absolute_s = services.settings.session_absolute_s
    opened = await actions.sign_in(
        services.database, services.keys, acting, given, address=address, absolute_s=absolute_s
    )
    return answer(SessionOpened(token=opened.token, expires_at=opened.expires_at), status=201).response()


@router.delete("/sessions/current", status_code=204, tags=["sessions"])
async def sign_out(request: Request, principal: CanReadSelf) -> Response:
    """Sign out: the token of this call opens nothing any more."""
    async with services_of(request).database.write() as db:
        actions.sign_out(db, acting_of(request, principal))
    return nothing()


@router.get("/me", response_model=Me, tags=["sessions"])
async def read_self(request: Request, principal: CanReadSelf) -> Response:
    """Return the caller and its permissions, and to a supervisor who else is to be looked at.

    These are administrators and auditors that changed lately, and whoever searched more than a person does.
    """
    services = services_of(request)
    changes = slowed = None
    if principal.role is Role.SUPERVISOR:
        async with services.database.read() as db:
            changes = changes_shown(await queries.list_watched(db, services.clock()))
            slowed = slowed_shown(await queries.list_slowed(db, services.clock()))
    me = Me(
        id=principal.id,
        name=principal.name,
        role=principal.role,
        agency_id=principal.agency_id,
        agency_name=principal.agency_name,
        nationalities=tuple(sorted(principal.nationalities)),
        permissions=tuple(sorted(permissions_of(principal))),
        scopes=None if principal.scopes is None else tuple(sorted(principal.scopes)),
        expires_at=principal.key_expires_at,
        account_changes=changes,
        slowed_searches=slowed,
    )
    return answer(me).response()


@router.put("/me/password", status_code=204, tags=["sessions"])
async def change_password(
    request: Request, principal: CanReadSelf, given: Annotated[PasswordChange, Depends(posted(PasswordChange))]
) -> Response:
    """Replace your password. All your other sessions end."""
    services = services_of(request)
    acting, address = acting_of(request, principal), _address_of(request)
    await actions.change_password(services.database, services.keys, acting, given, address=address)
    return nothing()


def _address_of(request: Request) -> str:
    """Return the class of the address that a request comes from."""
    return address_class(request.client.host if request.client else "")
