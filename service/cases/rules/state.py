"""What the events of one case amount to. Values that only the fold makes; everything else here is computed. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from service.cases.rules.ages import AgeStated, age_group
from service.cases.rules.events import Moment
from service.cases.rules.facts import (
    Alleged,
    Closed,
    FindingMade,
    HeadcountClaimed,
    Received,
    Repatriated,
    Rescued,
    WishStated,
)
from service.cases.rules.nationality import Assertion, Effective, effective
from service.codes import (
    POSITIVE,
    AgeGroup,
    AuthorityKind,
    CaseClosure,
    CaseStatus,
    EndOutcome,
    Freely,
    LocatingResult,
    NationalitySource,
    OffenderRole,
    PersonStatus,
    Sex,
    SuspectStage,
    WishPurpose,
    WishValue,
)

FOUND: Final = frozenset({LocatingResult.HELD, LocatingResult.NOT_HELD})
"""Results of an effort after which the person is located."""

ADVANCE: Final = (PersonStatus.RECEIVED, PersonStatus.VERIFIED, PersonStatus.RESCUED, PersonStatus.REPATRIATED)
"""From the least to the most advanced; `ended` stands outside."""


Authority = tuple[AuthorityKind, UUID]
"""A kind of authority, and the agency that speaks for it here."""

_NO_ANSWER: Final = frozenset({WishValue.NOT_ASKED, WishValue.COULD_NOT_ANSWER_FREELY})


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding in force, with its place in the log and its day."""

    seq: int
    on: Moment
    fact: FindingMade
    recorded_by: UUID
    agency_id: UUID

    @property
    def authority(self) -> "Authority":
        """Whose finding it is: two embassies are two authorities."""
        return self.fact.authority, self.agency_id


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a person beyond verification.

    Attributes:
        status: entered; `received` where somebody whose end was recorded was found again.
        moment: when, as it was said.
        on: when, for counting: never before the step before it.
        fact: of a rescue or a return.
        outcome: of an end.
    """

    status: PersonStatus
    moment: Moment
    on: date
    fact: Rescued | Repatriated | None = None
    outcome: EndOutcome | None = None


@dataclass(slots=True)
class Person:
    """A human being in a case."""

    id: UUID
    seq: int
    added: Moment
    named: bool = False
    sex: Sex = Sex.UNKNOWN
    birth_year: int | None = None
    stated_age: AgeStated | None = None
    fears_own_state: bool = False
    assertions: list[Assertion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    wishes: list[WishStated] = field(default_factory=list)
    efforts: list[tuple[Moment, LocatingResult]] = field(default_factory=list)
    refused_freely: bool = False

    @property
    def verified_on(self) -> Moment | None:
        """The day since which the leading authority's findings verify; None while they do not."""
        leading = _leading(self.findings)
        since: Moment | None = None
        for finding in leading:
            since = (since or finding.on) if finding.fact.outcome in POSITIVE else None
        return since

    @property
    def path(self) -> list[tuple[PersonStatus, date]]:
        """Every status entered, with the day that counts; days never decrease.

        A finding recorded after the first step does not move that step: the verification counts no later than it.
        """
        entered = [(PersonStatus.RECEIVED, self.added.on)]
        verified = self.verified_on
        if verified is not None:
            day = max(verified.on, self.added.on)
            entered.append((PersonStatus.VERIFIED, min(day, self.steps[0].on) if self.steps else day))
        for step in self.steps:
            status = step.status
            if status is PersonStatus.RECEIVED and verified is not None:
                status = PersonStatus.VERIFIED
            entered.append((status, max(step.on, entered[-1][1])))
        return entered

    @property
    def status(self) -> PersonStatus:
        """The one status the person is in."""
        return self.path[-1][0]

    @property
    def outcome(self) -> EndOutcome | None:
        """How it ended, if it did."""
        return self.steps[-1].outcome if self.steps else None

    @property
    def steps_taken(self) -> list[tuple[str, Moment]]:
        """Every step on the way and its day as it was said: no later step may lie before one of them.

        A verification that a finding after the first step moved to a later day stands in no step's way.
        """
        taken = [("received", self.added)]
        verified = self.verified_on
        if verified is not None and (not self.steps or verified.on <= self.steps[0].on):
            taken.append(("verified", verified))
        return taken + [(step.status.value, step.moment) for step in self.steps]

    @property
    def vain_efforts(self) -> set[date]:
        """The days of efforts to find the person that came to nothing, since they were last found."""
        days: set[date] = set()
        for moment, result in self.efforts:
            if result in FOUND:
                days.clear()
            else:
                days.add(moment.on)
        return days

    @property
    def effective_nationality(self) -> Effective:
        """The nationality that counts."""
        return effective(self.assertions)

    @property
    def disclosed_to(self) -> str | None:
        """The state whose liaison may know of this person."""
        return None if self.fears_own_state else self.effective_nationality.discloses_to

    @property
    def asked_nationality(self) -> bool:
        """Whether anybody asserted a nationality."""
        return any(found.fact.source is not NationalitySource.DENIED_BY_STATE for found in self.assertions)

    def age_group(self, on: date) -> AgeGroup:
        """The age group on a day."""
        return age_group(on, birth_year=self.birth_year, stated=self.stated_age)

    def last_free_wish(self, purpose: WishPurpose) -> WishValue | None:
        """What the person last said freely about one purpose."""
        said = [wish.value for wish in self.wishes if wish.purpose is purpose and is_free_answer(wish)]
        return said[-1] if said else None


@dataclass(slots=True)
class Offender:
    """Somebody or a company alleged responsible."""

    id: UUID
    seq: int
    roles: tuple[OffenderRole, ...] = ()
    nationality: str | None = None
    described: bool = False
    stages: list[tuple[Moment, SuspectStage]] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """One request for intervention and all that is known about it."""

    id: UUID
    filer: UUID
    agency_id: UUID
    received_on: Moment
    received: Received
    seq: int
    recorded_at: datetime
    headcount: HeadcountClaimed | None = None
    alleged: list[Alleged] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    persons: dict[UUID, Person] = field(default_factory=dict)
    offenders: dict[UUID, Offender] = field(default_factory=dict)
    closed: Closed | None = None

    @property
    def tally(self) -> Counter[PersonStatus]:
        """How many persons are in each status."""
        return Counter(person.status for person in self.persons.values())

    @property
    def closure(self) -> CaseClosure | None:
        """Why the case is closed: as recorded, or because every person's story ended."""
        if self.closed is not None:
            return self.closed.reason
        tally = self.tally
        all_ended = bool(tally) and set(tally) == {PersonStatus.ENDED}
        return CaseClosure.ALL_PERSONS_FINAL if all_ended else None

    @property
    def status(self) -> CaseStatus:
        """The least advanced status among persons not ended; without persons, that of the case's own finding."""
        if self.closure is not None:
            return CaseStatus.CLOSED
        tally = self.tally
        present = [status for status in ADVANCE if tally[status]]
        if present:
            return CaseStatus(present[0].value)
        leading = _leading(self.findings)
        verified = bool(leading) and leading[-1].fact.outcome in POSITIVE
        return CaseStatus.VERIFIED if verified else CaseStatus.RECEIVED

    @property
    def all_findings(self) -> list[Finding]:
        """The findings in force on the case and its persons, each once, in the order of the log."""
        found = {finding.seq: finding for finding in self.findings}
        for person in self.persons.values():
            found |= {finding.seq: finding for finding in person.findings}
        return [found[seq] for seq in sorted(found)]

    @property
    def disclosed_to(self) -> list[str]:
        """The states whose liaisons may know of somebody in this case."""
        return sorted({state for person in self.persons.values() if (state := person.disclosed_to)})


def is_free_answer(wish: WishStated) -> bool:
    """Tell whether a wish decides anything: it was stated freely, and it is an answer."""
    return wish.freely is Freely.YES and wish.value not in _NO_ANSWER


def by_authority(findings: Iterable[Finding]) -> dict[Authority, list[Finding]]:
    """Answer each authority's findings, the latest, which is in force, last. Conflicts between them stay visible."""
    grouped: dict[Authority, list[Finding]] = {}
    for finding in sorted(findings, key=lambda found: found.seq):
        grouped.setdefault(finding.authority, []).append(finding)
    return grouped


def _leading(findings: Iterable[Finding]) -> list[Finding]:
    """Answer the leading authority's findings in the order of the log.

    The authority that last said it leads; where none did, the one that was first to find.
    """
    ordered = sorted(findings, key=lambda found: found.seq)
    if not ordered:
        return []
    said_so = [finding.authority for finding in ordered if finding.fact.lead]
    leader = said_so[-1] if said_so else ordered[0].authority
    return [finding for finding in ordered if finding.authority == leader]
