"""Signing in and out; making and changing agencies, users and keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, update

from service.access import queries
from service.access.models import Agency, ServiceKey, Session, SignInFailure, User
from service.access.rules import (
    FAILURE_WINDOW_S,
    BadCredentialsError,
    Principal,
    Role,
    Scope,
    SelfGrantError,
    check_password,
    check_throttle,
)
from service.access.schemas import (
    AgencyCreate,
    AgencyPatch,
    KeyCreate,
    KeyPatch,
    PasswordChange,
    SignIn,
    UserCreate,
    UserPatch,
)
from service.audit.actions import Author, record
from service.audit.rules import AuditAction
from service.credentials import (
    KEY_PREFIX,
    SESSION_PREFIX,
    hash_password,
    new_password,
    new_token,
    password_fits,
    token_digest,
)
from service.db.database import Database, Record, WriteConnection
from service.errors import InvalidError, NotFoundError, StaleVersionError, TooManyAttemptsError
from service.ids import new_id
from service.sealing import KeyRing
from service.text import UnwelcomeTextError, canonical_username

_NOBODY: Final = " "
"""No user has this name: a user name holds no space."""


@dataclass(frozen=True)
class Opened:
    """A session just opened."""

    token: str
    expires_at: datetime


async def sign_in(
    database: Database, keys: KeyRing, author: Author, given: SignIn, *, address: str, absolute_s: int
) -> Opened:
    """Open a session.

    Takes the database, not a transaction: a failure must be on record before its error is raised, and the hash
    must not be computed while a connection is held.

    Raises:
        TooManyAttemptsError: this account, from this address, has to wait.
        BadCredentialsError: name and password do not belong together, or the account or its agency is disabled.
    """
    username = _username(given.username)
    attempt_id = new_id(author.now)
    name_digest = keys.mac("sign-in", username.encode())
    attempt = {"id": attempt_id, "name_digest": name_digest, "address": address, "failed_at": author.now}
    async with database.write() as db:
        db.insert(SignInFailure, attempt)
        await db.flush()
        found = await queries.find_sign_in(
            db, username=username, name_digest=name_digest, address=address, attempt_id=attempt_id, now=author.now
        )
    try:
        check_throttle(
            failures_from_here=found.failures_from_here,
            failures_of_account=found.failures_of_account,
            seconds_since_last=found.seconds_since_last,
        )
    except TooManyAttemptsError:
        # No password was tried, so this is no failure: whoever waits as long as told is let in.
        async with database.write() as db:
            await _forget(db, attempt_id)
        raise
    fits = await password_fits(given.password, found.user["password_hash"] if found.user else None)
    user = found.user
    if not fits or user is None or user["disabled_at"] or user["agency_disabled_at"]:
        async with database.write() as db:
            record(db, author, AuditAction.SESSION_REFUSED, subject_ids=[user["id"]] if user else [])
        raise BadCredentialsError("Check both. After several failures you have to wait.")
    opened = Opened(new_token(SESSION_PREFIX), author.now + timedelta(seconds=absolute_s))
    async with database.write() as db:
        await _forget(db, attempt_id)
        _open_session(db, author, user, opened)
    return opened


async def forget_failures(db: WriteConnection, *, now: datetime) -> None:
    """Delete sign-in failures that no throttle counts any more."""
    old = delete(SignInFailure).where(SignInFailure.failed_at < now - timedelta(seconds=FAILURE_WINDOW_S))
    await db.rows(old.returning(SignInFailure.id))


def note_use(db: WriteConnection, digest: bytes, *, now: datetime) -> None:
    """Stage a session's last use."""
    db.update(Session, {"digest": digest, "seen_at": now})


def sign_out(db: WriteConnection, author: Author, principal: Principal) -> None:
    """Close the session the call came with; a key has none."""
    if principal.session_digest is None:
        raise NotFoundError
    db.update(Session, {"digest": principal.session_digest, "closed_at": author.now})
    record(db, author, AuditAction.SESSION_CLOSED, subject_ids=[principal.id])


async def change_password(db: WriteConnection, author: Author, principal: Principal, given: PasswordChange) -> None:
    """Replace one's own password and end all other sessions.

    Raises:
        BadCredentialsError: the present password is another.
        WeakPasswordError: the new one is too easy.
    """
    row = await queries.password_hash_of(db, principal.id)
    if not await password_fits(given.current, row["password_hash"]):
        raise BadCredentialsError("The present password is another.")
    check_password(given.new, username=row["username"])
    changed = {"id": principal.id, "password_hash": await hash_password(given.new), "version": row["version"] + 1}
    db.update(User, changed)
    await _end_sessions(db, principal.id, author.now, kept=principal.session_digest)
    record(db, author, AuditAction.USER_CHANGED, subject_ids=[principal.id], fields=["password"])


def make_agency(db: WriteConnection, author: Author, given: AgencyCreate) -> dict[str, Any]:
    """Make an agency and answer its row."""
    row: dict[str, Any] = {
        "id": new_id(author.now),
        "name": given.name,
        "kind": given.kind.value,
        "nationalities": sorted(set(given.nationalities)),
        "created_at": author.now,
        "disabled_at": None,
        "version": 1,
    }
    db.insert(Agency, row)
    record(db, author, AuditAction.AGENCY_MADE, subject_ids=[row["id"]])
    return row


async def change_agency(
    db: WriteConnection, author: Author, agency_id: UUID, given: AgencyPatch, *, version: int
) -> dict[str, Any]:
    """Change an agency and answer its row.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        SelfGrantError: it is the caller's own.
    """
    present = await _present(db, queries.AGENCIES, agency_id, version)
    if agency_id == author.agency_id:
        raise SelfGrantError("Another administrator must change your own agency.")
    changes = given.model_dump(exclude_unset=True, exclude_none=True, mode="json")
    row = _changed(present, _with_disabled_at(changes, author.now))
    db.update(Agency, row)
    record(db, author, AuditAction.AGENCY_CHANGED, subject_ids=[agency_id], fields=changes)
    return row


async def make_user(db: WriteConnection, author: Author, given: UserCreate) -> tuple[dict[str, Any], str]:
    """Make an account and answer its row and its first password.

    Raises:
        NotFoundError: there is no such agency.
        UsernameTakenError: when it is written.
    """
    await queries.get_one(db, queries.AGENCIES, given.agency_id)
    password = new_password()
    row: dict[str, Any] = {
        "id": new_id(author.now),
        "agency_id": given.agency_id,
        "username": given.username,
        "role": given.role.value,
        "password_hash": await hash_password(password),
        "created_at": author.now,
        "disabled_at": None,
        "version": 1,
    }
    db.insert(User, row)
    record(db, author, AuditAction.USER_MADE, subject_ids=[row["id"]])
    return row, password


async def change_user(
    db: WriteConnection, author: Author, user_id: UUID, given: UserPatch, *, version: int
) -> tuple[dict[str, Any], str | None]:
    """Change an account and answer its row and, where one was drawn, its new password.

    Raises:
        NotFoundError, StaleVersionError: in this order.
        SelfGrantError: it is the caller's own.
    """
    present = await _present(db, queries.USERS, user_id, version)
    if user_id == author.principal_id:
        raise SelfGrantError("Another administrator must change your own account.")
    changes = given.model_dump(exclude_unset=True, exclude_none=True, mode="json")
    if "agency_id" in changes:
        await queries.get_one(db, queries.AGENCIES, UUID(changes["agency_id"]))
    drawn = changes.pop("new_password", False)
    password = new_password() if drawn else None
    columns = _with_disabled_at(changes, author.now)
    if password is not None:
        columns["password_hash"] = await hash_password(password)
    row = _changed(present, columns)
    db.update(User, row)
    if password is not None or row["disabled_at"]:
        await _end_sessions(db, user_id, author.now, kept=None)
    record(db, author, AuditAction.USER_CHANGED, subject_ids=[user_id], fields=columns)
    return row, password


async def make_key(db: WriteConnection, author: Author, given: KeyCreate) -> tuple[dict[str, Any], str]:
    """Make a service key and answer its row and its token.

    Raises:
        NotFoundError: there is no such agency.
        InvalidError: both figure scopes at once.
    """
    await queries.get_one(db, queries.AGENCIES, given.agency_id)
    if {Scope.FIGURES_EXACT, Scope.FIGURES_PUBLIC} <= set(given.scopes):
        raise InvalidError("A key reads figures either exact or public, not both.")
    token = new_token(KEY_PREFIX)
    row: dict[str, Any] = {
        "id": new_id(author.now),
        "agency_id": given.agency_id,
        "name": given.name,
        "role": Role.REPORTING.value,
        "scopes": sorted({scope.value for scope in given.scopes}),
        "digest": token_digest(token),
        "created_at": author.now,
        "expires_at": author.now + timedelta(days=given.days),
        "revoked_at": None,
        "version": 1,
    }
    db.insert(ServiceKey, row)
    record(db, author, AuditAction.KEY_MADE, subject_ids=[row["id"]])
    return row, token


async def rename_key(
    db: WriteConnection, author: Author, key_id: UUID, given: KeyPatch, *, version: int
) -> dict[str, Any]:
    """Rename a key and answer its row; what a key may do is never changed, only revoked.

    Raises:
        NotFoundError, StaleVersionError: in this order.
    """
    present = await _present(db, queries.KEYS, key_id, version)
    row = _changed(present, given.model_dump(exclude_unset=True, exclude_none=True))
    db.update(ServiceKey, row)
    record(db, author, AuditAction.KEY_CHANGED, subject_ids=[key_id], fields=["name"])
    return row


async def revoke_key(db: WriteConnection, author: Author, key_id: UUID, *, version: int) -> None:
    """Revoke a key, at once and for ever.

    Raises:
        NotFoundError, StaleVersionError: in this order.
    """
    present = await _present(db, queries.KEYS, key_id, version)
    db.update(ServiceKey, _changed(present, {"revoked_at": present["revoked_at"] or author.now}))
    record(db, author, AuditAction.KEY_REVOKED, subject_ids=[key_id])


def _open_session(db: WriteConnection, author: Author, user: Record, opened: Opened) -> None:
    row = {
        "digest": token_digest(opened.token),
        "user_id": user["id"],
        "opened_at": author.now,
        "seen_at": author.now,
        "expires_at": opened.expires_at,
        "closed_at": None,
    }
    db.insert(Session, row)
    signed_in = Author(user["id"], user["agency_id"], user["role"], author.request_id, author.now)
    record(db, signed_in, AuditAction.SESSION_OPENED, subject_ids=[user["id"]])


async def _forget(db: WriteConnection, attempt_id: UUID) -> None:
    await db.rows(delete(SignInFailure).where(SignInFailure.id == attempt_id).returning(SignInFailure.id))


def _username(text: str) -> str:
    """Answer the canonical name; what cannot be one belongs to nobody, which is not said."""
    try:
        return canonical_username(text)
    except UnwelcomeTextError:
        return _NOBODY


async def _present(db: WriteConnection, listed: Any, record_id: UUID, version: int) -> Record:
    row = await queries.get_one(db, listed, record_id)
    if row["version"] != version:
        tag = f'"{row["version"]}"'
        raise StaleVersionError("Read it again, then change that version.", etag=tag)
    return row


def _changed(present: Record, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {**present, **changes, "version": present["version"] + 1}


def _with_disabled_at(changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    columns = dict(changes)
    if "disabled" in columns:
        columns["disabled_at"] = now if columns.pop("disabled") else None
    return columns


async def _end_sessions(db: WriteConnection, user_id: UUID, now: datetime, *, kept: bytes | None) -> None:
    open_ones = update(Session).where(Session.user_id == user_id, Session.closed_at.is_(None))
    if kept is not None:
        open_ones = open_ones.where(Session.digest != kept)
    await db.rows(open_ones.values(closed_at=now).returning(Session.user_id))
