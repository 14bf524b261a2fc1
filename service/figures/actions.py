"""Computing a figure: its cells, the total summed apart, and the checks that apply."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from service.access.rules import Rows, row_scope_of
from service.acting import Principal
from service.db.database import ReadConnection
from service.figures.queries import (
    Protected,
    Sum,
    embargoed_operations,
    protected,
    sum_apart,
    sum_cells,
    sum_protected,
)
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
from service.figures.rules.holding import FEW, amount_of, hold_all_back, hold_back
from service.figures.rules.unpacking import Packed, shares, spreads
from service.figures.rules.values import VAGUE, Count, Form, Share, bounds_of
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
    answered = await _answer(db, question, rules)
    return answered if row_scope_of(asking.role).withheld else await _hold_back(db, answered, now)


async def _answer(db: ReadConnection, question: Question, rules: int) -> FigureAnswer:
    match question.definition.form:
        case Form.BOUNDS:
            return await _answer_bounds(db, question, rules)
        case Form.SHARE | Form.SPREAD:
            return await _answer_packed(db, Packed.of(question))
        case Form.COUNT:
            return await _answer_counts(db, question, rules)


async def _hold_back(db: ReadConnection, answered: FigureAnswer, now: datetime) -> FigureAnswer:
    """Return an answer for whoever may not know of everybody: nobody protected is told apart alone (ADR 59)."""
    question = answered.question
    found = await protected(db, now)
    everywhere = replace(question, by=(), filters={})
    if not (found.cases or found.persons) or not await sum_protected(db, everywhere, found, measure=_counted(question)):
        return answered
    packed = question.definition.form in {Form.SHARE, Form.SPREAD}
    if packed and answered.total is not None and amount_of(answered.total) <= FEW:
        return hold_all_back(answered)
    if question.filters and await _is_nearly_nobody(db, question, found):
        return hold_all_back(answered)
    if not question.by:
        return answered
    alone: Mapping[tuple[str, ...], int]
    amounts: Mapping[tuple[str, ...], int] = {key: amount_of(value) for key, value in answered.cells.items()}
    if question.definition.form is Form.BOUNDS:
        amounts = await sum_cells(db, question, measure=Measure.CASES_RECEIVED)
        amounts = {key: amounts.get(key, 0) for key in answered.cells}
        alone = await sum_protected(db, question, found, measure=Measure.CASES_RECEIVED)
    elif question.definition.form is Form.COUNT:
        alone = _as_shown(question, await sum_protected(db, question, found))
    else:
        unpack = shares if question.definition.form is Form.SHARE else spreads
        asked = Packed.of(question)
        summed = await sum_protected(db, asked.to_sum, found)
        theirs, _ = unpack(asked, summed)
        alone = {key: amount_of(value) for key, value in theirs.items()}
        if question.definition.form is Form.SHARE:
            return hold_back(answered, (amounts, alone), _bases(answered, asked, summed))
    return hold_back(answered, (amounts, alone))


def _bases(
    answered: FigureAnswer, packed: Packed, summed: Mapping[Key, int]
) -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """Return of how many each share of an answer is, and how many of these are protected."""
    bases: Counter[Key] = Counter()
    for key, value in summed.items():
        bases[key[:-1]] += value
    whole = {key: value.base for key, value in answered.cells.items() if isinstance(value, Share)}
    return whole, {key: bases[packed.rest_of(key)] for key in whole}


def _counted(question: Question) -> Measure:
    """Return the measure of the cases or humans that an answer is about."""
    return Measure.CASES_RECEIVED if question.definition.form is Form.BOUNDS else question.measure


async def _is_nearly_nobody(db: ReadConnection, question: Question, found: Protected) -> bool:
    """Whether a filter leaves nobody or one, or leaves out somebody protected alone."""
    packed = question.definition.form in {Form.SHARE, Form.SPREAD}
    own = {name for name in question.filters if packed and question.definition.dimensions[name].column == DETAIL}
    filters = {name: codes for name, codes in question.filters.items() if name not in own}
    if not filters:
        return False
    asked, measure = replace(question, by=(), filters=filters), _counted(question)
    whole = replace(asked, filters={})
    left = sum((await sum_cells(db, asked, measure=measure)).values())
    rest = sum((await sum_cells(db, whole, measure=measure)).values()) - left
    theirs = sum((await sum_protected(db, whole, found, measure=measure)).values())
    theirs -= sum((await sum_protected(db, asked, found, measure=measure)).values())
    return left <= FEW or (rest == 1 and theirs == 1)


def _as_shown(question: Question, summed: Mapping[Key, int]) -> Mapping[Key, int]:
    counted: Counter[Key] = Counter()
    for key, value in summed.items():
        counted[tuple(question.shown_code(code) for code in key)] += value
    return counted


def _under_its_version(question: Question, rules: int) -> Question:
    """Return the question under the versions that go with a version of the counting rules."""
    definition = version_under(question.definition.name, rules)
    by_rule = definition.unit in _BY_NATIONALITY_RULE
    check_question(definition, question.by, question.filters)
    return replace(question, definition=definition, nationality_rule=rule_version(rules) if by_rule else None)


async def _answer_counts(db: ReadConnection, question: Question, rules: int) -> FigureAnswer:
    counted = _as_shown(question, await sum_cells(db, question))
    whole = question.whole_measure
    wanted = [] if whole is None else [Sum.of(question, whole), *_fitted(question, rules)]
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
    apart = await sum_apart(db, [Sum.of(question, measure) for measure in (*measures, *vague)], question.known_at)
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
    wanted = [Sum.of(packed.to_sum, question.measure), *_closure_sums(question)]
    apart = await sum_apart(db, wanted, question.known_at)
    unpack = shares if question.definition.form is Form.SHARE else spreads
    cells, total = unpack(packed, summed)
    checks = (parts_check(apart[0], summed.values()), *_closure(question, apart[1:]))
    return FigureAnswer(question, cells, total, checks)


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
