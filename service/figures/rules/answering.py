"""What is asked, what is answered, and what must add up. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from math import prod
from typing import Final

from service.errors import Fault, InvalidError
from service.figures.rules.definitions import DETAIL, FIXED_DETAIL, Definition, Dimension, FigureKind, Parts
from service.figures.rules.labels import EMBARGOED, NO_OPERATION, is_code, shown_codes
from service.ledger.rules import NONE, Measure

MOST_DIMENSIONS: Final = 3
MOST_CELLS: Final = 5000
"""Above so many combinations only those that were counted are shown."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A figure asked for.

    Attributes:
        period: first and last day, both included, Asia/Phnom_Penh; for a stock the day twice.
        known_at: UTC; nothing recorded later counts.
        by: names of dimensions.
        filters: codes by name of dimension; alternatives within one.
        embargoed: ids of the operations of which whoever asks must not know yet.
    """

    definition: Definition
    period: tuple[date, date]
    known_at: datetime
    by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    embargoed: frozenset[str] = frozenset()

    @property
    def is_about_operations(self) -> bool:
        """Whether operations are told apart in it."""
        return "operation" in {*self.by, *self.filters}

    @property
    def measure(self) -> Measure:
        """The measure that is summed."""
        named = [self.definition.dimensions[name].measure for name in (*self.by, *self.filters)]
        return next((measure for measure in named if measure is not None), self.definition.measure)

    @property
    def is_stock(self) -> bool:
        """Whether it is about a day rather than a period."""
        return self.definition.kind is FigureKind.STOCK

    @property
    def overlapping(self) -> bool:
        """Whether parts of the breakdown may overlap, so that they are not added up."""
        return any(self.definition.dimensions[name].parts is Parts.OVERLAPPING for name in self.by)

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
        return self.definition.measure

    @property
    def column_filters(self) -> dict[str, tuple[str, ...]]:
        """The filters by column of the ledger, with the one the definition itself fixes."""
        asked = {self.definition.dimensions[name].column: codes for name, codes in self.filters.items()}
        if "operation" in self.filters:
            asked[DETAIL] = tuple(self._operations(asked[DETAIL]))
        fixed = FIXED_DETAIL.get(self.definition.name)
        return asked if fixed is None else {**asked, DETAIL: (fixed,)}

    def _operations(self, codes: Iterable[str]) -> Iterator[str]:
        """Answer what stands in the ledger for the operations asked for; an embargoed one is like one never seen."""
        for code in codes:
            if code == EMBARGOED:
                yield from self.embargoed
            yield NONE if code == NO_OPERATION else EMBARGOED if code in self.embargoed else code

    def told(self, operation: str) -> str:
        """Answer the code under which an operation of the ledger is shown."""
        if operation in self.embargoed:
            return EMBARGOED
        return NO_OPERATION if operation == NONE else operation


@dataclass(frozen=True)
class Check:
    """A closure check: two ways to the same number."""

    name: str
    holds: bool
    left: int
    right: int
    words: str


def check_question(definition: Definition, by: Sequence[str], filters: Mapping[str, Sequence[str]]) -> None:
    """Accept a breakdown and filters.

    Raises:
        InvalidError: a dimension the figure does not have, one named twice, too many, or an unknown code.
    """
    known = ", ".join(definition.dimensions)
    faults = [
        Fault("parameter", "by", "unknown_dimension", f"This figure has: {known}")
        for name in by
        if name not in definition.dimensions
    ]
    faults += [
        Fault("parameter", name, "unknown_dimension", f"This figure has: {known}")
        for name in filters
        if name not in definition.dimensions
    ]
    if len(set(by)) < len(by) or len(by) > MOST_DIMENSIONS:
        faults.append(Fault("parameter", "by", "dimensions", f"At most {MOST_DIMENSIONS} different ones"))
    faults += [
        Fault("parameter", name, "unknown_code", f"Use codes of the list of {name}")
        for name, codes in filters.items()
        if name in definition.dimensions and not all(is_code(definition.dimensions[name].codes, code) for code in codes)
    ]
    faults += [
        Fault("parameter", name, "overlapping", "These parts overlap: break down by them, or name one of them")
        for name, dimension in definition.dimensions.items()
        if dimension.parts is Parts.OVERLAPPING
        and name not in (by or definition.default_by)
        and _adds_up_wrongly(dimension, filters.get(name, ()))
    ]
    own = {name for name in (*by, *filters) if name in definition.dimensions}
    if sum(definition.dimensions[name].column == DETAIL for name in own) > 1:
        faults.append(Fault("parameter", "by", "dimensions", "These breakdowns cannot be combined"))
    if faults:
        raise InvalidError("1 parameter needs correcting", faults=tuple(faults))


def _adds_up_wrongly(dimension: Dimension, asked: Sequence[str]) -> bool:
    """Tell whether overlapping parts would be added up: several that were asked for, or all there are."""
    return len(set(asked)) > 1 or (dimension.measure is None and not asked)


def shown_keys(question: Question, counted: Collection[Key]) -> list[Key]:
    """Answer the key of every cell to show: all that were counted, and those whose zeros say so."""
    dimensions = [question.definition.dimensions[name] for name in question.by]
    axes = [
        shown_codes(dimension.codes, {key[place] for key in counted}, question.filters.get(name, ()))
        for place, (name, dimension) in enumerate(zip(question.by, dimensions, strict=True))
    ]
    return list(product(*axes)) if prod(map(len, axes)) <= MOST_CELLS else sorted(counted)


def parts_check(total: int, parts: Iterable[int]) -> Check:
    """C4 and C6: the parts of a partition add up to the whole, which was summed apart."""
    added = sum(parts)
    return Check("C4", added == total, added, total, "The rows add up to the total, unknown and disputed included.")


def equal_check(name: str, left: int, right: int, words: str) -> Check:
    """Two sums of the ledger that must be equal."""
    return Check(name, left == right, left, right, words)
