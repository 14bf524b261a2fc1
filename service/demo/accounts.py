"""The accounts of a demonstration: made directly, as the command line makes the first ones."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.access import actions
from service.access.queries import has_agencies
from service.access.schemas import AgencyCreate, KeyCreate, UserCreate
from service.acting import Acting, Role, Scope
from service.clock import Clock
from service.codes import AuthorityKind
from service.credentials import draw_password
from service.db.database import Database
from service.demo.stories import Teller
from service.errors import ConflictError

KEY_NAME: Final = "nightly-figures"
ADMIN: Final = "admin"
AUDITOR: Final = "auditor"


@dataclass(frozen=True)
class _Post:
    """An agency and its people."""

    name: str
    kind: AuthorityKind
    users: Mapping[str, Role]
    nationalities: tuple[str, ...] = ()


POSTS: Final = (
    _Post("Hotline 117 (demonstration)", AuthorityKind.POLICE, {Teller.OPERATOR: Role.OPERATOR}),
    _Post(
        "Anti-trafficking police (demonstration)",
        AuthorityKind.POLICE,
        {Teller.VERIFIER: Role.VERIFIER, Teller.OFFICER: Role.OFFICER},
    ),
    _Post(
        "Task force of Taiwan (demonstration)",
        AuthorityKind.HOME_STATE_AUTHORITY,
        {Teller.LIAISON_TWN: Role.LIAISON},
        ("TWN",),
    ),
    _Post("Embassy of Malaysia (demonstration)", AuthorityKind.EMBASSY, {Teller.LIAISON_MYS: Role.LIAISON}, ("MYS",)),
    _Post(
        "National Committee for Counter Trafficking (demonstration)",
        AuthorityKind.NCCT,
        {Teller.SUPERVISOR: Role.SUPERVISOR, AUDITOR: Role.AUDITOR, ADMIN: Role.ADMIN},
    ),
)
"""The last one also runs the reporting job."""


@dataclass(frozen=True)
class DemoAccounts:
    """What may be used to look around.

    Attributes:
        lines: who, user name or key name, one-time password or token.
    """

    lines: list[tuple[str, str, str]]

    def password_of(self, username: str) -> str:
        """Return the password of a user."""
        return next(secret for _, name, secret in self.lines if name == username)


async def make_accounts(database: Database, clock: Clock) -> DemoAccounts:
    """Make the agencies, users and the reporting key.

    Raises:
        ConflictError: the register is in use.
    """
    acting = Acting(None, None, clock())
    agencies, token = await _make_agencies(database, acting)
    wanted = [(post, username, role) for post in POSTS for username, role in post.users.items()]
    given = [UserCreate(username=str(name), role=role, agency_id=agencies[post.name]) for post, name, role in wanted]
    passwords = await asyncio.gather(*(_make_user(database, acting, user) for user in given))
    lines = [
        (f"{role.value}, {post.name}", str(username), password)
        for (post, username, role), password in zip(wanted, passwords, strict=True)
    ]
    return DemoAccounts([*lines, (f"reporting job, {POSTS[-1].name}", KEY_NAME, token)])


async def _make_agencies(database: Database, acting: Acting) -> tuple[dict[str, UUID], str]:
    """Make the agencies and the key; return ids by name, and the token."""
    async with database.write() as db:
        if await has_agencies(db):
            raise ConflictError("This register has agencies already: invented cases go into an empty register only.")
        given = [AgencyCreate(name=post.name, kind=post.kind, nationalities=post.nationalities) for post in POSTS]
        agencies: dict[str, UUID] = {agency.name: actions.make_agency(db, acting, agency)["id"] for agency in given}
        await db.flush()
        key = KeyCreate(name=KEY_NAME, agency_id=agencies[POSTS[-1].name], scopes=(Scope.FIGURES_EXACT,))
        _, token = await actions.make_key(db, acting, key)
    return agencies, token


async def _make_user(database: Database, acting: Acting, given: UserCreate) -> str:
    """Make a user and return their password."""
    password = await draw_password()
    async with database.write() as db:
        await actions.make_user(db, acting, given, password)
    return password.plain
