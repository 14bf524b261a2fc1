"""Small values that the fold of a log is made of: what was found, done and said, each with its day. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from service.codes import (
    POSITIVE,
    Attribution,
    AuthorityKind,
    CustodyKind,
    DocumentType,
    EndOutcome,
    EvidenceKind,
    FindingOutcome,
    Freely,
    LocatingResult,
    PersonStatus,
    ProofStandard,
    ReturnMode,
    ReturnStep,
    ReturnStepReason,
    ReturnStepState,
    WishPurpose,
    WishValue,
)
from service.story.moment import Moment

FOUND: Final = frozenset({LocatingResult.HELD, LocatingResult.NOT_HELD})
"""Results of an effort after which the person is located."""

Authority = tuple[AuthorityKind, UUID]
"""A kind of authority, and the agency that speaks for it: two embassies are two authorities."""

_NO_ANSWER: Final = frozenset({WishValue.NOT_ASKED, WishValue.COULD_NOT_ANSWER_FREELY})


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding, with its place in the log and its day.

    Attributes:
        lead: whether its authority says that it leads.
        operation_id: of the operation that was the verification, where one was.
    """

    seq: int
    on: Moment
    authority: Authority
    outcome: FindingOutcome
    standard: ProofStandard
    evidence: tuple[EvidenceKind, ...]
    confinement: bool | None
    extortion: bool | None
    lead: bool
    recorded_by: UUID
    operation_id: UUID | None

    @property
    def is_positive(self) -> bool:
        """Whether it verifies: the facts were checked and the category is known."""
        return self.outcome in POSITIVE


@dataclass(frozen=True, slots=True)
class Turn:
    """A finding by which somebody became verified, or ceased to be."""

    on: Moment
    verified: bool


@dataclass(frozen=True, slots=True)
class Rescue:
    """How a person was brought out.

    Attributes:
        by: who brought them out; several at once are possible.
        province: ISO 3166-2:KH; None where it was not named.
    """

    by: tuple[Attribution, ...]
    province: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a person beyond verification.

    Attributes:
        status: entered; `received` where somebody whose end was recorded was found again.
        moment: when, as it was said.
        on: when, for counting: never before the step before it.
        rescue: where the person was brought out.
        departure: the mode of a return.
        outcome: of an end.
        operation_id: of the operation in which it happened, where one is known.
        told_by: who recorded it.
    """

    status: PersonStatus
    moment: Moment
    on: date
    rescue: Rescue | None = None
    departure: ReturnMode | None = None
    outcome: EndOutcome | None = None
    operation_id: UUID | None = None
    told_by: "Voice | None" = None


@dataclass(frozen=True, slots=True)
class Voice:
    """Who recorded something, and for which agency."""

    agency_id: UUID
    principal_id: UUID
    states: frozenset[str] = frozenset()
    """That it speaks for: of a liaison those that the agency serves."""

    def seconds(self, other: "Voice") -> bool:
        """Whether this is another person of another agency, and not of another embassy of the same state."""
        another = self.agency_id != other.agency_id and self.principal_id != other.principal_id
        return another and self.states.isdisjoint(other.states)


@dataclass(frozen=True, slots=True)
class EndReport:
    """An end that was reported, and has no effect before somebody else confirms it."""

    outcome: EndOutcome
    by: Voice


@dataclass(frozen=True, slots=True)
class Effort:
    """An effort to find a person."""

    moment: Moment
    result: LocatingResult


@dataclass(frozen=True, slots=True)
class Custody:
    """A time in custody or care.

    Attributes:
        ended: None while it lasts.
    """

    kind: CustodyKind
    started: Moment
    ended: Moment | None = None


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """Which documents of a person were found missing when somebody looked."""

    moment: Moment
    missing: tuple[DocumentType, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person said they want, for one purpose, and when.

    Attributes:
        embassy_heard: whether it was said to a liaison.
    """

    moment: Moment
    purpose: WishPurpose
    value: WishValue
    freely: Freely
    embassy_heard: bool = False

    @property
    def is_free_answer(self) -> bool:
        """Whether it decides anything: it was stated freely, and it is an answer."""
        return self.freely is Freely.YES and self.value not in _NO_ANSWER


@dataclass(frozen=True, slots=True)
class ReturnTask:
    """Where a task on the way home stands, and since when.

    Attributes:
        country: whose task it is, ISO 3166-1 alpha-3.
        reason: where the task is blocked or not needed.
    """

    moment: Moment
    step: ReturnStep
    state: ReturnStepState
    country: str
    reason: ReturnStepReason | None


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by their day, then in the order of the log: one that is told late takes its place."""
    return sorted(findings, key=lambda found: (found.on.on, found.seq))


def by_authority(findings: Iterable[Finding]) -> dict[Authority, list[Finding]]:
    """Return each authority's findings, the latest, which is in force, last. Conflicts between them stay visible."""
    grouped: dict[Authority, list[Finding]] = {}
    for finding in in_order(findings):
        grouped.setdefault(finding.authority, []).append(finding)
    return grouped


def leading(findings: Iterable[Finding]) -> list[Finding]:
    """Return the leading authority's findings, the latest last.

    The authority leads that last said so; where none did, the first with a positive finding; where none has one, the
    first of all (design/domain.md section 4).
    """
    ordered = in_order(findings)
    leaders = [leader for _, leader in _led(ordered)][-1:]
    return [finding for finding in ordered if finding.authority in leaders]


def turns_of(findings: Iterable[Finding]) -> list[Turn]:
    """Return when somebody became verified and ceased to be: at each finding, by what was found up to its day.

    What an authority finds later never changes what stood on the days before.
    """
    turns: list[Turn] = []
    latest: dict[Authority, Finding] = {}
    for finding, leader in _led(in_order(findings)):
        latest[finding.authority] = finding
        verified = latest[leader].is_positive
        if verified != bool(turns and turns[-1].verified):
            turns.append(Turn(finding.on, verified))
    return turns


def _led(ordered: Iterable[Finding]) -> Iterator[tuple[Finding, Authority]]:
    """Return each finding with the authority that leads since: see `leading`."""
    said_so: Authority | None = None
    positive: Authority | None = None
    first: Authority | None = None
    for finding in ordered:
        first = first or finding.authority
        if finding.lead:
            said_so = finding.authority
        if finding.is_positive:
            positive = positive or finding.authority
        yield finding, said_so or positive or first
