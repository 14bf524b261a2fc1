"""Shapes of figures on the wire: never a number alone."""

from datetime import date, datetime

from service.figures.rules.definitions import FigureKind, Parts, Unit
from service.wire import Shown


class DimensionShown(Shown):
    """A dimension by which a figure can be broken down or filtered."""

    name: str
    parts: Parts
    """`partition`: the rows add up to the total. `overlapping`: they may add up to more."""


class EarlierVersion(Shown):
    """What an earlier version of a figure meant. Answers with an earlier `known_at` may be of it."""

    version: int
    counts: str
    dated_by: str


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
    earlier_versions: tuple[EarlierVersion, ...]
    """Oldest first; empty where the meaning never changed."""


class Definitions(Shown):
    """All figures, each in its latest version."""

    items: tuple[DefinitionShown, ...]


class CellShown(Shown):
    """A cell: a count, the bounds of claims, a share with its base, or the spread of measured days."""

    codes: dict[str, str]
    labels: dict[str, str]
    value: int | None = None
    """The count; of a share the numerator."""
    low: int | None = None
    high: int | None = None
    """Absent where a claim is open-ended."""
    open_ended: int | None = None
    base: int | None = None
    """The denominator of a share."""
    count: int | None = None
    """The number of measurements."""
    median: int | None = None
    """By nearest rank; absent where nothing was measured."""
    p90: int | None = None


class CheckShown(Shown):
    """The result of a closure check: two ways to the same number."""

    name: str
    holds: bool
    left: int
    right: int
    words: str


class FigureShown(Shown):
    """The answer of a figure, with everything needed to quote or dispute it."""

    figure: str
    definition_version: int
    """The version it was computed under: the one in force at `known_at`."""
    title: str
    unit: Unit
    kind: FigureKind
    counts: str
    dated_by: str
    period: dict[str, date] | None = None
    """Of a flow or distribution: `from` and `to`, both included."""
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
    fitted: int | None = None
    """How many of the total are placed by a day of which only the month or year is known. Absent without a total, and
    where the register did not tell them apart at `known_at`."""
    about: int | None = None
    """Of claims: how many said about how many people, which counts as that number."""
    without_number: int | None = None
    """Of claims: in how many cases nobody gave a number, which adds nothing to `low` and `high`."""
    held_back: bool | None = None
    """True where cells that count somebody protected alone are one row, `held_back` in every dimension, or where a
    filter leaves nobody or one, and nothing is told (ADR 59). Supervisors are told all."""
    checks: tuple[CheckShown, ...]
    nationality_rule_version: int | None = None
    generated_at: datetime
    digest: str
    """SHA-256 in hexadecimal of the answer's codes, numbers and question, so that it does not change with a label: of
    the answer as JSON in UTF-8 with sorted keys and no spaces, without `generated_at`, `settled`, `digest` and words
    (`title`, `counts`, `dated_by`, `labels`, and `words` of checks), and with the cells sorted by their codes in the
    order of `by`, without those whose numbers, `base` apart, are all 0 or absent."""
