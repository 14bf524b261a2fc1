"""What may be put into the log: `decide(case, draft, recorder)`. Pure: it answers nothing or raises.

The order of the checks is the order of the questions a person would ask: may you, can it, is anything missing, does
the day fit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from service.access.rules import Role
from service.cases.rules.errors import (
    FilerVerifiesError,
    FutureDayError,
    MayNotRecordError,
    MoveNotAllowedError,
    OutOfOrderError,
    RequirementMissingError,
)
from service.cases.rules.events import Moment, Subject
from service.cases.rules.facts import (
    SUBJECTS,
    Closed,
    Ended,
    Fact,
    FindingMade,
    HeadcountClaimed,
    Kind,
    NationalityAsserted,
    Reopened,
    Repatriated,
    Rescued,
    SubjectKind,
)
from service.cases.rules.moves import DEPORTATIONS, FROM, RECORDERS, SOURCES, possible_from
from service.cases.rules.person import Person
from service.cases.rules.state import Case
from service.codes import (
    COUNTRIES,
    NATIONALITIES,
    PROVINCES,
    CaseClosure,
    EndOutcome,
    FindingOutcome,
    NationalitySource,
    PersonStatus,
    ProofStandard,
    StatementBound,
    WishPurpose,
    WishValue,
)
from service.errors import InvalidError

SomeFact = TypeVar("SomeFact", bound=Fact)

HOME_IS_CAMBODIA: Final = "KHM"
EFFORTS_BEFORE_NOT_LOCATED: Final = 2
"""Recorded efforts on different days (design/domain.md section 4)."""

BEYOND_RESCUE: Final = frozenset({EndOutcome.DECEASED, EndOutcome.NOT_EXIST})

_UNBOUNDED_ABOVE: Final = frozenset({StatementBound.AT_LEAST, StatementBound.UNQUANTIFIED})
_DATED_STEPS: Final = frozenset({Kind.RESCUED, Kind.REPATRIATED, Kind.ENDED})


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who wants to record something, as far as the rules care."""

    id: UUID
    role: Role
    nationalities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """An event somebody wants to record."""

    kind: Kind
    subject: Subject
    occurred: Moment
    fact: Fact
    operation_id: UUID | None = None


def decide(case: Case, draft: Draft, recorder: Recorder, *, today: date) -> None:
    """Accept an event for the log.

    Args:
        case: what the log amounts to so far.
        draft: the event.
        recorder: who records it.
        today: the present day in Asia/Phnom_Penh.

    Raises:
        MayNotRecordError, FilerVerifiesError: not by this recorder.
        InvalidError, FutureDayError: not with these values, or not yet.
        MoveNotAllowedError: not from here; it names the moves that are.
        RequirementMissingError: a fact it rests on is missing.
        OutOfOrderError: its day lies before an earlier step.
    """
    check_recorder(draft.kind, recorder)
    if draft.subject.kind not in SUBJECTS[draft.kind]:
        allowed = " or ".join(sorted(kind.value for kind in SUBJECTS[draft.kind]))
        raise InvalidError(f"An event of this kind is about a {allowed}.")
    check_day(draft.occurred, today)
    person = case.persons.get(draft.subject.id)
    if person is not None:
        _check_status(person, draft.kind)
    check = _CHECKS.get(type(draft.fact))
    if check is not None:
        check(case, person, draft, recorder)
    if draft.occurred.latest < case.received_on.on and draft.subject.kind is SubjectKind.CASE:
        _refuse_day("received", case.received_on)
    if person is not None:
        _check_order(person, draft)


def check_recorder(kind: Kind, recorder: Recorder) -> None:
    """Let a role record a kind of event.

    Raises:
        MayNotRecordError: this role never records it.
    """
    if recorder.role not in RECORDERS.get(kind, frozenset()):
        roles = ", ".join(sorted(role.value for role in RECORDERS.get(kind, frozenset())))
        raise MayNotRecordError(f"An event of this kind is recorded by: {roles or 'a call of its own'}.")


def check_hold(person: Person, recorder: Recorder, *, wanted: bool | None) -> None:
    """Accept a change of the safety hold that hides a person from their own state.

    Raises:
        MayNotRecordError: a liaison, who speaks for that state, touches it; or anybody but a supervisor lifts it.
    """
    if recorder.role is Role.LIAISON:
        raise MayNotRecordError("Whether somebody fears their own state is not recorded by that state's liaison.")
    if person.fears_own_state and not wanted and recorder.role is not Role.SUPERVISOR:
        raise MayNotRecordError("A supervisor lifts a safety hold.")


def check_birth_year(birth_year: int | None, occurred: Moment) -> None:
    """Accept a birth year.

    Raises:
        InvalidError: it lies after the day on which it was told.
    """
    if birth_year is not None and birth_year > occurred.latest.year:
        raise InvalidError("Nobody is born in the future: correct birth_year.")


def check_day(occurred: Moment, today: date) -> None:
    """Accept a day that has begun in Asia/Phnom_Penh.

    Raises:
        FutureDayError: it lies in the future.
    """
    if occurred.on > today:
        raise FutureDayError(f"The day lies in the future. Today is {today.isoformat()} in Phnom Penh.")


def _check_status(person: Person, kind: Kind) -> None:
    present = person.status
    if present not in FROM.get(kind, frozenset(PersonStatus)):
        possible = " or ".join(sorted(status.value for status in FROM[kind]))
        words = f"The person is {present.value}. This happens to somebody who is {possible}: record that first."
        raise MoveNotAllowedError(
            present=present.value, wanted=kind.value, allowed=possible_from(present), detail=words
        )


def _check_order(person: Person, draft: Draft) -> None:
    reopens = draft.kind is Kind.LOCATED and person.outcome is EndOutcome.NOT_LOCATED
    is_step = draft.kind in _DATED_STEPS or reopens
    taken = person.steps_taken if is_step else [("received", person.added)]
    for step, moment in reversed(taken):
        if draft.occurred.latest < moment.on:
            _refuse_day(step, moment)


def _refuse_day(step: str, moment: Moment) -> None:
    raise OutOfOrderError(
        f"The day lies before the step '{step}' of {moment}. Correct the day, or void that step first.",
        step=step,
        step_on=str(moment),
    )


def _missing(what: str, detail: str) -> RequirementMissingError:
    return RequirementMissingError(detail, missing=what)


def _check_finding(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    fact = _as(FindingMade, draft.fact)
    if recorder.id == case.filer:
        raise FilerVerifiesError("Somebody other than the filer of this case has to verify it.")
    if not fact.evidence and fact.no_evidence_reason is None:
        raise InvalidError("Name the evidence, or say why there is none in no_evidence_reason.")
    fabricated = fact.outcome is FindingOutcome.FABRICATED
    if fabricated != (recorder.role is Role.SUPERVISOR):
        raise MayNotRecordError(
            "A supervisor confirms that a report was fabricated, after a verifier found it unfounded; every other "
            "finding is a verifier's."
        )
    if fabricated:
        _check_fabricated(case, person, fact, recorder)


def _check_fabricated(case: Case, person: Person | None, fact: FindingMade, recorder: Recorder) -> None:
    """Two persons, each on record, and at least reasonable grounds (background: domain model I-7)."""
    order = list(ProofStandard)
    if order.index(fact.standard) < order.index(ProofStandard.REASONABLE_GROUNDS):
        raise InvalidError("That a report was fabricated needs at least reasonable grounds.")
    findings = person.findings if person is not None else case.findings
    first = [found for found in findings if found.fact.outcome is FindingOutcome.UNFOUNDED]
    if not first or first[-1].recorded_by == recorder.id:
        raise _missing("finding_made", "Somebody else has to find it unfounded first.")


def _check_nationality(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    fact = _as(NationalityAsserted, draft.fact)
    if fact.nationality not in NATIONALITIES:
        raise InvalidError("Use a code of /v1/reference/nationalities, such as MYS, TWN or XXA.")
    if fact.source not in SOURCES.get(recorder.role, frozenset()):
        raise MayNotRecordError("Your role does not assert a nationality from this source.")
    if recorder.role is Role.LIAISON and fact.nationality not in recorder.nationalities:
        raise MayNotRecordError("You speak for the states your agency serves only.")
    if fact.decision and (recorder.role is not Role.SUPERVISOR or fact.source is NationalitySource.DENIED_BY_STATE):
        raise MayNotRecordError("A disputed nationality is decided by a supervisor, for one of the values.")


def _check_headcount(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    fact = _as(HeadcountClaimed, draft.fact)
    fault = headcount_fault(fact.bound, fact.low, fact.high)
    if fault is not None:
        raise InvalidError(fault)


def headcount_fault(bound: StatementBound, low: int | None, high: int | None) -> str | None:
    """Answer what is wrong with the numbers of a claim, in words, or None."""
    if bound is StatementBound.UNQUANTIFIED:
        return None if low is None and high is None else "An unquantified claim has no numbers."
    if bound is StatementBound.AT_MOST:
        return None if high is not None and low is None else "A claim of at most gives `high` only."
    if low is None:
        return "Give the number in `low`."
    if bound is StatementBound.RANGE:
        return None if high is not None and low <= high else "A range gives `low` and `high`, in order."
    return None if high is None or high == low else "Only a range gives both `low` and `high`."


def headcount_bounds(fact: HeadcountClaimed) -> tuple[int, int | None]:
    """Answer the least and the most a claim can mean; the most is None where it is open."""
    if fact.bound in _UNBOUNDED_ABOVE:
        return fact.low or 0, None
    if fact.bound is StatementBound.AT_MOST:
        return 0, fact.high
    low = fact.low or 0
    return low, low if fact.high is None else fact.high


def _check_closed(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    fact = _as(Closed, draft.fact)
    if case.closure is not None:
        raise MoveNotAllowedError(
            present="closed", wanted=draft.kind.value, allowed=_moves_of(case), detail="The case is closed already."
        )
    if fact.reason is CaseClosure.ALL_PERSONS_FINAL:
        raise _missing("ended", "The case closes by itself when every person's story has ended.")
    if case.tally[PersonStatus.RESCUED]:
        raise _missing("repatriated", "Somebody in this case was rescued and is not home yet.")
    outcomes = {CaseClosure.UNFOUNDED: FindingOutcome.UNFOUNDED, CaseClosure.FABRICATED: FindingOutcome.FABRICATED}
    needed = outcomes.get(fact.reason)
    if needed is not None and not any(found.fact.outcome is needed for found in case.all_findings):
        raise _missing("finding_made", "Record the finding first.")


def _check_reopened(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    if case.closed is not None:
        return
    words = "The case is not closed."
    if case.closure is not None:
        words = "The case closed by itself. It opens when somebody in it is found, rescued or added."
    raise MoveNotAllowedError(present=case.status.value, wanted=draft.kind.value, allowed=_moves_of(case), detail=words)


def _moves_of(case: Case) -> list[str]:
    """Answer what opens a closed case or closes an open one."""
    if case.closed is not None:
        return [Kind.REOPENED.value]
    if case.closure is not None:
        return [Kind.ADDED.value, Kind.LOCATED.value, Kind.RESCUED.value]
    return [Kind.CLOSED.value]


def _check_rescued(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    fact = _as(Rescued, draft.fact)
    if person is not None and person.outcome in BEYOND_RESCUE:
        words = "Nobody can be rescued who is dead or does not exist. Void that end first, if it is wrong."
        raise MoveNotAllowedError(present=person.status.value, wanted=draft.kind.value, allowed=[], detail=words)
    if fact.province is not None and fact.province not in PROVINCES:
        raise InvalidError("Use a code of /v1/reference/provinces, such as KH-18.")
    if person is not None and person.verified_on is None:
        raise _missing("finding_made", "Somebody has to verify the case or the person first.")


def _check_repatriated(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    fact = _as(Repatriated, draft.fact)
    if fact.to_country not in COUNTRIES or fact.to_country == HOME_IS_CAMBODIA:
        raise InvalidError("The destination is a country other than Cambodia: a code of /v1/reference/countries.")
    if recorder.role is Role.OFFICER and fact.mode not in DEPORTATIONS:
        raise MayNotRecordError("An officer records deportations; other returns are recorded by the embassy's liaison.")
    if person is None:
        return
    if person.effective_nationality.code == HOME_IS_CAMBODIA:
        raise RequirementMissingError(
            "A Cambodian is at home: nobody is repatriated to Cambodia.", missing="nationality"
        )
    unwilling = person.last_free_wish(WishPurpose.RETURN_HOME) is WishValue.NO
    if unwilling and fact.mode not in DEPORTATIONS and fact.decided_by is None:
        raise _missing(
            "wish_stated",
            "The person said freely not to want to go home. Record a newer wish, or who decided in `decided_by`.",
        )


def _check_ended(case: Case, person: Person | None, draft: Draft, recorder: Recorder) -> None:
    fact = _as(Ended, draft.fact)
    if person is None:
        return
    if fact.outcome is EndOutcome.REFUSED_RESCUE and not person.refused_freely:
        raise _missing("rescue_refused", "Record first that the person, asked freely, refused to be rescued.")
    if fact.outcome is EndOutcome.NOT_LOCATED and len(person.vain_efforts) < EFFORTS_BEFORE_NOT_LOCATED:
        raise _missing("located", "Record two efforts to find the person, on different days, first.")


def _as(kind: type[SomeFact], fact: Fact) -> SomeFact:
    if not isinstance(fact, kind):
        raise TypeError(f"expected {kind.__name__}")
    return fact


_CHECKS: Final[Mapping[type[Fact], Callable[[Case, Person | None, Draft, Recorder], Any]]] = {
    FindingMade: _check_finding,
    NationalityAsserted: _check_nationality,
    HeadcountClaimed: _check_headcount,
    Closed: _check_closed,
    Reopened: _check_reopened,
    Rescued: _check_rescued,
    Repatriated: _check_repatriated,
    Ended: _check_ended,
}
