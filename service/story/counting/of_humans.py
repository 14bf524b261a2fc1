"""What a human being contributes. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import Final

from service.codes import DETENTIONS, Attribution, PersonStatus
from service.ledger.rules import NONE, Cell, Measure, as_stay
from service.story.counting.categories import categories_of_person
from service.story.counting.days import earliest, first_moments, placed
from service.story.counting.of_cases import UNKNOWN_PROVINCE
from service.story.human import Human
from service.story.moment import Moment
from service.story.nationality import CAMBODIA
from service.story.standing import Rescue, Step

AWAITING: Final = "awaiting_return"
AT_HOME: Final = "at_home"
"""Where a Cambodian stands after a rescue: there is no return to await."""

EVER_RESCUED: Final = "yes"
NEVER_RESCUED: Final = "no"

_HOME_OR_ENDED: Final = frozenset({PersonStatus.REPATRIATED, PersonStatus.ENDED})
_NOT_BROUGHT_OUT: Final = frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED})


class _Places:
    """Where one human counts: what does not change from cell to cell is computed once."""

    def __init__(self, human: Human) -> None:
        self._human = human
        self._nationality = human.nationality.counts_as
        self._sex = human.sex.value
        self._whereabouts = [(since, province or UNKNOWN_PROVINCE) for since, province in human.whereabouts]
        self._age_groups: dict[date, str] = {}

    def cell(self, measure: Measure, on: date, detail: str = NONE, *, since: date | None = None) -> Cell:
        """Return a cell where the human was on that day, or was since an earlier one."""
        place = bisect_right(self._whereabouts, since or on, key=itemgetter(0)) - 1
        _, province = self._whereabouts[place]
        age_group = self._age_groups.get(on)
        if age_group is None:
            age_group = self._age_groups[on] = self._human.age_group(on).value
        return Cell(measure, on, self._nationality, self._sex, age_group, province, detail)


def of_human(human: Human) -> Iterator[tuple[Cell, int]]:
    """Return the cells of a human being and how much they count in each."""
    places = _Places(human)
    path, fitted = human.path, human.fitted
    yield from _moves(
        (places.cell(Measure.STATUS, day, status.value, since=_there_since(status, day)), (status, day) in fitted)
        for status, day in path
    )
    for (status, entered), (_, left) in pairwise(path):
        stay = as_stay(status.value, (left - entered).days)
        yield places.cell(Measure.DAYS_IN_STATUS, left, stay, since=_there_since(status, entered)), 1
    yield from placed(places.cell(Measure.PERSONS_RECEIVED, path[0][1], since=date.min), fitted=path[0] in fitted)
    if (verified_on := human.verified_on) is not None:
        verified = places.cell(Measure.PERSONS_VERIFIED, verified_on, since=date.min)
        yield from placed(verified, fitted=(PersonStatus.VERIFIED, verified_on) in fitted)
    if (step := human.rescue) is not None and step.rescue is not None:
        yield from _first_rescue(places, human, step, step.rescue)
    yield from _returns(places, human)
    if (end := human.end) is not None and end.outcome is not None:
        ended = places.cell(Measure.PERSONS_ENDED, end.on, end.outcome.value)
        yield from placed(ended, fitted=end.moment.is_fitted)
    since = _since_rescue(human)
    yield from _moves(
        (places.cell(Measure.RESCUED_STANDING, day, state), entered in fitted) for state, day, entered in since
    )
    split = EVER_RESCUED if since else NEVER_RESCUED
    yield from _detentions(places, human, split)
    yield from _papers(places, human, split)


def _there_since(status: PersonStatus, entered: date) -> date:
    """Return the day that says where somebody is in a status: until brought out, where the case reports them."""
    return date.min if status in _NOT_BROUGHT_OUT else entered


def _moves(entered: Iterable[tuple[Cell, bool]]) -> Iterator[tuple[Cell, int]]:
    """Moves from one state to the next. A human leaves the very cell that was entered, whatever birthday came since.

    Args:
        entered: where the human was, and whether the day was fitted.
    """
    left: Cell | None = None
    left_fitted = False
    for cell, fitted in entered:
        if left is not None:
            yield from placed(left._replace(occurred_on=cell.occurred_on), fitted=left_fitted, amount=-1)
        left, left_fitted = cell, fitted
        yield from placed(cell, fitted=fitted)


def _first_rescue(places: _Places, human: Human, step: Step, rescue: Rescue) -> Iterator[tuple[Cell, int]]:
    operation, fitted = NONE if step.operation_id is None else str(step.operation_id), step.moment.is_fitted
    yield from placed(places.cell(Measure.PERSONS_RESCUED, step.on, operation), fitted=fitted)
    for attribution in set(rescue.by) or {Attribution.OTHER}:
        yield from placed(places.cell(Measure.RESCUED_BY, step.on, attribution.value), fitted=fitted)
    for category in {found for row in human.rows for found in categories_of_person(row.person)}:
        yield from placed(places.cell(Measure.RESCUED_FOUND, step.on, category), fitted=fitted)


def _returns(places: _Places, human: Human) -> Iterator[tuple[Cell, int]]:
    """Every journey counts as one, and the human once, by the mode of the first."""
    for number, step in enumerate(human.departures):
        mode = NONE if step.departure is None else step.departure.value
        fitted = step.moment.is_fitted
        yield from placed(places.cell(Measure.JOURNEYS_HOME, step.on, mode), fitted=fitted)
        if number == 0:
            yield from placed(places.cell(Measure.PERSONS_REPATRIATED, step.on, mode), fitted=fitted)


def _since_rescue(human: Human) -> list[tuple[str, date, tuple[PersonStatus, date]]]:
    """Return where a human stands since the first rescue: awaiting return, at home, repatriated or ended.

    With the day of each, and the entry of the path that led there.

    Somebody whose rescued row has ended while another goes on awaits the return. Whoever was home already in one row,
    by their own means, when another tells of a rescue, is repatriated from that day.
    """
    path = human.path
    rescue = human.rescue
    if rescue is not None and all(status is not PersonStatus.RESCUED for status, _ in path):
        place = bisect_right(path, rescue.on, key=itemgetter(1))
        already, _ = path[place - 1]
        path = ((PersonStatus.RESCUED, rescue.on), (already, rescue.on), *path[place:])
    here = AT_HOME if human.nationality.counts_as == CAMBODIA else AWAITING
    first = next((place for place, (status, _) in enumerate(path) if status is PersonStatus.RESCUED), len(path))
    since: list[tuple[str, date, tuple[PersonStatus, date]]] = []
    for status, day in path[first:]:
        standing = status.value if status in _HOME_OR_ENDED else here
        if not since or since[-1][0] != standing:
            since.append((standing, day, (status, day)))
    return since


def _detentions(places: _Places, human: Human, split: str) -> Iterator[tuple[Cell, int]]:
    held = [(custody.kind.value, custody.started) for custody in human.custodies if custody.kind in DETENTIONS]
    firsts = first_moments(held)
    yield from _once(places, Measure.PERSONS_DETAINED, Measure.DETAINED_IN, firsts, split)


def _papers(places: _Places, human: Human, split: str) -> Iterator[tuple[Cell, int]]:
    missing = [(kind.value, check.moment) for check in human.document_checks for kind in check.missing]
    firsts = first_moments(missing)
    yield from _once(places, Measure.PERSONS_UNDOCUMENTED, Measure.PAPERS_MISSING, firsts, split)


def _once(
    places: _Places, whole: Measure, part: Measure, firsts: Mapping[str, Moment], split: str
) -> Iterator[tuple[Cell, int]]:
    """A human counts once in the whole, split by whether ever rescued, and once in each part."""
    if not firsts:
        return
    first = earliest(firsts.values())
    yield from placed(places.cell(whole, first.on, split), fitted=first.is_fitted)
    for code, moment in firsts.items():
        yield from placed(places.cell(part, moment.on, code), fitted=moment.is_fitted)
