"""A task on the way home came to a state."""

from dataclasses import dataclass
from typing import Final

from service.acting import Role
from service.codes import COUNTRIES, NATIONALITIES, ReturnStep, ReturnStepReason, ReturnStepState
from service.errors import InvalidError
from service.story.case import Case
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, OutOfOrderError
from service.story.fact import CountryCode, Fact
from service.story.kinds.kind import PERSON, EventKind
from service.story.kinds.names import Kind
from service.story.log import Event
from service.story.nationality import CAMBODIA
from service.story.standing import ReturnTask

_NEED_A_REASON: Final = frozenset({ReturnStepState.NOT_NEEDED, ReturnStepState.BLOCKED})


@dataclass(frozen=True, kw_only=True)
class ReturnStepTaken(Fact):
    """A task on the way home came to a state. The departure itself is `repatriated`."""

    event_kind = Kind.RETURN_STEP

    step: ReturnStep
    state: ReturnStepState
    country: CountryCode
    """Whose task it is: Cambodia's or that of another state."""

    reason: ReturnStepReason | None = None
    """Needed where the task is blocked or not needed."""


def check(situation: Situation, fact: ReturnStepTaken) -> None:
    """Raise unless a task on the way home can stand like this.

    Raises:
        InvalidError: no such country; a reason missing or needless; or the task is the departure itself.
        MayNotRecordError: an officer or a liaison speaks of a task that is neither Cambodia's nor its own state's.
        OutOfOrderError: the day lies before the latest entry of this task.
    """
    if fact.step is ReturnStep.DEPARTED:
        raise InvalidError("The departure is an event of its own: record repatriated.")
    if fact.country not in COUNTRIES:
        raise InvalidError("Say whose task it is: a code of /v1/reference/countries, such as KHM or VNM.")
    if (fact.reason is not None) != (fact.state in _NEED_A_REASON):
        states = " or ".join(sorted(state.value for state in _NEED_A_REASON))
        raise InvalidError(f"Give a reason where a task is {states}, and nowhere else.")
    _check_whose_task(situation, fact.country)
    for task in situation.person.return_tasks if situation.person is not None else ():
        same = task.step is fact.step and task.country == fact.country
        if same and situation.draft.occurred.latest < task.moment.on:
            raise OutOfOrderError(Kind.RETURN_STEP.value, task.moment)


def apply(case: Case, event: Event, fact: ReturnStepTaken) -> None:
    """Replace where this task of this country stands."""
    if (person := case.persons.get(event.subject.id)) is not None:
        others = [task for task in person.return_tasks if task.step != fact.step or task.country != fact.country]
        task = ReturnTask(event.occurred, fact.step, fact.state, fact.country, fact.reason)
        person.return_tasks = [*others, task]


def _check_whose_task(situation: Situation, country: str) -> None:
    """Raise unless a recorder may speak of this country's task.

    Of somebody whose documents are of no listed country, Kosovo's or a British overseas one, any (ADR 0024).
    """
    recorder, person = situation.recorder, situation.person
    if country == CAMBODIA:
        return
    if recorder.role is Role.OFFICER:
        raise MayNotRecordError("An officer records Cambodia's tasks only: KHM.")
    codes = set() if person is None else {person.effective_nationality.code, *person.disclosed_to}
    of_no_country = any(code in NATIONALITIES and code not in COUNTRIES for code in codes)
    if recorder.role is Role.LIAISON and country not in recorder.nationalities and not of_no_country:
        raise MayNotRecordError("A liaison records tasks of the states its agency serves, and of Cambodia: KHM.")


KIND = EventKind(
    fact=ReturnStepTaken,
    about=PERSON,
    summary="A task on the way home came to a state.",
    recorders=frozenset({Role.LIAISON, Role.OFFICER}),
    told_to_liaison=frozenset({"step", "state", "country", "reason"}),
    check=check,
    apply=apply,
)
