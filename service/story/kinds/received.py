"""A request for intervention came in."""

from dataclasses import dataclass

from service.codes import CaseKind, IntakeChannel, PlacePrecision, ReporterRelationship, Urgency
from service.story.case import Case
from service.story.fact import Fact, LanguageTag, Province
from service.story.kinds.kind import CASE, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class Received(Fact):
    """A request for intervention came in. Its day never changes."""

    event_kind = Kind.RECEIVED

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


def begin(event: Event) -> Case:
    """Return the state with which a case begins.

    Raises:
        TypeError: the event is of another kind.
    """
    fact = event.fact
    if not isinstance(fact, Received):
        raise TypeError("a case's log begins with what was received")
    return Case(
        id=event.subject.id,
        filer=event.recorded_by,
        agency_id=event.agency_id,
        received_on=event.occurred,
        seq=event.seq,
        recorded_at=event.recorded_at,
        channel=fact.channel,
        kind=fact.kind,
        urgency=fact.urgency,
        language=fact.language,
        province=fact.province,
        precision=fact.precision,
        relationship=fact.relationship,
        place_given=fact.place_given,
        contact_given=fact.contact_given,
        offender_unknown=fact.offender_unknown,
    )


KIND = EventKind(
    fact=Received,
    about=CASE,
    summary="A request for intervention came in.",
    told_to_liaison=frozenset({"channel", "kind", "urgency", "language", "province", "precision"}),
)
