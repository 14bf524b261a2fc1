"""What outcomes say of somebody, by themselves: pure."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cases.rules.facts import FindingMade, Rescued
from service.codes import (
    AuthorityKind,
    CustodyKind,
    DocumentType,
    FindingOutcome,
    Freely,
    OperationOutcomePerson,
    ProofStandard,
)
from service.operations.rules.outcomes import Said, contradiction, facts_of, tally_of

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
        (Said.by(kind, fact), 1)
        for one in lines
        for kind, fact in facts_of(one, verification=FINDING if verified else None, rescue=Rescued())
    ]
    tally = tally_of(len(lines), counted)
    for outcome in OperationOutcomePerson:
        assert tally.outcomes.get(outcome, 0) == sum(outcome in one.outcomes for one in lines)
    assert tally.papers_missing == sum(bool(one.missing_documents) for one in lines)
