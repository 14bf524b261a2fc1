"""What the reporter says was done."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen, MinLen

from service.acting import Role
from service.codes import AllegationType
from service.story.case import Case
from service.story.fact import Fact
from service.story.kinds.kind import CASE, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event


@dataclass(frozen=True, kw_only=True)
class Alleged(Fact):
    """What the reporter says was done."""

    event_kind = Kind.ALLEGED

    types: Annotated[tuple[AllegationType, ...], MinLen(1), MaxLen(20)]


def apply(case: Case, _: Event, fact: Alleged) -> None:
    """Add to what was alleged before."""
    case.alleged.append(fact.types)


KIND = EventKind(
    fact=Alleged,
    about=CASE,
    summary="The reporter says what was done.",
    recorders=frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    opens_case=always,
    apply=apply,
)
