"""What a human being contributes. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final

from service.codes import DETENTIONS, Attribution, PersonStatus
from service.ledger.rules import NONE, Cell, Measure, as_stay
from service.story.case import Case
from service.story.counting.categories import categories_of_person
from service.story.counting.days import first_days
from service.story.counting.of_cases import province_of
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescued import Rescued
from service.story.person import Person
from service.story.standing import Step

AWAITING: Final = "awaiting_return"
EVER_RESCUED: Final = "yes"
NEVER_RESCUED: Final = "no"


class _Places:
    """Where one person counts: what does not change from cell to cell is worked out once."""

    def __init__(self, case: Case, person: Person) -> None:
        self._person = person
        self._nationality = person.effective_nationality.code
        self._sex = person.sex.value
        self._province = _province(case, person)
        self._age_groups: dict[date, str] = {}

    def cell(self, measure: Measure, on: date, detail: str = NONE) -> Cell:
        age_group = self._age_groups.get(on)
        if age_group is None:
            age_group = self._age_groups[on] = self._person.age_group(on).value
        return Cell(
            measure=measure,
            occurred_on=on,
            nationality=self._nationality,
            sex=self._sex,
            age_group=age_group,
            province=self._province,
            detail=detail,
        )


def of_person(case: Case, person: Person) -> Iterator[tuple[Cell, int]]:
    """Answer the cells of a human being and how much they count in each."""
    places = _Places(case, person)
    path = person.path
    yield from _moves(places, Measure.STATUS, [(status.value, day) for status, day in path])
    for (status, entered), (_, left) in pairwise(path):
        yield places.cell(Measure.DAYS_IN_STATUS, left, as_stay(status.value, (left - entered).days)), 1
    yield places.cell(Measure.PERSONS_RECEIVED, path[0][1]), 1
    first_entries = dict(reversed(path))
    if PersonStatus.VERIFIED in first_entries:
        yield places.cell(Measure.PERSONS_VERIFIED, first_entries[PersonStatus.VERIFIED]), 1
    yield from _steps(places, person)
    yield from _moves(places, Measure.RESCUED_STANDING, list(_standing_after_rescue(person)))
    yield from _detentions(places, person)
    yield from _papers(places, person)


def _moves(places: _Places, measure: Measure, entered: list[tuple[str, date]]) -> Iterator[tuple[Cell, int]]:
    """Moves from one state to the next. A human leaves the very cell that was entered, whatever birthday came since."""
    left: Cell | None = None
    for state, day in entered:
        if left is not None:
            yield Cell(left.measure, day, *left[2:]), -1
        left = places.cell(measure, day, state)
        yield left, 1


def _steps(places: _Places, person: Person) -> Iterator[tuple[Cell, int]]:
    rescued = repatriated = False
    for step in person.steps:
        if isinstance(step.fact, Rescued) and not rescued:
            rescued = True
            yield from _first_rescue(places, person, step, step.fact)
        elif isinstance(step.fact, Repatriated):
            mode = step.fact.mode.value
            yield places.cell(Measure.JOURNEYS_HOME, step.on, mode), 1
            if not repatriated:
                repatriated = True
                yield places.cell(Measure.PERSONS_REPATRIATED, step.on, mode), 1
        elif step.outcome is not None and step is person.steps[-1]:
            yield places.cell(Measure.PERSONS_ENDED, step.on, step.outcome.value), 1


def _first_rescue(places: _Places, person: Person, step: Step, fact: Rescued) -> Iterator[tuple[Cell, int]]:
    operation = NONE if step.operation_id is None else str(step.operation_id)
    yield places.cell(Measure.PERSONS_RESCUED, step.on, operation), 1
    for attribution in set(fact.by) or {Attribution.OTHER}:
        yield places.cell(Measure.RESCUED_BY, step.on, attribution.value), 1
    for category in categories_of_person(person):
        yield places.cell(Measure.RESCUED_FOUND, step.on, category), 1


def _standing_after_rescue(person: Person) -> Iterator[tuple[str, date]]:
    """Where a human who was ever rescued stands since: awaiting return, repatriated or ended."""
    rescued = False
    for step in person.steps:
        rescued = rescued or step.status is PersonStatus.RESCUED
        if rescued:
            yield AWAITING if step.status is PersonStatus.RESCUED else step.status.value, step.on


def _detentions(places: _Places, person: Person) -> Iterator[tuple[Cell, int]]:
    held = [(custody.kind.value, custody.started.on) for custody in person.custodies if custody.kind in DETENTIONS]
    firsts = first_days(held, not_before=person.added.on)
    yield from _once(places, person, Measure.PERSONS_DETAINED, Measure.DETAINED_IN, firsts)


def _papers(places: _Places, person: Person) -> Iterator[tuple[Cell, int]]:
    missing = [(kind.value, check.moment.on) for check in person.document_checks for kind in check.missing]
    firsts = first_days(missing, not_before=person.added.on)
    yield from _once(places, person, Measure.PERSONS_UNDOCUMENTED, Measure.PAPERS_MISSING, firsts)


def _once(
    places: _Places, person: Person, whole: Measure, part: Measure, firsts: Mapping[str, date]
) -> Iterator[tuple[Cell, int]]:
    """A human counts once in the whole, split by whether ever rescued, and once in each part."""
    if not firsts:
        return
    rescued = any(step.status is PersonStatus.RESCUED for step in person.steps)
    yield places.cell(whole, min(firsts.values()), EVER_RESCUED if rescued else NEVER_RESCUED), 1
    for code, day in firsts.items():
        yield places.cell(part, day, code), 1


def _province(case: Case, person: Person) -> str:
    """The province of the person's first rescue where it was named, else the case's."""
    named = [step.fact.province for step in person.steps if isinstance(step.fact, Rescued) and step.fact.province]
    return named[0] if named else province_of(case)
