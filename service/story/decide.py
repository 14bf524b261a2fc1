"""What may be put into the log: `decide(case, draft, acting)`. Pure: it returns nothing or raises.

The order of the checks is the order of the questions a person would ask: may you, can it, is anything missing, does
the day fit.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from service.acting import Acting, Principal, Role
from service.codes import AgeGroup, PersonStatus
from service.errors import Fault, InvalidError
from service.story.ages import Births, Born, Told, births_told, fits, latest_of
from service.story.case import Case
from service.story.drafts import Draft, Situation
from service.story.errors import FutureDayError, MayNotRecordError, MoveNotAllowedError, OutOfOrderError
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.registry import KINDS
from service.story.leading import why_unverified
from service.story.moment import Moment
from service.story.person import Person


def decide(case: Case, draft: Draft, acting: Acting) -> None:
    """Raise unless an event may enter the log.

    Args:
        case: what the log amounts to so far.
        draft: the event.
        acting: who records it, and when.

    Raises:
        MayNotRecordError, FilerVerifiesError: not by this recorder.
        InvalidError, FutureDayError: not with these values, or not yet.
        MoveNotAllowedError: not from here; it names the moves that are.
        RequirementMissingError: a fact it rests on is missing.
        OutOfOrderError: its day lies before an earlier step, or after a later one.
    """
    check_recorder(draft.kind, acting.who, in_operation=draft.operation_id is not None)
    kind = KINDS[draft.kind]
    if draft.subject.kind not in kind.about:
        allowed = " or ".join(sorted(found.value for found in kind.about))
        raise InvalidError(f"An event of this kind is about a {allowed}: name nothing else in subjects.")
    check_day(draft.occurred, acting.today)
    situation = Situation(case, draft, acting)
    _check_status(situation)
    kind.check(situation, draft.fact)
    _check_order(situation)


def check_recorder(kind: Kind, recorder: Principal, *, in_operation: bool = False) -> None:
    """Raise unless a role may record a kind of event, by itself or as part of an operation.

    Raises:
        MayNotRecordError: this role never records it.
    """
    allowed = KINDS[kind].in_operation if in_operation else KINDS[kind].recorders
    if recorder.role not in allowed:
        roles = ", ".join(sorted(role.value for role in allowed))
        raise MayNotRecordError(f"An event of this kind is recorded by: {roles or 'a call of its own'}.")


def check_hold(person: Person, recorder: Principal, *, wanted: bool | None) -> None:
    """Raise unless the recorder may change the safety hold that hides a person from their own state.

    Raises:
        MayNotRecordError: a liaison, who speaks for that state, touches it; or anybody but a supervisor lifts it.
    """
    if recorder.role is Role.LIAISON:
        raise MayNotRecordError("A liaison does not say who fears the state it speaks for. Leave fears_own_state out.")
    if person.fears_own_state and not wanted and recorder.role is not Role.SUPERVISOR:
        raise MayNotRecordError("Only a supervisor lifts a safety hold. Ask one, or leave fears_own_state out.")


def check_guardian(person: Person, recorder: Principal, *, today: date) -> None:
    """Raise unless the recorder may change who a person's guardian is.

    Raises:
        MayNotRecordError: a liaison names a guardian for somebody who is of age.
    """
    if recorder.role is Role.LIAISON and person.age_group(today) is AgeGroup.ADULT:
        raise MayNotRecordError(
            "A liaison names guardians only of minors and of persons whose age is unknown. Leave guardian out."
        )


def check_born(occurred: Moment, told: Iterable[tuple[str, Born]]) -> None:
    """Raise unless the ages and birth years that were told are possible.

    Args:
        occurred: when it was told.
        told: of each of them, with their place in what was sent, as a JSON Pointer.

    Raises:
        InvalidError: a birth year lies after that day, or an age does not fit the birth year told with it.
    """
    faults = tuple(fault for place, born in told for fault in _faults_of(place, born, occurred))
    if faults:
        raise InvalidError(faults=faults)


def _faults_of(place: str, born: Born, occurred: Moment) -> Iterator[Fault]:
    year = None if born.birth_year is None else Births.in_year(born.birth_year)
    day = None if born.date_of_birth is None else births_told(born.date_of_birth)
    if born.birth_year is not None and latest_of(born.birth_year) > occurred.latest.year:
        words = "birth_year is later than the day of the report: correct it, or leave it out"
        yield Fault("pointer", f"{place}/birth_year", "future_year", words)
    elif day is not None and day.earliest > occurred.latest:
        words = "date_of_birth is later than the day of the report: correct it, or leave it out"
        yield Fault("pointer", f"{place}/date_of_birth", "future_day", words)
    elif year is not None and day is not None and year.and_also(day) is None:
        words = "birth_year is not the year of date_of_birth: correct one of them, or leave birth_year out"
        yield Fault("pointer", f"{place}/birth_year", "contradiction", words)
    elif not _age_fits(born.age, day or year, occurred):
        words = f"age does not fit {'birth_year' if day is None else 'date_of_birth'} on the day of the report: "
        yield Fault("pointer", f"{place}/age", "contradiction", words + "correct one of them, or leave one out")


def _age_fits(age: Told | None, births: Births | None, occurred: Moment) -> bool:
    return age is None or births is None or fits(age, births, first=occurred.on, last=occurred.latest)


def check_day(occurred: Moment, today: date) -> None:
    """Raise unless a day has begun in Asia/Phnom_Penh.

    Raises:
        FutureDayError: it lies in the future.
    """
    if occurred.on > today:
        raise FutureDayError(f"The day is later than today, {today.isoformat()} in Phnom Penh. Give an earlier one.")


def _check_status(situation: Situation) -> None:
    person, draft = situation.person, situation.draft
    if person is None:
        return
    present = person.status
    if present is PersonStatus.RECEIVED and person.verified_in(draft.operation_id):
        present = PersonStatus.VERIFIED
    kind = KINDS[draft.kind]
    if kind.needs_life and person.died is not None:
        _check_before_death(situation, person.died)
    if present not in kind.possible_from and not kind.also_possible(situation):
        possible = " or ".join(sorted(status.value for status in kind.possible_from))
        words = f"The person is {present.value}. This happens to somebody who is {possible}: record that first."
        if present is PersonStatus.RECEIVED and PersonStatus.VERIFIED in kind.possible_from:
            words += why_unverified(person.findings)
        raise MoveNotAllowedError(
            present=present.value, wanted=draft.kind.value, allowed=possible_from(present), detail=words
        )


def _check_before_death(situation: Situation, died: Moment) -> None:
    """Raise for a step of somebody who died, and for what else began after that; the rest may be told late."""
    draft = situation.draft
    if KINDS[draft.kind].is_step(situation) or draft.occurred.on > died.latest:
        words = f"The person died on {died}: nothing begins after that. If the death is wrong, void it first."
        raise MoveNotAllowedError(
            present=PersonStatus.ENDED.value, wanted=draft.kind.value, allowed=[Kind.VOIDED.value], detail=words
        )


def _check_order(situation: Situation) -> None:
    person, draft = situation.person, situation.draft
    taken: list[tuple[str, Moment]] = []
    if draft.subject.kind is SubjectKind.CASE:
        taken = [("received", situation.case.received_on)]
    elif person is not None and not KINDS[draft.kind].may_precede_request:
        is_step = KINDS[draft.kind].is_step(situation)
        taken = person.steps_taken if is_step else [("received", person.added)]
    for step, moment in reversed(taken):
        if draft.occurred.latest < moment.on:
            raise OutOfOrderError(step, moment)


def possible_from(status: PersonStatus) -> list[str]:
    """Return the kinds of move that exist from a status."""
    return sorted(kind.name.value for kind in KINDS.values() if kind.moves_person and status in kind.possible_from)
