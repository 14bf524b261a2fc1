"""Operations: record, list, read, correct, and report what they did."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import (
    CanAmendOperations,
    CanReadOperations,
    CanRecordOperations,
    acting_of,
    once,
    reading_note_on,
)
from service.audit.rules import AuditAction
from service.codes import OperationKind
from service.http.answers import Answer, answer
from service.http.bodies import patched, posted
from service.http.conditional import ExpectedVersion, tagged, unless_unchanged, version_tag
from service.http.pagination import DEFAULT_LIMIT, Cursors, CursorText, Limit, cut, paged
from service.http.parameters import Purpose
from service.http.routing import Route
from service.http.services import MANY, services_of, wait_for_turn
from service.operations.actions import reading, recording, reporting
from service.operations.actions.reported import Met, Reported
from service.operations.queries import OperationFilter
from service.operations.rules.outcomes import tally_of
from service.operations.schemas.given import (
    LARGEST_RESULTS,
    OperationCreate,
    OperationNote,
    OperationPatch,
    ResultsGiven,
)
from service.operations.schemas.shown import (
    CaseOpened,
    CaseTouched,
    FoundReported,
    OperationNoteAdded,
    OperationPage,
    OperationShown,
    PersonReported,
    ResultsReported,
    ResultsShown,
    operation_shown,
    tally_shown,
)
from service.wire import Day, ProvinceCode

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["operations"])

OperationReference = Annotated[
    str, Path(min_length=10, max_length=40, description="The operation's id or reference, such as OP22-7Q4F-0TMB.")
]

_CASE: Final = r"^([Kk][Hh][0-9A-Za-z-]{7,38}|[0-9a-fA-F-]{36})$"
_OF_CASE: Final = "Id or reference of a case: made for it, or at work in it."


async def _filter(
    kind: Annotated[list[OperationKind], Query(max_length=10)] = [],  # noqa: B006 - FastAPI copies it
    province: Annotated[list[ProvinceCode], Query(max_length=30)] = [],  # noqa: B006
    first: Annotated[Day | None, Query(alias="from", description="Begun on this day, or later.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Begun on this day, or earlier.")] = None,
    case: Annotated[str | None, Query(max_length=40, pattern=_CASE, description=_OF_CASE)] = None,
) -> OperationFilter:
    return OperationFilter(kind=[code.value for code in kind], province=province, first=first, last=last, case=case)


@router.post("/operations", status_code=201, response_model=OperationShown)
async def record_operation(
    request: Request,
    principal: CanRecordOperations,
    given: Annotated[OperationCreate, Depends(posted(OperationCreate))],
) -> Response:
    """Record an operation of your own agency. What it did for people is reported afterwards."""
    services = services_of(request)
    keys = await services.open_keys()
    async with services.database.write() as db:

        async def make() -> Answer:
            row = await recording.record_operation(db, keys, acting_of(request, principal), given)
            shown = operation_shown(row)
            location = f"/v1/operations/{shown.reference}"
            return answer(shown, status=201, etag=version_tag(shown.version), location=location)

        return await once(db, request, principal, make)


@router.get("/operations", response_model=OperationPage)
async def list_operations(
    request: Request,
    principal: CanReadOperations,
    wanted: Annotated[OperationFilter, Depends(_filter)],
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """List the operations you may know of, newest first. Repeat a parameter for alternatives."""
    services = services_of(request)
    cursors = Cursors.of(request, principal.id, services.keys)
    after = cursors.read(cursor)
    async with services.database.read_on_record(
        reading_note_on(request, principal, AuditAction.OPERATIONS_LISTED)
    ) as db:
        rows = await reading.list_operations(db, wanted, after=after, limit=limit)
    page, following = cut(rows, limit, cursors)
    return paged(request, OperationPage(items=tuple(map(operation_shown, page)), next_cursor=following))


@router.get("/operations/{ref}", response_model=OperationShown)
async def read_operation(
    request: Request, principal: CanReadOperations, ref: OperationReference, purpose: Purpose = None
) -> Response:
    """Read an operation; with a purpose, its site, its grounds and your agency's notes too."""
    services = services_of(request)
    async with services.database.read_on_record(
        reading_note_on(request, principal, AuditAction.OPERATION_READ, purpose)
    ) as db:
        row, opened = await reading.read_operation(db, services.keys, ref)
    shown = operation_shown(row, opened)
    return unless_unchanged(request, tagged(shown, version=shown.version, opened=shown.sealed is not None))


@router.patch("/operations/{ref}", response_model=OperationShown)
async def amend_operation(
    request: Request,
    principal: CanAmendOperations,
    ref: OperationReference,
    version: ExpectedVersion,
    given: Annotated[OperationPatch, Depends(patched(OperationPatch))],
) -> Response:
    """Correct an operation of your own agency. What it did for people is corrected by voiding events."""
    services, acting = services_of(request), acting_of(request, principal)
    keys = await services.open_keys()
    async with services.database.write() as db:
        row = await recording.amend_operation(db, keys, acting, ref, given, version=version)
    return tagged(operation_shown(row), version=row["version"]).response()


@router.post("/operations/{ref}/notes", status_code=201, response_model=OperationNoteAdded)
async def add_operation_note(
    request: Request,
    principal: CanAmendOperations,
    ref: OperationReference,
    given: Annotated[OperationNote, Depends(posted(OperationNote))],
) -> Response:
    """Add a note, sealed; your own agency and supervisors see it."""
    services = services_of(request)
    keys = await services.open_keys()
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            row = await recording.add_note(db, keys, acting, ref, given)
            return answer(OperationNoteAdded(operation=row["reference"], recorded_at=acting.now), status=201)

        return await once(db, request, principal, make)


@router.post("/operations/{ref}/results", status_code=201, response_model=ResultsReported)
async def report_results(
    request: Request,
    principal: CanRecordOperations,
    ref: OperationReference,
    given: Annotated[ResultsGiven, Depends(posted(ResultsGiven, LARGEST_RESULTS))],
) -> Response:
    """Report what an operation did for up to 500 people. All or nothing; the answer keeps the order of the lines."""
    services = services_of(request)
    keys = await services.open_keys()
    if len(given.persons) + len(given.found) > MANY:
        await wait_for_turn(request)
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            reported = await reporting.report_results(db, keys, acting, ref, given)
            location = f"/v1/operations/{reported.operation['reference']}/results"
            return answer(_reported(reported), status=201, location=location)

        return await once(db, request, principal, make)


@router.get("/operations/{ref}/results", response_model=ResultsShown)
async def read_results(request: Request, principal: CanReadOperations, ref: OperationReference) -> Response:
    """Read how many people an operation met or looked for, and what it meant for them: of those you may know of."""
    services = services_of(request)
    async with services.database.read_on_record(reading_note_on(request, principal, AuditAction.OPERATION_READ)) as db:
        row, counted = await reading.read_results(db, ref)
    cases = tuple(CaseTouched(reference=reference, people=people) for reference, people in counted.cases)
    tally = tally_of(sum(case.people for case in cases), counted.said)
    shown = ResultsShown(operation=row["reference"], tally=tally_shown(tally), cases=cases)
    return unless_unchanged(request, tagged(shown))


def _reported(reported: Reported) -> ResultsReported:
    found = reported.found
    return ResultsReported(
        operation=reported.operation["reference"],
        recorded_at=reported.recorded_at,
        persons=tuple(map(_person, reported.persons)),
        found=tuple(
            FoundReported(case=line[0].file.reference, people=tuple(map(_person, line))) for line in found.lines
        ),
        cases=tuple(
            CaseOpened(reference=file.reference, nationality=nationality, people=len(file.case.persons))
            for nationality, file in found.opened.items()
        ),
        tally=tally_shown(reported.tally),
    )


def _person(met: Met) -> PersonReported:
    return PersonReported(person=met.reference, case=met.file.reference, status=met.status)
