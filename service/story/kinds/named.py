"""Somebody or a company is alleged responsible."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.codes import OffenderRole
from service.story.case import Case
from service.story.fact import Fact, NationalityCode
from service.story.kinds.kind import OFFENDER, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.offender import Offender


@dataclass(frozen=True, kw_only=True)
class Named(Fact):
    """Somebody or a company is alleged responsible. Nobody is assumed guilty."""

    event_kind = Kind.NAMED

    roles: Annotated[tuple[OffenderRole, ...], MaxLen(15)] = ()
    nationality: NationalityCode | None = None
    described: bool = False


def apply(case: Case, event: Event, fact: Named) -> None:
    """Add the offender."""
    offender = Offender(
        id=event.subject.id,
        seq=event.seq,
        roles=fact.roles,
        nationality=fact.nationality,
        described=fact.described,
    )
    case.offenders[offender.id] = offender


KIND = EventKind(
    fact=Named,
    about=OFFENDER,
    summary="Somebody or a company is alleged responsible.",
    opens_case=always,
    apply=apply,
)
