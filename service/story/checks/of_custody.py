"""In whose hands a person is. Pure."""

from service.acting import Role
from service.codes import CustodyKind
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, MoveNotAllowedError, OutOfOrderError, RequirementMissingError
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.names import Kind


def check_custody_started(situation: Situation, fact: CustodyStarted) -> None:
    """Accept that a person came into somebody's hands; those they were in before end there.

    Raises:
        MayNotRecordError: a liaison speaks of other hands than its embassy's.
        MoveNotAllowedError: they are in these hands already.
        OutOfOrderError: the day lies before the hands they were in last took or left them.
    """
    person, draft = situation.person, situation.draft
    _check_own_hands(situation, fact.custody)
    if person is None:
        return
    present = person.custody
    if present is not None and present.kind is fact.custody:
        words = f"This custody lasts since {present.started}. Record its end first, or another kind of custody."
        raise MoveNotAllowedError(
            present=present.kind.value, wanted=draft.kind.value, allowed=[Kind.CUSTODY_ENDED.value], detail=words
        )
    for last in person.custodies[-1:]:
        if last.ended is not None and draft.occurred.latest < last.ended.on:
            raise OutOfOrderError(Kind.CUSTODY_ENDED.value, last.ended)
        if draft.occurred.latest < last.started.on:
            raise OutOfOrderError(Kind.CUSTODY_STARTED.value, last.started)


def check_custody_ended(situation: Situation, _: CustodyEnded) -> None:
    """Accept that a person is in nobody's hands any more.

    Raises:
        RequirementMissingError: they were in nobody's.
        MayNotRecordError: a liaison speaks of other hands than its embassy's.
        OutOfOrderError: the day lies before they came into them.
    """
    present = situation.person.custody if situation.person is not None else None
    if present is None:
        raise RequirementMissingError(
            "The person is in nobody's hands: record that a custody started first.",
            missing=Kind.CUSTODY_STARTED.value,
        )
    _check_own_hands(situation, present.kind)
    if situation.draft.occurred.latest < present.started.on:
        raise OutOfOrderError(Kind.CUSTODY_STARTED.value, present.started)


def _check_own_hands(situation: Situation, kind: CustodyKind) -> None:
    if situation.recorder.role is Role.LIAISON and kind is not CustodyKind.EMBASSY_CARE:
        raise MayNotRecordError("A liaison speaks of its embassy's own hands only: embassy_care.")
