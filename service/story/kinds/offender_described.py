"""What is known of an offender was corrected."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import OffenderRole
from service.story.case import Case
from service.story.fact import Correction, NationalityCode
from service.story.kinds.kind import OFFENDER, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class OffenderDescribed(Correction):
    """What is known of an offender was corrected; only what is named changes."""

    event_kind = Kind.OFFENDER_DESCRIBED

    roles: Annotated[tuple[OffenderRole, ...] | None, MaxLen(15)] = None
    nationality: NationalityCode | None = None
    described: bool | None = None


def apply(case: Case, event: Event, fact: OffenderDescribed) -> None:
    """Change what is named."""
    if (offender := case.offenders.get(event.subject.id)) is not None:
        for name, value in fact.changes().items():
            setattr(offender, name, value)


KIND = EventKind(
    fact=OffenderDescribed, about=OFFENDER, summary="What is known of an offender was corrected.", apply=apply
)
