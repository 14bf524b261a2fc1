"""Sums over the ledger: closed months, folded days of the open month and the unfolded tail, in one snapshot.

No other query counts people. The statements are three and made once, whatever is asked: which columns are told apart,
and which codes are wanted, are parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.db.database import ReadConnection
from service.db.statements import Query
from service.errors import DatabaseFailure
from service.figures.rules.answering import Key, Question
from service.ledger.models import LedgerCell, LedgerClosed, LedgerEntry, LedgerFold, LedgerMonth, LedgerTotal
from service.ledger.rules import NONE, Measure
from service.operations.models import OperationRow
from service.slices import in_slices

_BEGINNING: Final = date.min
_END: Final = date(9999, 11, 30)
"""The last day after which a month begins that has a date; nothing happens as late."""

_NEVER: Final = (date.max, date.min)
"""A first and a last day between which there is none."""

_COLUMNS: Final = ("nationality", "sex", "age_group", "province", "channel", "kind", "detail")


@dataclass(frozen=True)
class Sum:
    """One sum wanted.

    Attributes:
        measure: what is summed.
        first: first day, or None for everything up to `last`.
        last: last day.
        filters: codes by column.
    """

    measure: Measure
    first: date | None
    last: date
    filters: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, question: Question, measure: Measure | None = None) -> "Sum":
        """Return the sum of what a question asks for, of its own measure or another."""
        return cls(measure or question.measure, question.first, question.period[1], question.column_filters)


async def embargoed_operations(db: ReadConnection, now: datetime) -> frozenset[str]:
    """Return the ids of the operations whose embargo has not passed, as the ledger holds them."""
    return frozenset(str(row["id"]) for row in await db.rows(_EMBARGOED, {"now": now}))


class _IdRecord(TypedDict):
    id: UUID


_CASES: Final = table("cases", column("id", Uuid), column("withheld_from", ARRAY(Uuid)))
_PERSONS: Final = table("persons", column("case_id", Uuid), column("id", Uuid), column("fears_own_state", Boolean))
_EVENTS: Final = table("events", column("case_id", Uuid), column("operation_id", Uuid))
"""Read by name: figures import nothing of a case."""


_EMBARGOED: Final = Query(
    select(OperationRow.id).where(OperationRow.embargo_until > bindparam("now")),
    _IdRecord,
    unrecorded="these operations are left out of a figure, not shown in it",
)


@dataclass(frozen=True)
class Protected:
    """Whom no figure tells apart alone, by what the ledger knows them: cases, and persons of cases."""

    cases: Sequence[UUID]
    persons: Sequence[UUID]
    cases_of_persons: Sequence[UUID]


class _ProtectedRecord(TypedDict):
    case_id: UUID
    person_id: UUID | None


_NO_PERSON: Final = null().cast(Uuid)

_PROTECTED: Final = Query(
    union_all(
        select(_CASES.c.id.label("case_id"), _NO_PERSON.label("person_id")).where(text("cases.withheld_from <> '{}'")),
        select(_PERSONS.c.case_id, _PERSONS.c.id).where(_PERSONS.c.fears_own_state),
        select(OperationRow.case_id, _NO_PERSON).where(
            OperationRow.embargo_until > bindparam("now"), OperationRow.case_id.is_not(None)
        ),
        select(_EVENTS.c.case_id, _NO_PERSON)
        .where(_EVENTS.c.operation_id == OperationRow.id, OperationRow.embargo_until > bindparam("now"))
        .distinct(),
    ),
    _ProtectedRecord,
    unrecorded="these are not told apart in a figure, and not shown in it",
)


async def protected(db: ReadConnection, now: datetime) -> Protected:
    """Return everybody under a safety hold, and every case that is withheld, or in an operation under embargo, now."""
    rows = await db.rows(_PROTECTED, {"now": now})
    held = [(row["case_id"], row["person_id"]) for row in rows if row["person_id"] is not None]
    return Protected(
        sorted({row["case_id"] for row in rows if row["person_id"] is None}),
        sorted({id_ for _, id_ in held}),
        sorted({case_id for case_id, _ in held}),
    )


@dataclass(frozen=True)
class Cut:
    """Where the kinds of rows meet that a sum is made of, by UTC days of recording.

    Attributes:
        closed_before: closed months are read up to this month.
        folded_before: from there days are read up to this day, and from there entries.
        known_at: up to this instant (UTC).
    """

    closed_before: date
    folded_before: date
    known_at: datetime

    @classmethod
    def of(cls, closed: date | None, folded: date | None, known_at: datetime) -> "Cut":
        """Return the cut for what was known at an instant.

        Args:
            closed: the last closed month.
            folded: the last folded day.
            known_at: UTC.
        """
        day = known_at.date()
        closed_before = _BEGINNING if closed is None else _next_month(closed)
        if day < closed_before:
            return cls(day.replace(day=1), day.replace(day=1), known_at)
        folded_before = _BEGINNING if folded is None else folded + timedelta(days=1)
        return cls(closed_before, max(closed_before, min(folded_before, day)), known_at)


class _CutRecord(TypedDict):
    closed: date | None
    folded: date | None


_CUT: Final = Query(
    select(
        select(func.max(LedgerClosed.recorded_month)).scalar_subquery().label("closed"),
        select(func.max(LedgerFold.recorded_on)).scalar_subquery().label("folded"),
    ),
    _CutRecord,
)


async def _cut(db: ReadConnection, known_at: datetime) -> Cut:
    row = await db.row(_CUT)
    if row is None:
        raise DatabaseFailure(None, None)
    return Cut.of(row["closed"], row["folded"], known_at)


class _SumRecord(TypedDict):
    nationality: str
    sex: str
    age_group: str
    province: str
    channel: str
    kind: str
    detail: str
    value: int


async def sum_protected(
    db: ReadConnection, question: Question, found: Protected, *, measure: Measure | None = None
) -> dict[Key, int]:
    """Return the sum of every cell of a question's breakdown over the protected alone."""
    by, wanted = _columns_of(question), Sum.of(question, measure)
    theirs = {"cases": found.cases, "cases_of_persons": found.cases_of_persons, "persons": found.persons}
    asked = {**_asked(wanted, by), "first": wanted.first or _BEGINNING, "known_at": question.known_at, **theirs}
    return {_key(row, by): int(row["value"]) for row in await db.rows(_OF_PROTECTED, asked)}


async def sum_cells(db: ReadConnection, question: Question, *, measure: Measure | None = None) -> dict[Key, int]:
    """Return the sum of every cell of a question's breakdown that is not zero, of its own measure or another."""
    by, wanted = _columns_of(question), Sum.of(question, measure)
    found = await _sum(db, wanted, by, await _cut(db, question.known_at))
    return {_key(row, by): int(row["value"]) async for row in in_slices(found)}


async def sum_apart(db: ReadConnection, wanted: Sequence[Sum], known_at: datetime) -> list[int]:
    """Return several sums, each of the full cells, so that they are independent of the coarse ones."""
    cut = await _cut(db, known_at)
    found = [await _sum(db, one, (), cut, full=True) for one in wanted]
    return [sum(int(row["value"]) for row in rows) for rows in found]


async def _sum(
    db: ReadConnection, wanted: Sum, by: tuple[str, ...], cut: Cut, *, full: bool = False
) -> Sequence[_SumRecord]:
    """Return the rows of a sum: of closed months, days of the open month, and entries of what neither says.

    Months keep one dimension beside `detail`; a sum that needs more reads cells. Of closed months single days are
    read from the entries.
    """
    kept = {*by, *wanted.filters} - {"detail"}
    months = _whole_months(wanted)
    before, after = _edges(wanted, months)
    asked = {
        **_asked(wanted, by),
        **_between("edge", before),
        **_between("other_edge", after),
        "first": wanted.first or _BEGINNING,
        "first_month": months[0],
        "next_month": months[1],
        "closed_before": cut.closed_before,
        "closed_to": _midnight(cut.closed_before),
        "folded_before": cut.folded_before,
        "folded_to": _midnight(cut.folded_before),
        "known_at": cut.known_at,
        "grain": "full" if full or kept - {"nationality"} else "coarse",
    }
    if len(kept) > 1:
        return await db.rows(_OF_CELLS, asked)
    return await db.rows(_OF_MONTHS, {**asked, "month_grain": next(iter(kept), "whole")})


def _asked(wanted: Sum, by: tuple[str, ...]) -> dict[str, Any]:
    """Return what every statement is told: what is summed, the codes that are wanted, and what is told apart."""
    codes = {f"wanted_{name}": wanted.filters.get(name) for name in _COLUMNS}
    apart = {f"by_{name}": name in by for name in _COLUMNS}
    return {"measure": wanted.measure.value, "last": wanted.last, **codes, **apart}


def _between(name: str, days: tuple[date, date]) -> dict[str, date]:
    return {f"{name}_first": days[0], f"{name}_last": days[1]}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _columns_of(question: Question) -> tuple[str, ...]:
    return tuple(dimension.column for dimension in question.dimensions)


def _key(row: _SumRecord, by: tuple[str, ...]) -> Key:
    told: Mapping[str, Any] = row
    return tuple(told[name] for name in by)


def _whole_months(wanted: Sum) -> tuple[date, date]:
    """Return the first whole month of a sum and the month after its last one: the same, where it has no whole month."""
    first = _BEGINNING if wanted.first is None else min(wanted.first, _END)
    begin = first if first.day == 1 else _next_month(first)
    return begin, max(begin, (min(wanted.last, _END) + timedelta(days=1)).replace(day=1))


def _edges(wanted: Sum, months: tuple[date, date]) -> tuple[tuple[date, date], tuple[date, date]]:
    """Return the days of a sum before its whole months and after them, as first and last day."""
    begin, end = months
    first = wanted.first or _BEGINNING
    if begin == end:
        return (first, wanted.last), _NEVER
    return (_NEVER if first == begin else (first, begin - timedelta(days=1))), (end, wanted.last)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _rows(table: type[LedgerTotal | LedgerEntry | LedgerCell | LedgerMonth]) -> Select[*tuple[Any, ...]]:
    """Return the rows of a table that are wanted; a month has one column of codes, whichever dimension it keeps."""
    found = table.__table__.c
    columns = {name: found[name] if name in found else found["code"] for name in _COLUMNS}
    conditions = [found["measure"] == _MEASURE, *(_wanted(name, columns[name]) for name in _COLUMNS)]
    return select(*(columns[name].label(name) for name in _COLUMNS), found["delta"]).where(*conditions)


def _wanted(name: str, codes: ColumnElement[str]) -> ColumnElement[bool]:
    given = bindparam(f"wanted_{name}", type_=ARRAY(Text))
    return or_(given.is_(None), codes == any_(given))


def _day(name: str) -> ColumnElement[date]:
    return bindparam(name, type_=Date)


def _instant(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=DateTime(timezone=True))


def _summing(*parts: Select[*tuple[Any, ...]]) -> Query[_SumRecord]:
    """Return the query that sums rows by the columns that are told apart; the others say `-`.

    It is planned anew each time: what is asked decides which of the rows are read, and how.
    """
    rows = union_all(*parts).subquery()
    columns = [
        case((bindparam(f"by_{name}", type_=Boolean), rows.c[name]), else_=literal_column(f"'{NONE}'")).label(name)
        for name in _COLUMNS
    ]
    places: list[ColumnElement[Any]] = [literal_column(str(place)) for place in range(1, len(_COLUMNS) + 1)]
    summed = func.sum(rows.c.delta)
    return Query(
        select(*columns, summed.label("value")).group_by(*places).having(summed != 0), _SumRecord, planned_anew=True
    )


_MEASURE: Final = bindparam("measure", type_=Text)
_IN_PERIOD: Final = LedgerEntry.occurred_on.between(_day("first"), _day("last"))
_KNOWN: Final = LedgerEntry.recorded_at <= _instant("known_at")

_DAYS: Final = _rows(LedgerTotal).where(
    LedgerTotal.grain == bindparam("grain", type_=Text),
    LedgerTotal.recorded_on >= _day("closed_before"),
    LedgerTotal.recorded_on < _day("folded_before"),
    LedgerTotal.occurred_on.between(_day("first"), _day("last")),
)
_TAIL: Final = _rows(LedgerEntry).where(LedgerEntry.recorded_at >= _instant("folded_to"), _KNOWN, _IN_PERIOD)
_EDGES: Final = [
    _rows(LedgerEntry).where(
        LedgerEntry.occurred_on.between(_day(f"{edge}_first"), _day(f"{edge}_last")),
        LedgerEntry.recorded_at < _instant("closed_to"),
    )
    for edge in ("edge", "other_edge")
]


def _closed(table: type[LedgerMonth | LedgerCell]) -> Select[*tuple[Any, ...]]:
    return _rows(table).where(
        table.recorded_month < _day("closed_before"),
        table.occurred_month >= _day("first_month"),
        table.occurred_month < _day("next_month"),
    )


_OF_CELLS: Final = _summing(_closed(LedgerCell), *_EDGES, _DAYS, _TAIL)
_OF_MONTHS: Final = _summing(
    _closed(LedgerMonth).where(LedgerMonth.grain == bindparam("month_grain", type_=Text)), *_EDGES, _DAYS, _TAIL
)
_OF_PROTECTED: Final = _summing(
    _rows(LedgerEntry).where(
        _IN_PERIOD,
        _KNOWN,
        or_(
            LedgerEntry.case_id == any_(bindparam("cases", type_=ARRAY(Uuid))),
            and_(
                LedgerEntry.case_id == any_(bindparam("cases_of_persons", type_=ARRAY(Uuid))),
                LedgerEntry.subject_id == any_(bindparam("persons", type_=ARRAY(Uuid))),
            ),
        ),
    )
)
