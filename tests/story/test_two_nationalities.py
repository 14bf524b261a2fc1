"""People whom two states confirm, and which states know of somebody: ADR 0041, against the plain model."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.acting import Role
from service.codes import NationalitySource, ReturnMode, ReturnStep, ReturnStepState
from service.errors import ServiceError
from service.story.errors import MayNotRecordError
from service.story.kinds.described import Described
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.return_step import ReturnStepTaken
from service.story.nationality import Assertion, Effective, effective, shown_to
from tests.cases.story import BY_ROLE, FILER, OPENED, Story, somebody
from tests.plain import nationality as plain

POLICE, EMBASSY, OFFICE = UUID(int=11), UUID(int=12), UUID(int=13)
DISPUTED, UNKNOWN = "ZZ-DISPUTED", "ZZ-UNKNOWN"
STATES: Final = ("TWN", "CHN", "XXA")


def said(nationality: str, source: str, agency: UUID = POLICE, *, decision: bool = False) -> Assertion:
    return Assertion(nationality, NationalitySource(source), decision, agency, OPENED)


def confirmed(state: str, agency: UUID = EMBASSY) -> Assertion:
    return said(state, "confirmed_by_state", agency)


def denied(state: str) -> Assertion:
    return said(state, "denied_by_state", EMBASSY)


WORDS: Final = st.lists(
    st.builds(
        lambda nationality, source, agency, decision: said(
            nationality, source, agency, decision=decision and source != "denied_by_state"
        ),
        st.sampled_from(STATES),
        st.sampled_from([*NationalitySource, "confirmed_by_state", "confirmed_by_state", "denied_by_state"]).map(str),
        st.sampled_from([POLICE, EMBASSY]),
        st.sampled_from([False, False, False, False, True]),
    ),
    max_size=9,
)


@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@given(WORDS)
def test_what_counts_and_who_may_know_is_what_the_plain_model_says(words: list[Assertion]) -> None:
    told = [
        {
            "nationality": word.nationality,
            "source": word.source.value,
            "decision": word.decision,
            "agency": str(word.agency_id),
        }
        for word in words
    ]
    found = effective(words)
    assert found.code == plain.nationality(told)
    assert list(found.confirmed) == plain.confirmed(told)
    assert found.counts_as == plain.counted_nationality(told)
    assert found.is_cambodian_alone == plain.is_cambodian_alone(told)
    assert set(shown_to(words)) == plain.shown_to(told)


def test_two_states_that_both_confirm_are_no_dispute_and_the_first_counts() -> None:
    both = [confirmed("TWN"), confirmed("CHN", OFFICE)]
    assert effective(both) == Effective("TWN", NationalitySource.CONFIRMED_BY_STATE, ("TWN", "CHN"))
    assert effective(reversed(both)).code == "CHN"
    assert shown_to(both) == ("CHN", "TWN")


def test_one_liaison_of_two_states_confirms_both() -> None:
    assert effective([confirmed("TWN"), confirmed("CHN")]).confirmed == ("TWN", "CHN")


def test_a_confirmation_repeated_moves_nobody_to_another_row_and_one_after_a_denial_comes_last() -> None:
    both = [confirmed("TWN"), confirmed("CHN", OFFICE)]
    assert effective([*both, confirmed("TWN")]).code == "TWN"
    assert effective([*both, denied("TWN"), confirmed("TWN")]).confirmed == ("CHN", "TWN")


def test_whom_one_state_denies_the_other_has_alone() -> None:
    both = [confirmed("TWN"), confirmed("CHN", OFFICE), denied("TWN")]
    assert effective(both) == Effective("CHN", NationalitySource.CONFIRMED_BY_STATE, ("CHN",))
    assert shown_to(both) == ("CHN",)


def test_a_decision_settles_which_one_and_a_later_confirmation_adds_its_own() -> None:
    both = [confirmed("TWN"), confirmed("CHN", OFFICE)]
    decision = said("CHN", "confirmed_by_state", decision=True)
    assert effective([*both, decision]) == Effective("CHN", NationalitySource.CONFIRMED_BY_STATE, ("CHN",))
    assert shown_to([*both, decision]) == ("CHN",)
    again = [*both, decision, confirmed("TWN")]
    assert effective(again) == Effective("CHN", NationalitySource.CONFIRMED_BY_STATE, ("CHN", "TWN"))
    assert shown_to(again) == ("CHN", "TWN")


def test_a_decision_on_a_claim_and_a_states_later_confirmation_contradict_each_other_in_sight_of_both() -> None:
    words = [said("CHN", "claimed_self", decision=True), confirmed("TWN")]
    assert effective(words) == Effective(DISPUTED, None, ("TWN",))
    assert shown_to(words) == ("CHN", "TWN")


@pytest.mark.parametrize("none", ["XXA", "XXB", "XXX"])
def test_that_somebody_has_no_state_and_is_a_states_is_a_dispute(none: str) -> None:
    words = [confirmed("TWN"), confirmed(none, OFFICE)]
    assert effective(words) == Effective(DISPUTED, None, ("TWN",))
    assert shown_to(words) == ("TWN",)


def test_other_sources_that_contradict_each_other_stay_disputed() -> None:
    for source in ("document_seen", "document_copy", "claimed_self", "claimed_reporter", "language_inferred"):
        assert effective([said("TWN", source), said("CHN", source, OFFICE)]).code == DISPUTED


@pytest.mark.parametrize("source", ["document_seen", "document_copy", "claimed_self", "claimed_reporter"])
def test_a_state_that_was_shown_somebody_goes_on_seeing_them_when_another_confirms(source: str) -> None:
    assert shown_to([said("TWN", source), confirmed("CHN")]) == ("CHN", "TWN")
    assert shown_to([confirmed("CHN"), said("TWN", source)]) == ("CHN",), "it never was shown them"


def test_in_a_dispute_who_saw_goes_on_seeing_and_who_did_not_does_not_begin() -> None:
    disputed = [said("TWN", "claimed_self"), said("CHN", "claimed_self", OFFICE)]
    assert effective(disputed).code == DISPUTED
    assert shown_to(disputed) == ("TWN",)


def test_who_takes_its_own_word_back_takes_the_state_out_of_sight() -> None:
    assert shown_to([said("TWN", "claimed_self"), said("CHN", "claimed_self")]) == ("CHN",)
    assert shown_to([said("TWN", "claimed_self"), said("TWN", "claimed_reporter", OFFICE),
                     said("CHN", "claimed_self")]) == ("CHN", "TWN")  # fmt: skip


def test_a_denial_a_decision_and_a_hold_end_the_sight() -> None:
    claim = said("TWN", "claimed_self")
    assert shown_to([claim, confirmed("CHN", OFFICE), denied("TWN")]) == ("CHN",)
    assert shown_to([claim, denied("TWN"), said("TWN", "document_seen")]) == ()
    assert shown_to([claim, said("CHN", "document_seen", decision=True)]) == ("CHN",)
    assert shown_to([claim, said("CHN", "document_seen", decision=True), said("TWN", "document_seen")]) == ("CHN",)


def test_a_language_neither_begins_nor_keeps_a_states_sight() -> None:
    heard = said("TWN", "language_inferred")
    assert shown_to([heard]) == ()
    assert shown_to([heard, said("TWN", "claimed_self"), said("CHN", "claimed_self")]) == ("CHN",)


def test_a_safety_hold_hides_a_dual_national_from_both_states() -> None:
    story = Story()
    person = story.add()
    for state in ("TWN", "MYS"):
        word = NationalityAsserted(nationality=state, source=NationalitySource.CONFIRMED_BY_STATE)
        story.record(person, "2022-09-02", word, role=Role.LIAISON)
    assert story.case.disclosed_to == ["MYS", "TWN"]
    story.append(person, "2022-09-03", Described(fears_own_state=True), by=FILER)
    assert (story.person(person).disclosed_to, story.case.disclosed_to) == ((), [])


def test_what_is_known_at_a_moment_is_not_changed_by_what_is_confirmed_later() -> None:
    story = Story()
    person = story.add()
    story.pause = timedelta(hours=1)
    seen = []
    for state in ("TWN", "MYS"):
        word = NationalityAsserted(nationality=state, source=NationalitySource.CONFIRMED_BY_STATE)
        story.record(person, "2022-09-02", word, role=Role.LIAISON)
        seen.append(story.person(person).effective_nationality.code)
    assert seen == ["TWN", "TWN"]


def test_a_cambodian_whom_another_state_confirms_too_may_go_home_there() -> None:
    story = Story()
    person = story.rescued()
    home = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="MYS")
    khm, mys = (
        NationalityAsserted(nationality=state, source=NationalitySource.CONFIRMED_BY_STATE) for state in ("KHM", "MYS")
    )
    story.record(person, "2022-09-11", khm, role=Role.LIAISON)
    with pytest.raises(ServiceError, match="Cambodian"):
        story.record(person, "2022-09-12", home, role=Role.LIAISON)
    story.record(person, "2022-09-11", mys, role=Role.LIAISON)
    assert story.person(person).effective_nationality.code == "KHM"
    story.record(person, "2022-09-12", home, role=Role.LIAISON)


def test_a_liaison_of_a_code_that_is_no_country_records_tasks_also_where_another_nationality_counts() -> None:
    story = Story()
    person = story.add()
    liaison = somebody(BY_ROLE[Role.LIAISON].id, Role.LIAISON, frozenset({"RKS"}))
    task = ReturnStepTaken(step=ReturnStep.TRAVEL_DOCUMENT, state=ReturnStepState.IN_PROGRESS, country="ALB")
    mys, rks = (
        NationalityAsserted(nationality=state, source=NationalitySource.CONFIRMED_BY_STATE) for state in ("MYS", "RKS")
    )
    story.record(person, "2022-09-02", mys, role=Role.LIAISON)
    with pytest.raises(MayNotRecordError):
        story.decide(person, "2022-09-03", task, liaison)
    story.append(person, "2022-09-02", rks, by=FILER)
    story.decide(person, "2022-09-03", task, liaison)
