"""Who verifies, on what, and what a negative finding needs."""

from dataclasses import replace
from uuid import UUID

import pytest

from service.acting import Role
from service.codes import (
    NEGATIVE,
    OPEN,
    POSITIVE,
    AuthorityKind,
    EndOutcome,
    FindingOutcome,
    LocatingResult,
    NoEvidenceReason,
    PersonStatus,
    ProofStandard,
)
from service.errors import InvalidError
from service.ledger.rules import Measure
from service.story.counting import contributions
from service.story.errors import FilerVerifiesError, MayNotRecordError, RequirementMissingError
from service.story.kinds.added import Added
from service.story.kinds.ended import Ended
from service.story.kinds.located import Located
from service.story.kinds.names import SubjectKind
from service.story.log import Subject
from tests.cases.story import BY_ROLE, FILER, Story, finding, somebody

FABRICATED = finding(FindingOutcome.FABRICATED)
UNFOUNDED = finding(FindingOutcome.UNFOUNDED)


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.SUPERVISOR])
def test_whoever_filed_a_case_verifies_neither_the_case_nor_its_persons(role: Role) -> None:
    story = Story()
    person = story.add()
    for subject in (story.about, person):
        with pytest.raises(FilerVerifiesError):
            story.decide(subject, "2022-09-02", finding(), somebody(FILER, role))


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.SUPERVISOR])
def test_whoever_added_a_person_does_not_verify_them_in_another_role_either(role: Role) -> None:
    story = Story()
    other, added = story.add(), Subject(SubjectKind.PERSON, UUID(int=999))
    once_an_operator = somebody(UUID(int=77), role)
    story.append(added, "2022-09-02", Added(), by=once_an_operator.id)
    story.record(story.about, "2022-09-02", UNFOUNDED, role=Role.VERIFIER)
    fact = FABRICATED if role is Role.SUPERVISOR else finding()
    for subject in (added, story.about):
        with pytest.raises(FilerVerifiesError):
            story.decide(subject, "2022-09-03", fact, once_an_operator)
    story.decide(other, "2022-09-03", fact, once_an_operator)
    story.decide(added, "2022-09-03", fact, replace(once_an_operator, id=UUID(int=78)))


def test_a_finding_names_its_evidence_or_says_why_there_is_none() -> None:
    story = Story()
    with pytest.raises(InvalidError, match="evidence"):
        story.record(story.about, "2022-09-02", finding(evidence=()))
    story.record(story.about, "2022-09-02", finding(evidence=(), no_evidence_reason=NoEvidenceReason.PROTECTED_SOURCE))
    assert story.case.status.value == "verified"


@pytest.mark.parametrize("outcome", FindingOutcome)
def test_only_positive_outcomes_verify(outcome: FindingOutcome) -> None:
    story = Story()
    person = story.add()
    if outcome is FindingOutcome.FABRICATED:
        story.record(person, "2022-09-02", UNFOUNDED)
    story.record(
        person,
        "2022-09-02",
        finding(outcome),
        role=Role.SUPERVISOR if outcome is FindingOutcome.FABRICATED else Role.VERIFIER,
    )
    positive = outcome in POSITIVE
    assert story.person(person).status is (PersonStatus.VERIFIED if positive else PersonStatus.RECEIVED)
    assert len([group for group in (POSITIVE, NEGATIVE, OPEN) if outcome in group]) == 1


def test_a_finding_on_the_case_verifies_everybody_in_it() -> None:
    story = Story()
    first, second = story.add(), story.add()
    story.record(story.about, "2022-09-02", finding())
    later = story.add("2022-09-04")
    assert [story.person(one).status.value for one in (first, second, later)] == ["verified", "verified", "received"]


def test_that_a_report_was_fabricated_takes_a_second_person() -> None:
    story = Story()
    person = story.add()
    with pytest.raises(MayNotRecordError):
        story.record(person, "2022-09-02", FABRICATED, role=Role.VERIFIER)
    with pytest.raises(RequirementMissingError) as refused:
        story.record(person, "2022-09-02", FABRICATED, role=Role.SUPERVISOR)
    assert refused.value.members == {"missing": "finding_made"}
    story.record(person, "2022-09-02", UNFOUNDED)
    story.record(person, "2022-09-03", FABRICATED, role=Role.SUPERVISOR)
    assert story.person(person).findings[-1].recorded_by == BY_ROLE[Role.SUPERVISOR].id


def test_the_second_person_is_not_the_first_one_under_another_role() -> None:
    story = Story()
    one = BY_ROLE[Role.VERIFIER].id
    story.record(story.about, "2022-09-02", UNFOUNDED)
    with pytest.raises(RequirementMissingError):
        story.decide(story.about, "2022-09-03", FABRICATED, somebody(one, Role.SUPERVISOR))


@pytest.mark.parametrize("standard", ProofStandard)
def test_fabricated_needs_at_least_reasonable_grounds(standard: ProofStandard) -> None:
    story = Story()
    story.record(story.about, "2022-09-02", UNFOUNDED)
    fact = finding(FindingOutcome.FABRICATED, standard=standard)
    if standard in {ProofStandard.REPORT_ONLY, ProofStandard.CORROBORATED}:
        with pytest.raises(InvalidError, match="reasonable_grounds"):
            story.record(story.about, "2022-09-03", fact, role=Role.SUPERVISOR)
    else:
        story.record(story.about, "2022-09-03", fact, role=Role.SUPERVISOR)


@pytest.mark.parametrize("authority", AuthorityKind)
def test_a_verifier_speaks_for_no_court_and_no_state(authority: AuthorityKind) -> None:
    story = Story()
    others = {AuthorityKind.EMBASSY, AuthorityKind.HOME_STATE_AUTHORITY, AuthorityKind.COURT_PROSECUTION}
    if authority not in others:
        story.record(story.about, "2022-09-02", finding(authority=authority), role=Role.VERIFIER)
        return
    with pytest.raises(MayNotRecordError, match=r"speak for themselves|what a court or prosecutor found"):
        story.record(story.about, "2022-09-02", finding(authority=authority), role=Role.VERIFIER)


def test_a_supervisor_records_what_a_court_found() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding(authority=AuthorityKind.COURT_PROSECUTION), role=Role.SUPERVISOR)
    assert story.person(person).status is PersonStatus.VERIFIED


def test_a_supervisor_makes_no_other_finding() -> None:
    story = Story()
    with pytest.raises(MayNotRecordError):
        story.record(story.about, "2022-09-02", finding(), role=Role.SUPERVISOR)


def test_the_first_authority_with_a_positive_finding_leads_until_another_is_said_to() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding(FindingOutcome.INCONCLUSIVE, authority=AuthorityKind.NCCT))
    assert story.person(person).status is PersonStatus.RECEIVED
    story.record(person, "2022-09-03", finding(authority=AuthorityKind.IMMIGRATION))
    assert story.person(person).status is PersonStatus.VERIFIED
    story.record(person, "2022-09-04", finding(authority=AuthorityKind.POLICE, lead=True))
    assert story.person(person).status is PersonStatus.VERIFIED
    story.record(person, "2022-09-05", finding(FindingOutcome.NOT_A_VICTIM, authority=AuthorityKind.NCCT))
    assert story.person(person).status is PersonStatus.VERIFIED
    story.record(person, "2022-09-06", finding(FindingOutcome.NOT_A_VICTIM, authority=AuthorityKind.POLICE))
    assert story.person(person).status is PersonStatus.RECEIVED


def test_the_authority_that_was_last_said_to_lead_leads() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding(authority=AuthorityKind.NCCT, lead=True))
    story.record(person, "2022-09-03", finding(FindingOutcome.INCONCLUSIVE, authority=AuthorityKind.POLICE, lead=True))
    assert story.person(person).status is PersonStatus.RECEIVED
    story.record(person, "2022-09-04", finding(authority=AuthorityKind.NCCT, lead=True))
    assert str(story.person(person).verified_on) == "2022-09-04"
    assert [(status.value, day.day) for status, day in story.person(person).path] == [
        ("received", 1), ("verified", 2), ("received", 3), ("verified", 4),
    ]  # fmt: skip


def test_an_authoritys_latest_finding_is_the_latest_by_its_day() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-08", finding(FindingOutcome.NOT_A_VICTIM))
    story.record(person, "2022-09-04", finding(FindingOutcome.TRAFFICKING_CONFIRMED))
    assert story.person(person).status is PersonStatus.RECEIVED
    assert [(status.value, day.day) for status, day in story.person(person).path] == [
        ("received", 1), ("verified", 4), ("received", 8),
    ]  # fmt: skip


def test_a_later_negative_finding_leaves_the_days_before_it() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-04", finding())
    story.record(person, "2022-09-08", finding(FindingOutcome.NOT_A_VICTIM))
    days = [
        found.cell.occurred_on.day
        for found in contributions(story.case)
        if found.cell.measure is Measure.PERSONS_VERIFIED
    ]
    assert days == [4]


def test_somebody_found_again_is_verified_on_the_day_of_the_finding() -> None:
    story = Story()
    person = story.add()
    for day in ("2022-09-02", "2022-09-03"):
        story.record(person, day, Located(result=LocatingResult.NOT_FOUND))
    story.record(person, "2022-09-05", Ended(outcome=EndOutcome.NOT_LOCATED), role=Role.SUPERVISOR)
    story.record(person, "2022-09-09", Located(result=LocatingResult.HELD))
    story.record(person, "2022-09-12", finding())
    assert [(status.value, day.day) for status, day in story.person(person).path] == [
        ("received", 1), ("ended", 5), ("received", 9), ("verified", 12),
    ]  # fmt: skip


def test_verification_counts_from_the_first_of_a_row_of_positive_findings() -> None:
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding())
    story.record(person, "2022-09-05", finding(FindingOutcome.TRAFFICKING_CONFIRMED))
    assert str(story.person(person).verified_on) == "2022-09-02"
    story.record(person, "2022-09-06", finding(FindingOutcome.INCONCLUSIVE))
    assert story.person(person).verified_on is None
    story.record(person, "2022-09-09", finding())
    assert str(story.person(person).verified_on) == "2022-09-09"


def test_a_finding_after_the_rescue_does_not_undo_the_rescue() -> None:
    story = Story()
    person = story.rescued()
    story.record(person, "2022-09-12", finding(FindingOutcome.NOT_A_VICTIM))
    assert [status.value for status, _ in story.person(person).path] == ["received", "verified", "rescued"]
