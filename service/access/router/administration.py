"""For administrators: agencies, users and keys. None of these calls shows or touches a case."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.access import actions, queries
from service.access.gate import CanManageAgencies, CanManageKeys, CanManageUsers, acting_of, once
from service.access.schemas import (
    AgencyCreate,
    AgencyPage,
    AgencyPatch,
    AgencyShown,
    KeyCreate,
    KeyPage,
    KeyPatch,
    KeyShown,
    UserCreate,
    UserPage,
    UserPatch,
    UserShown,
)
from service.credentials import draw_password
from service.http.answers import Answer, answer, nothing
from service.http.bodies import patched, posted
from service.http.conditional import ExpectedVersion, unless_unchanged, version_tag
from service.http.pagination import DEFAULT_LIMIT, Cursors, CursorText, Limit, cut, paged
from service.http.routing import Route
from service.http.services import services_of

router: Final = APIRouter(prefix="/v1", route_class=Route)


def _shown(shown: AgencyShown | UserShown | KeyShown, *, status: int = 200) -> Answer:
    place = {AgencyShown: "agencies", UserShown: "users", KeyShown: "keys"}[type(shown)]
    location = f"/v1/{place}/{shown.id}" if status == 201 else None
    return answer(shown, status=status, etag=version_tag(shown.version), location=location)


@router.get("/agencies", response_model=AgencyPage, tags=["agencies"])
async def list_agencies(
    request: Request, principal: CanManageAgencies, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Response:
    """List agencies, oldest first."""
    services = services_of(request)
    cursors = Cursors.of(request, principal.id, services.keys)
    async with services.database.read() as db:
        rows = await queries.list_some(db, queries.AGENCIES, after=cursors.read(cursor), limit=limit)
    page, following = cut(rows, limit, cursors)
    items = tuple(AgencyShown.model_validate(dict(row)) for row in page)
    return paged(request, AgencyPage(items=items, next_cursor=following))


@router.post("/agencies", status_code=201, response_model=AgencyShown, tags=["agencies"])
async def make_agency(
    request: Request, principal: CanManageAgencies, given: Annotated[AgencyCreate, Depends(posted(AgencyCreate))]
) -> Response:
    """Make an agency. What its liaisons see follows from `nationalities`."""
    async with services_of(request).database.write() as db:

        async def make() -> Answer:
            row = actions.make_agency(db, acting_of(request, principal), given)
            return _shown(AgencyShown.model_validate(row), status=201)

        return await once(db, request, principal, make)


@router.get("/agencies/{agency_id}", response_model=AgencyShown, tags=["agencies"])
async def read_agency(request: Request, _: CanManageAgencies, agency_id: UUID) -> Response:
    """Read one of the agencies."""
    async with services_of(request).database.read() as db:
        row = await queries.get_one(db, queries.AGENCIES, agency_id)
    return unless_unchanged(request, _shown(AgencyShown.model_validate(dict(row))))


@router.patch("/agencies/{agency_id}", response_model=AgencyShown, tags=["agencies"])
async def change_agency(
    request: Request,
    principal: CanManageAgencies,
    agency_id: UUID,
    version: ExpectedVersion,
    given: Annotated[AgencyPatch, Depends(patched(AgencyPatch))],
) -> Response:
    """Change an agency. A changed nationality takes effect on the next request of its liaisons."""
    acting = acting_of(request, principal)
    async with services_of(request).database.write() as db:
        row = await actions.change_agency(db, acting, agency_id, given, version=version)
    return _shown(AgencyShown.model_validate(row)).response()


@router.delete("/agencies/{agency_id}", status_code=204, tags=["agencies"])
async def disable_agency(
    request: Request, principal: CanManageAgencies, agency_id: UUID, version: ExpectedVersion
) -> Response:
    """Disable an agency: none of its principals can call any more. Nothing is deleted."""
    async with services_of(request).database.write() as db:
        acting = acting_of(request, principal)
        await actions.change_agency(db, acting, agency_id, AgencyPatch(disabled=True), version=version)
    return nothing()


@router.get("/users", response_model=UserPage, tags=["users"])
async def list_users(
    request: Request, principal: CanManageUsers, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Response:
    """List accounts, oldest first."""
    services = services_of(request)
    cursors = Cursors.of(request, principal.id, services.keys)
    async with services.database.read() as db:
        rows = await queries.list_some(db, queries.USERS, after=cursors.read(cursor), limit=limit)
    page, following = cut(rows, limit, cursors)
    items = tuple(UserShown.model_validate(dict(row)) for row in page)
    return paged(request, UserPage(items=items, next_cursor=following))


@router.post("/users", status_code=201, response_model=UserShown, tags=["users"])
async def make_user(
    request: Request, principal: CanManageUsers, given: Annotated[UserCreate, Depends(posted(UserCreate))]
) -> Response:
    """Make an account. Its first password is drawn here and shown this once."""
    password = await draw_password()
    async with services_of(request).database.write() as db:

        async def make() -> Answer:
            row = await actions.make_user(db, acting_of(request, principal), given, password)
            return _shown(UserShown.model_validate({**row, "password": password.plain}), status=201)

        return await once(db, request, principal, make)


@router.get("/users/{user_id}", response_model=UserShown, tags=["users"])
async def read_user(request: Request, _: CanManageUsers, user_id: UUID) -> Response:
    """Read one of the accounts."""
    async with services_of(request).database.read() as db:
        row = await queries.get_one(db, queries.USERS, user_id)
    return unless_unchanged(request, _shown(UserShown.model_validate(dict(row))))


@router.patch("/users/{user_id}", response_model=UserShown, tags=["users"])
async def change_user(
    request: Request,
    principal: CanManageUsers,
    user_id: UUID,
    version: ExpectedVersion,
    given: Annotated[UserPatch, Depends(patched(UserPatch))],
) -> Response:
    """Change an account; with `new_password`, draw a new one, shown this once."""
    acting = acting_of(request, principal)
    password = await draw_password() if given.new_password else None
    async with services_of(request).database.write() as db:
        row = await actions.change_user(db, acting, user_id, given, version=version, password=password)
    return _shown(UserShown.model_validate({**row, "password": password and password.plain})).response()


@router.delete("/users/{user_id}", status_code=204, tags=["users"])
async def disable_user(
    request: Request, principal: CanManageUsers, user_id: UUID, version: ExpectedVersion
) -> Response:
    """Disable an account and end its sessions. Nothing is deleted."""
    async with services_of(request).database.write() as db:
        acting = acting_of(request, principal)
        await actions.change_user(db, acting, user_id, UserPatch(disabled=True), version=version)
    return nothing()


@router.get("/keys", response_model=KeyPage, tags=["keys"])
async def list_keys(
    request: Request, principal: CanManageKeys, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Response:
    """List keys, oldest first."""
    services = services_of(request)
    cursors = Cursors.of(request, principal.id, services.keys)
    async with services.database.read() as db:
        rows = await queries.list_some(db, queries.KEYS, after=cursors.read(cursor), limit=limit)
    page, following = cut(rows, limit, cursors)
    items = tuple(KeyShown.model_validate(dict(row)) for row in page)
    return paged(request, KeyPage(items=items, next_cursor=following))


@router.post("/keys", status_code=201, response_model=KeyShown, tags=["keys"])
async def make_key(
    request: Request, principal: CanManageKeys, given: Annotated[KeyCreate, Depends(posted(KeyCreate))]
) -> Response:
    """Make a key for a reporting program. Its token is shown this once."""
    async with services_of(request).database.write() as db:

        async def make() -> Answer:
            row, token = await actions.make_key(db, acting_of(request, principal), given)
            return _shown(KeyShown.model_validate({**row, "token": token}), status=201)

        return await once(db, request, principal, make)


@router.get("/keys/{key_id}", response_model=KeyShown, tags=["keys"])
async def read_key(request: Request, _: CanManageKeys, key_id: UUID) -> Response:
    """Read one of the keys."""
    async with services_of(request).database.read() as db:
        row = await queries.get_one(db, queries.KEYS, key_id)
    return unless_unchanged(request, _shown(KeyShown.model_validate(dict(row))))


@router.patch("/keys/{key_id}", response_model=KeyShown, tags=["keys"])
async def change_key(
    request: Request,
    principal: CanManageKeys,
    key_id: UUID,
    version: ExpectedVersion,
    given: Annotated[KeyPatch, Depends(patched(KeyPatch))],
) -> Response:
    """Rename a key. What it may do is never changed: revoke it and make another."""
    acting = acting_of(request, principal)
    async with services_of(request).database.write() as db:
        row = await actions.rename_key(db, acting, key_id, given, version=version)
    return _shown(KeyShown.model_validate(row)).response()


@router.delete("/keys/{key_id}", status_code=204, tags=["keys"])
async def revoke_key(request: Request, principal: CanManageKeys, key_id: UUID, version: ExpectedVersion) -> Response:
    """Revoke a key: its token opens nothing from now on."""
    async with services_of(request).database.write() as db:
        await actions.revoke_key(db, acting_of(request, principal), key_id, version=version)
    return nothing()
