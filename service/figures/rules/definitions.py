"""Definitions: one table, versioned, readable by those who quote the numbers. Pure.

Source: design/figures.md section 2. A changed meaning is a new version, never an edited one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from service.ledger.rules import Measure


class FigureKind(StrEnum):
    """Whether a figure counts what happened in a period, or what was so on a day."""

    FLOW = "flow"
    STOCK = "stock"


class Unit(StrEnum):
    """What is counted. Figures of different units are never added."""

    CASE = "case"
    HUMAN = "human"
    HEAD_COUNT = "head_count"
    JOURNEY = "journey"


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


NATIONALITY: Final = Dimension("nationality", "nationality")
SEX: Final = Dimension("sex", "sex")
AGE_GROUP: Final = Dimension("age_group", "age_group")
PROVINCE: Final = Dimension("province", "province")
CHANNEL: Final = Dimension("channel", "channel")
KIND: Final = Dimension("kind", "kind")
MODE: Final = Dimension("detail", "mode")
STATUS: Final = Dimension("detail", "status")
OUTCOME: Final = Dimension("detail", "outcome")
FINDING: Final = Dimension("detail", "finding", parts=Parts.OVERLAPPING)
ATTRIBUTION: Final = Dimension("detail", "attribution", parts=Parts.OVERLAPPING, measure=Measure.RESCUED_BY)

_OF_HUMANS: Final = {"nationality": NATIONALITY, "sex": SEX, "age_group": AGE_GROUP, "province": PROVINCE}
_OF_CASES: Final = {"channel": CHANNEL, "kind": KIND, "province": PROVINCE}


@dataclass(frozen=True)
class Definition:
    """What a figure means.

    Attributes:
        name: in addresses and files; never changes.
        version: of the meaning.
        title: short, for people.
        unit: of the values.
        kind: flow or stock.
        counts: what is counted, in a sentence.
        dated_by: which day places it.
        measure: of the ledger.
        dimensions: by name.
        default_by: the breakdown without which the figure makes no sense, if there is one.
        bounds: True for a sum of claims with a lower and an upper bound.
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
    bounds: bool = field(default=False)


def _table(*definitions: Definition) -> Mapping[str, Definition]:
    return {definition.name: definition for definition in definitions}


DEFINITIONS: Final = _table(
    Definition(
        name="cases_received",
        version=1,
        title="Requests for intervention received",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Every case, whatever was found later. Two requests for the same person are two cases.",
        dated_by="The day of first contact.",
        measure=Measure.CASES_RECEIVED,
        dimensions=_OF_CASES,
    ),
    Definition(
        name="persons_alleged",
        version=1,
        title="People said to be concerned",
        unit=Unit.HEAD_COUNT,
        kind=FigureKind.FLOW,
        counts="The sum of what reporters said about how many people are concerned, lower and upper bound; not "
        "verified, not compared with each other, never added to persons. `open_ended` claims have no upper bound.",
        dated_by="The day of first contact of the case.",
        measure=Measure.ALLEGED_LOW,
        dimensions=_OF_CASES,
        bounds=True,
    ),
    Definition(
        name="cases_intervened",
        version=1,
        title="Cases intervened in",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases in which something was found or somebody was rescued.",
        dated_by="The day of the first finding or rescue.",
        measure=Measure.CASES_INTERVENED,
        dimensions=_OF_CASES,
    ),
    Definition(
        name="cases_by_finding",
        version=1,
        title="Cases by what was found",
        unit=Unit.CASE,
        kind=FigureKind.FLOW,
        counts="Cases with a finding in force of each category. A case can have several; extortion together with "
        "confinement is a category of its own.",
        dated_by="The day the category was first found.",
        measure=Measure.CASES_BY_FINDING,
        dimensions={**_OF_CASES, "finding": FINDING},
        default_by=("finding",),
    ),
    Definition(
        name="persons_received",
        version=1,
        title="People who became known",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans in the register, each once. An unnamed person is a person; a head-count claim is not.",
        dated_by="The day the person became known.",
        measure=Measure.PERSONS_RECEIVED,
        dimensions=_OF_HUMANS,
    ),
    Definition(
        name="persons_verified",
        version=1,
        title="People whose report was verified",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans about whom the facts were checked and the category is known. It does not mean trafficked.",
        dated_by="The day of the verifying finding.",
        measure=Measure.PERSONS_VERIFIED,
        dimensions=_OF_HUMANS,
    ),
    Definition(
        name="persons_rescued",
        version=1,
        title="People rescued",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans brought out, each once, whatever was found and wherever they went afterwards.",
        dated_by="The day of the human's first rescue.",
        measure=Measure.PERSONS_RESCUED,
        dimensions={**_OF_HUMANS, "attribution": ATTRIBUTION},
    ),
    Definition(
        name="persons_repatriated",
        version=1,
        title="People who went home",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans who left Cambodia towards home, each once. Deportations are a mode of their own, never hidden.",
        dated_by="The day of the human's first departure.",
        measure=Measure.PERSONS_REPATRIATED,
        dimensions={**_OF_HUMANS, "mode": MODE},
    ),
    Definition(
        name="journeys_home",
        version=1,
        title="Journeys home",
        unit=Unit.JOURNEY,
        kind=FigureKind.FLOW,
        counts="Every departure towards home; a human who went home twice made two.",
        dated_by="The day of each departure.",
        measure=Measure.JOURNEYS_HOME,
        dimensions={**_OF_HUMANS, "mode": MODE},
    ),
    Definition(
        name="persons_ended",
        version=1,
        title="People whose story ended otherwise",
        unit=Unit.HUMAN,
        kind=FigureKind.FLOW,
        counts="Humans whose story in the register ended otherwise than by a return, by outcome.",
        dated_by="The day it ended.",
        measure=Measure.PERSONS_ENDED,
        dimensions={**_OF_HUMANS, "outcome": OUTCOME},
        default_by=("outcome",),
    ),
    Definition(
        name="persons_awaiting_return",
        version=1,
        title="People rescued and not home yet",
        unit=Unit.HUMAN,
        kind=FigureKind.STOCK,
        counts="Humans rescued, not repatriated, and not ended otherwise.",
        dated_by="As it stood at the end of the day `at`.",
        measure=Measure.STATUS,
        dimensions=_OF_HUMANS,
    ),
    Definition(
        name="persons_by_status",
        version=1,
        title="People by status",
        unit=Unit.HUMAN,
        kind=FigureKind.STOCK,
        counts="Every human in the register, in exactly one status.",
        dated_by="As it stood at the end of the day `at`.",
        measure=Measure.STATUS,
        dimensions={**_OF_HUMANS, "status": STATUS},
        default_by=("status",),
    ),
)

FIXED_DETAIL: Final = {"persons_awaiting_return": "rescued"}
"""Figures that are one cell of their measure's own dimension."""
