"""The code lists; every role may read them."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import CanReadReference
from service.codes import LISTS, VERSION, CodeList, find_province
from service.errors import NotFoundError
from service.http.answers import Answer
from service.http.conditional import tagged, unless_unchanged
from service.http.routing import Route
from service.reference.schemas import EntryShown, ListName, ListNames, ListShown

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["reference"])

_CACHED: Final = "private, max-age=3600"

Name = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[a-z-]+$")]
Look = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        description="In `provinces`: a province in any known spelling. In other lists: a code.",
    ),
]


@router.get("/reference", response_model=ListNames)
async def list_code_lists(request: Request, _: CanReadReference) -> Response:
    """Return the names of the code lists."""
    items = tuple(ListName(name=found.name, title=found.title) for found in LISTS.values())
    return unless_unchanged(request, _cached(ListNames(version=VERSION, items=items)))


@router.get("/reference/{name}", response_model=ListShown)
async def read_code_list(request: Request, _: CanReadReference, name: Name, find: Look = None) -> Response:
    """Return a code list with its labels. `find` narrows it to one entry; a province is found by any known spelling."""
    found = LISTS.get(name)
    if found is None:
        raise NotFoundError
    return unless_unchanged(request, _cached(_shown(found, find)))


def _shown(found: CodeList, find: str | None) -> ListShown:
    entries = found.entries
    if find is not None:
        code = find_province(find) if found.name == "provinces" else find
        entries = tuple(entry for entry in entries if entry.code == code)
    shown = tuple(EntryShown(code=entry.code, label=entry.label, aliases=entry.aliases or None) for entry in entries)
    return ListShown(name=found.name, title=found.title, source=found.source, version=VERSION, entries=shown)


def _cached(shown: ListNames | ListShown) -> Answer:
    return tagged(shown).having(cache_control=_CACHED)
