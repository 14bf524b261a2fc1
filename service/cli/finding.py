"""Finding an agency, a user or a key by name or id."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from service.access import queries
from service.access.models import AgencyRecord, ServiceKeyRecord, UserRecord
from service.access.queries import Listable, Listed
from service.cli.failures import CommandError, Status
from service.db.database import Database, ReadConnection
from service.text import UnwelcomeTextError, canonical_username, clean_line

_PAGE = 500


async def all_of(database: Database, listed: Listed[Listable]) -> list[Listable]:
    """Return every row, oldest first, in one snapshot."""
    async with database.read() as db:
        return [row async for row in _pages(db, listed)]


async def agency_called(db: ReadConnection, called: str) -> AgencyRecord:
    """Return the agency with this name or id.

    Raises:
        CommandError: there is no such record.
    """
    return _only(await _found(db, queries.AGENCIES, called, _line(called)), "agency")


async def user_called(db: ReadConnection, called: str) -> UserRecord:
    """Return the user with this name or id.

    Raises:
        CommandError: there is no such record.
    """
    return _only(await _found(db, queries.USERS, called, _username(called)), "user")


async def key_called(db: ReadConnection, called: str) -> ServiceKeyRecord:
    """Return the key with this id, or the only key with this name that is not revoked.

    Raises:
        CommandError: there is no such key, or there are several.
    """
    rows = await _found(db, queries.KEYS, called, _line(called))
    by_name = _id(called) is None
    return _only([row for row in rows if not by_name or row["revoked_at"] is None], "key")


async def _found(db: ReadConnection, listed: Listed[Listable], called: str, name: str) -> Sequence[Listable]:
    record_id = _id(called)
    if record_id is None:
        return await db.rows(listed.called, {"name": name})
    return await db.rows(listed.one, {"id": record_id})


def _only(rows: Sequence[Listable], noun: str) -> Listable:
    if len(rows) > 1:
        raise CommandError(f"Several {noun}s have this name: give the id, from safe-return {noun} list.", Status.USAGE)
    if not rows:
        raise CommandError(f"There is no {noun} of this name or id: see safe-return {noun} list.", Status.REFUSED)
    return rows[0]


async def _pages(db: ReadConnection, listed: Listed[Listable]) -> AsyncIterator[Listable]:
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
