"""Papers, the tasks on the way home, and leaving for home. Pure."""

from typing import Final

from service.acting import Role
from service.codes import COUNTRIES, NATIONALITIES, ReturnStep, ReturnStepState, WishPurpose, WishValue
from service.errors import InvalidError
from service.story.drafts import Situation
from service.story.errors import MayNotRecordError, OutOfOrderError, RequirementMissingError
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.names import Kind
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.return_step import ReturnStepTaken
from service.story.moves import DEPORTATIONS
from service.story.person import Person

HOME_IS_CAMBODIA: Final = "KHM"

_NEED_A_REASON: Final = frozenset({ReturnStepState.NOT_NEEDED, ReturnStepState.BLOCKED})


def check_documents(_: Situation, fact: DocumentsChecked) -> None:
    """Accept what was missing.

    Raises:
        InvalidError: a paper is named twice.
    """
    if len(set(fact.missing)) < len(fact.missing):
        raise InvalidError("Name each missing paper once.")


def check_return_step(situation: Situation, fact: ReturnStepTaken) -> None:
    """Accept where a task on the way home stands.

    Raises:
        InvalidError: no such country; a reason missing or needless; or the task is the departure itself.
        MayNotRecordError: an officer or a liaison speaks of a task that is neither Cambodia's nor its own state's.
        OutOfOrderError: the day lies before the last word on this task.
    """
    if fact.step is ReturnStep.DEPARTED:
        raise InvalidError("The departure is an event of its own: record repatriated.")
    if fact.country not in COUNTRIES:
        raise InvalidError("Say whose task it is: a code of /v1/reference/countries, such as KHM or VNM.")
    if (fact.reason is not None) != (fact.state in _NEED_A_REASON):
        states = " or ".join(sorted(state.value for state in _NEED_A_REASON))
        raise InvalidError(f"A reason is given where a task is {states}, and nowhere else.")
    _check_whose_task(situation, fact.country)
    for task in situation.person.return_tasks if situation.person is not None else ():
        same = task.taken.step is fact.step and task.taken.country == fact.country
        if same and situation.draft.occurred.latest < task.moment.on:
            raise OutOfOrderError(Kind.RETURN_STEP.value, task.moment)


def _check_whose_task(situation: Situation, country: str) -> None:
    """Of whoever's papers are no country's of the list, Kosovo's or a British overseas one, any country (ADR 0024)."""
    recorder, person = situation.recorder, situation.person
    if country == HOME_IS_CAMBODIA:
        return
    if recorder.role is Role.OFFICER:
        raise MayNotRecordError("An officer speaks of Cambodia's tasks only: KHM.")
    nationality = None if person is None else person.effective_nationality.code
    of_no_country = nationality in NATIONALITIES and nationality not in COUNTRIES
    if recorder.role is Role.LIAISON and country not in recorder.nationalities and not of_no_country:
        raise MayNotRecordError("A liaison speaks of tasks of the states its agency serves, and of Cambodia's: KHM.")


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
        modes = ", ".join(sorted(mode.value for mode in DEPORTATIONS))
        raise MayNotRecordError(f"An officer records: {modes}. Other returns are recorded by the embassy's liaison.")
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
