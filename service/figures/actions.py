"""Answering a figure: the cells, the total summed apart, and the checks that apply."""

from dataclasses import dataclass
from typing import Final

from service.db.database import ReadConnection
from service.figures.queries import Sum, sum_apart, sum_cells
from service.figures.rules.answering import Check, Key, Question, equal_check, parts_check, with_zeros
from service.ledger.rules import Measure


@dataclass(frozen=True)
class Bounds:
    """A sum of claims: at least `low`; at most `high`, unless some claims are open-ended."""

    low: int
    high: int
    open_ended: int


@dataclass(frozen=True)
class FigureAnswer:
    """A figure answered.

    Attributes:
        cells: value by codes, in the order of the breakdown; empty without one.
        bounds: the same for a figure of bounds, beside the lower ones in `cells`.
        total: summed apart from the cells; None where the figure is nothing but overlapping parts.
    """

    question: Question
    cells: dict[Key, int]
    total: int | None
    checks: tuple[Check, ...]
    bounds: dict[Key, Bounds] | None = None


async def answer_figure(db: ReadConnection, question: Question) -> FigureAnswer:
    """Answer a figure within one snapshot."""
    if question.definition.bounds:
        return await _answer_bounds(db, question)
    counted = await sum_cells(db, question)
    whole = question.whole_measure
    sums = _check_sums(question) + ([_total_of(question, whole)] if whole else [])
    parts = await sum_apart(db, sums, question.known_at)
    total = parts.pop() if whole else None
    checks = _closure(question, parts)
    if question.by and total is not None and not question.overlapping:
        checks = (parts_check(total, counted), *checks)
    return FigureAnswer(question, with_zeros(question, counted), total, checks)


async def _answer_bounds(db: ReadConnection, question: Question) -> FigureAnswer:
    low = await sum_cells(db, question)
    high = await sum_cells(db, question, measure=Measure.ALLEGED_HIGH)
    open_ended = await sum_cells(db, question, measure=Measure.ALLEGED_OPEN)
    total = (await sum_apart(db, [_total_of(question, question.measure)], question.known_at))[0]
    cells = with_zeros(question, {key: low.get(key, 0) for key in low.keys() | high.keys() | open_ended.keys()})
    bounds = {key: Bounds(cells[key], high.get(key, 0), open_ended.get(key, 0)) for key in cells}
    if not question.by:
        bounds[()] = Bounds(low.get((), 0), high.get((), 0), open_ended.get((), 0))
    checks = (parts_check(total, low),) if question.by else ()
    return FigureAnswer(question, cells, total, checks, bounds)


def _total_of(question: Question, measure: Measure) -> Sum:
    first = None if question.is_stock else question.period[0]
    return Sum(measure, first, question.period[1], question.column_filters)


def _check_sums(question: Question) -> list[Sum]:
    """The sums that C1, C2 and C3 compare, where the figure has those parts.

    They are compared over all ages: a birthday between two steps moves a human from one group to the next.
    """
    first, last = question.period
    columns = {name: codes for name, codes in question.column_filters.items() if name not in {"detail", "age_group"}}
    match question.definition.name:
        case "cases_received":
            return [
                Sum(Measure.CASES_RECEIVED, first, last, columns),
                Sum(Measure.CASES_STANDING, first, last, columns),
            ]
        case "persons_by_status":
            return [Sum(Measure.PERSONS_RECEIVED, None, last, columns), Sum(Measure.STATUS, None, last, columns)]
        case "persons_rescued" | "persons_awaiting_return":
            return [
                Sum(Measure.PERSONS_RESCUED, None, last, columns),
                Sum(Measure.RESCUED_STANDING, None, last, {**columns, "detail": AFTER_RESCUE}),
            ]
        case _:
            return []


AFTER_RESCUE: Final = ("awaiting_return", "repatriated", "ended")
"""Where a human who was ever rescued can stand."""

_CLOSURES: Final = {
    "cases_received": ("C1", "Cases received are those open and those closed, by reason."),
    "persons_by_status": ("C2", "Humans known are the sum over statuses."),
    "persons_rescued": ("C3", "Humans ever rescued are repatriated, awaiting return, or ended after the rescue."),
    "persons_awaiting_return": (
        "C3",
        "Humans ever rescued are repatriated, awaiting return, or ended after the rescue.",
    ),
}


def _closure(question: Question, parts: list[int]) -> tuple[Check, ...]:
    named = _CLOSURES.get(question.definition.name)
    if named is None:
        return ()
    return (equal_check(named[0], parts[0], parts[1], named[1]),)
