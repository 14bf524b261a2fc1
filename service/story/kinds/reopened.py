"""A closed case was opened again."""

from dataclasses import dataclass

from service.codes import (
    ReopenReason,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Reopened(Fact):
    """A closed case was opened again."""

    reason: ReopenReason
