"""Figures on the wire: never a bare number."""

from datetime import date, datetime

from service.figures.rules.definitions import FigureKind, Parts, Unit
from service.wire import Shown


class DimensionShown(Shown):
    """By what a figure can be broken down or filtered."""

    name: str
    parts: Parts
    """`partition`: the rows add up to the total. `overlapping`: they may add up to more."""


class DefinitionShown(Shown):
    """What a figure means, in words."""

    name: str
    version: int
    title: str
    unit: Unit
    kind: FigureKind
    counts: str
    dated_by: str
    dimensions: tuple[DimensionShown, ...]


class Definitions(Shown):
    """All figures."""

    items: tuple[DefinitionShown, ...]


class CellShown(Shown):
    """One cell: a count, the bounds of claims, a share with its base, or the spread of measured days."""

    codes: dict[str, str]
    labels: dict[str, str]
    value: int | None = None
    """So many; of a share the numerator."""
    low: int | None = None
    high: int | None = None
    """Absent where a claim is open-ended."""
    open_ended: int | None = None
    base: int | None = None
    """Of how many `value` is a part: the denominator."""
    count: int | None = None
    """How many were measured."""
    median: int | None = None
    """By nearest rank; absent where nothing was measured."""
    p90: int | None = None


class CheckShown(Shown):
    """A closure check: two ways to the same number."""

    name: str
    holds: bool
    left: int
    right: int
    words: str


class FigureShown(Shown):
    """A figure answered, with everything needed to quote or dispute it."""

    figure: str
    definition_version: int
    title: str
    unit: Unit
    kind: FigureKind
    counts: str
    dated_by: str
    period: dict[str, date] | None = None
    """Of a flow or distribution: `from` and `to`, both days included."""
    at: date | None = None
    """Of a stock: the day, at its end."""
    time_zone: str
    known_at: datetime
    """Nothing recorded later counts."""
    settled: bool
    """True once no write under way could still be recorded at or before `known_at`: from then on the answer is the
    same for ever."""
    filters: dict[str, tuple[str, ...]]
    by: tuple[DimensionShown, ...]
    cells: tuple[CellShown, ...]
    total: CellShown | None = None
    """Summed apart from the cells; absent where the figure is nothing but overlapping parts."""
    checks: tuple[CheckShown, ...]
    nationality_rule_version: int | None = None
    generated_at: datetime
    digest: str
    """SHA-256 of the answer but for `generated_at`, `settled` and `digest`, as JSON with sorted keys and no spaces."""
