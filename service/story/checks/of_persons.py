"""A person's nationality, rescue, and end other than a return. Pure."""

from typing import Final

from service.acting import Role
from service.codes import (
    NATIONALITIES,
    PROVINCES,
    Attribution,
    EndOutcome,
    NationalitySource,
)
from service.errors import InvalidError
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, MoveNotAllowedError, RequirementMissingError
from service.story.kinds.ended import Ended
from service.story.kinds.names import Kind
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.rescued import Rescued
from service.story.moves import SOURCES

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
        MayNotRecordError: a liaison, and its body had no part in it.
        MoveNotAllowedError: nobody rescues the dead, or whoever does not exist.
        InvalidError: there is no such province.
        RequirementMissingError: nobody verified the person.
    """
    person = situation.person
    if situation.recorder.role is Role.LIAISON and fact.by and Attribution.EMBASSY not in fact.by:
        raise MayNotRecordError("A liaison records rescues in which its own body had a part: name embassy among them.")
    if person is not None and person.outcome in BEYOND_RESCUE:
        words = "Nobody can be rescued who is dead or does not exist. Void that end first, if it is wrong."
        raise MoveNotAllowedError(present=person.status.value, wanted=Kind.RESCUED.value, allowed=[], detail=words)
    if fact.province is not None and fact.province not in PROVINCES:
        raise InvalidError("Use a code of /v1/reference/provinces, such as KH-18.")
    if person is not None and person.verified_on is None and not person.verified_in(situation.draft.operation_id):
        raise RequirementMissingError(
            "Somebody has to verify the case or the person first.", missing=Kind.FINDING_MADE.value
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
