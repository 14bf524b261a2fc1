"""Computing a figure: its cells, the total summed apart, and the checks that apply."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Final

from service.access.rules import Rows, row_scope_of
from service.acting import Principal
from service.db.database import ReadConnection
from service.figures.queries import Sum, embargoed_operations, sum_apart, sum_cells
from service.figures.rules.answering import (
    HOW_EXACT_CLAIMS_ARE,
    Check,
    FigureAnswer,
    Key,
    Question,
    check_question,
    closure_check,
    parts_check,
    shown_keys,
)
from service.figures.rules.definitions import DETAIL, Unit, version_under
from service.figures.rules.unpacking import Packed, shares, spreads
from service.figures.rules.values import VAGUE, Count, Form, bounds_of
from service.ledger.queries import rules_in_force
from service.ledger.rules import PRECISE_RULES, Measure
from service.story.nationality import rule_version

_BY_NATIONALITY_RULE: Final = frozenset({Unit.HUMAN, Unit.JOURNEY, Unit.DAYS})
"""Units whose nationality is decided by the rule; that of an offender is taken as it was reported."""


async def answer_figure(db: ReadConnection, question: Question, asking: Principal, now: datetime) -> FigureAnswer:
    """Return the answer to a question, from one snapshot.

    It is computed under the version of the figure that was in force at the question's `known_at` (ADR 0030).
    Operations under embargo are told apart only for whoever may know of all operations.

    Raises:
        InvalidError: that version does not have what was asked for.
    """
    rules = await rules_in_force(db, question.known_at)
    question = _under_its_version(question, rules)
    if question.is_about_operations and row_scope_of(asking.role).operations is not Rows.ALL:
        question = replace(question, embargoed=await embargoed_operations(db, now))
    match question.definition.form:
        case Form.BOUNDS:
            return await _answer_bounds(db, question, rules)
        case Form.SHARE | Form.SPREAD:
            return await _answer_packed(db, Packed.of(question))
        case Form.COUNT:
            return await _answer_counts(db, question, rules)


def _under_its_version(question: Question, rules: int) -> Question:
    """Return the question under the versions that go with a version of the counting rules."""
    definition = version_under(question.definition.name, rules)
    by_rule = definition.unit in _BY_NATIONALITY_RULE
    check_question(definition, question.by, question.filters)
    return replace(question, definition=definition, nationality_rule=rule_version(rules) if by_rule else None)


async def _answer_counts(db: ReadConnection, question: Question, rules: int) -> FigureAnswer:
    summed = await sum_cells(db, question)
    counted: Counter[Key] = Counter()
    for key, value in summed.items():
        counted[tuple(question.shown_code(code) for code in key)] += value
    whole = question.whole_measure
    wanted = [] if whole is None else [_total_of(question, whole), *_fitted(question, rules)]
    apart = await sum_apart(db, wanted + _closure_sums(question), question.known_at)
    told, parts = apart[: len(wanted)], apart[len(wanted) :]
    total = told.pop(0) if told else None
    checks = _closure(question, parts)
    if question.by and total is not None and not question.overlapping:
        checks = (parts_check(total, counted.values()), *checks)
    cells = {key: Count(counted.get(key, 0)) for key in shown_keys(question, counted)}
    return FigureAnswer(question, cells, None if total is None else Count(total), checks, _vague(question, told))


async def _answer_bounds(db: ReadConnection, question: Question, rules: int) -> FigureAnswer:
    measures = (question.measure, *question.definition.bounds)
    low, high, open_ended = [await sum_cells(db, question, measure=measure) for measure in measures]
    vague = HOW_EXACT_CLAIMS_ARE if rules >= PRECISE_RULES else ()
    apart = await sum_apart(db, [_total_of(question, measure) for measure in (*measures, *vague)], question.known_at)
    totals, told = apart[: len(measures)], apart[len(measures) :]
    cells = {
        key: bounds_of(low.get(key, 0), high.get(key, 0), open_ended.get(key, 0))
        for key in shown_keys(question, low.keys() | high.keys() | open_ended.keys())
    }
    of_parts = [
        parts_check(total, parts.values()) for total, parts in zip(totals, (low, high, open_ended), strict=True)
    ]
    checks = (next((check for check in of_parts if not check.holds), of_parts[0]),) if question.by else ()
    return FigureAnswer(question, cells, bounds_of(*totals), checks, _vague(question, told))


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


def _fitted(question: Question, rules: int) -> list[Sum]:
    """Return the sum of what of a total was placed by a fitted day; none where the ledger did not tell it yet."""
    if rules < PRECISE_RULES:
        return []
    return [Sum(Measure.FITTED, question.first, question.period[1], question.fitted_filters)]


def _vague(question: Question, told: list[int]) -> dict[str, int]:
    """Return what is said of how exact a total is, by name."""
    return dict(zip(VAGUE[question.definition.form], told, strict=True)) if told else {}


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
