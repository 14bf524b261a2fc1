"""Facts about a person."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.cases.rules.facts.fact import Age, BirthYear, Cleared, CountryCode, Fact, NationalityCode, Province
from service.codes import (
    Attribution,
    CustodyKind,
    DocumentType,
    EndOutcome,
    Freely,
    LocatingResult,
    NationalitySource,
    ReturnDecision,
    ReturnFunding,
    ReturnMode,
    ReturnStep,
    ReturnStepReason,
    ReturnStepState,
    Sex,
    WishPurpose,
    WishValue,
)


@dataclass(frozen=True, kw_only=True)
class Added(Fact):
    """Somebody who needs help became known."""

    named: bool = False
    contact_given: bool = False
    guardian_known: bool = False


@dataclass(frozen=True, kw_only=True)
class Described(Fact):
    """What is known of a person: sex, birth year, or age on the event's day; only what is named changes."""

    sex: Sex | None = None
    birth_year: BirthYear | None = None
    age: Age | None = None
    fears_own_state: bool | None = None
    named: bool | None = None
    contact_given: bool | None = None
    guardian_known: bool | None = None
    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()


@dataclass(frozen=True, kw_only=True)
class NationalityAsserted(Fact):
    """Somebody said or showed which nationality a person has; with `decision`, a supervisor settled a dispute."""

    nationality: NationalityCode
    source: NationalitySource
    decision: bool = False


@dataclass(frozen=True, kw_only=True)
class Located(Fact):
    """An effort to find a person, and what it came to."""

    result: LocatingResult


@dataclass(frozen=True, kw_only=True)
class WishStated(Fact):
    """What a person wants, for one purpose, and whether it could be said freely."""

    purpose: WishPurpose
    value: WishValue
    freely: Freely


@dataclass(frozen=True, kw_only=True)
class DocumentsChecked(Fact):
    """Somebody looked at a person's papers, and which of them were missing; none is an answer too."""

    missing: Annotated[tuple[DocumentType, ...], MaxLen(8)] = ()


@dataclass(frozen=True, kw_only=True)
class CustodyStarted(Fact):
    """A person came into somebody's hands; whose hands they were in before ended there."""

    custody: CustodyKind


@dataclass(frozen=True, kw_only=True)
class CustodyEnded(Fact):
    """A person is in nobody's hands any more."""


@dataclass(frozen=True, kw_only=True)
class ReturnStepTaken(Fact):
    """A task on the way home came to a state. The departure itself is `repatriated`."""

    step: ReturnStep
    state: ReturnStepState
    country: CountryCode
    """Whose task it is: Cambodia's or that of another state."""

    reason: ReturnStepReason | None = None
    """Needed where the task is blocked or not needed."""


@dataclass(frozen=True, kw_only=True)
class Rescued(Fact):
    """A person was brought out."""

    by: Annotated[tuple[Attribution, ...], MaxLen(3)] = ()
    province: Province | None = None


@dataclass(frozen=True, kw_only=True)
class RescueRefused(Fact):
    """A person refused to be brought out."""

    freely: Freely


@dataclass(frozen=True, kw_only=True)
class Repatriated(Fact):
    """A person left Cambodia towards home."""

    mode: ReturnMode
    to_country: CountryCode
    funding: Annotated[tuple[ReturnFunding, ...], MaxLen(6)] = ()
    decided_by: ReturnDecision | None = None


@dataclass(frozen=True, kw_only=True)
class Ended(Fact):
    """The register's part in a person's story ended otherwise than by a return."""

    outcome: EndOutcome
