"""A task on the way home came to a state. The departure itself is `repatriated`."""

from dataclasses import dataclass

from service.codes import (
    ReturnStep,
    ReturnStepReason,
    ReturnStepState,
)
from service.story.fact import CountryCode, Fact


@dataclass(frozen=True, kw_only=True)
class ReturnStepTaken(Fact):
    """A task on the way home came to a state. The departure itself is `repatriated`."""

    step: ReturnStep
    state: ReturnStepState
    country: CountryCode
    """Whose task it is: Cambodia's or that of another state."""

    reason: ReturnStepReason | None = None
    """Needed where the task is blocked or not needed."""
