"""Finding an agency, a user or a key by name or id."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from service.access import queries
from service.cli.failures import CommandError, Status
from service.db.database import Database, ReadConnection, Record
from service.text import UnwelcomeTextError, canonical_username, clean_line

_PAGE = 500


async def all_of(database: Database, listed: Select[*tuple[Any, ...]]) -> list[Record]:
    """Return every row, oldest first, in one snapshot."""
    async with database.read() as db:
        return [row async for row in _pages(db, listed)]


async def agency_called(db: ReadConnection, called: str) -> Record:
    """Return the agency with this name or id.

    Raises:
        CommandError: there is no such record.
    """
    return await _only(db, queries.AGENCIES, "name", called, _line(called), "agency")


async def user_called(db: ReadConnection, called: str) -> Record:
    """Return the user with this name or id.

    Raises:
        CommandError: there is no such record.
    """
    return await _only(db, queries.USERS, "username", called, _username(called), "user")


async def key_called(db: ReadConnection, called: str) -> Record:
    """Return the key with this id, or the only key with this name that is not revoked.

    Raises:
        CommandError: there is no such key, or there are several.
    """
    return await _only(db, queries.KEYS, "name", called, _line(called), "key")


async def _only(
    db: ReadConnection, listed: Select[*tuple[Any, ...]], column: str, called: str, name: str, noun: str
) -> Record:
    columns = listed.selected_columns
    record_id = _id(called)
    rows = await db.rows(listed.where(columns[column] == name if record_id is None else columns.id == record_id))
    if noun == "key" and record_id is None:
        rows = [row for row in rows if row["revoked_at"] is None]
    if len(rows) > 1:
        raise CommandError(f"Several {noun}s have this name: give the id, from safe-return {noun} list.", Status.USAGE)
    if not rows:
        raise CommandError(f"There is no {noun} of this name or id: see safe-return {noun} list.", Status.REFUSED)
    return rows[0]


async def _pages(db: ReadConnection, listed: Select[*tuple[Any, ...]]) -> AsyncIterator[Record]:
    after: UUID | None = None
    while True:
        rows = await queries.list_some(db, listed, after=after, limit=_PAGE)
        for row in rows[:_PAGE]:
            yield row
        if len(rows) <= _PAGE:
            return
        after = rows[_PAGE - 1]["id"]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _line(text: str) -> str:
    try:
        return clean_line(text)
    except UnwelcomeTextError:
        return ""


def _username(text: str) -> str:
    try:
        return canonical_username(text)
    except UnwelcomeTextError:
        return ""
