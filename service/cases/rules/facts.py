"""The closed list of event kinds, and what each of them says.

Events carry codes, dates, numbers and ids only: no names, no free text. Each kind has one class here; the wire, the
log and the fold all use it. `__pydantic_config__` is read by whoever parses; nothing here imports a parser.

Source: design/domain.md section 3; ADR 0012 for `case_described` and `offender_described`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from service.codes import (
    AllegationType,
    Attribution,
    AuthorityKind,
    CaseClosure,
    CaseKind,
    EndOutcome,
    EvidenceKind,
    FindingOutcome,
    Freely,
    IntakeChannel,
    LocatingResult,
    NationalitySource,
    NoEvidenceReason,
    OffenderRole,
    PlacePrecision,
    ProofStandard,
    ReopenReason,
    ReporterRelationship,
    ReturnDecision,
    ReturnFunding,
    ReturnMode,
    Sex,
    StatementBound,
    SuspectStage,
    Urgency,
    VoidReason,
    WishPurpose,
    WishValue,
)

HeadCount = Annotated[int, Ge(0), Le(100_000)]
BirthYear = Annotated[int, Ge(1900), Le(2100)]
Age = Annotated[int, Ge(0), Le(120)]
NationalityCode = Annotated[str, MinLen(1), MaxLen(40)]
"""Looked up where an event is decided, so that a wrong one is told where the codes are."""

CountryCode = Annotated[str, MinLen(1), MaxLen(40)]
Province = Annotated[str, MinLen(4), MaxLen(5)]
LanguageTag = Annotated[str, MinLen(2), MaxLen(35)]


class Cleared(StrEnum):
    """What a correction takes away again, so that it is not known any more."""

    LANGUAGE = "language"
    PROVINCE = "province"
    PRECISION = "precision"
    RELATIONSHIP = "relationship"
    BIRTH_YEAR = "birth_year"
    AGE = "age"
    NATIONALITY = "nationality"


class SubjectKind(StrEnum):
    """What an event is about."""

    CASE = "case"
    PERSON = "person"
    OFFENDER = "offender"


class Kind(StrEnum):
    """What happened."""

    RECEIVED = "received"
    CASE_DESCRIBED = "case_described"
    HEADCOUNT_CLAIMED = "headcount_claimed"
    ALLEGED = "alleged"
    CLOSED = "closed"
    REOPENED = "reopened"
    ADDED = "added"
    DESCRIBED = "described"
    NATIONALITY_ASSERTED = "nationality_asserted"
    FINDING_MADE = "finding_made"
    LOCATED = "located"
    WISH_STATED = "wish_stated"
    RESCUED = "rescued"
    RESCUE_REFUSED = "rescue_refused"
    REPATRIATED = "repatriated"
    ENDED = "ended"
    NAMED = "named"
    OFFENDER_DESCRIBED = "offender_described"
    STAGE_REACHED = "stage_reached"
    VOIDED = "voided"


_CONFIG: Final[Mapping[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What one event says."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG


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


@dataclass(frozen=True, kw_only=True)
class Added(Fact):
    """Somebody who needs help became known."""

    named: bool = False


@dataclass(frozen=True, kw_only=True)
class Described(Fact):
    """What is known of a person: sex, birth year, or age on the event's day; only what is named changes."""

    sex: Sex | None = None
    birth_year: BirthYear | None = None
    age: Age | None = None
    fears_own_state: bool | None = None
    named: bool | None = None
    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()


@dataclass(frozen=True, kw_only=True)
class NationalityAsserted(Fact):
    """Somebody said or showed which nationality a person has; with `decision`, a supervisor settled a dispute."""

    nationality: NationalityCode
    source: NationalitySource
    decision: bool = False


@dataclass(frozen=True, kw_only=True)
class FindingMade(Fact):
    """An authority concluded what happened, how surely, and on what."""

    outcome: FindingOutcome
    authority: AuthorityKind
    standard: ProofStandard
    evidence: Annotated[tuple[EvidenceKind, ...], MaxLen(7)] = ()
    no_evidence_reason: NoEvidenceReason | None = None
    confinement: bool | None = None
    extortion: bool | None = None
    lead: bool = False


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


@dataclass(frozen=True, kw_only=True)
class Named(Fact):
    """Somebody or a company is alleged responsible. Nobody is assumed guilty."""

    roles: Annotated[tuple[OffenderRole, ...], MaxLen(15)] = ()
    nationality: NationalityCode | None = None
    described: bool = False


@dataclass(frozen=True, kw_only=True)
class OffenderDescribed(Fact):
    """What is known of an offender was corrected; only what is named changes."""

    roles: Annotated[tuple[OffenderRole, ...] | None, MaxLen(15)] = None
    nationality: NationalityCode | None = None
    described: bool | None = None
    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()


@dataclass(frozen=True, kw_only=True)
class StageReached(Fact):
    """A stage of the law was reached."""

    stage: SuspectStage


@dataclass(frozen=True, kw_only=True)
class Voided(Fact):
    """An earlier event was taken back."""

    event_id: UUID
    reason: VoidReason


FACTS: Final[Mapping[Kind, type[Fact]]] = {
    Kind.RECEIVED: Received,
    Kind.CASE_DESCRIBED: CaseDescribed,
    Kind.HEADCOUNT_CLAIMED: HeadcountClaimed,
    Kind.ALLEGED: Alleged,
    Kind.CLOSED: Closed,
    Kind.REOPENED: Reopened,
    Kind.ADDED: Added,
    Kind.DESCRIBED: Described,
    Kind.NATIONALITY_ASSERTED: NationalityAsserted,
    Kind.FINDING_MADE: FindingMade,
    Kind.LOCATED: Located,
    Kind.WISH_STATED: WishStated,
    Kind.RESCUED: Rescued,
    Kind.RESCUE_REFUSED: RescueRefused,
    Kind.REPATRIATED: Repatriated,
    Kind.ENDED: Ended,
    Kind.NAMED: Named,
    Kind.OFFENDER_DESCRIBED: OffenderDescribed,
    Kind.STAGE_REACHED: StageReached,
    Kind.VOIDED: Voided,
}

SUBJECTS: Final[Mapping[Kind, frozenset[SubjectKind]]] = {
    **dict.fromkeys(
        (Kind.RECEIVED, Kind.CASE_DESCRIBED, Kind.HEADCOUNT_CLAIMED, Kind.ALLEGED, Kind.CLOSED, Kind.REOPENED),
        frozenset({SubjectKind.CASE}),
    ),
    **dict.fromkeys(
        (
            Kind.ADDED,
            Kind.DESCRIBED,
            Kind.NATIONALITY_ASSERTED,
            Kind.LOCATED,
            Kind.WISH_STATED,
            Kind.RESCUED,
            Kind.RESCUE_REFUSED,
            Kind.REPATRIATED,
            Kind.ENDED,
        ),
        frozenset({SubjectKind.PERSON}),
    ),
    **dict.fromkeys((Kind.NAMED, Kind.OFFENDER_DESCRIBED, Kind.STAGE_REACHED), frozenset({SubjectKind.OFFENDER})),
    Kind.FINDING_MADE: frozenset({SubjectKind.CASE, SubjectKind.PERSON}),
    Kind.VOIDED: frozenset(SubjectKind),
}
"""What an event of each kind may be about."""
