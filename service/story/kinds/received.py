"""A request for intervention came in. Its day never changes."""

from dataclasses import dataclass

from service.codes import (
    CaseKind,
    IntakeChannel,
    PlacePrecision,
    ReporterRelationship,
    Urgency,
)
from service.story.fact import Fact, LanguageTag, Province


@dataclass(frozen=True, kw_only=True)
class Received(Fact):
    """A request for intervention came in. Its day never changes."""

    channel: IntakeChannel
    kind: CaseKind = CaseKind.RESCUE
    urgency: Urgency = Urgency.NORMAL
    language: LanguageTag | None = None
    province: Province | None = None
    precision: PlacePrecision | None = None
    relationship: ReporterRelationship | None = None
    place_given: bool = False
    contact_given: bool = False
    offender_unknown: bool = False
