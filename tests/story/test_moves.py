"""Every combination of status, kind of event and role is either allowed or refused, as the two tables here say.

The tables are written from the design, not from the code.
"""

from itertools import product
from typing import Final
from uuid import UUID

import pytest

from service.acting import Role
from service.codes import (
    AllegationType,
    Attribution,
    AuthorityKind,
    CaseClosure,
    CustodyKind,
    DocumentType,
    EndOutcome,
    FindingOutcome,
    Freely,
    IntakeChannel,
    LocatingResult,
    NationalitySource,
    PersonStatus,
    ReopenReason,
    ReturnMode,
    ReturnStep,
    ReturnStepState,
    StatementBound,
    SuspectStage,
    VoidReason,
    WishPurpose,
    WishValue,
)
from service.errors import InvalidError
from service.story.decide import decide
from service.story.drafts import Draft
from service.story.errors import MayNotRecordError, MoveNotAllowedError, RequirementMissingError
from service.story.fact import Fact
from service.story.kinds.added import Added
from service.story.kinds.alleged import Alleged
from service.story.kinds.case_described import CaseDescribed
from service.story.kinds.closed import Closed
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.described import Described
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.located import Located
from service.story.kinds.named import Named
from service.story.kinds.names import Kind, SubjectKind
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.offender_described import OffenderDescribed
from service.story.kinds.operation_made import OperationMade
from service.story.kinds.received import Received
from service.story.kinds.reopened import Reopened
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.stage_reached import StageReached
from service.story.kinds.voided import Voided
from service.story.kinds.wish_stated import WishStated
from service.story.log import Subject
from service.story.moment import Moment
from tests.cases.story import BY_ROLE, Story, finding

LATE: Final = "2022-09-28"

RECORDED_BY: Final = {
    "headcount_claimed": "operator supervisor",
    "alleged": "operator supervisor",
    "finding_made": "verifier supervisor",
    "closed": "supervisor",
    "reopened": "supervisor",
    "nationality_asserted": "operator verifier liaison supervisor",
    "located": "verifier",
    "wish_stated": "operator liaison supervisor",
    "documents_checked": "officer liaison",
    "custody_started": "officer liaison",
    "custody_ended": "officer liaison",
    "rescued": "officer liaison",
    "rescue_refused": "officer liaison",
    "return_step": "officer liaison",
    "repatriated": "liaison officer supervisor",
    "ended": "liaison officer supervisor verifier",
    "stage_reached": "officer",
}
NEVER_SENT: Final = {
    "received", "case_described", "added", "described", "named", "offender_described", "operation_made", "voided",
}  # fmt: skip
MOVES_FROM: Final = {
    "received": "ended finding_made located rescue_refused",
    "verified": "ended finding_made located rescue_refused rescued",
    "rescued": "ended finding_made located repatriated",
    "repatriated": "finding_made located rescued",
    "ended": "finding_made located repatriated rescued",
}
MOVES_OF_CASE: Final = {"open": "closed", "closed": "added located rescued"}
"""Of a case that is closed because everybody's story ended."""


def somebody(status: PersonStatus) -> tuple[Story, Subject]:
    """Bring somebody to a status."""
    story = Story()
    person = story.add()
    story.record(person, "2022-09-02", finding(FindingOutcome.UNFOUNDED, authority=AuthorityKind.NCCT))
    if status is PersonStatus.RECEIVED:
        return story, person
    story.record(person, "2022-09-03", finding(lead=True))
    if status is PersonStatus.VERIFIED:
        return story, person
    if status is PersonStatus.ENDED:
        story.record(person, "2022-09-05", Ended(outcome=EndOutcome.LEFT_UNREPORTED))
        return story, person
    story.record(person, "2022-09-05", Rescued())
    if status is PersonStatus.REPATRIATED:
        home = Repatriated(mode=ReturnMode.EMBASSY_ASSISTED, to_country="TWN")
        story.record(person, "2022-09-06", home, role=Role.LIAISON)
    return story, person


def something(kind: Kind, role: Role) -> Fact:
    """A fact of a kind that breaks no rule of its own when this role says it."""
    facts: dict[Kind, Fact] = {
        Kind.HEADCOUNT_CLAIMED: HeadcountClaimed(bound=StatementBound.EXACT, low=3),
        Kind.ALLEGED: Alleged(types=(AllegationType.KIDNAPPING,)),
        Kind.FINDING_MADE: finding(
            FindingOutcome.FABRICATED if role is Role.SUPERVISOR else FindingOutcome.PRESUMED_VICTIM
        ),
        Kind.CLOSED: Closed(reason=CaseClosure.REFERRED),
        Kind.REOPENED: Reopened(reason=ReopenReason.NEW_INFORMATION),
        Kind.NATIONALITY_ASSERTED: NationalityAsserted(
            nationality="TWN",
            source=NationalitySource.CONFIRMED_BY_STATE if role is Role.LIAISON else NationalitySource.CLAIMED_SELF,
        ),
        Kind.LOCATED: Located(result=LocatingResult.HELD),
        Kind.WISH_STATED: WishStated(purpose=WishPurpose.RETURN_HOME, value=WishValue.YES, freely=Freely.YES),
        Kind.DOCUMENTS_CHECKED: DocumentsChecked(missing=(DocumentType.PASSPORT,)),
        Kind.CUSTODY_STARTED: CustodyStarted(custody=CustodyKind.EMBASSY_CARE),
        Kind.CUSTODY_ENDED: CustodyEnded(),
        Kind.RETURN_STEP: ReturnStepTaken(step=ReturnStep.EXIT_PERMISSION, state=ReturnStepState.DONE, country="KHM"),
        Kind.RESCUED: Rescued(),
        Kind.RESCUE_REFUSED: RescueRefused(freely=Freely.YES),
        Kind.REPATRIATED: Repatriated(
            mode=ReturnMode.EMBASSY_ASSISTED if role is Role.LIAISON else ReturnMode.DEPORTED, to_country="TWN"
        ),
        Kind.ENDED: Ended(outcome=EndOutcome.LEFT_UNREPORTED)
        if role in {Role.LIAISON, Role.SUPERVISOR}
        else Ended(outcome=EndOutcome.DECEASED, reported=True),
        Kind.STAGE_REACHED: StageReached(stage=SuspectStage.ARRESTED),
    }
    return facts[kind]


def test_every_kind_of_event_is_either_sent_by_somebody_or_written_by_a_call_of_its_own() -> None:
    assert {kind.value for kind in Kind} == RECORDED_BY.keys() | NEVER_SENT
    assert not RECORDED_BY.keys() & NEVER_SENT


WRITTEN: Final[dict[Kind, Fact]] = {
    Kind.RECEIVED: Received(channel=IntakeChannel.NGO),
    Kind.CASE_DESCRIBED: CaseDescribed(),
    Kind.ADDED: Added(),
    Kind.DESCRIBED: Described(),
    Kind.NAMED: Named(),
    Kind.OFFENDER_DESCRIBED: OffenderDescribed(),
    Kind.OPERATION_MADE: OperationMade(),
    Kind.VOIDED: Voided(event_id=UUID(int=1), reason=VoidReason.WRONG_DATE),
}
"""Facts of the kinds that calls of their own write."""


def outcome_of(kind: Kind, role: Role, status: PersonStatus) -> str:
    """What the two tables say."""
    if kind.value in NEVER_SENT or role.value not in RECORDED_BY[kind.value].split():
        return "role"
    about_person = kind.value in MOVES_FROM["verified"] or kind is Kind.REPATRIATED
    if about_person and kind.value not in MOVES_FROM[status.value].split():
        return "move"
    if kind is Kind.CLOSED:
        return {"rescued": "requirement", "ended": "move"}.get(status.value, "accepted")
    return "move" if kind is Kind.REOPENED else "accepted"


def answer_to(kind: Kind, role: Role, status: PersonStatus) -> str:
    """What the rules say."""
    story, person = somebody(status)
    offender = story.name_offender()
    fact = WRITTEN[kind] if kind.value in NEVER_SENT else something(kind, role)
    if kind is Kind.CUSTODY_ENDED:
        story.record(person, LATE, CustodyStarted(custody=CustodyKind.EMBASSY_CARE), role=Role.OFFICER)
    about = {Kind.STAGE_REACHED: offender}.get(kind, person)
    if kind in {Kind.HEADCOUNT_CLAIMED, Kind.ALLEGED, Kind.CLOSED, Kind.REOPENED}:
        about = story.about
    try:
        decide_as(story, kind, about, fact, role)
    except MayNotRecordError:
        return "role"
    except RequirementMissingError:
        return "requirement"
    except MoveNotAllowedError as refused:
        about_case = MOVES_OF_CASE["closed" if status is PersonStatus.ENDED else "open"]
        allowed = MOVES_FROM[status.value].split() if about is person else about_case.split()
        return "move" if refused.members["allowed"] == allowed and refused.members["to"] == kind.value else "unclear"
    return "accepted"


def decide_as(story: Story, kind: Kind, about: Subject, fact: Fact, role: Role) -> None:
    decide(story.case, Draft(about, Moment.of(LATE), fact), story.acting(BY_ROLE[role]))


@pytest.mark.parametrize("status", PersonStatus)
@pytest.mark.parametrize("kind", Kind)
def test_every_combination_is_allowed_or_refused_as_the_tables_say(kind: Kind, status: PersonStatus) -> None:
    answers = {role: answer_to(kind, role, status) for role in Role}
    assert answers == {role: outcome_of(kind, role, status) for role in Role}


def test_an_event_about_the_wrong_kind_of_subject_is_refused() -> None:
    story, person = somebody(PersonStatus.VERIFIED)
    offender = story.name_offender()
    subjects = {SubjectKind.CASE: story.about, SubjectKind.PERSON: person, SubjectKind.OFFENDER: offender}
    of_persons = {
        "nationality_asserted", "located", "wish_stated", "documents_checked", "custody_started", "return_step",
        "rescued", "rescue_refused", "ended",
    }  # fmt: skip
    fits = {
        **dict.fromkeys(("headcount_claimed", "alleged", "closed"), SubjectKind.CASE),
        **dict.fromkeys(of_persons, SubjectKind.PERSON),
        "stage_reached": SubjectKind.OFFENDER,
    }
    for (kind, right), (given, subject) in product(fits.items(), subjects.items()):
        role = Role(RECORDED_BY[kind].split()[0])
        fact = something(Kind(kind), role)
        if given is right:
            decide_as(story, Kind(kind), subject, fact, role)
        else:
            with pytest.raises(InvalidError, match=f"about a {right.value}"):
                decide_as(story, Kind(kind), subject, fact, role)


def test_a_liaison_of_an_agency_may_be_somebody_who_rescues_but_never_verifies() -> None:
    story, person = somebody(PersonStatus.RECEIVED)
    with pytest.raises(MayNotRecordError):
        story.record(person, LATE, finding(), role=Role.LIAISON)


@pytest.mark.parametrize(
    "by", [(), ("embassy",), ("cambodian_authority", "embassy"), ("cambodian_authority",), ("other",)]
)
def test_a_liaison_records_rescues_in_which_its_own_body_had_a_part(by: tuple[str, ...]) -> None:
    fact = Rescued(by=tuple(map(Attribution, by)))
    for role in (Role.OFFICER, Role.LIAISON):
        story = Story()
        person = story.add()
        story.record(person, "2022-09-03", finding(), role=Role.VERIFIER)
        if role is Role.OFFICER or not by or "embassy" in by:
            story.record(person, "2022-09-05", fact, role=role)
            continue
        with pytest.raises(MayNotRecordError, match="embassy"):
            story.record(person, "2022-09-05", fact, role=role)


@pytest.mark.parametrize("role", [Role.REPORTING, Role.PUBLISHER, Role.AUDITOR, Role.ADMIN])
def test_roles_without_case_data_record_nothing(role: Role) -> None:
    assert not [kind for kind, roles in RECORDED_BY.items() if role.value in roles.split()]
    assert {outcome_of(kind, role, PersonStatus.VERIFIED) for kind in Kind} == {"role"}
    assert {answer_to(kind, role, PersonStatus.VERIFIED) for kind in Kind} == {"role"}
