"""Whole cases, whoever may see them: for checking and recounting the register, never for a caller."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypedDict, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Uuid, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from service.cases.models import (
    CaseRecord,
    CaseRow,
    EventRecord,
    EventRow,
    OffenderRecord,
    OffenderRow,
    PersonRecord,
    PersonRow,
)
from service.cases.models.log import event_of
from service.db.database import UnrecordedConnection
from service.db.statements import PersonalQuery, Query
from service.ids import NIL
from service.ledger.models import LedgerEntry
from service.story.log import Event

CaseTable = type[CaseRow | PersonRow | OffenderRow]
AnyRecord = CaseRecord | PersonRecord | OffenderRecord


class EntryRecord(TypedDict):
    """A row of the ledger's entries, without when it was recorded."""

    case_id: UUID
    subject_id: UUID
    measure: str
    occurred_on: date
    nationality: str
    sex: str
    age_group: str
    province: str
    detail: str
    channel: str
    kind: str
    delta: int


class ContentRecord(TypedDict):
    """What is in a register.

    Attributes:
        cases: how many.
        empty: there is not even an agency.
        owner: the run-time role may do more than it should.
        counted_by: the version of the rules under which the whole of it was last counted.
    """

    cases: int
    empty: bool
    owner: bool
    counted_by: int


class _IdRecord(TypedDict):
    id: UUID


class _CountRecord(TypedDict):
    cases: int


_IDS: Final = bindparam("ids", type_=ARRAY(Uuid))

_COUNT: Final = PersonalQuery(select(func.count(CaseRow.id).label("cases")), _CountRecord)
_LAST_OF_EACH: Final = PersonalQuery(
    text(
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM cases) numbered "
        "WHERE place % CAST(:rows AS integer) = 0 ORDER BY id"
    ).columns(id=Uuid),
    _IdRecord,
)
_WITHIN: Final = PersonalQuery(
    select(CaseRow.id)
    .where(CaseRow.id > bindparam("after", type_=Uuid), CaseRow.id <= bindparam("upto", type_=Uuid))
    .order_by(CaseRow.id)
    .limit(bindparam("rows", type_=Integer)),
    _IdRecord,
)
_WRITTEN_SINCE: Final = PersonalQuery(
    text("SELECT id FROM cases WHERE recorded_at >= :since ORDER BY id")
    .bindparams(bindparam("since", type_=DateTime(timezone=True)))
    .columns(id=Uuid),
    _IdRecord,
)
_NEXT: Final = PersonalQuery(
    select(CaseRow.id)
    .where(CaseRow.id > bindparam("after", type_=Uuid))
    .order_by(CaseRow.id)
    .limit(bindparam("rows", type_=Integer)),
    _IdRecord,
)
_EVENTS: Final = PersonalQuery(
    select(EventRow).where(EventRow.case_id == any_(_IDS)).order_by(EventRow.seq), EventRecord
)
_CASES: Final = PersonalQuery(select(CaseRow).where(CaseRow.id == any_(_IDS)).order_by(CaseRow.id), CaseRecord)
_PERSONS: Final = PersonalQuery(select(PersonRow).where(PersonRow.case_id == any_(_IDS)), PersonRecord)
_OFFENDERS: Final = PersonalQuery(select(OffenderRow).where(OffenderRow.case_id == any_(_IDS)), OffenderRecord)
_ENTRIES: Final = Query(
    select(*(LedgerEntry.__table__.c[name] for name in EntryRecord.__annotations__)).where(
        LedgerEntry.case_id == any_(_IDS)
    ),
    EntryRecord,
)
_CONTENT: Final = PersonalQuery(
    text(
        "SELECT (SELECT count(*) FROM cases) AS cases, NOT EXISTS (SELECT FROM agencies) AS empty, "
        "has_table_privilege('events', 'DELETE') AS owner, "
        "(SELECT coalesce(max(version), 1) FROM counted_by) AS counted_by"
    ).columns(cases=BigInteger, empty=Boolean, owner=Boolean, counted_by=Integer),
    ContentRecord,
)


async def content_of(db: UnrecordedConnection) -> ContentRecord:
    """Return what is in a register."""
    [row] = await db.rows(_CONTENT)
    return row


async def count_cases(db: UnrecordedConnection) -> int:
    """Return how many cases there are."""
    [row] = await db.rows(_COUNT)
    return row["cases"]


async def case_ids_after(db: UnrecordedConnection, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next case ids, in order."""
    return [row["id"] for row in await db.rows(_NEXT, {"after": after or NIL, "rows": limit})]


async def last_of_each(db: UnrecordedConnection, rows: int) -> list[UUID]:
    """Return the id of the last of each so many cases, in order; the cases after the last of them are fewer."""
    return [row["id"] for row in await db.rows(_LAST_OF_EACH, {"rows": rows})]


async def case_ids_within(db: UnrecordedConnection, after: UUID, upto: UUID, limit: int) -> list[UUID]:
    """Return the next case ids after one and up to another, in order."""
    return [row["id"] for row in await db.rows(_WITHIN, {"after": after, "upto": upto, "rows": limit})]


async def case_ids_written_since(db: UnrecordedConnection, since: datetime) -> list[UUID]:
    """Return the ids of cases whose latest event was recorded at an instant or later, in order."""
    return [row["id"] for row in await db.rows(_WRITTEN_SINCE, {"since": since})]


@dataclass(frozen=True)
class StoredCase:
    """Everything that is stored of one case and is not sealed: its own row, its log, and what follows from that.

    Attributes:
        events: None where one of them says what no kind of event can.
    """

    row: CaseRecord
    events: list[Event] | None
    persons: list[PersonRecord]
    offenders: list[OffenderRecord]
    entries: list[EntryRecord]

    def by_table(self) -> Iterator[tuple[CaseTable, Sequence[AnyRecord]]]:
        """Yield each table with its projected rows."""
        yield CaseRow, [self.row]
        yield PersonRow, self.persons
        yield OffenderRow, self.offenders


async def load_stored(db: UnrecordedConnection, ids: Sequence[UUID]) -> list[StoredCase]:
    """Return cases as they are stored, in the order of their ids."""
    asked = {"ids": list(ids)}
    cases, events = await db.rows(_CASES, asked), _by_case(await db.rows(_EVENTS, asked))
    persons, offenders = _by_case(await db.rows(_PERSONS, asked)), _by_case(await db.rows(_OFFENDERS, asked))
    entries = _by_case(await db.rows(_ENTRIES, asked))
    return [
        StoredCase(
            row=row,
            events=_log_of(events[row["id"]]),
            persons=persons[row["id"]],
            offenders=offenders[row["id"]],
            entries=entries[row["id"]],
        )
        for row in cases
    ]


def _log_of(rows: Sequence[EventRecord]) -> list[Event] | None:
    try:
        return [event_of(row) for row in rows]
    except (LookupError, TypeError, ValueError):
        return None


OfCase = TypeVar("OfCase", EventRecord, PersonRecord, OffenderRecord, EntryRecord)


def _by_case(rows: Sequence[OfCase]) -> defaultdict[UUID, list[OfCase]]:
    found: defaultdict[UUID, list[OfCase]] = defaultdict(list)
    for row in rows:
        found[row["case_id"]].append(row)
    return found
