"""A person was brought out."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from service.acting import Role
from service.codes import PROVINCES, Attribution, PersonStatus
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, RequirementMissingError
from service.story.fact import Fact, Province
from service.story.kinds.kind import PERSON, EventKind, always
from service.story.kinds.names import Kind
from service.story.leading import why_unverified
from service.story.log import Event
from service.story.standing import Rescue


@dataclass(frozen=True, kw_only=True)
class Rescued(Fact):
    """A person was brought out."""

    event_kind = Kind.RESCUED

    by: Annotated[tuple[Attribution, ...], MaxLen(3)] = ()
    province: Province | None = None


def check(situation: Situation, fact: Rescued) -> None:
    """Raise unless a rescue can be recorded.

    Raises:
        MayNotRecordError: a liaison, and its body had no part in it.
        InvalidError: there is no such province.
        RequirementMissingError: nobody verified the person.
    """
    person = situation.person
    if situation.recorder.role is Role.LIAISON and fact.by and Attribution.EMBASSY not in fact.by:
        raise MayNotRecordError("A liaison records rescues in which its own body had a part: name embassy in `by`.")
    if fact.province is not None and fact.province not in PROVINCES:
        raise InvalidError("Use a code of /v1/reference/provinces, such as KH-18.")
    if person is not None and person.verified_on is None and not person.verified_in(situation.draft.operation_id):
        raise RequirementMissingError(
            f"Somebody has to verify the case or the person first.{why_unverified(person.findings)}",
            missing=Kind.FINDING_MADE.value,
        )


def held_again(situation: Situation) -> bool:
    """Whether somebody rescued before, whose story had ended, was found again."""
    return situation.person is not None and situation.person.found_again


def apply(case: Case, event: Event, fact: Rescued) -> None:
    """Add the rescue; tasks of an earlier way home are over."""
    if (person := case.persons.get(event.subject.id)) is not None:
        if person.status is PersonStatus.REPATRIATED:
            person.return_tasks = []
        person.enter(PersonStatus.RESCUED, event, rescue=Rescue(fact.by, fact.province))


KIND = EventKind(
    fact=Rescued,
    about=PERSON,
    summary="Persons were brought out.",
    recorders=frozenset({Role.OFFICER, Role.LIAISON}),
    in_operation=frozenset({Role.OFFICER, Role.LIAISON}),
    possible_from=frozenset({PersonStatus.VERIFIED, PersonStatus.REPATRIATED, PersonStatus.ENDED}),
    also_possible=held_again,
    needs_life=True,
    moves_person=True,
    is_step=always,
    opens_case=always,
    told_to_liaison=frozenset({"by", "province"}),
    check=check,
    apply=apply,
)
