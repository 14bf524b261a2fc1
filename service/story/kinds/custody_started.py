"""A person was taken into custody or care: a depot, a shelter, an embassy, a prison."""

from dataclasses import dataclass
from datetime import date

from service.acting import Role
from service.codes import CustodyKind
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, MoveNotAllowedError, OutOfOrderError
from service.story.fact import Fact
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.standing import Custody


@dataclass(frozen=True, kw_only=True)
class CustodyStarted(Fact):
    """A person was taken into custody or care; the one before ended there."""

    event_kind = Kind.CUSTODY_STARTED

    custody: CustodyKind


def check(situation: Situation, fact: CustodyStarted) -> None:
    """Raise unless a custody can start; the one before ends there.

    Raises:
        MayNotRecordError: a liaison records another custody than its embassy's.
        MoveNotAllowedError: the person is in this custody already.
        OutOfOrderError: the day lies before the last custody started or ended.
    """
    person, draft = situation.person, situation.draft
    check_own_custody(situation, fact.custody)
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


def check_own_custody(situation: Situation, kind: CustodyKind) -> None:
    """Raise if a liaison records a custody other than its own embassy's.

    Raises:
        MayNotRecordError: it is another.
    """
    if situation.recorder.role is Role.LIAISON and kind is not CustodyKind.EMBASSY_CARE:
        raise MayNotRecordError("A liaison records only the custody of its own embassy: embassy_care.")


def apply(case: Case, event: Event, fact: CustodyStarted) -> None:
    """End the present custody and start this one, no earlier than the last one ended; a death ends it too."""
    if (person := case.persons.get(event.subject.id)) is not None:
        person.leave_custody(event)
        person.met()
        ended = [custody.ended.on for custody in person.custodies if custody.ended is not None]
        started = event.occurred.not_before(max(ended, default=date.min))
        person.custodies.append(Custody(fact.custody, started, person.died))


KIND = EventKind(
    fact=CustodyStarted,
    about=PERSON,
    summary="Persons were taken into custody or care: a depot, a shelter, an embassy, a prison.",
    recorders=frozenset({Role.OFFICER, Role.LIAISON}),
    in_operation=frozenset({Role.OFFICER, Role.LIAISON}),
    may_precede_request=True,
    needs_life=True,
    told_to_liaison=frozenset({"custody"}),
    check=check,
    apply=apply,
)
