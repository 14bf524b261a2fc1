"""A person's nationality, rescue, return and end. Pure."""

from typing import Final

from service.access.rules import Role
from service.cases.rules.drafts import Situation
from service.cases.rules.errors import MayNotRecordError, MoveNotAllowedError, RequirementMissingError
from service.cases.rules.facts import Ended, Kind, NationalityAsserted, Repatriated, Rescued
from service.cases.rules.moves import DEPORTATIONS, SOURCES
from service.cases.rules.person import Person
from service.codes import (
    COUNTRIES,
    NATIONALITIES,
    PROVINCES,
    EndOutcome,
    NationalitySource,
    WishPurpose,
    WishValue,
)
from service.errors import InvalidError

HOME_IS_CAMBODIA: Final = "KHM"
EFFORTS_BEFORE_NOT_LOCATED: Final = 2
"""Recorded efforts on different days (design/domain.md section 4)."""

BEYOND_RESCUE: Final = frozenset({EndOutcome.DECEASED, EndOutcome.NOT_EXIST})


def check_nationality(situation: Situation, fact: NationalityAsserted) -> None:
    """Accept somebody's word on a nationality.

    Raises:
        InvalidError: there is no such nationality.
        MayNotRecordError: not from this source, for this state, or as a decision by this role.
    """
    recorder = situation.recorder
    if fact.nationality not in NATIONALITIES:
        raise InvalidError("Use a code of /v1/reference/nationalities, such as MYS, TWN or XXA.")
    sources = SOURCES.get(recorder.role, frozenset())
    if fact.source not in sources:
        allowed = ", ".join(source.value for source in NationalitySource if source in sources)
        raise MayNotRecordError(f"Your role asserts a nationality from: {allowed or 'no source'}.")
    if recorder.role is Role.LIAISON and fact.nationality not in recorder.nationalities:
        raise MayNotRecordError("You speak for the states your agency serves only.")
    if fact.decision and (recorder.role is not Role.SUPERVISOR or fact.source is NationalitySource.DENIED_BY_STATE):
        raise MayNotRecordError("A disputed nationality is decided by a supervisor, for one of the values.")


def check_rescued(situation: Situation, fact: Rescued) -> None:
    """Accept a rescue.

    Raises:
        MoveNotAllowedError: nobody rescues the dead, or whoever does not exist.
        InvalidError: there is no such province.
        RequirementMissingError: nobody verified the person.
    """
    person = situation.person
    if person is not None and person.outcome in BEYOND_RESCUE:
        words = "Nobody can be rescued who is dead or does not exist. Void that end first, if it is wrong."
        raise MoveNotAllowedError(present=person.status.value, wanted=Kind.RESCUED.value, allowed=[], detail=words)
    if fact.province is not None and fact.province not in PROVINCES:
        raise InvalidError("Use a code of /v1/reference/provinces, such as KH-18.")
    if person is not None and person.verified_on is None and not person.verified_in(situation.draft.operation_id):
        raise RequirementMissingError(
            "Somebody has to verify the case or the person first.", missing=Kind.FINDING_MADE.value
        )


def check_repatriated(situation: Situation, fact: Repatriated) -> None:
    """Accept a return.

    Raises:
        InvalidError: the destination is not a country, or it is Cambodia.
        MayNotRecordError: an officer records another return than a deportation.
        RequirementMissingError: the person is at home in Cambodia, or does not want to go and nobody decided it.
    """
    if fact.to_country not in COUNTRIES or fact.to_country == HOME_IS_CAMBODIA:
        raise InvalidError("The destination is a country other than Cambodia: a code of /v1/reference/countries.")
    if situation.recorder.role is Role.OFFICER and fact.mode not in DEPORTATIONS:
        raise MayNotRecordError("An officer records deportations; other returns are recorded by the embassy's liaison.")
    person = situation.person
    if person is None:
        return
    if person.effective_nationality.code == HOME_IS_CAMBODIA:
        raise RequirementMissingError(
            "A Cambodian is at home: nobody is repatriated to Cambodia.", missing="nationality"
        )
    _check_willing(person, fact)


def _check_willing(person: Person, fact: Repatriated) -> None:
    unwilling = person.last_free_wish(WishPurpose.RETURN_HOME) is WishValue.NO
    if unwilling and fact.mode not in DEPORTATIONS and fact.decided_by is None:
        raise RequirementMissingError(
            "The person said freely not to want to go home. Record a newer wish, or who decided in `decided_by`.",
            missing=Kind.WISH_STATED.value,
        )


def check_ended(situation: Situation, fact: Ended) -> None:
    """Accept an end other than a return.

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
