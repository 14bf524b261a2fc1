"""Who is acting: the one type by which everything below the gate knows the caller. Pure.

Source: design/domain.md section 8 for the roles; what each of them may do is `access.rules.permissions`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from service.days import day_in_phnom_penh


class Role(StrEnum):
    """What a principal is there for. Each has exactly one: whoever needs two has two accounts."""

    OPERATOR = "operator"
    VERIFIER = "verifier"
    OFFICER = "officer"
    LIAISON = "liaison"
    SUPERVISOR = "supervisor"
    REPORTING = "reporting"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a service key may do within its role."""

    FIGURES_EXACT = "figures:exact"
    FIGURES_PUBLIC = "figures:public"
    METRICS = "metrics"


@dataclass(frozen=True)
class Principal:
    """A user or a service key.

    Attributes:
        id: of the user or the key.
        name: user name or the key's name.
        role: read on this request, never cached.
        agency_id: the body the principal works for.
        agency_name: its name.
        nationalities: ISO 3166-1 alpha-3 codes the agency serves; a liaison sees persons of these only.
        scopes: of a key; None for a user.
        session_digest: of the session the call came with; None for a key.
        key_expires_at: when the key ends; None for a user.
    """

    id: UUID
    name: str
    role: Role
    agency_id: UUID
    agency_name: str
    nationalities: frozenset[str]
    scopes: frozenset[Scope] | None = None
    session_digest: bytes | None = None
    key_expires_at: datetime | None = None


@dataclass(frozen=True)
class Acting:
    """Who is acting, in which request, and when.

    Attributes:
        principal: None before anybody is known, at sign-in, and for the command line.
        request_id: of the request; None for the command line.
        now: the instant of the request, UTC; every row it writes carries it.
    """

    principal: Principal | None
    request_id: UUID | None
    now: datetime

    @property
    def who(self) -> Principal:
        """The principal, where one must be known.

        Raises:
            LookupError: nobody is.
        """
        if self.principal is None:
            raise LookupError("nobody is signed in here")
        return self.principal

    @property
    def today(self) -> date:
        """The present day in Asia/Phnom_Penh."""
        return day_in_phnom_penh(self.now)
