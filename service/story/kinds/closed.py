"""A case was closed."""

from dataclasses import dataclass

from service.codes import (
    CaseClosure,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Closed(Fact):
    """A case was closed."""

    reason: CaseClosure
