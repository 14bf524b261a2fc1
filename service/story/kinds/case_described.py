"""What is known of a case was corrected; only what is named changes."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from service.codes import (
    CaseKind,
    PlacePrecision,
    ReporterRelationship,
    Urgency,
)
from service.story.fact import Cleared, Fact, LanguageTag, Province


@dataclass(frozen=True, kw_only=True)
class CaseDescribed(Fact):
    """What is known of a case was corrected; only what is named changes."""

    urgency: Urgency | None = None
    language: LanguageTag | None = None
    province: Province | None = None
    precision: PlacePrecision | None = None
    relationship: ReporterRelationship | None = None
    place_given: bool | None = None
    contact_given: bool | None = None
    offender_unknown: bool | None = None
    kind: CaseKind | None = None
    withheld_from: Annotated[tuple[UUID, ...] | None, MaxLen(50)] = None
    """Agencies that must not know of this case, whatever their role."""

    cleared: Annotated[tuple[Cleared, ...], MaxLen(7)] = ()
