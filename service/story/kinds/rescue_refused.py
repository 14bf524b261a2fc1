"""A person refused to be brought out."""

from dataclasses import dataclass

from service.codes import (
    Freely,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class RescueRefused(Fact):
    """A person refused to be brought out."""

    freely: Freely
