"""What a human being contributes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final

from service.codes import DETENTIONS, Attribution, PersonStatus
from service.ledger.rules import NONE, Cell, Measure, as_stay
from service.story.counting.categories import categories_of_person
from service.story.counting.days import first_days
from service.story.counting.of_cases import UNKNOWN_PROVINCE
from service.story.human import Human
from service.story.standing import Rescue, Step

AWAITING: Final = "awaiting_return"
EVER_RESCUED: Final = "yes"
NEVER_RESCUED: Final = "no"

_HOME_OR_ENDED: Final = frozenset({PersonStatus.REPATRIATED, PersonStatus.ENDED})


_REPORTED: Final = frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED})
"""Statuses in which somebody is where they were reported, even on the day of the rescue."""


class _Places:
    """Where one human counts: what does not change from cell to cell is computed once."""

    def __init__(self, human: Human) -> None:
        self._human = human
        self._nationality = human.nationality.code
        self._sex = human.sex.value
        self._reported = human.reported_in or UNKNOWN_PROVINCE
        self._age_groups: dict[date, str] = {}
        self._provinces: dict[date, str] = {}

    def cell(self, measure: Measure, on: date, detail: str = NONE) -> Cell:
        """Return a cell where the human was on that day."""
        province = self._provinces.get(on)
        if province is None:
            province = self._provinces[on] = self._human.province_on(on) or UNKNOWN_PROVINCE
        return self._cell(measure, on, detail, province)

    def cell_of_status(self, measure: Measure, on: date, status: PersonStatus, detail: str) -> Cell:
        """Return a cell where the human was in a status entered that day."""
        return (
            self._cell(measure, on, detail, self._reported) if status in _REPORTED else self.cell(measure, on, detail)
        )

    def _cell(self, measure: Measure, on: date, detail: str, province: str) -> Cell:
        age_group = self._age_groups.get(on)
        if age_group is None:
            age_group = self._age_groups[on] = self._human.age_group(on).value
        return Cell(measure, on, self._nationality, self._sex, age_group, province, detail)


def of_human(human: Human) -> Iterator[tuple[Cell, int]]:
    """Return the cells of a human being and how much they count in each."""
    places = _Places(human)
    path = human.path
    yield from _moves(places.cell_of_status(Measure.STATUS, day, status, status.value) for status, day in path)
    for (status, entered), (_, left) in pairwise(path):
        stay = as_stay(status.value, (left - entered).days)
        yield places.cell_of_status(Measure.DAYS_IN_STATUS, left, status, stay), 1
    yield places.cell_of_status(Measure.PERSONS_RECEIVED, path[0][1], PersonStatus.RECEIVED, NONE), 1
    if (verified_on := human.verified_on) is not None:
        yield places.cell_of_status(Measure.PERSONS_VERIFIED, verified_on, PersonStatus.VERIFIED, NONE), 1
    if (step := human.rescue) is not None and step.rescue is not None:
        yield from _first_rescue(places, human, step, step.rescue)
    yield from _returns(places, human)
    if (end := human.end) is not None and end.outcome is not None:
        yield places.cell(Measure.PERSONS_ENDED, end.on, end.outcome.value), 1
    since = _since_rescue(human)
    yield from _moves(places.cell(Measure.RESCUED_STANDING, day, state) for state, day in since)
    split = EVER_RESCUED if since else NEVER_RESCUED
    yield from _detentions(places, human, split)
    yield from _papers(places, human, split)


def _moves(entered: Iterable[Cell]) -> Iterator[tuple[Cell, int]]:
    """Moves from one state to the next. A human leaves the very cell that was entered, whatever birthday came since."""
    left: Cell | None = None
    for cell in entered:
        if left is not None:
            yield Cell(left.measure, cell.occurred_on, *left[2:]), -1
        left = cell
        yield cell, 1


def _first_rescue(places: _Places, human: Human, step: Step, rescue: Rescue) -> Iterator[tuple[Cell, int]]:
    operation = NONE if step.operation_id is None else str(step.operation_id)
    yield places.cell(Measure.PERSONS_RESCUED, step.on, operation), 1
    for attribution in set(rescue.by) or {Attribution.OTHER}:
        yield places.cell(Measure.RESCUED_BY, step.on, attribution.value), 1
    for category in {found for row in human.rows for found in categories_of_person(row.person)}:
        yield places.cell(Measure.RESCUED_FOUND, step.on, category), 1


def _returns(places: _Places, human: Human) -> Iterator[tuple[Cell, int]]:
    """Every journey counts as one, and the human once, by the mode of the first."""
    for number, step in enumerate(human.departures):
        mode = NONE if step.departure is None else step.departure.value
        yield places.cell(Measure.JOURNEYS_HOME, step.on, mode), 1
        if number == 0:
            yield places.cell(Measure.PERSONS_REPATRIATED, step.on, mode), 1


def _since_rescue(human: Human) -> list[tuple[str, date]]:
    """Return where a human stands since the first rescue: awaiting return, repatriated or ended.

    Somebody whose rescued row has ended while another goes on awaits the return.
    """
    path = human.path
    first = next((place for place, (status, _) in enumerate(path) if status is PersonStatus.RESCUED), len(path))
    since: list[tuple[str, date]] = []
    for status, day in path[first:]:
        standing = status.value if status in _HOME_OR_ENDED else AWAITING
        if not since or since[-1][0] != standing:
            since.append((standing, day))
    return since


def _detentions(places: _Places, human: Human, split: str) -> Iterator[tuple[Cell, int]]:
    held = [(custody.kind.value, custody.started.on) for custody in human.custodies if custody.kind in DETENTIONS]
    firsts = first_days(held)
    yield from _once(places, Measure.PERSONS_DETAINED, Measure.DETAINED_IN, firsts, split)


def _papers(places: _Places, human: Human, split: str) -> Iterator[tuple[Cell, int]]:
    missing = [(kind.value, check.moment.on) for check in human.document_checks for kind in check.missing]
    firsts = first_days(missing)
    yield from _once(places, Measure.PERSONS_UNDOCUMENTED, Measure.PAPERS_MISSING, firsts, split)


def _once(
    places: _Places, whole: Measure, part: Measure, firsts: Mapping[str, date], split: str
) -> Iterator[tuple[Cell, int]]:
    """A human counts once in the whole, split by whether ever rescued, and once in each part."""
    if not firsts:
        return
    yield places.cell(whole, min(firsts.values()), split), 1
    for code, day in firsts.items():
        yield places.cell(part, day, code), 1
