"""Whole cases, whoever may see them: for checking and recounting the register, never for a caller."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypedDict, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, Uuid, any_, bindparam, func, select, text
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
from service.cases.queries.files import LoadedCase
from service.db.database import UnrecordedConnection
from service.db.statements import PersonalQuery, Query
from service.ledger.models import LedgerEntry

_BEFORE_ALL: Final = UUID(int=0)

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
        sealed: a wrapped data key, if there is any; only the right key file opens it.
        owner: the run-time role may do more than it should.
        counted_by: the version of the rules under which the whole of it was last counted.
    """

    cases: int
    empty: bool
    sealed: bytes | None
    owner: bool
    counted_by: int


class _IdRecord(TypedDict):
    id: UUID


class _CountRecord(TypedDict):
    cases: int


_IDS: Final = bindparam("ids", type_=ARRAY(Uuid))

_COUNT: Final = PersonalQuery(select(func.count(CaseRow.id).label("cases")), _CountRecord)
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
        "(SELECT wrapped FROM data_keys LIMIT 1) AS sealed, has_table_privilege('events', 'DELETE') AS owner, "
        "(SELECT coalesce(max(version), 1) FROM counted_by) AS counted_by"
    ).columns(cases=BigInteger, empty=Boolean, sealed=LargeBinary, owner=Boolean, counted_by=Integer),
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
    return [row["id"] for row in await db.rows(_NEXT, {"after": after or _BEFORE_ALL, "rows": limit})]


@dataclass(frozen=True)
class WholeRows:
    """The projected rows of one case."""

    cases: list[CaseRecord]
    persons: list[PersonRecord]
    offenders: list[OffenderRecord]

    def by_table(self) -> Iterator[tuple[CaseTable, Sequence[AnyRecord]]]:
        """Yield each table with its rows."""
        yield CaseRow, self.cases
        yield PersonRow, self.persons
        yield OffenderRow, self.offenders


async def load_whole_cases(db: UnrecordedConnection, ids: Sequence[UUID]) -> list[LoadedCase]:
    """Return cases with their logs, in the order of their ids."""
    events = _by_case(await db.rows(_EVENTS, {"ids": list(ids)}))
    return [
        LoadedCase(
            id=case["id"],
            reference=case["reference"],
            version=case["version"],
            filed_at=case["filed_at"],
            assigned_to=case["assigned_to"],
            events=[event_of(row) for row in events.get(case["id"], ())],
            parts={},
            wanted={},
        )
        for case in await db.rows(_CASES, {"ids": list(ids)})
    ]


async def rows_of(db: UnrecordedConnection, ids: Sequence[UUID]) -> dict[UUID, WholeRows]:
    """Return the projected rows of cases, by case."""
    asked: Mapping[str, Any] = {"ids": list(ids)}
    cases = {row["id"]: row for row in await db.rows(_CASES, asked)}
    persons, offenders = _by_case(await db.rows(_PERSONS, asked)), _by_case(await db.rows(_OFFENDERS, asked))
    return {id_: WholeRows(_listed(cases.get(id_)), persons.get(id_, []), offenders.get(id_, [])) for id_ in ids}


def _listed(case: CaseRecord | None) -> list[CaseRecord]:
    return [] if case is None else [case]


async def ledger_of(db: UnrecordedConnection, ids: Sequence[UUID]) -> dict[UUID, list[EntryRecord]]:
    """Return the ledger entries of cases, by case."""
    return _by_case(await db.rows(_ENTRIES, {"ids": list(ids)}))


OfCase = TypeVar("OfCase", EventRecord, PersonRecord, OffenderRecord, EntryRecord)


def _by_case(rows: Sequence[OfCase]) -> dict[UUID, list[OfCase]]:
    found: dict[UUID, list[OfCase]] = defaultdict(list)
    for row in rows:
        found[row["case_id"]].append(row)
    return found
