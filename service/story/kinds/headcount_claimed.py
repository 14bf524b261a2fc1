"""How many people the reporter says are concerned. Never turned into persons."""

from dataclasses import dataclass

from service.codes import (
    StatementBound,
)
from service.story.fact import Fact, HeadCount


@dataclass(frozen=True, kw_only=True)
class HeadcountClaimed(Fact):
    """How many people the reporter says are concerned. Never turned into persons."""

    bound: StatementBound
    low: HeadCount | None = None
    high: HeadCount | None = None
