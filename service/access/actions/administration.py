"""Making and changing agencies, users and keys."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from pydantic_core import to_json

from service.access import queries
from service.access.models import Agency, AgencyRecord, ServiceKey, ServiceKeyRecord, User, UserRecord
from service.access.queries import Listable, Listed
from service.access.rules import (
    KEY_WARNED_EVERY,
    KEY_WARNING,
    NEVER_NONE,
    SelfGrantError,
    agency_words,
    check_not_last,
    check_second,
    check_unlike,
    user_words,
    watched_words,
)
from service.access.schemas import (
    AgencyCreate,
    AgencyPatch,
    KeyCreate,
    KeyPatch,
    UserCreate,
    UserPatch,
)
from service.acting import Acting, Role, Scope
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.credentials import (
    KEY_PREFIX,
    NewPassword,
    new_token,
    token_digest,
)
from service.db.database import Database, WriteConnection
from service.errors import InvalidError, UnauthenticatedError, check_version
from service.ids import new_id

LOG: Final = logging.getLogger("service.access")


def make_agency(db: WriteConnection, acting: Acting, given: AgencyCreate) -> AgencyRecord:
    """Make an agency and return its row."""
    row: AgencyRecord = {
        "id": new_id(acting.now),
        "name": given.name,
        "kind": given.kind.value,
        "nationalities": list(given.nationalities),
        "created_at": acting.now,
        "disabled_at": None,
        "version": 1,
    }
    db.insert(Agency, row)
    served = agency_words((), row["nationalities"])
    record(db, acting, AuditAction.AGENCY_MADE, subject_ids=[row["id"]], reason=served)
    return row


async def change_agency(
    db: WriteConnection, acting: Acting, agency_id: UUID, given: AgencyPatch, *, version: int
) -> AgencyRecord:
    """Change an agency and return its row.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        SelfGrantError: it is the caller's own.
        LastOfRoleError: the last active administrator or auditor works for what is to be disabled.
        SecondAdministratorError: some work for it, and the caller is the only active administrator.
    """
    present = await _present(db, queries.AGENCIES, agency_id, version)
    if acting.principal is not None and agency_id == acting.principal.agency_id:
        raise SelfGrantError("Another administrator must change your own agency.")
    columns = _columns(given, acting.now)
    row = _changed(present, columns)
    shut_out: list[Role] = []
    if row["disabled_at"] and not present["disabled_at"]:
        active = await queries.hold_active(db, sorted(NEVER_NONE))
        check_not_last((Role(user["role"]), user["agency_id"] == agency_id) for user in active)
        shut_out = [Role(user["role"]) for user in active if user["agency_id"] == agency_id]
        if shut_out and acting.principal is not None:
            check_second(Role(user["role"]) for user in active)
    db.update(Agency, row)
    served = agency_words(present["nationalities"], row["nationalities"]) + watched_words(shut_out)
    record(db, acting, AuditAction.AGENCY_CHANGED, subject_ids=[agency_id], fields=columns, reason=served)
    if row["disabled_at"]:
        await db.flush()
        await queries.end_sessions_of_agency(db, agency_id, acting.now)
    return row


async def make_user(db: WriteConnection, acting: Acting, given: UserCreate, password: NewPassword) -> UserRecord:
    """Make an account with a first password and return its row.

    Raises:
        NotFoundError: there is no such agency.
        UsernameTakenError: another user is called so or much alike; at the latest when it is written.
        UnauthenticatedError: the caller is no administrator any more.
    """
    check_unlike(given.username, await queries.usernames(db))
    agency = await queries.get_one(db, queries.AGENCIES, given.agency_id)
    await _hold_caller(db, acting)
    row: UserRecord = {
        "id": new_id(acting.now),
        "agency_id": given.agency_id,
        "username": given.username,
        "role": given.role.value,
        "created_at": acting.now,
        "disabled_at": None,
        "version": 1,
    }
    db.insert(User, {**row, "password_hash": password.hashed})
    words = user_words(("none", row["role"]), ((), agency["nationalities"]))
    record(db, acting, AuditAction.USER_MADE, subject_ids=[row["id"]], reason=words)
    return row


async def change_user(
    db: WriteConnection,
    acting: Acting,
    user_id: UUID,
    given: UserPatch,
    *,
    version: int,
    password: NewPassword | None = None,
) -> UserRecord:
    """Change an account, with a new password where one is given, and return its row.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        SelfGrantError: it is the caller's own.
        LastOfRoleError: it is the last active one of an administrator or auditor.
        SecondAdministratorError: it is one of these, and the caller is the only active administrator.
    """
    present = await _present(db, queries.USERS, user_id, version)
    if acting.principal is not None and user_id == acting.principal.id:
        raise SelfGrantError("Another administrator must change your own account.")
    columns = _columns(given, acting.now)
    left = await queries.get_one(db, queries.AGENCIES, present["agency_id"])
    agency = await queries.get_one(db, queries.AGENCIES, given.agency_id) if given.agency_id else left
    hashed = {} if password is None else {"password_hash": password.hashed, "password_set_at": acting.now}
    row = _changed(present, columns)
    await _check_watched(db, acting, present, row, ends=bool(agency["disabled_at"]), only_enables=not hashed)
    db.update(User, {**row, **hashed})
    words = user_words((present["role"], row["role"]), (left["nationalities"], agency["nationalities"]))
    record(db, acting, AuditAction.USER_CHANGED, subject_ids=[user_id], fields=[*columns, *hashed], reason=words)
    if password is not None or row["disabled_at"] or agency["disabled_at"]:
        await db.flush()
        await queries.end_sessions(db, user_id, acting.now, kept=None)
    return row


async def make_key(db: WriteConnection, acting: Acting, given: KeyCreate) -> tuple[ServiceKeyRecord, str]:
    """Make a service key and return its row and its token.

    Raises:
        NotFoundError: there is no such agency.
        InvalidError: both figure scopes at once.
        UnauthenticatedError: the caller is no administrator any more.
    """
    await queries.get_one(db, queries.AGENCIES, given.agency_id)
    if {Scope.FIGURES_EXACT, Scope.FIGURES_PUBLIC} <= set(given.scopes):
        raise InvalidError("A key reads figures either exact or public, not both.")
    await _hold_caller(db, acting)
    token = new_token(KEY_PREFIX)
    row: ServiceKeyRecord = {
        "id": new_id(acting.now),
        "agency_id": given.agency_id,
        "name": given.name,
        "role": Role.REPORTING.value,
        "scopes": sorted({scope.value for scope in given.scopes}),
        "created_at": acting.now,
        "expires_at": acting.now + timedelta(days=given.days),
        "revoked_at": None,
        "version": 1,
    }
    db.insert(ServiceKey, {**row, "digest": token_digest(token)})
    record(db, acting, AuditAction.KEY_MADE, subject_ids=[row["id"]])
    return row, token


async def rename_key(
    db: WriteConnection, acting: Acting, key_id: UUID, given: KeyPatch, *, version: int
) -> ServiceKeyRecord:
    """Rename a key and return its row; what a key may do is never changed, only revoked.

    Raises:
        NotFoundError, StaleVersionError: in this order.
    """
    present = await _present(db, queries.KEYS, key_id, version)
    row = _changed(present, given.model_dump(exclude_unset=True, exclude_none=True))
    db.update(ServiceKey, row)
    record(db, acting, AuditAction.KEY_CHANGED, subject_ids=[key_id], fields=["name"])
    return row


async def revoke_key(db: WriteConnection, acting: Acting, key_id: UUID, *, version: int) -> None:
    """Revoke a key, at once and for ever.

    Raises:
        NotFoundError, StaleVersionError: in this order.
    """
    present = await _present(db, queries.KEYS, key_id, version)
    db.update(ServiceKey, _changed(present, {"revoked_at": present["revoked_at"] or acting.now}))
    record(db, acting, AuditAction.KEY_REVOKED, subject_ids=[key_id])


async def warn_of_ending_keys(database: Database, *, now: datetime) -> None:
    """Write a warning to the log for every key that ends within a fortnight, once a day by one process."""
    async with database.write() as db:
        ending = await queries.note_warning(db, now=now, within=KEY_WARNING, again_after=KEY_WARNED_EVERY)
    for key in ending:
        line = {"message": "This key ends soon. Make another and revoke it.", "key": key["id"]}
        LOG.warning(to_json({**line, "expires_at": key["expires_at"]}).decode())


async def _present(db: WriteConnection, listed: Listed[Listable], record_id: UUID, version: int) -> Listable:
    row = await queries.get_one(db, listed, record_id)
    check_version(row["version"], version)
    return row


def _changed(present: Listable, changes: Mapping[str, Any]) -> Listable:
    return cast(Listable, {**present, **changes, "version": present["version"] + 1})


async def _hold_caller(db: WriteConnection, acting: Acting) -> None:
    """Hold the caller's account until everything is saved: the database takes it from an active administrator only.

    Raises:
        UnauthenticatedError: it was disabled, or has another role, since the call began.
    """
    if acting.principal is None:
        return
    held = await queries.hold_user(db, acting.principal.id)
    if held is None or held["disabled_at"] or held["agency_disabled_at"] or held["role"] != acting.principal.role:
        raise UnauthenticatedError("Your account was disabled or changed just now. Sign in again.")


async def _check_watched(
    db: WriteConnection, acting: Acting, present: UserRecord, row: UserRecord, *, ends: bool, only_enables: bool
) -> None:
    """Raise unless an account may become what it is to be, as far as it administers or audits the register.

    Args:
        db: in which the accounts are held.
        acting: who changes it; the command line needs no second administrator.
        present: what it was.
        row: what it is to be.
        ends: whether its agency is disabled.
        only_enables: whether its password stays.

    Raises:
        LastOfRoleError, SecondAdministratorError: in this order.
    """
    loses = bool(row["disabled_at"]) or ends or row["role"] != present["role"]
    enables = only_enables and {**present, "disabled_at": None, "version": row["version"]} == row
    watched = Role(present["role"]) in NEVER_NONE and not enables and acting.principal is not None
    if not (loses or watched):
        return
    active = await queries.hold_active(db, sorted(NEVER_NONE))
    if loses:
        check_not_last((Role(user["role"]), user["id"] == row["id"]) for user in active)
    if watched:
        check_second(Role(user["role"]) for user in active)


def _columns(given: AgencyPatch | UserPatch, now: datetime) -> dict[str, Any]:
    columns = given.model_dump(exclude_unset=True, exclude_none=True, exclude={"new_password"}, mode="json")
    if "disabled" in columns:
        columns["disabled_at"] = now if columns.pop("disabled") else None
    return columns
