"""What events about an offender do to them. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.story.case import Case
from service.story.effects.corrections import changes_of
from service.story.fact import Fact
from service.story.kinds.named import Named
from service.story.kinds.offender_described import OffenderDescribed
from service.story.kinds.stage_reached import StageReached
from service.story.log import Event
from service.story.offender import Offender
from service.story.proceedings import Stage


def _named(case: Case, event: Event, fact: Named) -> None:
    offender = Offender(
        id=event.subject.id,
        seq=event.seq,
        roles=fact.roles,
        nationality=fact.nationality,
        described=fact.described,
    )
    case.offenders[offender.id] = offender


def _offender_described(case: Case, event: Event, fact: OffenderDescribed) -> None:
    offender = case.offenders.get(event.subject.id)
    if offender is not None:
        for name, value in changes_of(fact).items():
            setattr(offender, name, value)


def _stage_reached(case: Case, event: Event, fact: StageReached) -> None:
    offender = case.offenders.get(event.subject.id)
    if offender is not None:
        offender.stages.append(Stage(event.occurred, fact.stage))


ON_OFFENDERS: Final[Mapping[type[Fact], Callable[[Case, Event, Any], None]]] = {
    Named: _named,
    OffenderDescribed: _offender_described,
    StageReached: _stage_reached,
}
