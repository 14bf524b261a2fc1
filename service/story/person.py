"""A human being in a case: what the events about them amount to. Pure."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from service.codes import (
    AgeGroup,
    EndOutcome,
    NationalitySource,
    PersonStatus,
    ReturnMode,
    Sex,
    WishPurpose,
    WishValue,
)
from service.story.ages import AgeStated, age_group
from service.story.log import Event
from service.story.moment import Moment
from service.story.nationality import Assertion, Effective, effective
from service.story.remembered import remembered
from service.story.standing import (
    FOUND,
    Custody,
    DocumentCheck,
    Effort,
    Finding,
    Rescue,
    ReturnTask,
    Step,
    Wish,
    leading,
)

Path = tuple[tuple[PersonStatus, date], ...]
"""Statuses with the day on which each was entered."""


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
    contact_given: bool = False
    guardian_known: bool = False
    assertions: list[Assertion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    efforts: list[Effort] = field(default_factory=list)
    custodies: list[Custody] = field(default_factory=list)
    document_checks: list[DocumentCheck] = field(default_factory=list)
    return_tasks: list[ReturnTask] = field(default_factory=list)
    refused_freely: bool = False
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @remembered
    def verified_on(self) -> Moment | None:
        """The day since which the leading authority's findings verify; None while they do not."""
        found = leading(self.findings)
        since: Moment | None = None
        for finding in found:
            since = (since or finding.on) if finding.is_positive else None
        return since

    def verified_in(self, operation_id: UUID | None) -> bool:
        """Whether an operation was this person's verification, whatever the leading authority found."""
        return operation_id is not None and any(finding.operation_id == operation_id for finding in self.findings)

    @remembered
    def path(self) -> Path:
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
        return tuple(entered)

    @remembered
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
        for effort in self.efforts:
            if effort.result in FOUND:
                days.clear()
            else:
                days.add(effort.moment.on)
        return days

    @remembered
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
        return any(found.source is not NationalitySource.DENIED_BY_STATE for found in self.assertions)

    @property
    def custody(self) -> Custody | None:
        """The present custody; None if there is none."""
        return self.custodies[-1] if self.custodies and self.custodies[-1].ended is None else None

    def age_group(self, on: date) -> AgeGroup:
        """The age group on a day."""
        return age_group(on, birth_year=self.birth_year, stated=self.stated_age)

    def last_free_wish(self, purpose: WishPurpose) -> WishValue | None:
        """What the person last said freely about one purpose."""
        said = [wish.value for wish in self.wishes if wish.purpose is purpose and wish.is_free_answer]
        return said[-1] if said else None

    def enter(
        self,
        status: PersonStatus,
        event: Event,
        *,
        rescue: Rescue | None = None,
        departure: ReturnMode | None = None,
        outcome: EndOutcome | None = None,
    ) -> None:
        """Add a step, counted no earlier than the step before it."""
        on = max(event.occurred.on, self.path[-1][1])
        self.steps.append(
            Step(
                status=status,
                moment=event.occurred,
                on=on,
                rescue=rescue,
                departure=departure,
                outcome=outcome,
                operation_id=event.operation_id,
            )
        )

    def leave_custody(self, event: Event) -> None:
        """End the present custody, if there is one, no earlier than it started."""
        if (custody := self.custody) is not None:
            self.custodies[-1] = replace(custody, ended=event.occurred.not_before(custody.started.on))
