"""Logs that could have been recorded: random proposals, of which those that the rules accept are kept."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from hypothesis import Phase, settings
from hypothesis import strategies as st

from service.acting import Role
from service.cases.models.log import event_row
from service.codes import (
    AllegationType,
    Attribution,
    AuthorityKind,
    CaseClosure,
    CaseKind,
    CustodyKind,
    DocumentType,
    EndOutcome,
    EvidenceKind,
    FindingOutcome,
    Freely,
    LocatingResult,
    NationalitySource,
    OffenderRole,
    ProofStandard,
    ReopenReason,
    ReturnDecision,
    ReturnMode,
    ReturnStep,
    ReturnStepReason,
    ReturnStepState,
    Sex,
    StatementBound,
    SuspectStage,
    VoidReason,
    WishPurpose,
    WishValue,
)
from service.errors import ServiceError
from service.story.ages import About, Between
from service.story.fact import Cleared, Fact
from service.story.kinds.added import Added
from service.story.kinds.alleged import Alleged
from service.story.kinds.case_described import CaseDescribed
from service.story.kinds.closed import Closed
from service.story.kinds.custody_ended import CustodyEnded
from service.story.kinds.custody_started import CustodyStarted
from service.story.kinds.described import Described
from service.story.kinds.documents_checked import DocumentsChecked
from service.story.kinds.ended import Ended
from service.story.kinds.finding_made import FindingMade
from service.story.kinds.headcount_claimed import HeadcountClaimed
from service.story.kinds.located import Located
from service.story.kinds.named import Named
from service.story.kinds.names import Kind
from service.story.kinds.nationality_asserted import NationalityAsserted
from service.story.kinds.offender_described import OffenderDescribed
from service.story.kinds.operation_made import OperationMade
from service.story.kinds.registry import KINDS
from service.story.kinds.reopened import Reopened
from service.story.kinds.repatriated import Repatriated
from service.story.kinds.rescue_refused import RescueRefused
from service.story.kinds.rescued import Rescued
from service.story.kinds.return_step import ReturnStepTaken
from service.story.kinds.stage_reached import StageReached
from service.story.kinds.voided import Voided
from service.story.kinds.wish_stated import WishStated
from service.story.log import Event, Subject, in_force
from tests.cases.story import CASE_ID, FILER, RECEIVED, Story, finding

EXAMPLES: Final = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
)
"""Without shrinking: a log of forty events takes minutes to shrink, and the failing one is printed whole."""

FIRST: Final = date.fromisoformat(RECEIVED)
AGENCIES: Final = (UUID(int=50), UUID(int=51), UUID(int=52))
NATIONALITIES: Final = st.sampled_from(["TWN", "MYS", "KHM", "XXA"])
PROVINCES: Final = st.sampled_from([None, "KH-18", "KH-12"])


def some(*codes: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(codes)


def maybe(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | of


FINDINGS: Final = st.builds(
    FindingMade,
    outcome=some(
        FindingOutcome.PRESUMED_VICTIM, FindingOutcome.TRAFFICKING_CONFIRMED, FindingOutcome.LABOUR_DISPUTE,
        FindingOutcome.UNFOUNDED, FindingOutcome.INCONCLUSIVE, FindingOutcome.FABRICATED,
    ),
    authority=some(AuthorityKind.POLICE, AuthorityKind.IMMIGRATION, AuthorityKind.NCCT),
    standard=st.just(ProofStandard.CONCLUSIVE_GROUNDS),
    evidence=st.just((EvidenceKind.DOCUMENT,)),
    confinement=maybe(st.booleans()),
    extortion=maybe(st.booleans()),
    lead=st.booleans(),
)  # fmt: skip
OF_CASE: Final = (
    st.builds(HeadcountClaimed, bound=some(StatementBound.EXACT, StatementBound.AT_LEAST), low=st.integers(0, 40))
    | st.builds(HeadcountClaimed, bound=st.just(StatementBound.AT_MOST), high=st.integers(0, 40))
    | st.builds(Alleged, types=st.just((AllegationType.RESALE,)))
    | FINDINGS
    | st.builds(Closed, reason=some(CaseClosure.REFERRED, CaseClosure.UNFOUNDED))
    | st.builds(Reopened, reason=st.just(ReopenReason.NEW_INFORMATION))
    | st.builds(
        CaseDescribed,
        province=PROVINCES,
        kind=maybe(some(*CaseKind)),
        withheld_from=some(None, None, (), AGENCIES[:1]),
        cleared=some((), (), (Cleared.PROVINCE,)),
    )
)
DESCRIPTIONS: Final = st.builds(
    Described,
    sex=maybe(some(*Sex)),
    birth_year=some(None, None, None, 2004, Between(2003, 2004), About(2002)),
    age=some(None, 17, 17, 30, Between(16, 20), About(18), About(15)),
    fears_own_state=maybe(st.booleans()),
    cleared=some((), (), (Cleared.BIRTH_YEAR,), (Cleared.AGE,)),
)
MOVES: Final = (
    st.builds(Rescued, by=st.lists(some(*Attribution), max_size=3).map(tuple), province=PROVINCES)
    | st.builds(
        Repatriated,
        mode=some(*ReturnMode),
        to_country=some("TWN", "MYS"),
        decided_by=maybe(some(*ReturnDecision)),
    )
    | st.builds(Ended, outcome=some(EndOutcome.NOT_LOCATED, EndOutcome.NOT_LOCATED, *EndOutcome))
    | st.builds(Ended, outcome=some(EndOutcome.DECEASED, EndOutcome.NOT_EXIST), reported=st.booleans())
    | st.builds(Located, result=some(*LocatingResult))
)
WORDS: Final = st.builds(
    NationalityAsserted,
    nationality=NATIONALITIES,
    source=some(*NationalitySource),
    decision=some(False, False, True),
)
CARE: Final = (
    st.builds(CustodyStarted, custody=some(*CustodyKind))
    | st.builds(CustodyEnded)
    | st.builds(DocumentsChecked, missing=st.lists(some(*DocumentType), max_size=3).map(tuple))
    | st.builds(
        ReturnStepTaken,
        step=some(*ReturnStep),
        state=some(*ReturnStepState),
        country=some("KHM", "TWN"),
        reason=maybe(some(*ReturnStepReason)),
    )
)
OF_PERSON: Final = (
    MOVES
    | MOVES
    | FINDINGS
    | DESCRIPTIONS
    | DESCRIPTIONS
    | st.builds(WishStated, purpose=some(*WishPurpose), value=some(*WishValue), freely=some(*Freely))
    | st.builds(RescueRefused, freely=some(*Freely))
)
OF_OFFENDER: Final = st.builds(StageReached, stage=some(*SuspectStage)) | st.builds(
    OffenderDescribed, roles=some(None, (), (OffenderRole.BROKER,)), nationality=maybe(NATIONALITIES)
)
NEW_PARTS: Final = st.builds(Added, named=st.booleans()) | st.builds(
    Named, nationality=maybe(NATIONALITIES), roles=st.lists(some(*OffenderRole), max_size=2).map(tuple)
)


@dataclass(frozen=True)
class Proposal:
    """Something somebody may want to record. Places are counted round the subjects, roles and events there are."""

    about: str
    fact: Fact | None
    subject: int
    back: int
    precision: str
    role: int
    agency: int
    minutes: int
    operation: int | None


def proposals(about: str, facts: st.SearchStrategy[Any]) -> st.SearchStrategy[Proposal]:
    return st.builds(
        Proposal,
        about=st.just(about),
        fact=facts,
        subject=st.integers(0, 7),
        back=some(0, 0, 0, 1, 4, 20),
        precision=some("day", "day", "day", "month", "about"),
        role=st.integers(0, 3),
        agency=st.integers(0, 2),
        minutes=some(0, 1, 1500),
        operation=some(None, None, None, 1, 2),
    )


PROPOSALS: Final = (
    proposals("person", OF_PERSON)
    | proposals("person", OF_PERSON)
    | proposals("person", MOVES)
    | proposals("person", WORDS)
    | proposals("person", CARE)
    | proposals("case", OF_CASE)
    | proposals("offender", OF_OFFENDER)
    | proposals("new", NEW_PARTS)
    | proposals("operation", st.just(OperationMade()))
    | proposals("void", st.none())
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A case with two verified persons and an offender at least."""
    story = Story(province=draw(PROVINCES))
    people, offenders = [story.add(), story.add()], [story.name_offender()]
    story.record(story.about, RECEIVED, finding())
    for place, proposal in enumerate(draw(st.lists(PROPOSALS, min_size=30, max_size=60))):
        day = FIRST + timedelta(days=place // 2 - proposal.back)
        try:
            record(story, proposal, day, people, offenders)
        except ServiceError:
            continue
    return story


def record(story: Story, proposal: Proposal, day: date, people: list[Subject], offenders: list[Subject]) -> None:
    story.pause = timedelta(minutes=proposal.minutes)
    if proposal.fact is None:
        story.void(story.events[proposal.subject * 4 % len(story.events)])
        return
    text = day.isoformat()
    on = {"month": text[:7], "about": f"{text}~"}.get(proposal.precision, text)
    if proposal.about == "new" and proposal.subject > 2:
        return
    if proposal.about == "operation":
        name_case(story, text, UUID(int=proposal.subject + 10), AGENCIES[proposal.agency])
        return
    if isinstance(proposal.fact, Added):
        people.append(story.add(max(on, RECEIVED)))
    elif isinstance(proposal.fact, Named):
        offenders.append(story.name_offender(nationality=proposal.fact.nationality))
    else:
        groups = {"case": [story.about], "person": people, "offender": offenders}
        group = groups[proposal.about]
        send(story, group[proposal.subject % len(group)], on, proposal)


def name_case(story: Story, on: str, operation: UUID, agency: UUID) -> None:
    """Let an operation name the case, or leave it where it does: both are recorded by nobody else."""
    named = [one for one in in_force(story.events) if one.kind is Kind.OPERATION_MADE and one.operation_id == operation]
    if not named:
        story.append(story.about, on, OperationMade(), by=FILER, agency=agency, operation=operation)
    for event in named:
        fact = Voided(event_id=event.id, reason=VoidReason.WRONG_SUBJECT)
        story.append(story.about, on, fact, by=FILER, agency=agency)


def send(story: Story, subject: Subject, on: str, proposal: Proposal) -> None:
    fact = proposal.fact
    agency = AGENCIES[proposal.agency]
    if fact is None or (subject != story.about and not is_present(story, subject)):
        return
    roles = sorted(KINDS[fact.event_kind].recorders, key=list(Role).index)
    if not roles:
        story.append(subject, max(on, RECEIVED), fact, by=FILER, agency=agency)
    else:
        story.record(subject, on, fact, role=roles[proposal.role % len(roles)], agency=agency)
    if proposal.operation is not None:
        story.events[-1] = replace(story.events[-1], operation_id=UUID(int=proposal.operation))


def is_present(story: Story, subject: Subject) -> bool:
    return subject.id in {*story.case.persons, *story.case.offenders}


def rows(events: list[Event]) -> list[dict[str, Any]]:
    """The log as it stands in its table."""
    return [event_row(CASE_ID, event) for event in events]
