"""What outcomes say of somebody, by themselves: pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.codes import (
    AuthorityKind,
    CustodyKind,
    DocumentType,
    FindingOutcome,
    Freely,
    OperationOutcomePerson,
    ProofStandard,
    VoidReason,
)
from service.operations.rules.outcomes import Said, contradiction, facts_of, tally_of
from service.operations.rules.reports import ContradictsReportError, check_told_before, told_before
from service.story.fact import Fact
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.names import SubjectKind
from service.story.kinds.rescued import Rescued
from service.story.kinds.voided import Voided
from service.story.log import Event, Subject
from service.story.moment import Moment

FINDING = FindingMade(
    outcome=FindingOutcome.PRESUMED_VICTIM,
    authority=AuthorityKind.POLICE,
    standard=ProofStandard.REASONABLE_GROUNDS,
)
ALONE = ("already_left", "moved_before", "not_found", "similar_name")


@dataclass(frozen=True)
class Line:
    outcomes: tuple[OperationOutcomePerson, ...]
    freely: Freely | None = None
    custody: CustodyKind | None = None
    missing_documents: tuple[DocumentType, ...] | None = None
    occurred_on: date | None = None


def line(*outcomes: str, missing: tuple[DocumentType, ...] | None = None) -> Line:
    """A line that says of its outcomes what each of them needs."""
    return Line(
        tuple(map(OperationOutcomePerson, outcomes)),
        freely=Freely.YES if "refused" in outcomes else None,
        custody=CustodyKind.PRISON if "taken_into_custody" in outcomes else None,
        missing_documents=missing,
    )


def may_be(outcomes: frozenset[str]) -> bool:
    """The rule in words of its own: who was away is nothing else; the rescued neither refused nor were free."""
    away = outcomes & set(ALONE)
    if away:
        return len(outcomes) == 1
    return not ("rescued" in outcomes and outcomes & {"refused", "found_not_held"})


ANY_OUTCOMES = st.frozensets(st.sampled_from([outcome.value for outcome in OperationOutcomePerson]), min_size=1)


@given(ANY_OUTCOMES)
def test_outcomes_that_cannot_all_be_so_are_told_apart(outcomes: frozenset[str]) -> None:
    assert (contradiction(line(*sorted(outcomes))) is None) == may_be(outcomes)


@pytest.mark.parametrize(
    "wrong",
    [
        line("rescued", "rescued"),
        line("not_found", missing=()),
        Line((OperationOutcomePerson.REFUSED,)),
        Line((OperationOutcomePerson.RESCUED,), freely=Freely.YES),
        Line((OperationOutcomePerson.TAKEN_INTO_CUSTODY,)),
        Line((OperationOutcomePerson.RESCUED,), custody=CustodyKind.PRISON),
    ],
)
def test_what_an_outcome_needs_is_asked_for_and_what_it_does_not_is_refused(wrong: Line) -> None:
    assert contradiction(wrong)


PAPERS = st.one_of(st.none(), st.lists(st.sampled_from(list(DocumentType)), max_size=3, unique=True).map(tuple))


@given(st.lists(st.tuples(ANY_OUTCOMES.filter(may_be), PAPERS), max_size=20), st.booleans())
def test_the_tally_is_what_a_plain_count_gives(told: list[tuple[frozenset[str], None]], verified: bool) -> None:
    lines = [line(*sorted(outcomes), missing=papers) for outcomes, papers in told]
    lines = [one for one in lines if contradiction(one) is None]
    counted = [
        (Said.by(fact), 1)
        for one in lines
        for fact in facts_of(one, verification=FINDING if verified else None, rescue=Rescued())
    ]
    tally = tally_of(len(lines), counted)
    for outcome in OperationOutcomePerson:
        assert tally.outcomes.get(outcome, 0) == sum(outcome in one.outcomes for one in lines)
    assert tally.papers_missing == sum(bool(one.missing_documents) for one in lines)


DAYS = [date(2022, 9, day) for day in (10, 11, 12)]
PERSON = UUID(int=7)
RAID = UUID(int=8)


def fit(told: list[tuple[date, frozenset[str]]]) -> bool:
    """The rule in words of its own, over a whole story: each day by itself, and nobody is lost who was in hand."""
    by_day = {day: [outcome for on, outcomes in told if on == day for outcome in outcomes] for day, _ in told}
    for day, outcomes in by_day.items():
        later = {outcome for on, others in told if on > day for outcome in others}
        away = [outcome for outcome in outcomes if outcome in ALONE]
        if (away and len(outcomes) > 1) or ("rescued" in outcomes and {"refused", "found_not_held"} & set(outcomes)):
            return False
        if {"rescued", "taken_into_custody"} & set(outcomes) and later & set(ALONE):
            return False
        if "rescued" in outcomes and later & {"refused", "found_not_held"}:
            return False
    return True


REPORTS = st.tuples(st.sampled_from(DAYS), ANY_OUTCOMES.filter(may_be))


@given(REPORTS, REPORTS, st.booleans())
def test_a_further_report_is_taken_unless_it_contradicts_what_stands(
    first: tuple[date, frozenset[str]], second: tuple[date, frozenset[str]], voided: bool
) -> None:
    log = events(*first)
    if voided:
        log += [event(Voided(event_id=one.id, reason=VoidReason.WRONG_DATE), DAYS[0], 90) for one in log]
    before = told_before(log, RAID).get(PERSON, ())
    assert told_before(log, UUID(int=9)) == {}
    told = line(*sorted(second[1]))
    if voided or fit([first, second]):
        check_told_before(before, told, second[0])
        return
    with pytest.raises(ContradictsReportError) as refused:
        check_told_before(before, told, second[0])
    assert refused.value.members["recorded"] in first[1]
    assert refused.value.members["recorded_on"] == first[0].isoformat()


def events(on: date, outcomes: frozenset[str]) -> list[Event]:
    """What one report leaves in a person's log."""
    facts = facts_of(line(*sorted(outcomes)), verification=FINDING, rescue=Rescued())
    return [event(fact, on, number) for number, fact in enumerate(facts, 1)]


def event(fact: Fact, on: date, number: int) -> Event:
    return Event(
        id=UUID(int=100 + number), seq=number, subject=Subject(SubjectKind.PERSON, PERSON),
        occurred=Moment(on), recorded_at=datetime(2022, 9, 20, tzinfo=UTC), recorded_by=UUID(int=1),
        agency_id=UUID(int=2), fact=fact, operation_id=RAID,
    )  # fmt: skip
