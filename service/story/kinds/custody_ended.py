"""A person is in nobody's hands any more."""

from dataclasses import dataclass

from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class CustodyEnded(Fact):
    """A person is in nobody's hands any more."""
