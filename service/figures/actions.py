"""Computing a figure: its cells, the total summed apart, and the checks that apply."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from service.access.rules import Rows, row_scope_of
from service.acting import Principal
from service.db.database import ReadConnection
from service.figures.queries import Sum, embargoed_operations, sum_apart, sum_cells
from service.figures.rules.answering import (
    Check,
    FigureAnswer,
    Key,
    Question,
    check_question,
    closure_check,
    parts_check,
    shown_keys,
)
from service.figures.rules.definitions import DETAIL, VERSIONS, version_under
from service.figures.rules.unpacking import Packed, shares, spreads
from service.figures.rules.values import Count, Form, bounds_of
from service.ledger.queries import rules_in_force
from service.ledger.rules import Measure


async def answer_figure(db: ReadConnection, question: Question, asking: Principal, now: datetime) -> FigureAnswer:
    """Return the answer to a question, from one snapshot.

    It is computed under the version of the figure that was in force at the question's `known_at` (ADR 0030).
    Operations under embargo are told apart only for whoever may know of all operations.

    Raises:
        InvalidError: that version does not have what was asked for.
    """
    question = await _under_its_version(db, question)
    if question.is_about_operations and row_scope_of(asking.role).operations is not Rows.ALL:
        question = replace(question, embargoed=await embargoed_operations(db, now))
    match question.definition.form:
        case Form.BOUNDS:
            return await _answer_bounds(db, question)
        case Form.SHARE | Form.SPREAD:
            return await _answer_packed(db, Packed.of(question))
        case Form.COUNT:
            return await _answer_counts(db, question)


async def _under_its_version(db: ReadConnection, question: Question) -> Question:
    """Return the question under the version in force. A figure that has only one needs no look at the database."""
    name = question.definition.name
    if len(VERSIONS[name]) == 1:
        return question
    definition = version_under(name, await rules_in_force(db, question.known_at))
    check_question(definition, question.by, question.filters)
    return replace(question, definition=definition)


async def _answer_counts(db: ReadConnection, question: Question) -> FigureAnswer:
    summed = await sum_cells(db, question)
    counted: Counter[Key] = Counter()
    for key, value in summed.items():
        counted[tuple(question.shown_code(code) for code in key)] += value
    whole = question.whole_measure
    parts = await sum_apart(
        db, _closure_sums(question) + ([_total_of(question, whole)] if whole else []), question.known_at
    )
    total = parts.pop() if whole else None
    checks = _closure(question, parts)
    if question.by and total is not None and not question.overlapping:
        checks = (parts_check(total, counted.values()), *checks)
    cells = {key: Count(counted.get(key, 0)) for key in shown_keys(question, counted)}
    return FigureAnswer(question, cells, None if total is None else Count(total), checks)


async def _answer_bounds(db: ReadConnection, question: Question) -> FigureAnswer:
    measures = (question.measure, *question.definition.bounds)
    low, high, open_ended = [await sum_cells(db, question, measure=measure) for measure in measures]
    totals = await sum_apart(db, [_total_of(question, measure) for measure in measures], question.known_at)
    cells = {
        key: bounds_of(low.get(key, 0), high.get(key, 0), open_ended.get(key, 0))
        for key in shown_keys(question, low.keys() | high.keys() | open_ended.keys())
    }
    of_parts = [
        parts_check(total, parts.values()) for total, parts in zip(totals, (low, high, open_ended), strict=True)
    ]
    checks = (next((check for check in of_parts if not check.holds), of_parts[0]),) if question.by else ()
    return FigureAnswer(question, cells, bounds_of(*totals), checks)


async def _answer_packed(db: ReadConnection, packed: Packed) -> FigureAnswer:
    question = packed.question
    summed = await sum_cells(db, packed.to_sum)
    wanted = [_total_of(packed.to_sum, question.measure), *_closure_sums(question)]
    apart = await sum_apart(db, wanted, question.known_at)
    unpack = shares if question.definition.form is Form.SHARE else spreads
    cells, total = unpack(packed, summed)
    checks = (parts_check(apart[0], summed.values()), *_closure(question, apart[1:]))
    return FigureAnswer(question, cells, total, checks)


def _total_of(question: Question, measure: Measure) -> Sum:
    return Sum(measure, question.first, question.period[1], question.column_filters)


def _closure_sums(question: Question) -> list[Sum]:
    """Return the two sums that the figure's own closure check compares; none where it has no such check.

    They are compared over all ages: a birthday between two steps moves a human from one group to the next.
    """
    closure = question.definition.closure
    if closure is None:
        return []
    first, last = None if closure.cumulative else question.first, question.period[1]
    columns = {name: codes for name, codes in question.column_filters.items() if name not in {DETAIL, "age_group"}}
    details = {DETAIL: closure.right_details} if closure.right_details else {}
    return [Sum(closure.left, first, last, columns), Sum(closure.right, first, last, {**columns, **details})]


def _closure(question: Question, sums: list[int]) -> tuple[Check, ...]:
    closure = question.definition.closure
    return () if closure is None else (closure_check(closure, *sums),)
