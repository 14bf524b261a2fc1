"""Whole cases, whoever may see them: for checking the register, never for a caller."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from service.cases.models import CaseRow, EventRow, OffenderRow, PersonRow
from service.cases.models.log import event_of
from service.cases.queries.files import LoadedCase
from service.db.database import ReadConnection, Record
from service.ledger.models import LedgerEntry


async def case_ids_after(db: ReadConnection, after: UUID | None, limit: int) -> list[UUID]:
    """Answer the next case ids, in order."""
    query = select(CaseRow.id).order_by(CaseRow.id).limit(limit)
    rows = await db.rows(query if after is None else query.where(CaseRow.id > after))
    return [row["id"] for row in rows]


async def load_whole_cases(db: ReadConnection, ids: Sequence[UUID]) -> list[LoadedCase]:
    """Answer cases with their logs, in the order of their ids."""
    events = await _by_case(db, select(EventRow).where(EventRow.case_id.in_(ids)).order_by(EventRow.seq))
    cases = await db.rows(select(CaseRow).where(CaseRow.id.in_(ids)).order_by(CaseRow.id))
    return [
        LoadedCase(
            id=case["id"],
            reference=case["reference"],
            version=case["version"],
            filed_at=case["filed_at"],
            assigned_to=case["assigned_to"],
            events=[event_of(row) for row in events[case["id"]]],
            parts={},
            wanted={},
        )
        for case in cases
    ]


async def rows_of(db: ReadConnection, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[Record]]]:
    """Answer the projected rows of cases, by case and table."""
    found: dict[UUID, dict[str, list[Record]]] = {
        id_: {table.__tablename__: [] for table in (CaseRow, PersonRow, OffenderRow)} for id_ in ids
    }
    for row in await db.rows(select(CaseRow).where(CaseRow.id.in_(ids))):
        found[row["id"]][CaseRow.__tablename__].append(row)
    for table in (PersonRow, OffenderRow):
        for row in await db.rows(select(table).where(table.case_id.in_(ids))):
            found[row["case_id"]][table.__tablename__].append(row)
    return found


async def ledger_of(db: ReadConnection, ids: Sequence[UUID]) -> dict[UUID, list[Record]]:
    """Answer the ledger entries of cases, by case."""
    return await _by_case(db, select(LedgerEntry).where(LedgerEntry.case_id.in_(ids)))


async def _by_case(db: ReadConnection, query: Select[*tuple[Any, ...]]) -> dict[UUID, list[Record]]:
    found: dict[UUID, list[Record]] = defaultdict(list)
    for row in await db.rows(query):
        found[row["case_id"]].append(row)
    return found
