"""The register's part in a person's story ended otherwise than by a return."""

from dataclasses import dataclass
from typing import Final

from service.acting import Role
from service.codes import EndOutcome, PersonStatus
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import RequirementMissingError
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event

EFFORTS_BEFORE_NOT_LOCATED: Final = 2
"""Recorded efforts on different days (design/domain.md section 4)."""


@dataclass(frozen=True, kw_only=True)
class Ended(Fact):
    """The register's part in a person's story ended otherwise than by a return."""

    event_kind = Kind.ENDED

    outcome: EndOutcome


def check(situation: Situation, fact: Ended) -> None:
    """Raise unless what an end other than a return rests on was recorded.

    Raises:
        RequirementMissingError: what it rests on was not recorded.
    """
    person = situation.person
    if person is None:
        return
    if fact.outcome is EndOutcome.REFUSED_RESCUE and not person.refused_freely:
        raise RequirementMissingError(
            "Record first that the person, asked freely, refused to be rescued.", missing=Kind.RESCUE_REFUSED.value
        )
    if fact.outcome is EndOutcome.NOT_LOCATED and len(person.vain_efforts) < EFFORTS_BEFORE_NOT_LOCATED:
        raise RequirementMissingError(
            "Record two efforts to find the person, on different days, first.", missing=Kind.LOCATED.value
        )


def apply(case: Case, event: Event, fact: Ended) -> None:
    """Add the end."""
    if (person := case.persons.get(event.subject.id)) is not None:
        person.enter(PersonStatus.ENDED, event, outcome=fact.outcome)


KIND = EventKind(
    fact=Ended,
    about=PERSON,
    summary="The register's part in persons' stories ended otherwise than by a return.",
    recorders=frozenset({Role.LIAISON, Role.SUPERVISOR}),
    possible_from=frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED, PersonStatus.RESCUED}),
    moves_person=True,
    is_step=always,
    told_to_liaison=frozenset({"outcome"}),
    check=check,
    apply=apply,
)
