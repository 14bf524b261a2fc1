"""Which nationality counts, and which state may know."""

from itertools import combinations, permutations
from uuid import UUID

import pytest

from service.acting import Role
from service.codes import NationalitySource
from service.errors import InvalidError
from service.story.errors import MayNotRecordError
from service.story.kinds.described import Described
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.nationality import Assertion, Effective, effective, shown_to
from tests.cases.story import BY_ROLE, FILER, OPENED, Story, somebody

POLICE, EMBASSY, OFFICE = UUID(int=11), UUID(int=12), UUID(int=13)
STRENGTH = [
    "confirmed_by_state", "document_seen", "document_copy", "claimed_self", "claimed_reporter", "language_inferred",
]  # fmt: skip
DISPUTED, UNKNOWN = "ZZ-DISPUTED", "ZZ-UNKNOWN"


def said(nationality: str, source: str, agency: UUID = POLICE, *, decision: bool = False) -> Assertion:
    return Assertion(nationality, NationalitySource(source), decision, agency, OPENED)


def code(*assertions: Assertion) -> str:
    return effective(assertions).code


def test_nothing_asserted_is_unknown() -> None:
    assert effective([]) == Effective(UNKNOWN, None)


@pytest.mark.parametrize(("stronger", "weaker"), list(combinations(STRENGTH, 2)))
def test_the_stronger_source_counts_whoever_spoke_last(stronger: str, weaker: str) -> None:
    assertions = [said("TWN", stronger), said("MYS", weaker)]
    for order in permutations(assertions):
        by_state = ("TWN",) if stronger == "confirmed_by_state" else ()
        assert effective(order) == Effective("TWN", NationalitySource(stronger), by_state)


@pytest.mark.parametrize("source", STRENGTH[1:])
def test_equally_strong_words_of_two_bodies_are_disputed_unless_they_agree(source: str) -> None:
    assert code(said("TWN", source), said("MYS", source, OFFICE)) == DISPUTED
    assert code(said("TWN", source), said("TWN", source, OFFICE)) == "TWN"


@pytest.mark.parametrize("source", STRENGTH[1:])
def test_a_body_s_later_word_from_the_same_source_replaces_its_earlier_one(source: str) -> None:
    assert code(said("TWN", source), said("MYS", source)) == "MYS"
    assert code(said("TWN", source, OFFICE), said("TWN", source), said("MYS", source, OFFICE)) == DISPUTED


def test_a_denial_removes_that_state_s_value_and_no_other() -> None:
    claim, other = said("TWN", "document_seen"), said("MYS", "claimed_reporter", OFFICE)
    denied = said("TWN", "denied_by_state", EMBASSY)
    assert code(claim, denied) == UNKNOWN
    assert code(claim, other, denied) == "MYS"
    assert code(other, denied) == "MYS"


def test_after_a_denial_only_that_state_or_a_supervisor_restores_the_value() -> None:
    denied = said("TWN", "denied_by_state", EMBASSY)
    assert code(denied, said("TWN", "document_seen")) == UNKNOWN
    assert code(denied, said("TWN", "confirmed_by_state", EMBASSY)) == "TWN"
    assert code(denied, said("TWN", "confirmed_by_state", EMBASSY), said("TWN", "document_seen")) == "TWN"
    assert code(denied, said("TWN", "document_seen", decision=True)) == "TWN"


def test_a_supervisor_s_decision_settles_what_came_before_it() -> None:
    disputed = [said("TWN", "claimed_self"), said("MYS", "claimed_self", OFFICE)]
    decision = said("MYS", "claimed_self", OFFICE, decision=True)
    assert code(*disputed) == DISPUTED
    assert code(*disputed, decision) == "MYS"
    assert code(*disputed, decision, said("TWN", "document_seen")) == "MYS"
    assert code(*disputed, decision, said("TWN", "claimed_self", OFFICE)) == "MYS", "said by the same body"
    assert code(*disputed, decision, said("TWN", "confirmed_by_state", EMBASSY)) == DISPUTED
    assert code(*disputed, decision, said("TWN", "claimed_self", OFFICE, decision=True)) == "TWN"


@pytest.mark.parametrize("source", STRENGTH)
def test_a_decision_does_not_pretend_that_a_state_confirmed(source: str) -> None:
    assert effective([said("TWN", source, decision=True)]).source is NationalitySource(source)


@pytest.mark.parametrize("source", STRENGTH)
def test_a_language_alone_tells_no_state_about_anybody(source: str) -> None:
    told = () if source == "language_inferred" else ("TWN",)
    assert shown_to([said("TWN", source)]) == told


@pytest.mark.parametrize("nobody_s", ["XXA", "XXB", "XXC", "XXX"])
def test_no_state_is_told_about_somebody_who_is_no_state_s_national(nobody_s: str) -> None:
    assert shown_to([said(nobody_s, "document_seen")]) == shown_to([said(nobody_s, "confirmed_by_state")]) == ()
    assert shown_to([]) == ()
    assert shown_to([said(nobody_s, "claimed_self"), said("MYS", "claimed_self", OFFICE)]) == ()


def test_fear_of_the_own_state_hides_a_person_from_it() -> None:
    story = Story()
    person = story.add()
    claim = NationalityAsserted(nationality="TWN", source=NationalitySource.CLAIMED_SELF)
    story.record(person, "2022-09-02", claim)
    assert (story.person(person).disclosed_to, story.case.disclosed_to) == (("TWN",), ["TWN"])
    story.append(person, "2022-09-03", Described(fears_own_state=True), by=FILER)
    assert (story.person(person).disclosed_to, story.case.disclosed_to) == ((), [])
    assert story.person(person).effective_nationality.code == "TWN"


@pytest.mark.parametrize("bad", ["ZZ-UNKNOWN", "ZZ-DISPUTED", "ABC", "twn", "TW"])
def test_only_a_code_of_the_list_is_asserted(bad: str) -> None:
    story = Story()
    claim = NationalityAsserted(nationality=bad, source=NationalitySource.CLAIMED_SELF)
    with pytest.raises(InvalidError, match="nationalities"):
        story.record(story.add(), "2022-09-02", claim)


MAY_SAY = {
    Role.OPERATOR: {"claimed_reporter", "claimed_self", "language_inferred", "document_copy"},
    Role.VERIFIER: {"claimed_reporter", "claimed_self", "language_inferred", "document_copy", "document_seen"},
    Role.LIAISON: {"confirmed_by_state", "denied_by_state"},
    Role.SUPERVISOR: {source.value for source in NationalitySource},
}


@pytest.mark.parametrize("role", MAY_SAY)
@pytest.mark.parametrize("source", NationalitySource)
def test_a_state_is_spoken_for_by_its_liaison(role: Role, source: NationalitySource) -> None:
    story = Story()
    person = story.add()
    fact = NationalityAsserted(nationality="TWN", source=source)
    if source.value in MAY_SAY[role]:
        story.record(person, "2022-09-02", fact, role=role)
    else:
        with pytest.raises(MayNotRecordError):
            story.record(person, "2022-09-02", fact, role=role)


def test_a_liaison_speaks_for_the_states_it_serves_only() -> None:
    story = Story()
    liaison = somebody(BY_ROLE[Role.LIAISON].id, Role.LIAISON, frozenset({"TWN"}))
    fact = NationalityAsserted(nationality="MYS", source=NationalitySource.CONFIRMED_BY_STATE)
    with pytest.raises(MayNotRecordError):
        story.decide(story.add(), "2022-09-02", fact, liaison)


def test_only_a_supervisor_decides_and_only_for_a_value() -> None:
    story = Story()
    person = story.add()
    decision = NationalityAsserted(nationality="TWN", source=NationalitySource.CLAIMED_SELF, decision=True)
    with pytest.raises(MayNotRecordError):
        story.record(person, "2022-09-02", decision, role=Role.VERIFIER)
    denial = NationalityAsserted(nationality="TWN", source=NationalitySource.DENIED_BY_STATE, decision=True)
    with pytest.raises(MayNotRecordError):
        story.record(person, "2022-09-02", denial, role=Role.SUPERVISOR)
    story.record(person, "2022-09-02", decision, role=Role.SUPERVISOR)
