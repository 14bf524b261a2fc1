"""Facts about a case."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from service.cases.rules.facts.fact import Cleared, Fact, HeadCount, LanguageTag, Province
from service.codes import (
    AllegationType,
    CaseClosure,
    CaseKind,
    IntakeChannel,
    PlacePrecision,
    ReopenReason,
    ReporterRelationship,
    StatementBound,
    Urgency,
)


@dataclass(frozen=True, kw_only=True)
class Received(Fact):
    """A request for intervention came in. Its day never changes."""

    channel: IntakeChannel
    kind: CaseKind = CaseKind.RESCUE
    urgency: Urgency = Urgency.NORMAL
    language: LanguageTag | None = None
    province: Province | None = None
    precision: PlacePrecision | None = None
    relationship: ReporterRelationship | None = None
    place_given: bool = False
    contact_given: bool = False
    offender_unknown: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseDescribed(Fact):
    """What is known of a case was corrected; only what is named changes."""

    urgency: Urgency | None = None
    language: LanguageTag | None = None
    province: Province | None = None
    precision: PlacePrecision | None = None
    relationship: ReporterRelationship | None = None
    place_given: bool | None = None
    contact_given: bool | None = None
    offender_unknown: bool | None = None
    kind: CaseKind | None = None
    withheld_from: Annotated[tuple[UUID, ...] | None, MaxLen(50)] = None
    """Agencies that must not know of this case, whatever their role."""

    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()


@dataclass(frozen=True, kw_only=True)
class HeadcountClaimed(Fact):
    """How many people the reporter says are concerned. Never turned into persons."""

    bound: StatementBound
    low: HeadCount | None = None
    high: HeadCount | None = None


@dataclass(frozen=True, kw_only=True)
class Alleged(Fact):
    """What the reporter says was done."""

    types: Annotated[tuple[AllegationType, ...], MinLen(1), MaxLen(20)]


@dataclass(frozen=True, kw_only=True)
class Closed(Fact):
    """A case was closed."""

    reason: CaseClosure


@dataclass(frozen=True, kw_only=True)
class Reopened(Fact):
    """A closed case was opened again."""

    reason: ReopenReason
