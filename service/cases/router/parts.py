"""Persons and offenders: list, read, correct."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import (
    CanAmendOffenders,
    CanAmendPersons,
    CanReadOffenders,
    CanReadPersons,
    acting_of,
    reading_note_on,
)
from service.audit.rules import AuditAction
from service.cases.actions import amending, reading
from service.cases.queries.listing import PersonFilter
from service.cases.schemas.amending import OffenderPatch, PersonPatch
from service.cases.schemas.reading import OffenderShown, PersonPage, PersonShown
from service.cases.schemas.tables import person_table
from service.cases.schemas.views import offender_shown, person_shown
from service.codes import DocumentType, PersonStatus
from service.days import day_in_phnom_penh
from service.http.bodies import patched
from service.http.conditional import ExpectedVersion, tagged, unless_unchanged
from service.http.pagination import DEFAULT_LIMIT, Cursors, CursorText, Limit, cut, paged
from service.http.parameters import IN_DIGITS, ChangedSince, Flag, Purpose, check_told_why
from service.http.routing import Route
from service.http.services import services_of, wait_for_turn
from service.http.tables import ALSO_AS_CSV, Format, FormatNamed, format_wanted, table_answer
from service.slices import in_slices, worked_out
from service.wire import EffectiveNationality

router: Final = APIRouter(prefix="/v1", route_class=Route)

PartReference = Annotated[
    str, Path(min_length=10, max_length=40, description="The id or reference, such as KH22-7Q4F-0TMB-3KX7.")
]


MOST_DAYS: Final = 9999
"""Longer nobody can have waited."""


async def _filter(
    request: Request,
    status: Annotated[list[PersonStatus], Query(max_length=10)] = [],  # noqa: B006 - FastAPI copies it
    nationality: Annotated[list[EffectiveNationality], Query(max_length=50)] = [],  # noqa: B006
    awaiting_return: Flag = None,
    in_custody: Flag = None,
    missing: Annotated[
        list[DocumentType], Query(max_length=10, description="Papers that were missing when somebody last looked.")
    ] = [],  # noqa: B006
    waiting_days: Annotated[
        int | None,
        Field(ge=0, le=MOST_DAYS),
        IN_DIGITS,
        Query(description="Has awaited the return for so many days since the rescue, or longer."),
    ] = None,
    changed_since: ChangedSince = None,
) -> PersonFilter:
    today = day_in_phnom_penh(services_of(request).clock())
    return PersonFilter(
        status=[code.value for code in status],
        nationality=nationality,
        awaiting_return=awaiting_return,
        in_custody=in_custody,
        missing=[code.value for code in missing],
        rescued_until=None if waiting_days is None else today - timedelta(days=waiting_days),
        changed_since=changed_since,
    )


@router.get("/persons", response_model=PersonPage, responses=ALSO_AS_CSV, tags=["persons"])
async def list_persons(
    request: Request,
    principal: CanReadPersons,
    wanted: Annotated[PersonFilter, Depends(_filter)],
    purpose: Purpose = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
    named: FormatNamed = None,
) -> Response:
    """List the persons you may see, newest first: for a liaison, its nationals and whom it added itself.

    As CSV it needs a purpose, and has the names, papers and contacts that the purpose opens.
    """
    services = services_of(request)
    wanted_as = format_wanted(request, named)
    check_told_why(wanted_as, purpose)
    cursors = Cursors.of(request, principal.id, services.keys)
    after = cursors.read(cursor)
    if wanted_as is not Format.JSON:
        await wait_for_turn(request)
    async with services.database.read_on_record(
        reading_note_on(request, principal, AuditAction.PERSONS_LISTED, purpose)
    ) as db:
        rows, sight = await reading.list_persons(db, services.keys, wanted, after=after, limit=limit)
    page, following = cut(rows, limit, cursors)
    items = tuple([person_shown(row, sight) async for row in in_slices(page)])
    shown = PersonPage(items=items, next_cursor=following)
    as_file = wanted_as is not Format.JSON
    table = table_answer("persons", *await worked_out(person_table(items, sight.today)), wanted_as) if as_file else None
    return paged(request, shown, table=table)


@router.get("/persons/{ref}", response_model=PersonShown, tags=["persons"])
async def read_person(
    request: Request, principal: CanReadPersons, ref: PartReference, purpose: Purpose = None
) -> Response:
    """Read a person; with a purpose, names, documents and contacts too."""
    services = services_of(request)
    async with services.database.read_on_record(
        reading_note_on(request, principal, AuditAction.PERSON_READ, purpose)
    ) as db:
        row, sight = await reading.read_person(db, services.keys, ref)
    shown = person_shown(row, sight)
    return unless_unchanged(request, tagged(shown, version=shown.version, opened=shown.sealed is not None))


@router.patch("/persons/{ref}", response_model=PersonShown, tags=["persons"])
async def amend_person(
    request: Request,
    principal: CanAmendPersons,
    ref: PartReference,
    version: ExpectedVersion,
    given: Annotated[PersonPatch, Depends(patched(PersonPatch))],
) -> Response:
    """Correct what is known of a person. Status and nationality change by events."""
    services = services_of(request)
    keys = await services.open_keys()
    acting = acting_of(request, principal)
    async with services.database.write() as db:
        _, id_ = await amending.amend_person(db, keys, acting, ref, given, version=version)
        await db.flush()
        on_record = db.on_record(reading_note_on(request, principal, AuditAction.PERSON_READ))
        row, sight = await reading.read_person(on_record, keys, str(id_))
    shown = person_shown(row, sight)
    return tagged(shown, version=shown.version).response()


@router.get("/offenders/{ref}", response_model=OffenderShown, tags=["offenders"])
async def read_offender(
    request: Request, principal: CanReadOffenders, ref: PartReference, purpose: Purpose = None
) -> Response:
    """Read an offender; with a purpose, names and description too."""
    services = services_of(request)
    async with services.database.read_on_record(
        reading_note_on(request, principal, AuditAction.OFFENDER_READ, purpose)
    ) as db:
        row, sight = await reading.read_offender(db, services.keys, ref)
    shown = offender_shown(row, sight)
    return unless_unchanged(request, tagged(shown, version=shown.version, opened=shown.sealed is not None))


@router.patch("/offenders/{ref}", response_model=OffenderShown, tags=["offenders"])
async def amend_offender(
    request: Request,
    principal: CanAmendOffenders,
    ref: PartReference,
    version: ExpectedVersion,
    given: Annotated[OffenderPatch, Depends(patched(OffenderPatch))],
) -> Response:
    """Correct what is known of an offender. Stages of the law are events."""
    services = services_of(request)
    keys = await services.open_keys()
    acting = acting_of(request, principal)
    async with services.database.write() as db:
        _, id_ = await amending.amend_offender(db, keys, acting, ref, given, version=version)
        await db.flush()
        on_record = db.on_record(reading_note_on(request, principal, AuditAction.OFFENDER_READ))
        row, sight = await reading.read_offender(on_record, keys, str(id_))
    return tagged(offender_shown(row, sight), version=row["version"]).response()
