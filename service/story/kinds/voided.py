"""An earlier event was voided."""

from dataclasses import dataclass
from uuid import UUID

from service.codes import VoidReason
from service.story.fact import Fact
from service.story.kinds.kind import CASE, OFFENDER, PERSON, EventKind
from service.story.kinds.names import Kind


@dataclass(frozen=True, kw_only=True)
class Voided(Fact):
    """An earlier event was voided.

    It has no effect of its own: it is left out, with what it voids, before anything is applied.
    """

    event_kind = Kind.VOIDED

    event_id: UUID
    reason: VoidReason

    @property
    def voids(self) -> UUID | None:
        """The event that this one voids."""
        return self.event_id


KIND = EventKind(
    fact=Voided,
    about=CASE | PERSON | OFFENDER,
    summary="An earlier event was voided.",
    told_to_liaison=frozenset({"event_id", "reason"}),
)
