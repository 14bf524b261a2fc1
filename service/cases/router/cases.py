"""Cases: file, list, read, correct, add to."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service.access.gate import (
    CanAddNotes,
    CanAmendCases,
    CanExtendCases,
    CanFileCases,
    CanReadCases,
    acting_of,
    once,
    reading_note_on,
)
from service.audit.rules import AuditAction
from service.cases.actions import amending, filing, reading
from service.cases.actions.case_file import CaseFile
from service.cases.queries.listing import CaseFilter
from service.cases.schemas.amending import CasePatch
from service.cases.schemas.filing import CaseCreate, NoteCreate, OffenderAdd, PersonAdd, PersonsAdd
from service.cases.schemas.reading import (
    CaseFiled,
    CasePage,
    CaseShown,
    NoteAdded,
    PartFiled,
    PartsFiled,
    Timeline,
)
from service.cases.schemas.tables import case_table
from service.cases.schemas.views import case_shown, event_shown, note_in_timeline, questions, showing_case
from service.codes import CaseKind, CaseStatus, IntakeChannel, Urgency
from service.http.answers import Answer, answer
from service.http.bodies import patched, posted
from service.http.conditional import ExpectedVersion, tagged, unless_unchanged, version_tag
from service.http.pagination import DEFAULT_LIMIT, Cursors, CursorText, Limit, cut, paged
from service.http.parameters import ChangedSince, Flag, ListPurpose, Purpose, check_told_why
from service.http.routing import Route
from service.http.services import MANY, services_of, wait_for_turn, wait_for_turn_with
from service.http.tables import ALSO_AS_CSV, Format, FormatNamed, format_wanted, table_answer
from service.slices import in_slices, worked_out
from service.story.essentials import completeness
from service.wire import Day, EffectiveNationality, ProvinceCode

router: Final = APIRouter(prefix="/v1", route_class=Route, tags=["cases"])

CaseReference = Annotated[
    str, Path(min_length=10, max_length=40, description="The case's id or reference, such as KH22-7Q4F-0TMB.")
]


ME: Final = "me"
NOBODY: Final = "nobody"
Assignee = UUID | Literal["me", "nobody"] | None


async def _filter(
    status: Annotated[list[CaseStatus], Query(max_length=10)] = [],  # noqa: B006 - FastAPI copies it
    nationality: Annotated[list[EffectiveNationality], Query(max_length=50)] = [],  # noqa: B006
    province: Annotated[list[ProvinceCode], Query(max_length=30)] = [],  # noqa: B006
    channel: Annotated[list[IntakeChannel], Query(max_length=20)] = [],  # noqa: B006
    kind: Annotated[list[CaseKind], Query(max_length=5)] = [],  # noqa: B006
    urgency: Annotated[list[Urgency], Query(max_length=5)] = [],  # noqa: B006
    received_from: Day | None = None,
    received_to: Day | None = None,
    assigned: Assignee = None,
    incomplete: Flag = None,
    changed_since: ChangedSince = None,
) -> CaseFilter:
    return CaseFilter(
        status=[code.value for code in status],
        nationality=nationality,
        province=province,
        channel=[code.value for code in channel],
        kind=[code.value for code in kind],
        urgency=[code.value for code in urgency],
        received_from=received_from,
        received_to=received_to,
        assigned_to=assigned if isinstance(assigned, UUID) else None,
        mine=True if assigned == ME else None,
        unassigned=True if assigned == NOBODY else None,
        incomplete=incomplete,
        changed_since=changed_since,
    )


@router.post("/cases", status_code=201, response_model=CaseFiled)
async def file_case(
    request: Request, principal: CanFileCases, given: Annotated[CaseCreate, Depends(posted(CaseCreate))]
) -> Response:
    """File a request for intervention. Nothing is refused for being incomplete; the answer says what to ask next."""
    services = services_of(request)
    keys = await services.open_keys()
    if len(given.persons) > MANY:
        await wait_for_turn(request)
    async with services.database.write() as db:

        async def make() -> Answer:
            return _filed(await filing.file_case(db, keys, acting_of(request, principal), given))

        return await once(db, request, principal, make)


@router.get("/cases", response_model=CasePage, responses=ALSO_AS_CSV)
async def list_cases(
    request: Request,
    principal: CanReadCases,
    wanted: Annotated[CaseFilter, Depends(_filter)],
    purpose: ListPurpose = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
    named: FormatNamed = None,
) -> Response:
    """List the cases you may see, newest first. Repeat a parameter for alternatives. As CSV it needs a purpose."""
    services = services_of(request)
    wanted_as = format_wanted(request, named)
    check_told_why(wanted_as, purpose)
    cursors = Cursors.of(request, principal.id, services.keys)
    after = cursors.read(cursor)
    if wanted_as is not Format.JSON:
        await wait_for_turn(request)
    async with services.database.read_on_record(
        reading_note_on(request, principal, AuditAction.CASES_LISTED, purpose)
    ) as db:
        rows, sight = await reading.list_cases(db, wanted, after=after, limit=limit)
    page, following = cut(rows, limit, cursors)
    items = tuple([case_shown(row, sight) async for row in in_slices(page)])
    shown = CasePage(items=items, next_cursor=following)
    as_file = wanted_as is not Format.JSON
    table = table_answer("cases", *await worked_out(case_table(items)), wanted_as) if as_file else None
    return paged(request, shown, table=table)


@router.get("/cases/{ref}", response_model=CaseShown)
async def read_case(request: Request, principal: CanReadCases, ref: CaseReference, purpose: Purpose = None) -> Response:
    """Read a case with its persons and offenders; with a purpose, what is sealed too."""
    services = services_of(request)
    await wait_for_turn_with(request, [ref])
    async with services.database.read_on_record(
        reading_note_on(request, principal, AuditAction.CASE_READ, purpose)
    ) as db:
        whole, sight = await reading.read_case(db, services.keys, ref)
    if len(whole.subject_ids) > MANY:
        services.long_ones.add(ref)
        await wait_for_turn(request)
    shown = await worked_out(showing_case(whole.case, sight, persons=whole.persons, offenders=whole.offenders))
    return unless_unchanged(request, tagged(shown, version=shown.version, opened=shown.sealed is not None))


@router.patch("/cases/{ref}", response_model=CaseShown)
async def amend_case(
    request: Request,
    principal: CanAmendCases,
    ref: CaseReference,
    version: ExpectedVersion,
    given: Annotated[CasePatch, Depends(patched(CasePatch))],
) -> Response:
    """Correct a case. Its status and received day are facts of the log and cannot be patched."""
    services = services_of(request)
    keys = await services.open_keys()
    acting = acting_of(request, principal)
    async with services.database.write() as db:
        file = await amending.amend_case(db, keys, acting, ref, given, version=version)
        await db.flush()
        on_record = db.on_record(reading_note_on(request, principal, AuditAction.CASE_READ))
        whole, sight = await reading.read_case(on_record, keys, str(file.id))
    shown = await worked_out(showing_case(whole.case, sight, persons=whole.persons, offenders=whole.offenders))
    return tagged(shown, version=shown.version).response()


@router.get("/cases/{ref}/events", response_model=Timeline)
async def read_timeline(
    request: Request,
    principal: CanReadCases,
    ref: CaseReference,
    purpose: Purpose = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorText = None,
) -> Response:
    """Read the timeline of a case, newest last, voided events included. Notes stand in it; a purpose opens them."""
    services = services_of(request)
    cursors = Cursors.of(request, principal.id, services.keys)
    after = cursors.read(cursor)
    note = reading_note_on(request, principal, AuditAction.TIMELINE_READ, purpose)
    async with services.database.read_on_record(note) as db:
        rows, sight, texts = await reading.read_timeline(db, services.keys, ref, after=after, limit=limit)
    page, following = cut(rows, limit, cursors)
    items = [
        note_in_timeline(row, texts) if row["is_note"] else event_shown(row, sight) async for row in in_slices(page)
    ]
    return paged(request, Timeline(items=tuple(items), next_cursor=following))


@router.post("/cases/{ref}/persons", status_code=201, response_model=PartFiled, tags=["persons"])
async def add_person(
    request: Request,
    principal: CanExtendCases,
    ref: CaseReference,
    given: Annotated[PersonAdd, Depends(posted(PersonAdd))],
) -> Response:
    """Add a person to a case. A closed case opens again."""
    services = services_of(request)
    keys = await services.open_keys()
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            file, id_ = await filing.add_person(db, keys, acting, ref, given)
            return _part_filed(file, id_, "persons")

        return await once(db, request, principal, make)


@router.post("/cases/{ref}/persons/several", status_code=201, response_model=PartsFiled, tags=["persons"])
async def add_persons(
    request: Request,
    principal: CanExtendCases,
    ref: CaseReference,
    given: Annotated[PersonsAdd, Depends(posted(PersonsAdd))],
) -> Response:
    """Add several persons to a case: all of them or none. A closed case opens again."""
    services = services_of(request)
    keys = await services.open_keys()
    await wait_for_turn(request)
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            file, ids = await filing.add_persons(db, keys, acting, ref, given)
            shown = PartsFiled(items=tuple(PartFiled(id=id_, reference=file.parts[id_].reference) for id_ in ids))
            return answer(shown, status=201)

        return await once(db, request, principal, make)


@router.post("/cases/{ref}/offenders", status_code=201, response_model=PartFiled, tags=["offenders"])
async def add_offender(
    request: Request,
    principal: CanExtendCases,
    ref: CaseReference,
    given: Annotated[OffenderAdd, Depends(posted(OffenderAdd))],
) -> Response:
    """Add an offender: a person or company alleged responsible."""
    services = services_of(request)
    keys = await services.open_keys()
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            file, id_ = await filing.add_offender(db, keys, acting, ref, given)
            return _part_filed(file, id_, "offenders")

        return await once(db, request, principal, make)


@router.post("/cases/{ref}/notes", status_code=201, response_model=NoteAdded)
async def add_note(
    request: Request,
    principal: CanAddNotes,
    ref: CaseReference,
    given: Annotated[NoteCreate, Depends(posted(NoteCreate))],
) -> Response:
    """Add a note, sealed. Another embassy never sees yours."""
    services = services_of(request)
    keys = await services.open_keys()
    async with services.database.write() as db:

        async def make() -> Answer:
            acting = acting_of(request, principal)
            case = await filing.add_note(db, keys, acting, ref, given)
            return answer(NoteAdded(case=case.reference, recorded_at=acting.now), status=201)

        return await once(db, request, principal, make)


def _filed(file: CaseFile) -> Answer:
    judged = completeness(file.case)
    shown = CaseFiled(
        id=file.id,
        reference=file.reference,
        received_on=file.case.received_on.on,
        status=file.case.status.value,
        completeness=judged.score,
        next_questions=questions(judged.missing),
        persons=tuple(PartFiled(id=id_, reference=file.parts[id_].reference) for id_ in file.case.persons),
        offenders=tuple(PartFiled(id=id_, reference=file.parts[id_].reference) for id_ in file.case.offenders),
        version=file.version,
    )
    location = f"/v1/cases/{file.reference}"
    return answer(shown, status=201, etag=version_tag(file.version), location=location)


def _part_filed(file: CaseFile, id_: UUID, resource: str) -> Answer:
    part = file.parts[id_]
    shown = PartFiled(id=id_, reference=part.reference)
    location = f"/v1/{resource}/{part.reference}"
    return answer(shown, status=201, etag=version_tag(part.version), location=location)
