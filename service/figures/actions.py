"""Answering a figure: the cells, the total summed apart, and the checks that apply."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service.acting import Principal, Role
from service.db.database import ReadConnection
from service.figures.queries import Sum, embargoed_operations, sum_apart, sum_cells
from service.figures.rules.answering import Check, Key, Question, equal_check, parts_check, shown_keys
from service.figures.rules.definitions import DETAIL
from service.figures.rules.unpacking import Packed, shares, spreads
from service.figures.rules.values import Count, Form, Value, bounds_of
from service.ledger.rules import Measure


@dataclass(frozen=True)
class FigureAnswer:
    """A figure answered.

    Attributes:
        cells: by codes, in the order of the breakdown.
        total: summed apart from the cells; None where the figure is nothing but overlapping parts.
    """

    question: Question
    cells: Mapping[Key, Value]
    total: Value | None
    checks: tuple[Check, ...]


async def answer_figure(db: ReadConnection, question: Question, asking: Principal, now: datetime) -> FigureAnswer:
    """Answer a figure within one snapshot; operations under embargo are told apart for a supervisor only."""
    if question.is_about_operations and asking.role is not Role.SUPERVISOR:
        question = replace(question, embargoed=await embargoed_operations(db, now))
    match question.definition.form:
        case Form.BOUNDS:
            return await _answer_bounds(db, question)
        case Form.SHARE | Form.SPREAD:
            return await _answer_packed(db, Packed.of(question))
        case Form.COUNT:
            return await _answer_counts(db, question)


async def _answer_counts(db: ReadConnection, question: Question) -> FigureAnswer:
    summed = await sum_cells(db, question)
    counted: Counter[Key] = Counter()
    for key, value in summed.items():
        counted[tuple(question.told(code) for code in key)] += value
    whole = question.whole_measure
    parts = await sum_apart(
        db, _check_sums(question) + ([_total_of(question, whole)] if whole else []), question.known_at
    )
    total = parts.pop() if whole else None
    checks = _closure(question, parts)
    if question.by and total is not None and not question.overlapping:
        checks = (parts_check(total, counted.values()), *checks)
    cells = {key: Count(counted.get(key, 0)) for key in shown_keys(question, counted)}
    return FigureAnswer(question, cells, None if total is None else Count(total), checks)


async def _answer_bounds(db: ReadConnection, question: Question) -> FigureAnswer:
    low = await sum_cells(db, question)
    high = await sum_cells(db, question, measure=Measure.ALLEGED_HIGH)
    open_ended = await sum_cells(db, question, measure=Measure.ALLEGED_OPEN)
    total = (await sum_apart(db, [_total_of(question, question.measure)], question.known_at))[0]
    cells = {
        key: bounds_of(low.get(key, 0), high.get(key, 0), open_ended.get(key, 0))
        for key in shown_keys(question, low.keys() | high.keys() | open_ended.keys())
    }
    checks = (parts_check(total, low.values()),) if question.by else ()
    return FigureAnswer(question, cells, bounds_of(total, sum(high.values()), sum(open_ended.values())), checks)


async def _answer_packed(db: ReadConnection, packed: Packed) -> FigureAnswer:
    question = packed.question
    summed = await sum_cells(db, packed.to_sum)
    apart = await sum_apart(db, [_total_of(packed.to_sum, question.measure), *_check_sums(question)], question.known_at)
    unpack = shares if question.definition.form is Form.SHARE else spreads
    cells, total = unpack(packed, summed)
    checks = (parts_check(apart[0], summed.values()), *_closure(question, apart[1:]))
    return FigureAnswer(question, cells, total, checks)


def _total_of(question: Question, measure: Measure) -> Sum:
    first = None if question.is_stock else question.period[0]
    return Sum(measure, first, question.period[1], question.column_filters)


def _check_sums(question: Question) -> list[Sum]:
    """The sums that C1, C2, C3 and C7 compare, where the figure has those parts.

    They are compared over all ages: a birthday between two steps moves a human from one group to the next.
    """
    first, last = question.period
    columns = {name: codes for name, codes in question.column_filters.items() if name not in {DETAIL, "age_group"}}
    match question.definition.name:
        case "cases_received":
            return [
                Sum(Measure.CASES_RECEIVED, first, last, columns),
                Sum(Measure.CASES_STANDING, first, last, columns),
            ]
        case "completeness":
            return [
                Sum(Measure.CASES_RECEIVED, first, last, columns),
                Sum(Measure.CASES_COMPLETE, first, last, columns),
            ]
        case "persons_by_status":
            return [Sum(Measure.PERSONS_RECEIVED, None, last, columns), Sum(Measure.STATUS, None, last, columns)]
        case "persons_rescued" | "persons_awaiting_return":
            return [
                Sum(Measure.PERSONS_RESCUED, None, last, columns),
                Sum(Measure.RESCUED_STANDING, None, last, {**columns, DETAIL: AFTER_RESCUE}),
            ]
        case _:
            return []


AFTER_RESCUE: Final = ("awaiting_return", "repatriated", "ended")
"""Where a human who was ever rescued can stand."""

_CLOSURES: Final = {
    "cases_received": ("C1", "Cases received are those open and those closed, by reason."),
    "completeness": ("C7", "Every case received was looked at for its essentials."),
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
