"""Loading whole cases to record something in them: every subject found in scope, its case's log, all in one query."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, TypedDict
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.acting import Principal, Role
from service.cases.models import CaseRow, EventRow, OffenderRow, PersonRow
from service.cases.models.log import event_of
from service.cases.queries.scope import (
    AnyOf,
    case_visible_to,
    event_voidable_by,
    offender_visible_to,
    person_visible_to,
    scope_of,
)
from service.cases.rules.bounds import check_events_of_call
from service.db.database import PersonalConnection, core
from service.db.statements import PersonalQuery
from service.errors import NotFoundError
from service.ids import plain, read_case_reference, read_part_reference, read_uuid
from service.slices import worked_out
from service.story.kinds.names import SubjectKind
from service.story.log import Event, Subject


class AbsentError(NotFoundError):
    """Subjects are absent or out of scope. Whoever named them may say which in their own words; the answer does not.

    Attributes:
        references: those that were not found, as they were asked for.
    """

    def __init__(self, references: AbstractSet[str]) -> None:
        """Remember them."""
        super().__init__()
        self.references = references


@dataclass(frozen=True)
class Part:
    """A person or offender of a case, as its row stands."""

    reference: str
    version: int


@dataclass(frozen=True)
class LoadedCase:
    """One case's row and log.

    Attributes:
        wanted: the subjects asked for, by what they were asked for with.
    """

    id: UUID
    reference: str
    version: int
    filed_at: datetime
    assigned_to: UUID | None
    events: list[Event]
    parts: dict[UUID, Part]
    wanted: dict[str, Subject]


def canonical(reference: str) -> str:
    """Return the form in which an id or reference is compared.

    Raises:
        NotFoundError: it is neither; the answer is the same as for one that is not there.
    """
    uuid = read_uuid(reference)
    found = str(uuid) if uuid else read_part_reference(reference) or read_case_reference(reference)
    if found is None:
        raise NotFoundError
    return found


async def load_cases(
    db: PersonalConnection,
    principal: Principal,
    references: Sequence[str],
    kinds: frozenset[SubjectKind],
    *,
    corrects: bool = False,
) -> list[LoadedCase]:
    """Load the cases of some subjects, each subject in the principal's scope.

    Several are weighed first: what is too much for one call is refused before anything of it is loaded.

    Args:
        db: any transaction; the rows' versions protect what is written later.
        principal: whose scope.
        references: ids or references in canonical form.
        kinds: what the references may be to.
        corrects: whether it is to take back what one call recorded, which has more room.

    Raises:
        AbsentError: some of them are absent or out of scope.
        TooMuchAtOnceError: their cases have more events than one call loads.
    """
    named = _Named.by(references)
    if named.how == "several":
        weighing = _weighing(principal.role, kinds)
        [weighed] = await db.rows(weighing, {**scope_of(weighing, principal), **named.values})
        check_events_of_call(weighed["events"], corrects=corrects)
    query = _with_logs(principal.role, kinds, named.how)
    rows = await db.rows(query, {**scope_of(query, principal), **named.values})
    loaded = [await worked_out(_loaded(row, set(references))) for row in rows]
    found = {name for case in loaded for name in case.wanted}
    if absent := set(references) - found:
        raise AbsentError(absent)
    return loaded


async def load_case(db: PersonalConnection, principal: Principal, reference: str, kind: SubjectKind) -> LoadedCase:
    """Load the one case of one subject.

    Raises:
        NotFoundError: absent or out of scope.
    """
    loaded = await load_cases(db, principal, [canonical(reference)], frozenset({kind}))
    return loaded[0]


async def load_case_of_event(db: PersonalConnection, principal: Principal, event_id: UUID) -> LoadedCase:
    """Load the case in whose log an event stands that the principal may take back.

    Raises:
        NotFoundError: absent, or not one of these.
    """
    query = _with_log_of_event(principal.role)
    row = await db.row(query, {**scope_of(query, principal), "event_id": event_id})
    if row is None:
        raise NotFoundError
    return await worked_out(_loaded(row, set()))


async def load_case_to_log(db: PersonalConnection, case_id: UUID) -> LoadedCase | None:
    """Load a case by its id, whoever may know of it: for what the register records in it of itself."""
    row = await db.row(_WITH_LOG, {"case_id": case_id})
    return None if row is None else await worked_out(_loaded(row, set()))


_LOGGED: Final = (
    "id", "seq", "kind", "subject_kind", "subject_id", "occurred_on", "occurred_precision", "recorded_at",
    "recorded_by", "agency_id", "fact", "operation_id", "group_id",
)  # fmt: skip


class LoadedRecord(TypedDict):
    """A case's row with its log, the parts of it, and the subjects asked for: each a list of plain members."""

    id: UUID
    reference: str
    version: int
    filed_at: datetime
    assigned_to: UUID | None
    wanted: list[tuple[str, str, str]]
    log: list[list[Any]]
    persons: list[tuple[str, str, int]] | None
    offenders: list[tuple[str, str, int]] | None


_How = Literal["id", "reference", "several"]


@dataclass(frozen=True)
class _Named:
    """How subjects are named, and the values of a query for them.

    One is asked for by itself: the database then plans once for all, where a list of unknown length makes it plan
    anew each time, which takes longer than answering.
    """

    how: _How
    values: dict[str, Any]

    @classmethod
    def by(cls, references: Sequence[str]) -> "_Named":
        ids = [uuid for reference in references if (uuid := read_uuid(reference))]
        others = [reference for reference in references if read_uuid(reference) is None]
        if len(references) != 1:
            return cls("several", {"ids": ids, "references": others})
        return cls("id", {"id": ids[0]}) if ids else cls("reference", {"reference": others[0]})


@cache
def _with_logs(role: Role, kinds: frozenset[SubjectKind], how: _How) -> PersonalQuery[LoadedRecord]:
    """Return the query for cases with their logs, for subjects of these kinds; made once for a role."""
    return _loading(union_all(*_wanted(AnyOf(role), kinds, how)).cte("wanted"))


class _WeightRecord(TypedDict):
    events: int


@cache
def _weighing(role: Role, kinds: frozenset[SubjectKind]) -> PersonalQuery[_WeightRecord]:
    """Return the query for how many events the cases of several subjects have; made once for a role."""
    wanted = union_all(*_wanted(AnyOf(role), kinds, "several")).cte("wanted")
    events = func.coalesce(func.sum(CaseRow.seq), 0).label("events")
    return PersonalQuery(select(events).where(CaseRow.id.in_(select(wanted.c.case_id))), _WeightRecord)


@cache
def _with_log_of_event(role: Role) -> PersonalQuery[LoadedRecord]:
    columns = (CaseRow.id.label("case_id"), CaseRow.id, CaseRow.reference, _kind(SubjectKind.CASE))
    of_event = select(*columns).join(EventRow, EventRow.case_id == CaseRow.id)
    return _loading(
        of_event.where(EventRow.id == bindparam("event_id", type_=Uuid), event_voidable_by(AnyOf(role))).cte("wanted")
    )


def _with_log() -> PersonalQuery[LoadedRecord]:
    columns = (CaseRow.id.label("case_id"), CaseRow.id, CaseRow.reference, _kind(SubjectKind.CASE))
    return _loading(select(*columns).where(CaseRow.id == bindparam("case_id", type_=Uuid)).cte("wanted"))


def _loading(wanted: CTE) -> PersonalQuery[LoadedRecord]:
    """Return the query for the cases of wanted subjects, with their logs."""
    named_here = (
        select(func.json_agg(func.json_build_array(wanted.c.kind, wanted.c.id, wanted.c.reference)))
        .where(wanted.c.case_id == CaseRow.id)
        .scalar_subquery()
    )
    query = select(
        CaseRow.id,
        CaseRow.reference,
        CaseRow.version,
        CaseRow.filed_at,
        CaseRow.assigned_to,
        named_here.label("wanted"),
        _log().label("log"),
        _parts(PersonRow).label("persons"),
        _parts(OffenderRow).label("offenders"),
    ).where(CaseRow.id.in_(select(wanted.c.case_id)))
    return PersonalQuery(query, LoadedRecord)


def _wanted(anybody: AnyOf, kinds: frozenset[SubjectKind], how: _How) -> Iterator[Select[Any]]:
    if SubjectKind.CASE in kinds:
        yield _matching(CaseRow, CaseRow.id, SubjectKind.CASE, case_visible_to(anybody), how)
    if SubjectKind.PERSON in kinds:
        yield _matching(PersonRow, PersonRow.case_id, SubjectKind.PERSON, person_visible_to(anybody), how)
    if SubjectKind.OFFENDER in kinds:
        yield _matching(OffenderRow, OffenderRow.case_id, SubjectKind.OFFENDER, offender_visible_to(anybody), how)


def _matching(
    table: type[CaseRow | PersonRow | OffenderRow],
    case_id: Any,
    kind: SubjectKind,
    scope: ColumnElement[bool],
    how: _How,
) -> Select[Any]:
    columns = (case_id.label("case_id"), table.id, table.reference, _kind(kind))
    named: Mapping[_How, ColumnElement[bool]] = {
        "id": table.id == bindparam("id"),
        "reference": table.reference == bindparam("reference"),
        "several": or_(
            table.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
            table.reference == any_(bindparam("references", type_=ARRAY(Text))),
        ),
    }
    return select(*columns).where(named[how], scope)


def _kind(kind: SubjectKind) -> ColumnElement[str]:
    return literal(kind.value, String).label("kind")


def _log() -> ScalarSelect[Any]:
    """The events as arrays: their members' names would be most of what is sent."""
    row = func.json_build_array(*(core(EventRow).c[name] for name in _LOGGED))
    return select(func.json_agg(row)).where(EventRow.case_id == CaseRow.id).scalar_subquery()


def _parts(table: type[PersonRow | OffenderRow]) -> ScalarSelect[Any]:
    row = func.json_build_array(cast(table.id, String), table.reference, table.version)
    return select(func.json_agg(row)).where(table.case_id == CaseRow.id).scalar_subquery()


def _loaded(row: LoadedRecord, references: set[str]) -> Generator[None, None, LoadedCase]:
    parts = {
        UUID(id_): Part(reference=reference, version=version)
        for id_, reference, version in [*(row["persons"] or []), *(row["offenders"] or [])]
    }
    wanted: dict[str, Subject] = {}
    for kind, id_, reference in row["wanted"]:
        for name in {str(id_), reference} & references:
            wanted[name] = Subject(SubjectKind(kind), UUID(id_))
    events: list[Event] = []
    for event in row["log"]:
        yield
        events.append(event_of(dict(zip(_LOGGED, event, strict=True))))
    return LoadedCase(
        id=plain(row["id"]),
        reference=row["reference"],
        version=row["version"],
        filed_at=row["filed_at"],
        assigned_to=row["assigned_to"],
        events=sorted(events, key=lambda event: event.seq),
        parts=parts,
        wanted=wanted,
    )


_WITH_LOG: Final = _with_log()
