"""A person left Cambodia towards home."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import (
    ReturnDecision,
    ReturnFunding,
    ReturnMode,
)
from service.story.fact import CountryCode, Fact


@dataclass(frozen=True, kw_only=True)
class Repatriated(Fact):
    """A person left Cambodia towards home."""

    mode: ReturnMode
    to_country: CountryCode
    funding: Annotated[tuple[ReturnFunding, ...], MaxLen(6)] = ()
    decided_by: ReturnDecision | None = None
