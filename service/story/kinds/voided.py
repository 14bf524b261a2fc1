"""An earlier event was taken back."""

from dataclasses import dataclass
from uuid import UUID

from service.codes import VoidReason
from service.story.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Voided(Fact):
    """An earlier event was taken back."""

    event_id: UUID
    reason: VoidReason
