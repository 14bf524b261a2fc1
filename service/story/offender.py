"""Somebody or a company alleged responsible: what the events about them amount to. Pure."""

from dataclasses import dataclass, field
from uuid import UUID

from service.codes import OffenderRole, SuspectStage
from service.story.proceedings import Stage, highest


@dataclass(slots=True)
class Offender:
    """Somebody or a company alleged responsible."""

    id: UUID
    seq: int
    roles: tuple[OffenderRole, ...] = ()
    nationality: str | None = None
    described: bool = False
    stages: list[Stage] = field(default_factory=list)

    @property
    def stage(self) -> SuspectStage:
        """The highest stage reached."""
        return highest(self.stages)
