"""What the events of one case amount to. Values that only the fold makes; everything else here is computed. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from service.codes import (
    AllegationType,
    CaseClosure,
    CaseKind,
    CaseStatus,
    IntakeChannel,
    PersonStatus,
    PlacePrecision,
    ReporterRelationship,
    Urgency,
)
from service.story.headcounts import HeadcountClaim
from service.story.moment import Moment
from service.story.offender import Offender
from service.story.person import Person
from service.story.remembered import remembered
from service.story.standing import Finding, leading

ADVANCE: Final = (PersonStatus.RECEIVED, PersonStatus.VERIFIED, PersonStatus.RESCUED, PersonStatus.REPATRIATED)
"""From the least to the most advanced; `ended` stands outside."""


@dataclass(slots=True)
class Case:
    """A request for intervention and all that is known about it.

    Attributes:
        filer: the principal who filed it.
        agency_id: of the filer.
        province: ISO 3166-2:KH; None where it is not known.
        alleged: the types of each allegation.
        findings: on the case as a whole.
        closed: why it was closed, as recorded; None while it was not.
        withheld_from: agencies that must not know of it.
        operation_days: of operations that were made for it, or in which something happened to somebody in it.
    """

    id: UUID
    filer: UUID
    agency_id: UUID
    received_on: Moment
    seq: int
    recorded_at: datetime
    channel: IntakeChannel
    kind: CaseKind
    urgency: Urgency
    language: str | None
    province: str | None
    precision: PlacePrecision | None
    relationship: ReporterRelationship | None
    place_given: bool
    contact_given: bool
    offender_unknown: bool
    withheld_from: frozenset[UUID] = frozenset()
    headcount: HeadcountClaim | None = None
    alleged: list[tuple[AllegationType, ...]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    persons: dict[UUID, Person] = field(default_factory=dict)
    offenders: dict[UUID, Offender] = field(default_factory=dict)
    closed: CaseClosure | None = None
    operation_days: list[date] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @remembered
    def tally(self) -> Counter[PersonStatus]:
        """How many persons are in each status."""
        return Counter(person.status for person in self.persons.values())

    @remembered
    def closure(self) -> CaseClosure | None:
        """Why the case is closed: as recorded, or because every person's story ended."""
        if self.closed is not None:
            return self.closed
        tally = self.tally
        all_ended = bool(tally) and set(tally) == {PersonStatus.ENDED}
        return CaseClosure.ALL_PERSONS_FINAL if all_ended else None

    @remembered
    def status(self) -> CaseStatus:
        """The least advanced status among persons not ended; without persons, that of the case's own finding."""
        if self.closure is not None:
            return CaseStatus.CLOSED
        tally = self.tally
        present = [status for status in ADVANCE if tally[status]]
        if present:
            return CaseStatus(present[0].value)
        found = leading(self.findings)
        verified = bool(found) and found[-1].is_positive
        return CaseStatus.VERIFIED if verified else CaseStatus.RECEIVED

    @property
    def all_findings(self) -> list[Finding]:
        """The findings in force on the case and its persons, each once, in the order of the log."""
        found = {finding.seq: finding for finding in self.findings}
        for person in self.persons.values():
            found |= {finding.seq: finding for finding in person.findings}
        return [found[seq] for seq in sorted(found)]

    def forget(self, subject_id: UUID) -> None:
        """Forget what was computed before something was recorded about a subject, or about the case itself."""
        self.known.clear()
        if subject_id == self.id:
            for person in self.persons.values():
                person.known.clear()
        elif subject_id in self.persons:
            self.persons[subject_id].known.clear()

    @property
    def disclosed_to(self) -> list[str]:
        """The states whose liaisons may know of somebody in this case."""
        return sorted({state for person in self.persons.values() for state in person.disclosed_to})
