"""The shape of a definition: a figure, its dimensions and its closure check, as data. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.figures.rules.values import Form
from service.ledger.rules import Measure


class FigureKind(StrEnum):
    """Whether a figure counts what happened in a period, measures it, or counts what was so on a day."""

    FLOW = "flow"
    STOCK = "stock"
    DISTRIBUTION = "distribution"


class Unit(StrEnum):
    """The unit of a figure's values. Figures of different units are never added."""

    CASE = "case"
    HUMAN = "human"
    HEAD_COUNT = "head_count"
    JOURNEY = "journey"
    OFFENDER = "offender"
    EVENT = "event"
    DAYS = "days"


class Parts(StrEnum):
    """Whether the parts of a breakdown add up to the whole."""

    PARTITION = "partition"
    OVERLAPPING = "overlapping"


@dataclass(frozen=True)
class Dimension:
    """A dimension by which a figure can be broken down or filtered.

    Attributes:
        name: in addresses and files; never changes.
        column: of the ledger.
        codes: labels by code, in the order in which they are shown.
        parts: whether the parts add up.
        measure: where the breakdown is counted, if not with the figure itself.
        always: codes shown even at zero where the list is too long to show whole; None for all of them.
        pattern: form of codes beyond `codes`, for a list that grows with the register.
        embargoed: whether its codes are operations, which are told apart only when their embargo has passed.
    """

    name: str
    column: str
    codes: Mapping[str, str]
    parts: Parts = Parts.PARTITION
    measure: Measure | None = None
    always: tuple[str, ...] | None = None
    pattern: re.Pattern[str] | None = None
    embargoed: bool = False

    def accepts(self, code: str) -> bool:
        """Whether a code may be asked for."""
        return code in self.codes or (self.pattern is not None and self.pattern.fullmatch(code) is not None)

    def label_of(self, code: str) -> str:
        """Return the label of a code; the code itself where it has none."""
        return self.codes.get(code, code)

    def shown(self, counted: Iterable[str], asked: Iterable[str]) -> list[str]:
        """Return the codes to show, in the list's order: everything counted, and the zeros that matter.

        Args:
            counted: codes that have a value.
            asked: codes of the filter; where there are any, only these are shown.
        """
        always = self.codes.keys() if self.always is None else self.always
        shown = set(asked) or {*always, *counted}
        return [code for code in self.codes if code in shown] + sorted(shown - self.codes.keys())


@dataclass(frozen=True)
class Closure:
    """A closure check: two sums of the ledger that must be equal.

    Attributes:
        name: of the check, as in docs/figures.md.
        words: what the two sides are, for people.
        left: measure of the one side.
        right: measure of the other side.
        right_details: codes of the right measure's own dimension that are summed; all of them where empty.
        cumulative: whether everything up to the last day is summed, rather than the period.
    """

    name: str
    words: str
    left: Measure
    right: Measure
    right_details: tuple[str, ...] = ()
    cumulative: bool = False


@dataclass(frozen=True)
class Definition:
    """One version of what a figure means. A published version is never edited (ADR 0030).

    Attributes:
        name: in addresses and files; never changes.
        version: of the meaning.
        title: short, for people.
        unit: of the values.
        kind: flow, stock or distribution.
        counts: what is counted, in a sentence.
        dated_by: which day places it.
        measure: of the ledger.
        dimensions: by name; see `named`.
        from_rules: the version of the counting rules (`story.counting.RULES_VERSION`) with which this version
            replaced the one before; 0 of a first version.
        default_by: the breakdown without which the figure makes no sense, if there is one.
        form: what a cell holds.
        bounds: of `Form.BOUNDS`, the measures of upper bounds and of claims without one; `measure` is of lower ones.
        detail: the one code of the measure's own dimension that is counted; None for all of them.
        closure: the closure check beside C4, if there is one.
    """

    name: str
    version: int
    title: str
    unit: Unit
    kind: FigureKind
    counts: str
    dated_by: str
    measure: Measure
    dimensions: Mapping[str, Dimension]
    from_rules: int = 0
    default_by: tuple[str, ...] = ()
    form: Form = Form.COUNT
    bounds: tuple[Measure, ...] = ()
    detail: str | None = None
    closure: Closure | None = None


def named(*dimensions: Dimension) -> Mapping[str, Dimension]:
    """Return dimensions by name."""
    return {dimension.name: dimension for dimension in dimensions}
