"""Shapes of who may call, on the wire."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from service.access.rules import Permission
from service.acting import Role, Scope
from service.codes import AuthorityKind
from service.wire import Given, Line, Nationality, Page, Password, Shown, Username

Nationalities = Annotated[
    tuple[Nationality, ...], Field(max_length=300), AfterValidator(lambda given: tuple(sorted(set(given))))
]
"""Each once and sorted."""
Scopes = Annotated[tuple[Scope, ...], Field(min_length=1, max_length=3)]


class SignIn(Given):
    """User name and password."""

    username: Annotated[str, Field(min_length=1, max_length=200)]
    password: Password


class SessionOpened(Shown):
    """A session. The token is shown this once."""

    token: str
    expires_at: datetime


class PasswordChange(Given):
    """A new password in place of the present one."""

    current: Password
    new: Password


class WatchedChange(Shown):
    """A change of an administrator or auditor, or of an agency of some."""

    changed_at: datetime
    what: str
    """As in the audit log: `user:made`, `user:changed`, `agency:changed`."""
    account: str | None = None
    """Name of the user or agency, as it is today."""
    changed_by: str | None = None
    """User name, as it is today; absent where it was the command line."""
    fields: tuple[str, ...]
    said: str
    """Role and nationalities, before and after where they differ."""


class SlowedSearches(Shown):
    """Who searched so often that it was slowed or refused."""

    name: str
    searches: int
    """How many of their searches, in the last 24 hours."""
    last_at: datetime


class Me(Shown):
    """Who the caller is and what it may do."""

    id: UUID
    name: str
    role: Role
    agency_id: UUID
    agency_name: str
    nationalities: tuple[str, ...]
    """Whose persons a liaison sees."""
    permissions: tuple[Permission, ...]
    scopes: tuple[Scope, ...] | None = None
    expires_at: datetime | None = None
    """When this key ends; absent for a user."""
    account_changes: tuple[WatchedChange, ...] | None = None
    """For supervisors: changes of administrators and auditors in the last 30 days, newest first, 50 at most."""
    slowed_searches: tuple[SlowedSearches, ...] | None = None
    """For supervisors: who searched so often in the last 24 hours that it was slowed or refused, 50 at most."""


class AgencyCreate(Given):
    """A body that principals work for."""

    name: Line
    kind: AuthorityKind
    nationalities: Nationalities = ()


class AccessPatch(Given):
    """Changes; absent members stay, and none can be cleared."""

    @model_validator(mode="after")
    def _nothing_is_cleared(self) -> Self:
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("Nothing here can be cleared: leave it out, or send a value")
        return self


class AgencyPatch(AccessPatch):
    """Changes to an agency; absent members stay."""

    name: Line | None = None
    kind: AuthorityKind | None = None
    nationalities: Nationalities | None = None
    disabled: bool | None = None


class AgencyShown(Shown):
    """An agency."""

    id: UUID
    name: str
    kind: AuthorityKind
    nationalities: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None = None
    version: int


class AgencyPage(Page):
    """Agencies, oldest first."""

    items: tuple[AgencyShown, ...]


class UserCreate(Given):
    """An account for a human being."""

    username: Username
    role: Role
    agency_id: UUID


class UserPatch(AccessPatch):
    """Changes to an account; absent members stay."""

    role: Role | None = None
    agency_id: UUID | None = None
    disabled: bool | None = None
    new_password: bool | None = None
    """True: draw a new one, end all sessions."""


class UserShown(Shown):
    """An account."""

    id: UUID
    username: str
    role: Role
    agency_id: UUID
    created_at: datetime
    disabled_at: datetime | None = None
    version: int
    password: str | None = None
    """Shown once, when it was just drawn."""


class UserPage(Page):
    """Accounts, oldest first."""

    items: tuple[UserShown, ...]


class KeyCreate(Given):
    """A key for a program."""

    name: Line
    agency_id: UUID
    scopes: Scopes
    days: Annotated[int, Field(ge=1, le=90)] = 90
    """Valid for so many days."""


class KeyPatch(AccessPatch):
    """Changes to a key; absent members stay."""

    name: Line | None = None


class KeyShown(Shown):
    """A key."""

    id: UUID
    name: str
    role: Role
    agency_id: UUID
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    version: int
    token: str | None = None
    """Shown once, when it was just made."""


class KeyPage(Page):
    """Keys, oldest first."""

    items: tuple[KeyShown, ...]


def slowed_shown(rows: Iterable[Mapping[str, Any]]) -> tuple[SlowedSearches, ...]:
    """Return who searched much as they are shown."""
    return tuple(SlowedSearches(name=row["username"], searches=row["searches"], last_at=row["last_at"]) for row in rows)


def changes_shown(rows: Iterable[Mapping[str, Any]]) -> tuple[WatchedChange, ...]:
    """Return changes of accounts as they are shown."""
    return tuple(
        WatchedChange(
            changed_at=row["recorded_at"],
            what=row["action"],
            account=row["changed"],
            changed_by=row["changed_by"],
            fields=tuple(row["fields"]),
            said=row["reason"],
        )
        for row in rows
    )
