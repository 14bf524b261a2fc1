"""A person left Cambodia towards home."""

from dataclasses import dataclass
from typing import Annotated, Final

from annotated_types import MaxLen

from service.acting import Role
from service.codes import (
    COUNTRIES,
    AgeGroup,
    PersonStatus,
    ReturnDecision,
    ReturnFunding,
    ReturnMode,
    WishPurpose,
    WishValue,
)
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, RequirementMissingError
from service.story.fact import CountryCode, Fact
from service.story.kinds.kind import PERSON, EventKind, always
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.nationality import CAMBODIA
from service.story.person import Person

DEPORTATIONS: Final = frozenset({ReturnMode.DEPORTED, ReturnMode.DEPORTED_INSTEAD_OF_JAIL})


@dataclass(frozen=True, kw_only=True)
class Repatriated(Fact):
    """A person left Cambodia towards home."""

    event_kind = Kind.REPATRIATED

    mode: ReturnMode
    to_country: CountryCode
    funding: Annotated[tuple[ReturnFunding, ...], MaxLen(6)] = ()
    decided_by: ReturnDecision | None = None


def check(situation: Situation, fact: Repatriated) -> None:
    """Raise unless this return can be recorded. Source: ADR 0011 for returns recorded by officers and supervisors.

    Raises:
        InvalidError: the destination is not a country, or it is Cambodia.
        MayNotRecordError: an officer records another return than a deportation, or a liaison a deportation or a
            court's decision on somebody of age.
        RequirementMissingError: the person is at home in Cambodia, does not want to go and nobody decided it, or has
            no guardian who could.
    """
    if fact.to_country not in COUNTRIES or fact.to_country == CAMBODIA:
        raise InvalidError("The destination is a country other than Cambodia: a code of /v1/reference/countries.")
    role = situation.recorder.role
    modes = ", ".join(sorted(mode.value for mode in DEPORTATIONS))
    if role is Role.OFFICER and fact.mode not in DEPORTATIONS:
        raise MayNotRecordError(f"An officer records: {modes}. The embassy's liaison records other returns.")
    if role is Role.LIAISON and fact.mode in DEPORTATIONS:
        raise MayNotRecordError(f"A liaison records no deportation ({modes}). An officer or a supervisor does.")
    person = situation.person
    if person is None:
        return
    if person.effective_nationality.is_cambodian_alone:
        raise RequirementMissingError(
            "A Cambodian is at home: nobody is repatriated to Cambodia.", missing="nationality"
        )
    _check_decision(situation, person, fact)
    _check_willing(person, fact)


def left_unaided(situation: Situation) -> bool:
    """Whether somebody whom nobody brought out left by their own means, which never counts as a rescue."""
    person, fact = situation.person, situation.draft.fact
    by_themselves = isinstance(fact, Repatriated) and fact.mode is ReturnMode.SELF_ARRANGED
    return by_themselves and person is not None and person.status is not PersonStatus.REPATRIATED


def apply(case: Case, event: Event, fact: Repatriated) -> None:
    """Add the return; whoever has left Cambodia is in no custody here."""
    if (person := case.persons.get(event.subject.id)) is not None:
        person.leave_custody(event)
        person.enter(PersonStatus.REPATRIATED, event, departure=fact.mode)


def _check_decision(situation: Situation, person: Person, fact: Repatriated) -> None:
    """Raise unless whoever is named as deciding can: a guardian for a minor; a court, whom a liaison does not name.

    For a minor with a guardian on record a liaison may name either, as far as the age is not its own agency's word
    alone (ADR 43).
    """
    recorder, on = situation.recorder, situation.draft.occurred.latest
    liaison = recorder.role is Role.LIAISON
    minor = person.age_group(on) is AgeGroup.MINOR and not (liaison and person.born_told_by == recorder.agency_id)
    if fact.decided_by is None or (minor and person.guardian_known):
        return
    if fact.decided_by is ReturnDecision.GUARDIAN:
        raise RequirementMissingError(
            "A guardian decides only for a minor on that day who has a guardian on record; a liaison needs the age "
            "from another agency. Record age and guardian, or leave decided_by out.",
            missing="guardian",
        )
    if liaison:
        raise MayNotRecordError(
            "A liaison records no court's decision except on a minor with a guardian on record. A supervisor does."
        )


def _check_willing(person: Person, fact: Repatriated) -> None:
    unwilling = person.last_free_wish(WishPurpose.RETURN_HOME) is WishValue.NO
    if unwilling and fact.mode not in DEPORTATIONS and fact.decided_by is None:
        raise RequirementMissingError(
            "The person said freely not to want to go home, and what only an embassy heard does not undo that. An "
            "operator or a supervisor records a newer wish; or name in `decided_by` who decided.",
            missing=Kind.WISH_STATED.value,
        )


KIND = EventKind(
    fact=Repatriated,
    about=PERSON,
    summary="Persons left Cambodia towards home.",
    recorders=frozenset({Role.LIAISON, Role.OFFICER, Role.SUPERVISOR}),
    possible_from=frozenset({PersonStatus.RESCUED, PersonStatus.ENDED}),
    also_possible=left_unaided,
    needs_life=True,
    moves_person=True,
    is_step=always,
    grouped=True,
    told_to_liaison=frozenset({"mode", "to_country", "funding", "decided_by"}),
    check=check,
    apply=apply,
)
