"""What a case's facts contribute to the figures. Pure: the whole of it is a function of the state.

Every human is in exactly one status on every day; every measure is placed on a calendar day in Asia/Phnom_Penh.

Source: design/figures.md sections 2 to 4.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import Final
from uuid import UUID

from service.cases.rules.facts import FindingMade, Repatriated, Rescued
from service.cases.rules.headcounts import headcount_bounds
from service.cases.rules.person import Person
from service.cases.rules.standing import Finding, by_authority
from service.cases.rules.state import Case
from service.codes import Attribution, PersonStatus
from service.ledger.rules import NONE, Bag, Cell, Contribution, Measure

UNKNOWN_PROVINCE: Final = "unknown"
OPEN: Final = "open"
AWAITING: Final = "awaiting_return"
CONFINEMENT_AND_EXTORTION: Final = "confinement_and_extortion"
"""The conjunction is a category of its own (design/figures.md section 2; 19 of 104 cases in 2022)."""


def contributions(case: Case | None) -> Bag:
    """Answer everything a case contributes to every measure; nothing before it was received."""
    bag = Bag()
    if case is None:
        return bag
    for subject_id, cell, amount in _of_case(case):
        bag[Contribution(subject_id, cell)] += amount
    for person in case.persons.values():
        for cell, amount in _of_person(case, person):
            bag[Contribution(person.id, cell)] += amount
    return bag


def _of_case(case: Case) -> Iterator[tuple[UUID, Cell, int]]:
    received = case.received_on.on
    closure = case.closure
    standing = OPEN if closure is None else closure.value
    yield case.id, _case_cell(case, Measure.CASES_RECEIVED, received), 1
    yield case.id, _case_cell(case, Measure.CASES_STANDING, received, standing), 1
    if case.headcount is not None:
        low, high = headcount_bounds(case.headcount)
        yield case.id, _case_cell(case, Measure.ALLEGED_LOW, received), low
        if high is None:
            yield case.id, _case_cell(case, Measure.ALLEGED_OPEN, received), 1
        else:
            yield case.id, _case_cell(case, Measure.ALLEGED_HIGH, received), high
    interventions = [finding.on.on for finding in case.all_findings] + _rescue_days(case) + case.operation_days
    if interventions:
        yield case.id, _case_cell(case, Measure.CASES_INTERVENED, max(min(interventions), received)), 1
    for category, day in _categories(case).items():
        yield case.id, _case_cell(case, Measure.CASES_BY_FINDING, max(day, received), category), 1


class _Places:
    """Where one person counts: what does not change from cell to cell is worked out once."""

    def __init__(self, case: Case, person: Person) -> None:
        self._person = person
        self._nationality = person.effective_nationality.code
        self._province = _province(case, person)

    def cell(self, measure: Measure, on: date, detail: str = NONE) -> Cell:
        return Cell(
            measure=measure,
            occurred_on=on,
            nationality=self._nationality,
            sex=self._person.sex.value,
            age_group=self._person.age_group(on).value,
            province=self._province,
            detail=detail,
        )


def _of_person(case: Case, person: Person) -> Iterator[tuple[Cell, int]]:
    places = _Places(case, person)
    path = person.path
    yield from _moves(places, Measure.STATUS, [(status.value, day) for status, day in path])
    yield places.cell(Measure.PERSONS_RECEIVED, path[0][1]), 1
    first_days = dict(reversed(path))
    if PersonStatus.VERIFIED in first_days:
        yield places.cell(Measure.PERSONS_VERIFIED, first_days[PersonStatus.VERIFIED]), 1
    yield from _steps(places, person)
    yield from _moves(places, Measure.RESCUED_STANDING, list(_standing_after_rescue(person)))


def _moves(places: _Places, measure: Measure, entered: list[tuple[str, date]]) -> Iterator[tuple[Cell, int]]:
    """Moves from one state to the next. A human leaves the very cell that was entered, whatever birthday came since."""
    left: Cell | None = None
    for state, day in entered:
        if left is not None:
            yield replace(left, occurred_on=day), -1
        left = places.cell(measure, day, state)
        yield left, 1


def _steps(places: _Places, person: Person) -> Iterator[tuple[Cell, int]]:
    rescued = repatriated = False
    for step in person.steps:
        if isinstance(step.fact, Rescued) and not rescued:
            rescued = True
            yield places.cell(Measure.PERSONS_RESCUED, step.on), 1
            for attribution in set(step.fact.by) or {Attribution.OTHER}:
                yield places.cell(Measure.RESCUED_BY, step.on, attribution.value), 1
        elif isinstance(step.fact, Repatriated):
            mode = step.fact.mode.value
            yield places.cell(Measure.JOURNEYS_HOME, step.on, mode), 1
            if not repatriated:
                repatriated = True
                yield places.cell(Measure.PERSONS_REPATRIATED, step.on, mode), 1
        elif step.outcome is not None and step is person.steps[-1]:
            yield places.cell(Measure.PERSONS_ENDED, step.on, step.outcome.value), 1


def _standing_after_rescue(person: Person) -> Iterator[tuple[str, date]]:
    """Where a human who was ever rescued stands since: awaiting return, repatriated or ended."""
    rescued = False
    for step in person.steps:
        rescued = rescued or step.status is PersonStatus.RESCUED
        if rescued:
            yield AWAITING if step.status is PersonStatus.RESCUED else step.status.value, step.on


def _rescue_days(case: Case) -> list[date]:
    steps = [step for person in case.persons.values() for step in person.steps]
    return [step.on for step in steps if step.status is PersonStatus.RESCUED]


def _categories(case: Case) -> dict[str, date]:
    """Answer each category found in the case, with the day it was first found. Categories overlap.

    A category stays where it was first found as long as the authority goes on finding it.
    """
    of_case = {finding.seq for finding in case.findings}
    groups = list(by_authority(case.findings).values())
    for person in case.persons.values():
        own = [finding for finding in person.findings if finding.seq not in of_case]
        groups += by_authority(own).values()
    days: dict[str, date] = {}
    for findings in groups:
        for category in _found(findings[-1].fact):
            day = _first_found(findings, category)
            days[category] = min(day, days.get(category, day))
    return days


def _found(fact: FindingMade) -> tuple[str, ...]:
    both = fact.confinement and fact.extortion
    return (fact.outcome.value, CONFINEMENT_AND_EXTORTION) if both else (fact.outcome.value,)


def _first_found(findings: list[Finding], category: str) -> date:
    """Answer the day on which an authority's unbroken run of findings with a category began."""
    run = list(takewhile(lambda finding: category in _found(finding.fact), reversed(findings)))
    return min(finding.on.on for finding in run)


def _case_cell(case: Case, measure: Measure, on: date, detail: str = NONE) -> Cell:
    received = case.received
    return Cell(
        measure=measure,
        occurred_on=on,
        province=received.province or UNKNOWN_PROVINCE,
        detail=detail,
        channel=received.channel.value,
        kind=received.kind.value,
    )


def _province(case: Case, person: Person) -> str:
    """The province of the person's first rescue where it was named, else the case's."""
    named = [step.fact.province for step in person.steps if isinstance(step.fact, Rescued) and step.fact.province]
    return named[0] if named else case.received.province or UNKNOWN_PROVINCE
