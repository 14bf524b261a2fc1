"""A human being in a case: what the events about them amount to. Pure."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
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
from service.story.ages import AgeStated, Told, age_group
from service.story.log import Event
from service.story.moment import Moment
from service.story.nationality import Assertion, Effective, effective, shown_to
from service.story.remembered import remembered
from service.story.standing import (
    FOUND,
    Custody,
    DocumentCheck,
    Effort,
    EndReport,
    Finding,
    Rescue,
    ReturnTask,
    Step,
    Turn,
    Voice,
    Wish,
    turns_of,
)

Path = tuple[tuple[PersonStatus, date], ...]
"""Statuses with the day on which each was entered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A status that was entered.

    Attributes:
        moment: when, as it was said.
        on: the day that counts: never before that of the entry before it.
        step: by which; None for becoming known, and for what findings did.
    """

    status: PersonStatus
    moment: Moment
    on: date
    step: Step | None = None


@dataclass(slots=True)
class Person:
    """A human being in a case."""

    id: UUID
    seq: int
    added: Moment
    added_by: UUID | None = None
    named: bool = False
    sex: Sex = Sex.UNKNOWN
    birth_year: Told | None = None
    stated_age: AgeStated | None = None
    born_told_by: UUID | None = None
    fears_own_state: bool = False
    contact_given: bool = False
    guardian_known: bool = False
    assertions: list[Assertion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    efforts: list[Effort] = field(default_factory=list)
    end_reports: list[EndReport] = field(default_factory=list)
    custodies: list[Custody] = field(default_factory=list)
    document_checks: list[DocumentCheck] = field(default_factory=list)
    return_tasks: list[ReturnTask] = field(default_factory=list)
    refused_freely: bool = False
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @remembered
    def turns(self) -> list[Turn]:
        """When the person became verified and ceased to be, by day."""
        return turns_of(self.findings)

    @property
    def verified_on(self) -> Moment | None:
        """The day since which the person stands verified; None while they do not."""
        return self.turns[-1].on if self.turns and self.turns[-1].verified else None

    def verified_in(self, operation_id: UUID | None) -> bool:
        """Whether an operation was this person's verification, whatever the leading authority found."""
        return operation_id is not None and any(finding.operation_id == operation_id for finding in self.findings)

    @remembered
    def way(self) -> list[Entry]:
        """Every status entered, in order; days never decrease.

        Findings are told by their day: they verify, or cease to, whoever no step has taken further by then. Whom an
        operation brought out was verified by it (ADR 0017).
        """
        way = [Entry(PersonStatus.RECEIVED, self.added, self.added.on)]
        turns = deque(self.turns)
        verified = ever = False
        for step in self.steps:
            while turns and turns[0].on.on <= step.on:
                verified = _turn(way, turns.popleft())
                ever = ever or way[-1].status is PersonStatus.VERIFIED
            if step.status is PersonStatus.RESCUED and not ever and self.verified_in(step.operation_id):
                way.append(Entry(PersonStatus.VERIFIED, step.moment, step.on))
                ever = True
            found_verified = step.status is PersonStatus.RECEIVED and verified
            ever = ever or found_verified
            status = PersonStatus.VERIFIED if found_verified else step.status
            way.append(Entry(status, step.moment, max(step.on, way[-1].on), step))
        for turn in turns:
            _turn(way, turn)
        return way

    @remembered
    def path(self) -> Path:
        """Every status entered, with the day that counts."""
        return tuple((entry.status, entry.on) for entry in self.way)

    @remembered
    def fitted(self) -> frozenset[tuple[PersonStatus, date]]:
        """The entries of the path of which only the month or year is known; of one day the exact one counts."""
        exact = {(entry.status, entry.on) for entry in self.way if not entry.moment.is_fitted}
        return frozenset({(entry.status, entry.on) for entry in self.way} - exact)

    @remembered
    def status(self) -> PersonStatus:
        """The one status the person is in."""
        return self.path[-1][0]

    @property
    def outcome(self) -> EndOutcome | None:
        """How it ended, if it did."""
        return self.steps[-1].outcome if self.steps else None

    @property
    def was_rescued(self) -> bool:
        """Whether they were ever brought out."""
        return any(step.rescue is not None for step in self.steps)

    @property
    def has_been_met(self) -> bool:
        """Whether anybody met them: brought them out, sent them home, found them or took them into custody."""
        sent_home = any(step.departure is not None for step in self.steps)
        found = any(effort.result in FOUND for effort in self.efforts)
        return self.was_rescued or sent_home or found or bool(self.custodies)

    @property
    def found_again(self) -> bool:
        """Whether the last step is that they were found after an end."""
        return bool(self.steps) and self.steps[-1].rescue is None and self.steps[-1].status in _FOUND_AGAIN

    @property
    def died(self) -> Moment | None:
        """When they died, if they did."""
        return self.steps[-1].moment if self.outcome is EndOutcome.DECEASED else None

    @property
    def steps_taken(self) -> list[tuple[str, Moment]]:
        """Every status entered and when, as it was said: no later step may lie before one of them.

        That a finding ceased to verify somebody is no step.
        """
        first, *more = self.way
        taken = [entry for entry in more if entry.step is not None or entry.status is PersonStatus.VERIFIED]
        return [(entry.status.value, entry.moment) for entry in (first, *taken)]

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
    def wishes_by_day(self) -> list[Wish]:
        """What was said, by the day on which it was said; of one day what was recorded later comes later."""
        return sorted(self.wishes, key=lambda wish: wish.moment.on)

    @property
    def kept_from_embassy(self) -> Wish | None:
        """The free wish that the embassy be told nothing; a later free yes that somebody else heard undoes it."""
        refusal: Wish | None = None
        for wish in self.wishes_by_day:
            if wish.purpose is WishPurpose.INFORM_EMBASSY and wish.is_free_answer:
                if wish.value is WishValue.NO:
                    refusal = wish
                elif wish.value is WishValue.YES and not wish.embassy_heard:
                    refusal = None
        return refusal

    @property
    def hidden_from_states(self) -> bool:
        """Whether no state's liaison may know of this person, whatever the nationality."""
        return self.fears_own_state or self.kept_from_embassy is not None

    @remembered
    def disclosed_to(self) -> tuple[str, ...]:
        """The states whose liaisons may know of this person; none while they are hidden from states (ADR 0041)."""
        return () if self.hidden_from_states else shown_to(self.assertions)

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
        """What the person last said freely about one purpose; what only an embassy heard undoes no "no" (ADR 43)."""
        said: WishValue | None = None
        for wish in self.wishes_by_day:
            undoes = not wish.embassy_heard or said is not WishValue.NO
            if wish.purpose is purpose and wish.is_free_answer and undoes:
                said = wish.value
        return said

    def was_reported(self, outcome: EndOutcome, *, to: Voice) -> bool:
        """Whether another person of another agency has reported an end before, since the person was last met."""
        return any(report.outcome is outcome and to.seconds(report.by) for report in self.end_reports)

    def enter(
        self,
        status: PersonStatus,
        event: Event,
        *,
        rescue: Rescue | None = None,
        departure: ReturnMode | None = None,
        outcome: EndOutcome | None = None,
        speaks_for: Iterable[str] = (),
    ) -> None:
        """Add a step, counted no earlier than the step before it; whoever is met was wrongly reported gone."""
        if status is not PersonStatus.ENDED:
            self.end_reports = []
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
                told_by=Voice(event.agency_id, event.recorded_by, frozenset(speaks_for)),
            )
        )

    def met(self) -> None:
        """Drop reports of an end that nobody confirmed: whoever is met was wrongly reported."""
        if self.outcome is None:
            self.end_reports = []

    def leave_custody(self, event: Event) -> None:
        """End the present custody, if there is one, no earlier than it started."""
        if (custody := self.custody) is not None:
            self.custodies[-1] = replace(custody, ended=event.occurred.not_before(custody.started.on))


_FOUND_AGAIN: Final = frozenset({PersonStatus.RECEIVED, PersonStatus.RESCUED})
"""Statuses from which somebody who is found after an end goes on."""

_MOVED_BY_FINDINGS: Final = frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED})


def _turn(way: list[Entry], turn: Turn) -> bool:
    """Enter what findings did, where no step has taken the person further; return whether they verify now."""
    if way[-1].status in _MOVED_BY_FINDINGS:
        status = PersonStatus.VERIFIED if turn.verified else PersonStatus.RECEIVED
        way.append(Entry(status, turn.on, max(turn.on.on, way[-1].on)))
    return turn.verified
