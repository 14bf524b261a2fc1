"""What a person wants, for one purpose, and whether it could be said freely."""

from dataclasses import dataclass

from service.codes import (
    Freely,
    WishPurpose,
    WishValue,
)
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class WishStated(Fact):
    """What a person wants, for one purpose, and whether it could be said freely."""

    purpose: WishPurpose
    value: WishValue
    freely: Freely
