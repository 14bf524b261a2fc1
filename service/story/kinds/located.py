"""An effort to find a person, and what it came to."""

from dataclasses import dataclass

from service.codes import (
    LocatingResult,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Located(Fact):
    """An effort to find a person, and what it came to."""

    result: LocatingResult
