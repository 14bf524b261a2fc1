"""What the commands for agencies, users and keys do. The audit log names no principal for them: it was the console."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from service.access import actions, queries
from service.access.rules import Principal, Role, check_password
from service.access.schemas import (
    AgencyCreate,
    AgencyPatch,
    AgencyShown,
    KeyCreate,
    KeyShown,
    PasswordChange,
    UserCreate,
    UserPatch,
    UserShown,
)
from service.cli.finding import agency_called, all_of, key_called, user_called
from service.cli.registers import author, run_in_register
from service.db.database import Database, Record, WriteConnection

Row = dict[str, Any]


def add_agency(given: Mapping[str, Any]) -> Row:
    """Make an agency."""
    wanted = AgencyCreate(**given)

    async def work(database: Database) -> Row:
        async with database.write() as db:
            row = actions.make_agency(db, author(), wanted)
        return _shown(AgencyShown, row)

    return run_in_register(work)


def list_agencies() -> list[Row]:
    """Answer all agencies, oldest first."""

    async def work(database: Database) -> list[Row]:
        return [_shown(AgencyShown, row) for row in await all_of(database, queries.AGENCIES)]

    return run_in_register(work)


def change_agency_called(called: str, changes: Mapping[str, Any]) -> Row:
    """Change the agency of this name or id."""
    wanted = AgencyPatch(**changes)

    async def work(database: Database) -> Row:
        async with database.write() as db:
            found = await agency_called(db, called)
            row = await actions.change_agency(db, author(), found["id"], wanted, version=found["version"])
        return _shown(AgencyShown, row)

    return run_in_register(work)


def add_user(given: Mapping[str, Any], agency: str) -> Row:
    """Make a user and answer them with the password that was drawn."""

    async def work(database: Database) -> Row:
        async with database.write() as db:
            found = await agency_called(db, agency)
            wanted = UserCreate(**given, agency_id=found["id"])
            row, password = await actions.make_user(db, author(), wanted)
        return _shown(UserShown, {**row, "password": password})

    return run_in_register(work)


def list_users() -> list[Row]:
    """Answer all users, oldest first."""

    async def work(database: Database) -> list[Row]:
        return [_shown(UserShown, row) for row in await all_of(database, queries.USERS)]

    return run_in_register(work)


def replace_password(called: str, chosen: str | None) -> Row:
    """Draw a user's password anew and end their sessions; then, if one was chosen, put that in its place."""

    async def work(database: Database) -> Row:
        async with database.write() as db:
            found = await user_called(db, called)
            if chosen is not None:
                check_password(chosen, username=found["username"])
            wanted = UserPatch(new_password=True)
            row, drawn = await actions.change_user(db, author(), found["id"], wanted, version=found["version"])
            if chosen is not None and drawn is not None:
                await _put_in_place(db, found, PasswordChange(current=drawn, new=chosen))
        return _shown(UserShown, {**row, "password": None if chosen else drawn})

    return run_in_register(work)


def disable_user(called: str) -> Row:
    """Keep a user out."""

    async def work(database: Database) -> Row:
        async with database.write() as db:
            found = await user_called(db, called)
            wanted = UserPatch(disabled=True)
            row, _ = await actions.change_user(db, author(), found["id"], wanted, version=found["version"])
        return _shown(UserShown, row)

    return run_in_register(work)


def add_key(given: Mapping[str, Any], agency: str) -> Row:
    """Make a key and answer it with the token that was drawn."""

    async def work(database: Database) -> Row:
        async with database.write() as db:
            found = await agency_called(db, agency)
            wanted = KeyCreate(**given, agency_id=found["id"])
            row, token = await actions.make_key(db, author(), wanted)
        return _shown(KeyShown, {**row, "token": token})

    return run_in_register(work)


def list_keys() -> list[Row]:
    """Answer all keys, oldest first."""

    async def work(database: Database) -> list[Row]:
        return [_shown(KeyShown, row) for row in await all_of(database, queries.KEYS)]

    return run_in_register(work)


def revoke_key_called(called: str) -> Row:
    """Revoke the key of this id or name."""

    async def work(database: Database) -> Row:
        async with database.write() as db:
            found = await key_called(db, called)
            await actions.revoke_key(db, author(), found["id"], version=found["version"])
        async with database.read() as db:
            return _shown(KeyShown, await queries.get_one(db, queries.KEYS, found["id"]))

    return run_in_register(work)


async def _put_in_place(db: WriteConnection, user: Record, given: PasswordChange) -> None:
    """Replace the password just drawn, as the user would."""
    await db.flush()
    changing = Principal(
        id=user["id"],
        name=user["username"],
        role=Role(user["role"]),
        agency_id=user["agency_id"],
        agency_name="",
        nationalities=frozenset(),
    )
    await actions.change_password(db, author(), changing, given)


def _shown(shape: type[BaseModel], row: Mapping[str, Any]) -> Row:
    return shape.model_validate(row).model_dump(mode="json")
