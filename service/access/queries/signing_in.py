"""Signing in and out, and passwords: what a try is judged by, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import DateTime, LargeBinary, Text

from service.access.models import Agency, Session, SignInAddress, SignInFailure, User
from service.access.queries.callers import OF_AGENCY, OF_USER, PrincipalRecord
from service.access.rules import FAILURE_WINDOW_S, KNOWN_DAYS, Failures
from service.db.database import ReadConnection, WriteConnection
from service.db.statements import Change, NoColumns, Query
from service.errors import NotFoundError
from service.ids import new_inner_id

_NOW: Final = bindparam("now", type_=DateTime(timezone=True))
_SINCE: Final = bindparam("since", type_=DateTime(timezone=True))
_OF_NAME: Final = User.username == bindparam("username", type_=Text)


class SigningInRecord(PrincipalRecord):
    """A user as who somebody tries to sign in."""

    password_hash: str
    disabled_at: datetime | None
    agency_disabled_at: datetime | None


class PasswordRecord(TypedDict):
    """What is needed to replace a password."""

    password_hash: str
    username: str
    version: int


@dataclass(frozen=True)
class SignInState:
    """What a sign-in is judged by: the account of that name, if any, and recent failures other than this attempt."""

    user: SigningInRecord | None
    from_here: Failures
    of_account: Failures
    from_address: Failures
    is_known: bool
    """Whether the account was signed in to from this address lately."""


class FailuresRecord(TypedDict):
    """Failed sign-ins of one name from one address, of the name, and from the address: how many, and the last."""

    here: int
    last_here: datetime | None
    account: int
    last_account: datetime | None
    address: int
    last_address: datetime | None


class KnownRecord(TypedDict):
    """Of an address that is known for an account."""

    user_id: UUID


def _failures_query() -> Select[*tuple[Any, ...]]:
    password_set_at = select(User.password_set_at).where(_OF_NAME).scalar_subquery()
    of_account = and_(
        SignInFailure.name_digest == bindparam("name_digest", type_=LargeBinary),
        SignInFailure.failed_at > func.coalesce(password_set_at, _SINCE),
    )
    from_address = SignInFailure.address == bindparam("from_address", type_=INET)
    return (
        select(
            func.count().filter(of_account, from_address).label("here"),
            func.max(SignInFailure.failed_at).filter(of_account, from_address).label("last_here"),
            func.count().filter(of_account).label("account"),
            func.max(SignInFailure.failed_at).filter(of_account).label("last_account"),
            func.count().filter(from_address).label("address"),
            func.max(SignInFailure.failed_at).filter(from_address).label("last_address"),
        )
        .where(SignInFailure.id != bindparam("attempt_id", type_=Uuid))
        .where(SignInFailure.failed_at > _SINCE)
        .where(or_(of_account, from_address))
    )


_FAILURES: Final = Query(_failures_query(), FailuresRecord)

_USERS: Final = select(
    *OF_USER, *OF_AGENCY, User.password_hash, User.disabled_at, Agency.disabled_at.label("agency_disabled_at")
).join(Agency, Agency.id == User.agency_id)

_SIGNING_IN: Final = Query(_USERS.where(_OF_NAME), SigningInRecord)

_FROM_ADDRESS: Final = SignInAddress.address == bindparam("from_address", type_=INET)

_KNOWN: Final = Query(
    select(SignInAddress.user_id)
    .join(User, User.id == SignInAddress.user_id)
    .where(_OF_NAME, _FROM_ADDRESS, SignInAddress.signed_in_at > _SINCE)
    .limit(1),
    KnownRecord,
)

_HELD: Final = Change(
    _USERS.where(User.id == bindparam("id", type_=Uuid)).with_for_update(read=True, of=(User, Agency)), SigningInRecord
)


async def hold_user(db: WriteConnection, user_id: UUID) -> SigningInRecord | None:
    """Return a user as it is now, neither changed nor disabled by anybody before this transaction ends.

    Whoever changes a password or disables somebody writes that first and ends the sessions after it: they wait for
    this transaction and end its session, or this one waits for them and sees what they wrote.
    """
    rows = await db.change(_HELD, {"id": user_id})
    return rows[0] if rows else None


async def find_sign_in(
    db: ReadConnection, *, username: str, name_digest: bytes, address: str, attempt_id: UUID, now: datetime
) -> SignInState:
    """Return what a sign-in is judged by."""
    since = now - timedelta(seconds=FAILURE_WINDOW_S)
    asked = {
        "name_digest": name_digest, "from_address": address, "attempt_id": attempt_id, "since": since,
        "username": username,
    }  # fmt: skip
    known = {"username": username, "from_address": address, "since": now - timedelta(days=KNOWN_DAYS)}
    [failed] = await db.rows(_FAILURES, asked)
    return SignInState(
        user=await db.row(_SIGNING_IN, {"username": username}),
        from_here=_failures(failed["here"], failed["last_here"], now),
        of_account=_failures(failed["account"], failed["last_account"], now),
        from_address=_failures(failed["address"], failed["last_address"], now),
        is_known=await db.row(_KNOWN, known) is not None,
    )


def _failures(number: int, last_at: datetime | None, now: datetime) -> Failures:
    return Failures(number, (now - last_at).total_seconds() if last_at else 0.0)


_FORGET_ATTEMPT: Final = Change(delete(SignInFailure).where(SignInFailure.id == bindparam("attempt_id")), NoColumns)

SLICE: Final = 1_000
"""So many rows of a table are deleted at once at most: in a fraction of the time that a write may take."""


class _GoneRecord(TypedDict):
    gone: int


def _forget(key: InstrumentedAttribute[Any], until: InstrumentedAttribute[datetime]) -> Change[_GoneRecord]:
    """Return the change that deletes some of a table's rows whose time ended before an instant."""
    outdated = select(key).where(until < bindparam("before", type_=DateTime(timezone=True))).limit(SLICE)
    return Change(delete(key.class_).where(key.in_(outdated)).returning(literal(1).label("gone")), _GoneRecord)


_FORGET_FAILURES: Final = _forget(SignInFailure.id, SignInFailure.failed_at)

_FORGET_ADDRESS: Final = Change(
    delete(SignInAddress).where(SignInAddress.user_id == bindparam("of_user", type_=Uuid), _FROM_ADDRESS), NoColumns
)

_FORGET_ADDRESSES: Final = _forget(SignInAddress.id, SignInAddress.signed_in_at)

_FORGET_SESSIONS: Final = _forget(Session.digest, Session.expires_at)

_END_SESSIONS: Final = Change(
    update(Session)
    .where(Session.user_id == bindparam("of_user", type_=Uuid), Session.closed_at.is_(None))
    .where(Session.digest.is_distinct_from(bindparam("kept", type_=LargeBinary)))
    .values(closed_at=_NOW),
    NoColumns,
)


_END_SESSIONS_OF_AGENCY: Final = Change(
    update(Session)
    .where(Session.closed_at.is_(None), Session.user_id == User.id)
    .where(User.agency_id == bindparam("of_agency", type_=Uuid))
    .values(closed_at=_NOW),
    NoColumns,
)


async def forget_attempt(db: WriteConnection, attempt_id: UUID) -> None:
    """Delete one attempt to sign in: it did not fail."""
    await db.change(_FORGET_ATTEMPT, {"attempt_id": attempt_id})


async def forget_sign_ins(db: WriteConnection, *, now: datetime) -> bool:
    """Delete failures that no throttle counts any more, addresses not used for long, and sessions that expired.

    At most `SLICE` of each; return whether more may be left.
    """
    gone = [
        await db.change(_FORGET_FAILURES, {"before": now - timedelta(seconds=FAILURE_WINDOW_S)}),
        await db.change(_FORGET_ADDRESSES, {"before": now - timedelta(days=KNOWN_DAYS)}),
        await db.change(_FORGET_SESSIONS, {"before": now}),
    ]
    return any(len(rows) == SLICE for rows in gone)


async def remember_address(db: WriteConnection, user_id: UUID, address: str, now: datetime) -> None:
    """Stage that somebody signed in from an address, instead of when they did so before."""
    await db.change(_FORGET_ADDRESS, {"of_user": user_id, "from_address": address})
    row = {"id": new_inner_id(now), "user_id": user_id, "address": address, "signed_in_at": now}
    db.insert(SignInAddress, row)


async def end_sessions(db: WriteConnection, user_id: UUID, now: datetime, *, kept: bytes | None) -> None:
    """End a user's sessions, but for the one to be kept."""
    await db.change(_END_SESSIONS, {"of_user": user_id, "now": now, "kept": kept})


async def end_sessions_of_agency(db: WriteConnection, agency_id: UUID, now: datetime) -> None:
    """End the sessions of everybody who works for an agency."""
    await db.change(_END_SESSIONS_OF_AGENCY, {"of_agency": agency_id, "now": now})


_PASSWORD: Final = Query(
    select(User.password_hash, User.username, User.version).where(User.id == bindparam("id", type_=Uuid)),
    PasswordRecord,
)


async def password_hash_of(db: ReadConnection, user_id: UUID) -> PasswordRecord:
    """Return a user's password hash and version.

    Raises:
        NotFoundError: there is no such user.
    """
    row = await db.row(_PASSWORD, {"id": user_id})
    if row is None:
        raise NotFoundError
    return row
