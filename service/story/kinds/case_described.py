"""What is known of a case was corrected."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from service.codes import CaseKind, PlacePrecision, ReporterRelationship, Urgency
from service.story.case import Case
from service.story.fact import Correction, LanguageTag, Province
from service.story.kinds.kind import CASE, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class CaseDescribed(Correction):
    """What is known of a case was corrected; only what is named changes."""

    event_kind = Kind.CASE_DESCRIBED

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


def apply(case: Case, _: Event, fact: CaseDescribed) -> None:
    """Change what is named."""
    for name, value in fact.changes().items():
        setattr(case, name, frozenset(value) if name == "withheld_from" else value)


KIND = EventKind(fact=CaseDescribed, about=CASE, summary="What is known of a case was corrected.", apply=apply)
