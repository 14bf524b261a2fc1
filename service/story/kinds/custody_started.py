"""A person came into somebody's hands; whose hands they were in before ended there."""

from dataclasses import dataclass

from service.codes import (
    CustodyKind,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class CustodyStarted(Fact):
    """A person came into somebody's hands; whose hands they were in before ended there."""

    custody: CustodyKind
