"""Questions to figures: what they sum, which are refused, which cells and checks are shown. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from math import prod
from typing import Final

from service.errors import Fault, InvalidError
from service.figures.rules.definitions import (
    DETAIL,
    EMBARGOED,
    NO_OPERATION,
    Closure,
    Definition,
    Dimension,
    FigureKind,
    Parts,
)
from service.figures.rules.values import Value
from service.ledger.rules import NONE, Measure, fitted_detail

MOST_DIMENSIONS: Final = 3
MOST_CELLS: Final = 5000
"""Above so many combinations only those that were counted are shown."""

HOW_EXACT_CLAIMS_ARE: Final = (Measure.ALLEGED_ABOUT, Measure.ALLEGED_UNSAID)
"""What is summed beside claims, in the order of their names in `VAGUE`."""

Key = tuple[str, ...]
"""The codes of a cell, in the order of the breakdown."""


@dataclass(frozen=True)
class Question:
    """A figure asked for.

    Attributes:
        period: first and last day, both included, Asia/Phnom_Penh; of a stock the day twice.
        known_at: UTC; nothing recorded later counts.
        by: names of dimensions.
        filters: codes by name of dimension; alternatives within one.
        embargoed: ids of the operations that the caller must not know of yet.
        nationality_rule: the version of the rule by which the nationality of those counted was decided; None where it
            is taken as it was reported.
    """

    definition: Definition
    period: tuple[date, date]
    known_at: datetime
    by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    embargoed: frozenset[str] = frozenset()
    nationality_rule: int | None = None

    @property
    def dimensions(self) -> list[Dimension]:
        """The dimensions of the breakdown."""
        return [self.definition.dimensions[name] for name in self.by]

    @property
    def is_about_operations(self) -> bool:
        """Whether operations are told apart in it."""
        return any(self.definition.dimensions[name].embargoed for name in (*self.by, *self.filters))

    @property
    def measure(self) -> Measure:
        """The measure that is summed."""
        measures = [self.definition.dimensions[name].measure for name in (*self.by, *self.filters)]
        return next((measure for measure in measures if measure is not None), self.definition.measure)

    @property
    def is_stock(self) -> bool:
        """Whether it is about a day rather than a period."""
        return self.definition.kind is FigureKind.STOCK

    @property
    def first(self) -> date | None:
        """The first day that is summed; None for everything up to the last."""
        return None if self.is_stock else self.period[0]

    @property
    def overlapping(self) -> bool:
        """Whether parts of the breakdown may overlap, so that they are not added up."""
        return any(dimension.parts is Parts.OVERLAPPING for dimension in self.dimensions)

    @property
    def whole_measure(self) -> Measure | None:
        """The measure of the total; None where parts overlap and are several, so that nothing adds up to a whole."""
        for name in (*self.filters, *self.by):
            dimension = self.definition.dimensions[name]
            if dimension.parts is Parts.OVERLAPPING:
                asked = len(self.filters.get(name, ()))
                if asked == 1:
                    return self.measure
                return None if asked else dimension.measure and self.definition.measure
        counted_apart = any(self.definition.dimensions[name].measure for name in self.filters)
        return self.measure if counted_apart else self.definition.measure

    @property
    def column_filters(self) -> dict[str, tuple[str, ...]]:
        """The filters by column of the ledger, with the detail that the definition itself fixes."""
        asked: dict[str, tuple[str, ...]] = {}
        for name, codes in self.filters.items():
            dimension = self.definition.dimensions[name]
            asked[dimension.column] = tuple(self._operations(codes)) if dimension.embargoed else codes
        return asked if self.definition.detail is None else {**asked, DETAIL: (self.definition.detail,)}

    @property
    def fitted_filters(self) -> dict[str, tuple[str, ...]]:
        """The filters under which `Measure.FITTED` counts what of the total was placed by a fitted day."""
        measure, filters = self.whole_measure or self.measure, self.column_filters
        codes: tuple[str | None, ...] = filters.get(DETAIL, (None,))
        return {**filters, DETAIL: tuple(fitted_detail(measure, code) for code in codes)}

    def _operations(self, codes: Iterable[str]) -> Iterator[str]:
        """Return the ledger's details of the operations asked for; an embargoed one is like one that does not exist."""
        for code in codes:
            if code == EMBARGOED:
                yield from self.embargoed
            yield NONE if code == NO_OPERATION else EMBARGOED if code in self.embargoed else code

    def shown_code(self, code: str) -> str:
        """Return the code under which a code of the ledger is shown."""
        if code in self.embargoed:
            return EMBARGOED
        return NO_OPERATION if code == NONE else code


@dataclass(frozen=True)
class Check:
    """The result of a closure check: two ways to the same number."""

    name: str
    holds: bool
    left: int
    right: int
    words: str


@dataclass(frozen=True)
class FigureAnswer:
    """The answer to a question.

    Attributes:
        question: as it was computed: under the version of the figure that was in force at its `known_at`.
        cells: by codes, in the order of the breakdown.
        total: summed apart from the cells; None where the figure is nothing but overlapping parts.
        checks: C4 and the figure's own, where they apply.
        vague: how exact the total is, by what `VAGUE` names; empty where that is not known.
        held_back: whether something is not told apart, or not told (`holding.py`).
    """

    question: Question
    cells: Mapping[Key, Value]
    total: Value | None
    checks: tuple[Check, ...]
    vague: Mapping[str, int] = field(default_factory=dict)
    held_back: bool = False


def check_question(definition: Definition, by: Sequence[str], filters: Mapping[str, Sequence[str]]) -> None:
    """Raise unless a figure can be broken down and filtered like this.

    Raises:
        InvalidError: a dimension that the figure does not have, one named twice, too many of them, an unknown code,
            overlapping parts that would be added up, or two breakdowns that cannot be combined.
    """
    faults = [*_unknown(definition, by, filters), *_overlapping(definition, by, filters)]
    if len(set(by)) < len(by) or len(by) > MOST_DIMENSIONS:
        faults.append(Fault("parameter", "by", "dimensions", f"Name at most {MOST_DIMENSIONS} dimensions, each once"))
    used = [definition.dimensions[name] for name in {*by, *filters} if name in definition.dimensions]
    if sum(dimension.column == DETAIL for dimension in used) > 1:
        own = ", ".join(name for name, found in definition.dimensions.items() if found.column == DETAIL)
        faults.append(Fault("parameter", "by", "dimensions", f"Only one of these at a time: {own}"))
    if faults:
        raise InvalidError(faults=tuple(faults))


def _unknown(definition: Definition, by: Sequence[str], filters: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    dimensions = definition.dimensions
    words = f"This figure does not have this dimension. Use one of: {', '.join(dimensions)}"
    for parameter, name in [("by", name) for name in by] + [(name, name) for name in filters]:
        if name not in dimensions:
            yield Fault("parameter", parameter, "unknown_dimension", words)
    for name, codes in filters.items():
        if name in dimensions and not all(map(dimensions[name].accepts, codes)):
            yield Fault("parameter", name, "unknown_code", f"Unknown code. Use codes of the list of {name}")


def _overlapping(definition: Definition, by: Sequence[str], filters: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """Yield a fault for each dimension whose overlapping parts would be added up: several asked for, or all there are.

    Where the parts are counted apart from the figure itself, no filter means the figure itself.
    """
    for name, dimension in definition.dimensions.items():
        if dimension.parts is Parts.OVERLAPPING and name not in (by or definition.default_by):
            asked = len(set(filters.get(name, ())))
            if asked > 1 or (dimension.measure is None and not asked):
                words = f"The parts of {name} overlap and cannot be added up. Break down by {name}, or give one code"
                yield Fault("parameter", name, "overlapping", words)


def shown_keys(question: Question, counted: Collection[Key]) -> list[Key]:
    """Return the key of every cell to show: all that were counted, and those whose zeros matter."""
    axes = [
        dimension.shown({key[place] for key in counted}, question.filters.get(dimension.name, ()))
        for place, dimension in enumerate(question.dimensions)
    ]
    return list(product(*axes)) if prod(map(len, axes)) <= MOST_CELLS else sorted(counted)


def parts_check(total: int, parts: Iterable[int]) -> Check:
    """Return check C4: the parts of a partition add up to the total, which was summed apart."""
    added = sum(parts)
    return Check("C4", added == total, added, total, "The rows add up to the total, unknown and disputed included.")


def closure_check(closure: Closure, left: int, right: int) -> Check:
    """Return the result of a figure's own closure check."""
    return Check(closure.name, left == right, left, right, closure.words)
