"""What a case itself contributes. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from service.codes import FindingOutcome, PersonStatus, StatementBound
from service.ledger.rules import NONE, Cell, Measure, as_set
from service.story.case import Case
from service.story.counting.categories import categories_of_case
from service.story.counting.days import earliest, placed
from service.story.essentials import Essential, completeness
from service.story.headcounts import headcount_bounds
from service.story.moment import Moment

UNKNOWN_PROVINCE: Final = "unknown"
OPEN: Final = "open"


def of_case(case: Case) -> Iterator[tuple[Cell, int]]:
    """Return the cells of a case and how much it counts in each."""
    received = case.received_on.on
    closure = case.closure
    standing = OPEN if closure is None else closure.value
    present = set(Essential) - set(completeness(case).missing)
    yield _cell(case, Measure.CASES_RECEIVED, received), 1
    yield _cell(case, Measure.CASES_STANDING, received, standing), 1
    yield _cell(case, Measure.CASES_COMPLETE, received, as_set(essential.value for essential in present)), 1
    yield from _claims(case)
    found = [finding.on for finding in case.all_findings if finding.outcome is not FindingOutcome.NOT_VERIFIABLE]
    interventions = found + _rescues(case) + [Moment(day) for day in case.operation_days]
    if interventions:
        first = earliest(interventions).not_before(received)
        yield from placed(_cell(case, Measure.CASES_INTERVENED, first.on), fitted=first.is_fitted)
    for category, moment in categories_of_case(case).items():
        cell = _cell(case, Measure.CASES_BY_FINDING, max(moment.on, received), category)
        yield from placed(cell, fitted=moment.is_fitted)


def province_of(case: Case) -> str:
    """Return the province in which a case counts."""
    return case.province or UNKNOWN_PROVINCE


def _claims(case: Case) -> Iterator[tuple[Cell, int]]:
    claim, received = case.headcount, case.received_on.on
    if claim is None or claim.bound is StatementBound.UNQUANTIFIED:
        yield _cell(case, Measure.ALLEGED_UNSAID, received), 1
    if claim is None:
        return
    if claim.bound is StatementBound.ABOUT:
        yield _cell(case, Measure.ALLEGED_ABOUT, received), 1
    low, high = headcount_bounds(claim)
    yield _cell(case, Measure.ALLEGED_LOW, received), low
    if high is None:
        yield _cell(case, Measure.ALLEGED_OPEN, received), 1
    else:
        yield _cell(case, Measure.ALLEGED_HIGH, received), high


def _rescues(case: Case) -> list[Moment]:
    steps = [step for person in case.persons.values() for step in person.steps]
    return [step.moment.not_before(step.on) for step in steps if step.status is PersonStatus.RESCUED]


def _cell(case: Case, measure: Measure, on: date, detail: str = NONE) -> Cell:
    return Cell(
        measure=measure,
        occurred_on=on,
        province=province_of(case),
        detail=detail,
        channel=case.channel.value,
        kind=case.kind.value,
    )
