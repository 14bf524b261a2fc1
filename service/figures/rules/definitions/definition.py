"""What a definition says. Pure."""

from collections.abc import Mapping
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
    """What is counted. Figures of different units are never added."""

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
    """By what a figure can be broken down or filtered.

    Attributes:
        column: of the ledger.
        codes: name of the code list; see `labels`.
        parts: whether the parts add up.
        measure: where the breakdown is counted, if not with the figure itself.
    """

    column: str
    codes: str
    parts: Parts = Parts.PARTITION
    measure: Measure | None = None


@dataclass(frozen=True)
class Definition:
    """What a figure means.

    Attributes:
        name: in addresses and files; never changes.
        version: of the meaning.
        title: short, for people.
        unit: of the values.
        kind: flow, stock or distribution.
        counts: what is counted, in a sentence.
        dated_by: which day places it.
        measure: of the ledger.
        dimensions: by name.
        default_by: the breakdown without which the figure makes no sense, if there is one.
        form: what a cell holds.
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
    default_by: tuple[str, ...] = ()
    form: Form = Form.COUNT
