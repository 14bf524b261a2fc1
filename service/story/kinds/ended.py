"""The register's part in a person's story ended otherwise than by a return."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from annotated_types import MaxLen

from service.acting import Principal, Role
from service.codes import EndOutcome, PersonStatus
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, MoveNotAllowedError, RequirementMissingError
from service.story.fact import CountryCode, Fact
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.person import Person
from service.story.standing import EndReport, Voice

EFFORTS_BEFORE_NOT_LOCATED: Final = 2
"""Recorded efforts on different days (design/domain.md section 4)."""

_NEVER_RESCUED: Final = frozenset({EndOutcome.NOT_HELD, EndOutcome.REFUSED_RESCUE, EndOutcome.NOT_EXIST})
"""Outcomes of somebody who was not brought out."""

TWO_SAY_SO: Final = frozenset({EndOutcome.DECEASED, EndOutcome.NOT_EXIST})
"""Outcomes that a second person of another agency confirms (ADR 43)."""

_CONFIRMING: Final = frozenset({Role.LIAISON, Role.SUPERVISOR})

_WHEREABOUTS_UNKNOWN: Final = frozenset({EndOutcome.NOT_LOCATED, EndOutcome.NOT_EXIST})


@dataclass(frozen=True, kw_only=True)
class Ended(Fact):
    """The register's part in a person's story ended otherwise than by a return."""

    event_kind = Kind.ENDED

    outcome: EndOutcome
    reported: bool = False
    """Of `deceased` and `not_exist`: it is reported, and nothing ends before somebody of another agency confirms it."""
    speaks_for: Annotated[tuple[CountryCode, ...], MaxLen(300)] = ()
    """The states whose liaison records it; the register sets it. Two embassies of one state are one voice."""


def check(situation: Situation, fact: Ended) -> None:
    """Raise unless what an end other than a return rests on was recorded, and nothing that stands contradicts it.

    Raises:
        InvalidError, MayNotRecordError: this outcome is not reported only, or this role only reports.
        RequirementMissingError: what it rests on was not recorded.
        MoveNotAllowedError: something that stands contradicts it.
    """
    _check_words(situation, fact)
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
    if fact.outcome in TWO_SAY_SO and not fact.reported:
        _check_reported(situation, person, fact.outcome)
    _check_footing(person, fact.outcome)


def _check_words(situation: Situation, fact: Ended) -> None:
    """Raise unless this role records ends, or only reports one that can be reported."""
    if fact.reported and fact.outcome not in TWO_SAY_SO:
        raise InvalidError("Only deceased and not_exist are reported first: leave `reported` out.")
    if not fact.reported and situation.recorder.role not in _CONFIRMING:
        raise MayNotRecordError(
            "A verifier or an officer only reports deceased or not_exist, with `reported`. A liaison or a supervisor "
            "records ends."
        )


def _check_footing(person: Person, outcome: EndOutcome) -> None:
    """Raise unless what an outcome rests on was recorded."""
    if outcome is EndOutcome.HOME_IN_CAMBODIA and not person.effective_nationality.is_cambodian:
        raise RequirementMissingError(
            "Only a Cambodian is at home in Cambodia. Record the nationality, or the return.",
            missing=Kind.NATIONALITY_ASSERTED.value,
        )
    if outcome is EndOutcome.REFUSED_RESCUE and not person.refused_freely:
        raise RequirementMissingError(
            "Record first that the person, asked freely, refused to be rescued.", missing=Kind.RESCUE_REFUSED.value
        )
    if outcome is EndOutcome.NOT_LOCATED and len(person.vain_efforts) < EFFORTS_BEFORE_NOT_LOCATED:
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


def ends(situation: Situation) -> bool:
    """Whether the story ends by this, which a report alone does not do."""
    fact = situation.draft.fact
    return isinstance(fact, Ended) and not fact.reported


def is_report(fact: Fact) -> bool:
    """Whether this only reports an end, on which nothing rests and by which nothing stands."""
    return isinstance(fact, Ended) and fact.reported


def spoken_for(recorder: Principal) -> tuple[str, ...]:
    """Return the states for which somebody records an end: those that a liaison's agency serves."""
    return tuple(sorted(recorder.nationalities)) if recorder.role is Role.LIAISON else ()


def _check_reported(situation: Situation, person: Person, outcome: EndOutcome) -> None:
    """Raise unless somebody else has reported a death, or that there is no such person.

    A supervisor is that somebody else, for whom another agency than the supervisor's own has reported.
    """
    recorder = situation.recorder
    voice = Voice(recorder.agency_id, recorder.id, frozenset(spoken_for(recorder)))
    is_second = recorder.role is Role.SUPERVISOR and recorder.agency_id != situation.case.agency_id
    if not is_second and not person.was_reported(outcome, to=voice):
        raise RequirementMissingError(
            f"That somebody is {outcome.value} takes two persons of two agencies; embassies of one state are one. "
            "Somebody of another agency (officer, verifier, liaison or supervisor) records it first with `reported`; "
            "or send `reported` yourself, and have it confirmed, by a supervisor for example.",
            missing=Kind.ENDED.value,
        )


def apply(case: Case, event: Event, fact: Ended) -> None:
    """Add the end, or the report of one; a death ends a custody too."""
    if (person := case.persons.get(event.subject.id)) is not None:
        if fact.reported:
            voice = Voice(event.agency_id, event.recorded_by, frozenset(fact.speaks_for))
            person.end_reports.append(EndReport(fact.outcome, voice))
            return
        if fact.outcome is EndOutcome.DECEASED:
            person.leave_custody(event)
        person.enter(PersonStatus.ENDED, event, outcome=fact.outcome, speaks_for=fact.speaks_for)


KIND = EventKind(
    fact=Ended,
    about=PERSON,
    summary="The register's part in persons' stories ended otherwise than by a return.",
    recorders=_CONFIRMING | {Role.OFFICER, Role.VERIFIER},
    possible_from=frozenset({PersonStatus.RECEIVED, PersonStatus.VERIFIED, PersonStatus.RESCUED}),
    moves_person=True,
    is_step=ends,
    told_to_liaison=frozenset({"outcome", "reported"}),
    check=check,
    apply=apply,
)
