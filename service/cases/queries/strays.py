"""Rows that are filed under a case or an operation that is not there: for checking the register, never for a caller."""

from collections.abc import AsyncIterator
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import Boolean, Uuid, bindparam, text

from service.db.database import UnrecordedConnection
from service.db.statements import PersonalQuery

_TABLES: Final = ("events", "persons", "offenders", "ledger_entries", "sealed_records", "data_keys", "search_keys")

_STRAY: Final = """
SELECT true AS found FROM {table} one WHERE one.case_id > :after AND one.case_id <= :upto
AND NOT EXISTS (SELECT FROM cases WHERE id = one.case_id) AND NOT EXISTS (SELECT FROM operations WHERE id = one.case_id)
LIMIT 1
"""


class _FoundRecord(TypedDict):
    found: bool


_STRAYS: Final = {
    table: PersonalQuery(
        text(_STRAY.format(table=table))
        .bindparams(bindparam("after", type_=Uuid), bindparam("upto", type_=Uuid))
        .columns(found=Boolean),
        _FoundRecord,
    )
    for table in _TABLES
}


async def tables_with_strays(db: UnrecordedConnection, after: UUID, upto: UUID) -> AsyncIterator[str]:
    """Yield the tables that have rows of no case and no operation, filed under ids after one and up to another."""
    for table, query in _STRAYS.items():
        if await db.row(query, {"after": after, "upto": upto}) is not None:
            yield table
