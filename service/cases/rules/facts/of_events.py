"""What is said of another event."""

from dataclasses import dataclass
from uuid import UUID

from service.cases.rules.facts.fact import Fact
from service.codes import VoidReason


@dataclass(frozen=True, kw_only=True)
class Voided(Fact):
    """An earlier event was taken back."""

    event_id: UUID
    reason: VoidReason
