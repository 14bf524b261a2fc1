"""What a year writes into the ledger, and what is summed of it: by the rules of the service alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from service.ledger.rules import NONE, Bag, Cell, Entry, Measure, difference, fitted_detail, read_set, read_stay
from service.story.counting import contributions
from service.story.fold import apply, fold
from service.story.kinds.names import Kind
from tests.cases.story import Story

OF_HUMANS: Final = ("nationality", "sex", "age_group", "province")
OF_CASES: Final = ("channel", "kind", "province")
OF_OFFENDERS: Final = ("nationality", "province")


@dataclass(frozen=True)
class Counted:
    """By what a figure, or one breakdown of it, is counted.

    Attributes:
        of: the dimensions that it has with others.
        own: the name of its own one, if it has any.
        detail: the one code of its own dimension that counts; all where None.
    """

    figure: str
    measure: Measure
    of: tuple[str, ...]
    own: str | None = None
    detail: str | None = None


FLOWS: Final = (
    Counted("cases_received", Measure.CASES_RECEIVED, OF_CASES),
    Counted("completeness", Measure.CASES_COMPLETE, OF_CASES, "essential"),
    Counted("cases_intervened", Measure.CASES_INTERVENED, OF_CASES),
    Counted("cases_by_finding", Measure.CASES_BY_FINDING, OF_CASES, "finding"),
    Counted("persons_received", Measure.PERSONS_RECEIVED, OF_HUMANS),
    Counted("persons_verified", Measure.PERSONS_VERIFIED, OF_HUMANS),
    Counted("persons_rescued", Measure.PERSONS_RESCUED, OF_HUMANS, "operation"),
    Counted("persons_rescued", Measure.RESCUED_BY, OF_HUMANS, "attribution"),
    Counted("persons_rescued", Measure.RESCUED_FOUND, OF_HUMANS, "finding"),
    Counted("persons_repatriated", Measure.PERSONS_REPATRIATED, OF_HUMANS, "mode"),
    Counted("journeys_home", Measure.JOURNEYS_HOME, OF_HUMANS, "mode"),
    Counted("persons_ended", Measure.PERSONS_ENDED, OF_HUMANS, "outcome"),
    Counted("persons_detained", Measure.PERSONS_DETAINED, OF_HUMANS, "rescued"),
    Counted("persons_detained", Measure.DETAINED_IN, OF_HUMANS, "custody"),
    Counted("persons_undocumented", Measure.PERSONS_UNDOCUMENTED, OF_HUMANS, "rescued"),
    Counted("persons_undocumented", Measure.PAPERS_MISSING, OF_HUMANS, "document"),
    Counted("offenders_at_stage", Measure.OFFENDERS_PURSUED, OF_OFFENDERS),
    Counted("offenders_at_stage", Measure.STAGES_REACHED, OF_OFFENDERS, "stage"),
    Counted("offenders_at_stage", Measure.PURSUED_IN_ROLE, OF_OFFENDERS, "role"),
    Counted("arrests", Measure.ARRESTS, OF_OFFENDERS),
    Counted("days_in_status", Measure.DAYS_IN_STATUS, OF_HUMANS, "status"),
)
STOCKS: Final = (
    Counted("persons_by_status", Measure.STATUS, OF_HUMANS, "status"),
    Counted("persons_awaiting_return", Measure.RESCUED_STANDING, OF_HUMANS, None, "awaiting_return"),
)
FITTED: Final = (
    "cases_intervened", "persons_received", "persons_verified", "persons_rescued", "persons_repatriated",
    "journeys_home", "persons_ended", "persons_detained", "persons_undocumented", "offenders_at_stage", "arrests",
)  # fmt: skip


class Ledger:
    """The entries of a year, each with the moment at which it was written."""

    def __init__(self, stories: Iterable[Story]) -> None:
        """Record the facts of each case one by one, and keep what each of them changes."""
        self._written: list[tuple[datetime, Entry]] = []
        for story in stories:
            before, case = Bag(), fold(story.events[:1])
            for place, event in enumerate(story.events, 1):
                if event.kind is Kind.VOIDED:
                    case = fold(story.events[:place])
                elif case is not None and place > 1:
                    apply(case, event)
                after = contributions(case)
                self._written += [(event.recorded_at, entry) for entry in difference(before, after)]
                before = after

    def known_at(self, moment: datetime) -> Mapping[Measure, Mapping[Cell, int]]:
        """Return what the entries written by then amount to."""
        cells: defaultdict[Measure, Counter[Cell]] = defaultdict(Counter)
        for recorded_at, entry in self._written:
            if recorded_at <= moment:
                cells[entry.cell.measure][entry.cell] += entry.delta
        return cells


def within(
    cells: Mapping[Measure, Mapping[Cell, int]], counted: Counted, first: date, last: date
) -> Mapping[Measure, Mapping[Cell, int]]:
    """Return what counts in a period, so that many questions about it look at nothing else."""
    told = cells.get(counted.measure, {}).items()
    return {counted.measure: {cell: amount for cell, amount in told if first <= cell.occurred_on <= last}}


def summed(
    cells: Mapping[Measure, Mapping[Cell, int]], counted: Counted, first: date | None, last: date, by: tuple[str, ...]
) -> Counter[tuple[str, ...]]:
    """Return the cells of a figure in a period, or where `first` is None on a day; without those that are zero."""
    found: Counter[tuple[str, ...]] = Counter()
    for cell, amount in cells.get(counted.measure, {}).items():
        if cell.occurred_on > last or (first is not None and cell.occurred_on < first):
            continue
        if counted.detail not in {None, cell.detail}:
            continue
        for own in _own(cell):
            found[tuple(own if name == counted.own else getattr(cell, name) for name in by)] += amount
    return Counter({codes: amount for codes, amount in found.items() if amount})


def fitted(cells: Mapping[Measure, Mapping[Cell, int]], counted: Counted, first: date, last: date) -> int:
    """Return of how many of a total the day was fitted."""
    detail = fitted_detail(counted.measure)
    told = cells.get(Measure.FITTED, {}).items()
    return sum(amount for cell, amount in told if cell.detail == detail and first <= cell.occurred_on <= last)


def _own(cell: Cell) -> list[str]:
    match cell.measure:
        case Measure.CASES_COMPLETE:
            return sorted(read_set(cell.detail))
        case Measure.DAYS_IN_STATUS:
            return [read_stay(cell.detail)[0]]
    return ["none" if cell.detail == NONE else cell.detail]
