"""The register's part in a person's story ended otherwise than by a return."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from service.acting import Role
from service.codes import EndOutcome, PersonStatus
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MoveNotAllowedError, RequirementMissingError
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.nationality import CAMBODIA
from service.story.person import Person

EFFORTS_BEFORE_NOT_LOCATED: Final = 2
"""Recorded efforts on different days (design/domain.md section 4)."""

_NEVER_RESCUED: Final = frozenset({EndOutcome.NOT_HELD, EndOutcome.REFUSED_RESCUE, EndOutcome.NOT_EXIST})
"""Outcomes of somebody who was not brought out."""

_WHEREABOUTS_UNKNOWN: Final = frozenset({EndOutcome.NOT_LOCATED, EndOutcome.NOT_EXIST})


@dataclass(frozen=True, kw_only=True)
class Ended(Fact):
    """The register's part in a person's story ended otherwise than by a return."""

    event_kind = Kind.ENDED

    outcome: EndOutcome


def check(situation: Situation, fact: Ended) -> None:
    """Raise unless what an end other than a return rests on was recorded, and nothing that stands contradicts it.

    Raises:
        RequirementMissingError: what it rests on was not recorded.
        MoveNotAllowedError: something that stands contradicts it.
    """
    person = situation.person
    if person is None:
        return
    for contradiction in _contradictions(person, fact.outcome):
        raise MoveNotAllowedError(
            present=person.status.value,
            wanted=Kind.ENDED.value,
            allowed=[Kind.VOIDED.value],
            detail=f"{contradiction} Choose another outcome, or void that first if it is wrong.",
        )
    if fact.outcome is EndOutcome.HOME_IN_CAMBODIA and person.effective_nationality.code != CAMBODIA:
        raise RequirementMissingError(
            "Only a Cambodian is at home in Cambodia. Record the nationality, or the return.",
            missing=Kind.NATIONALITY_ASSERTED.value,
        )
    if fact.outcome is EndOutcome.REFUSED_RESCUE and not person.refused_freely:
        raise RequirementMissingError(
            "Record first that the person, asked freely, refused to be rescued.", missing=Kind.RESCUE_REFUSED.value
        )
    if fact.outcome is EndOutcome.NOT_LOCATED and len(person.vain_efforts) < EFFORTS_BEFORE_NOT_LOCATED:
        raise RequirementMissingError(
            "Record two efforts to find the person, on different days, first.", missing=Kind.LOCATED.value
        )


def _contradictions(person: Person, outcome: EndOutcome) -> Iterator[str]:
    """Return what that stands cannot be true together with an outcome, in sentences."""
    if outcome in _NEVER_RESCUED and person.status is PersonStatus.RESCUED:
        yield f"The person stands rescued since {person.path[-1][1]}."
    if outcome is EndOutcome.NOT_EXIST and person.has_been_met:
        yield "The person was met: brought out, sent home, found or taken into custody."
    if outcome in _WHEREABOUTS_UNKNOWN and person.custody is not None:
        yield f"The person is in custody since {person.custody.started}."


def apply(case: Case, event: Event, fact: Ended) -> None:
    """Add the end; a death ends a custody too."""
    if (person := case.persons.get(event.subject.id)) is not None:
        if fact.outcome is EndOutcome.DECEASED:
            person.leave_custody(event)
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
