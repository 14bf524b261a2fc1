"""The work of the commands for agencies, users and keys. The audit log names no principal for the command line."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from service.access import actions, queries
from service.access.rules import check_password
from service.access.schemas import (
    AgencyCreate,
    AgencyPatch,
    AgencyShown,
    KeyCreate,
    KeyShown,
    UserCreate,
    UserPatch,
    UserShown,
)
from service.cli.finding import agency_called, all_of, key_called, user_called
from service.cli.registers import acting, run_in_register
from service.credentials import NewPassword, draw_password, hash_password
from service.db.database import Database

ShownRow = dict[str, Any]


def add_agency(given: Mapping[str, Any]) -> ShownRow:
    """Add an agency and return it."""
    wanted = AgencyCreate(**given)

    async def work(database: Database) -> ShownRow:
        async with database.write() as db:
            row = actions.make_agency(db, acting(), wanted)
        return _shown(AgencyShown, row)

    return run_in_register(work)


def list_agencies() -> list[ShownRow]:
    """Return all agencies, oldest first."""

    async def work(database: Database) -> list[ShownRow]:
        return [_shown(AgencyShown, row) for row in await all_of(database, queries.AGENCIES)]

    return run_in_register(work)


def change_agency_called(called: str, changes: Mapping[str, Any]) -> ShownRow:
    """Change the agency with this name or id and return it."""
    wanted = AgencyPatch(**changes)

    async def work(database: Database) -> ShownRow:
        async with database.write() as db:
            found = await agency_called(db, called)
            row = await actions.change_agency(db, acting(), found["id"], wanted, version=found["version"])
        return _shown(AgencyShown, row)

    return run_in_register(work)


def add_user(given: Mapping[str, Any], agency: str) -> ShownRow:
    """Add a user and return it with its generated password."""

    async def work(database: Database) -> ShownRow:
        password = await draw_password()
        async with database.write() as db:
            found = await agency_called(db, agency)
            wanted = UserCreate(**given, agency_id=found["id"])
            row = await actions.make_user(db, acting(), wanted, password)
        return _shown(UserShown, {**row, "password": password.plain})

    return run_in_register(work)


def list_users() -> list[ShownRow]:
    """Return all users, oldest first."""

    async def work(database: Database) -> list[ShownRow]:
        return [_shown(UserShown, row) for row in await all_of(database, queries.USERS)]

    return run_in_register(work)


def replace_password(called: str, chosen: str | None) -> ShownRow:
    """Set a new password, generated or chosen, end the user's sessions, and return the user."""

    async def work(database: Database) -> ShownRow:
        password = await draw_password() if chosen is None else NewPassword(chosen, await hash_password(chosen))
        async with database.write() as db:
            found = await user_called(db, called)
            check_password(password.plain, username=found["username"])
            version = found["version"]
            row = await actions.change_user(db, acting(), found["id"], UserPatch(), version=version, password=password)
        return _shown(UserShown, {**row, "password": password.plain if chosen is None else None})

    return run_in_register(work)


def disable_user(called: str) -> ShownRow:
    """Disable a user and return it."""
    return _change_user(called, UserPatch(disabled=True))


def enable_user(called: str) -> ShownRow:
    """Enable a disabled user and return it."""
    return _change_user(called, UserPatch(disabled=False))


def _change_user(called: str, wanted: UserPatch) -> ShownRow:
    async def work(database: Database) -> ShownRow:
        async with database.write() as db:
            found = await user_called(db, called)
            row = await actions.change_user(db, acting(), found["id"], wanted, version=found["version"])
        return _shown(UserShown, row)

    return run_in_register(work)


def add_key(given: Mapping[str, Any], agency: str) -> ShownRow:
    """Add a key and return it with its generated token."""

    async def work(database: Database) -> ShownRow:
        async with database.write() as db:
            found = await agency_called(db, agency)
            wanted = KeyCreate(**given, agency_id=found["id"])
            row, token = await actions.make_key(db, acting(), wanted)
        return _shown(KeyShown, {**row, "token": token})

    return run_in_register(work)


def list_keys() -> list[ShownRow]:
    """Return all keys, oldest first."""

    async def work(database: Database) -> list[ShownRow]:
        return [_shown(KeyShown, row) for row in await all_of(database, queries.KEYS)]

    return run_in_register(work)


def revoke_key_called(called: str) -> ShownRow:
    """Revoke the key with this id or name and return it."""

    async def work(database: Database) -> ShownRow:
        async with database.write() as db:
            found = await key_called(db, called)
            await actions.revoke_key(db, acting(), found["id"], version=found["version"])
        async with database.read() as db:
            return _shown(KeyShown, await queries.get_one(db, queries.KEYS, found["id"]))

    return run_in_register(work)


def _shown(shape: type[BaseModel], row: Mapping[str, Any]) -> ShownRow:
    return shape.model_validate(row).model_dump(mode="json")
