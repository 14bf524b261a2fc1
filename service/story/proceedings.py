"""The order of the stages of the law: which comes after which, and which can come again. Pure.

The register may learn of a case after the police did, so nothing is held against the day somebody was named here.

Source: background/domain-model.md section 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.codes import SuspectStage
from service.story.moment import Moment

RANK: Final = {
    SuspectStage.NAMED: 0,
    SuspectStage.SUSPECTED: 1,
    SuspectStage.DETAINED: 2,
    SuspectStage.ARRESTED: 2,
    SuspectStage.RELEASED_NO_CHARGE: 2,
    SuspectStage.SENT_TO_COURT: 3,
    SuspectStage.CHARGED: 4,
    SuspectStage.PROSECUTED: 5,
    SuspectStage.CONVICTED: 6,
    SuspectStage.ACQUITTED: 6,
    SuspectStage.DEPORTED: 7,
}
"""A stage of a higher rank happens no earlier than one of a lower rank. Within one rank days stand in any order."""

JUDGMENTS: Final = frozenset({SuspectStage.CONVICTED, SuspectStage.ACQUITTED})

_TAKEN: Final = frozenset({SuspectStage.DETAINED, SuspectStage.ARRESTED})
_PARTED_BY: Final = {
    **dict.fromkeys(_TAKEN, frozenset({SuspectStage.RELEASED_NO_CHARGE})),
    SuspectStage.RELEASED_NO_CHARGE: _TAKEN,
}
"""Which stages come again, and what has to lie between the two days."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that was reached, and when."""

    moment: Moment
    stage: SuspectStage


def highest(reached: Sequence[Stage]) -> SuspectStage:
    """Return the highest stage reached; of two of one rank the later."""
    best = max(reached, key=lambda one: (RANK[one.stage], one.moment.on), default=None)
    return best.stage if best else SuspectStage.NAMED


def comes_again(reached: Sequence[Stage], stage: SuspectStage, moment: Moment) -> bool:
    """Whether a stage was reached already and nothing lies between that lets it happen again."""
    parting = _PARTED_BY.get(stage, frozenset())
    between = [one.moment.on for one in reached if one.stage in parting]
    for one in reached:
        first, last = sorted([one.moment.on, moment.on])
        if one.stage is stage and not any(first <= day <= last for day in between):
            return True
    return False


def contradicted(reached: Sequence[Stage], stage: SuspectStage, moment: Moment) -> Stage | None:
    """Return the nearest stage whose day would lie on the wrong side of this one; None where none does."""
    wrong = [
        one
        for one in reached
        if (RANK[one.stage] < RANK[stage] and moment.latest < one.moment.on)
        or (RANK[one.stage] > RANK[stage] and one.moment.latest < moment.on)
    ]
    return min(wrong, key=lambda one: abs(one.moment.on - moment.on), default=None)
