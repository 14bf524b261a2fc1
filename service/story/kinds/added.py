"""Somebody who needs help became known."""

from dataclasses import dataclass

from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Added(Fact):
    """Somebody who needs help became known."""

    named: bool = False
    contact_given: bool = False
    guardian_known: bool = False
