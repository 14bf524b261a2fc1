"""A stage of the law was reached."""

from dataclasses import dataclass

from service.codes import SuspectStage
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class StageReached(Fact):
    """A stage of the law was reached."""

    stage: SuspectStage
