"""Signing in and out, and one's own password."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.access import queries
from service.access.models import Session, SignInFailure, User
from service.access.queries import SigningInRecord
from service.access.rules import (
    FREE_FAILURES,
    LONGEST_DELAY_S,
    BadCredentialsError,
    check_password,
    check_throttle,
    user_words,
)
from service.access.schemas import (
    PasswordChange,
    SignIn,
)
from service.acting import Acting
from service.audit.actions import record
from service.audit.rules import AuditAction
from service.credentials import (
    SESSION_PREFIX,
    hash_password,
    new_token,
    password_fits,
    token_digest,
)
from service.db.database import Database, WriteConnection
from service.errors import NotFoundError, ServiceError
from service.ids import new_inner_id
from service.sealing import KeyRing
from service.text import UnwelcomeTextError, canonical_username

_FORGET_S: Final = 1.0
"""The longest that a refusal waits until its try is forgotten, seconds: the database may be down by now."""

_NOBODY: Final = " "
"""No user has this name: a user name holds no space."""

_AFTER_A_FAILURE: Final = (
    f"Check the user name and the password. After {FREE_FAILURES} failures you have to wait before each further try: "
    f"1 second, then twice as long each time, up to {LONGEST_DELAY_S // 60} minutes."
)


@dataclass(frozen=True)
class Opened:
    """A session just opened."""

    token: str
    expires_at: datetime


async def sign_in(
    database: Database, keys: KeyRing, acting: Acting, given: SignIn, *, address: str, absolute_s: int
) -> Opened:
    """Open a session.

    Takes the database, not a transaction: a failure must be on record before its error is raised, and the hash
    must not be computed while a connection is held.

    Raises:
        TooManyAttemptsError: this account, from this address, has to wait.
        BadCredentialsError: name and password do not belong together, or the account or its agency is disabled.
    """
    async with _attempt(database, keys, acting, _username(given.username), address) as attempt:
        user = attempt.user
        fits = await password_fits(given.password, user["password_hash"] if user else None)
        opened = Opened(new_token(SESSION_PREFIX), acting.now + timedelta(seconds=absolute_s))
        async with database.write() as db:
            held = await _held_as_tried(db, user) if fits and user else None
            if held:
                await queries.forget_attempt(db, attempt.id)
                await queries.remember_address(db, held["id"], address, acting.now)
                _open_session(db, acting, held, opened, attempt.address_class)
            else:
                _record_refusal(db, acting, attempt)
        if held is None:
            raise BadCredentialsError(_AFTER_A_FAILURE)
        return opened


def note_use(db: WriteConnection, digest: bytes, *, now: datetime) -> None:
    """Stage a session's last use."""
    db.update(Session, {"digest": digest, "seen_at": now})


def sign_out(db: WriteConnection, acting: Acting) -> None:
    """Close the session the call came with; a key has none."""
    if acting.who.session_digest is None:
        raise NotFoundError
    db.update(Session, {"digest": acting.who.session_digest, "closed_at": acting.now})
    record(db, acting, AuditAction.SESSION_CLOSED, subject_ids=[acting.who.id])


async def change_password(
    database: Database, keys: KeyRing, acting: Acting, given: PasswordChange, *, address: str
) -> None:
    """Replace one's own password and end all other sessions. Wrong tries count as failed sign-ins.

    Takes the database, not a transaction: hashes are not computed while a connection is held.

    Raises:
        NotFoundError: the caller is a key.
        TooManyAttemptsError: this account, from this address, has to wait.
        BadCredentialsError: the current password is wrong.
        WeakPasswordError: the new one is too easy.
    """
    async with database.read() as db:
        row = await queries.password_hash_of(db, acting.who.id)
    async with _attempt(database, keys, acting, row["username"], address) as attempt:
        if not await password_fits(given.current, row["password_hash"]):
            async with database.write() as db:
                _record_refusal(db, acting, attempt)
            raise BadCredentialsError("The current password is wrong.")
        check_password(given.new, username=row["username"])
        words = user_words((acting.who.role.value,) * 2, (acting.who.nationalities,) * 2)
        changed = {
            "id": acting.who.id,
            "password_hash": await hash_password(given.new),
            "password_set_at": acting.now,
            "version": row["version"] + 1,
        }
        async with database.write() as db:
            await queries.forget_attempt(db, attempt.id)
            db.update(User, changed)
            record(db, acting, AuditAction.USER_CHANGED, subject_ids=[acting.who.id], fields=["password"], reason=words)
            await db.flush()
            await queries.end_sessions(db, acting.who.id, acting.now, kept=acting.who.session_digest)


@dataclass(frozen=True)
class _Attempt:
    """A try of a password, on record as failed until it succeeds."""

    id: UUID
    user: SigningInRecord | None
    is_known: bool

    @property
    def address_class(self) -> str:
        """What the audit log says of the address: whether the account was used from there lately."""
        return "known_address" if self.is_known else "new_address"


def _record_refusal(db: WriteConnection, acting: Acting, attempt: _Attempt) -> None:
    """Stage the audit row, with the class of the address."""
    subjects = [attempt.user["id"]] if attempt.user else []
    record(db, acting, AuditAction.SESSION_REFUSED, subject_ids=subjects, reason=attempt.address_class)


@asynccontextmanager
async def _attempt(
    database: Database, keys: KeyRing, acting: Acting, username: str, address: str
) -> AsyncIterator[_Attempt]:
    """Put a try on record, lasting, then let it go on unless this account or address has to wait.

    It counts before it is answered: tries at the same time see each other. It stays a failure where it ends by bad
    credentials, or is broken off; whatever else refuses it says nothing of the password, and it is forgotten.

    Raises:
        TooManyAttemptsError: no password is tried, so it is no failure: whoever waits as long as told is let in.
    """
    attempt_id = new_inner_id(acting.now)
    name_digest = keys.mac("sign-in", username.encode())
    row = {"id": attempt_id, "name_digest": name_digest, "address": address, "failed_at": acting.now}
    try:
        async with database.write() as db:
            db.insert(SignInFailure, row)
        async with database.read() as reading:
            found = await queries.find_sign_in(
                reading,
                username=username,
                name_digest=name_digest,
                address=address,
                attempt_id=attempt_id,
                now=acting.now,
            )
        check_throttle(
            from_here=found.from_here,
            of_account=found.of_account,
            from_address=found.from_address,
            is_known=found.is_known,
        )
        yield _Attempt(attempt_id, found.user, found.is_known)
    except BadCredentialsError:
        raise
    except ServiceError:
        with suppress(ServiceError, TimeoutError):
            async with asyncio.timeout(_FORGET_S), database.write() as db:
                await queries.forget_attempt(db, attempt_id)
        raise


async def _held_as_tried(db: WriteConnection, tried: SigningInRecord) -> SigningInRecord | None:
    """Return the user, held; None where the password was replaced while it was tried, or the user may not sign in."""
    held = await queries.hold_user(db, tried["id"])
    if held is None or held["password_hash"] != tried["password_hash"]:
        return None
    return None if held["disabled_at"] or held["agency_disabled_at"] else held


def _open_session(
    db: WriteConnection, acting: Acting, user: SigningInRecord, opened: Opened, address_class: str
) -> None:
    row = {
        "digest": token_digest(opened.token),
        "user_id": user["id"],
        "opened_at": acting.now,
        "seen_at": acting.now,
        "expires_at": opened.expires_at,
        "closed_at": None,
    }
    db.insert(Session, row)
    signed_in = replace(acting, principal=queries.principal_of(user))
    record(db, signed_in, AuditAction.SESSION_OPENED, subject_ids=[user["id"]], reason=address_class)


def _username(text: str) -> str:
    """Return the canonical name; what cannot be one belongs to nobody, which is not said."""
    try:
        return canonical_username(text)
    except UnwelcomeTextError:
        return _NOBODY
